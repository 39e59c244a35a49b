import { fresh } from "../tensor/make.ts";
import { addcdiv_, addcmul, addcmul_ } from "../tensor/ops/ternary.ts";
import { sqrt } from "../tensor/ops/unary.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { Optimizer, type Params } from "./optimizer.ts";
import { checkNonNegative } from "./options.ts";

export interface RMSpropOptions {
  /** Learning rate; 1e-2. */
  lr: number;
  /** How much of the averages is kept at each step; 0.99. */
  alpha: number;
  /** Added to the root, against division by zero; 1e-8. */
  eps: number;
  /** Strength of the L2 penalty that is added to the gradient; 0. */
  weightDecay: number;
  /** How much of the last step is kept; 0. */
  momentum: number;
  /** Divides by the estimated deviation of the gradient instead of its root mean square; false. */
  centered: boolean;
  /** Climbs instead of descending; false. */
  maximize: boolean;
}

export interface RMSpropState {
  step?: number;
  squareAvg?: Tensor;
  gradAvg?: Tensor;
  momentumBuffer?: Tensor;
}

/**
 * RMSprop: v ← α v + (1 − α) g², θ ← θ − lr g / (√v + ε).
 *
 * Hinton, "Neural Networks for Machine Learning", lecture 6e (2012); centered as in Graves,
 * "Generating Sequences With Recurrent Neural Networks" (2013), but with ε outside the root.
 */
export class RMSprop extends Optimizer<RMSpropOptions, RMSpropState> {
  static override readonly keepsNoGrad = true;

  constructor(params: Params<RMSpropOptions>, options: Partial<RMSpropOptions> = {}) {
    super(
      params,
      {
        lr: 1e-2,
        momentum: 0,
        alpha: 0.99,
        eps: 1e-8,
        centered: false,
        weightDecay: 0,
        maximize: false,
      },
      options,
    );
  }

  protected override validate(options: RMSpropOptions): void {
    checkNonNegative("learning rate", options.lr);
    checkNonNegative("epsilon value", options.eps);
    checkNonNegative("momentum value", options.momentum);
    checkNonNegative("weight_decay value", options.weightDecay);
    checkNonNegative("alpha value", options.alpha);
  }

  protected override update(
    p: Tensor,
    grad: Tensor,
    state: RMSpropState,
    options: RMSpropOptions,
  ): void {
    const { lr, alpha, eps, weightDecay, momentum, centered, maximize } = options;
    state.step = (state.step ?? 0) + 1;
    let g = maximize ? grad.neg() : grad;
    if (weightDecay !== 0) g = g.add(p, { alpha: weightDecay });

    state.squareAvg ??= fresh(p.dtype, p.shape);
    const v = addcmul_(state.squareAvg.mul_(alpha), g, g, { value: 1 - alpha });
    let variance = v;
    if (centered) {
      state.gradAvg ??= fresh(p.dtype, p.shape);
      const mean = state.gradAvg.mul_(alpha).add_(g, { alpha: 1 - alpha });
      variance = addcmul(v, mean, mean, { value: -1 });
    }
    const root = sqrt(variance).add_(eps);

    if (momentum > 0) {
      state.momentumBuffer ??= fresh(p.dtype, p.shape);
      const b = addcdiv_(state.momentumBuffer.mul_(momentum), g, root);
      p.add_(b, { alpha: -lr });
    } else {
      addcdiv_(p, g, root, { value: -lr });
    }
  }
}
