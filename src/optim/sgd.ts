import type { Tensor } from "../tensor/tensor.ts";
import { Optimizer, type Params } from "./optimizer.ts";
import { checkNonNegative, required } from "./options.ts";

export interface SGDOptions {
  /** Learning rate; to be given here or in every parameter group. */
  lr: number;
  /** How much of the last step is kept, in [0, 1); 0. */
  momentum: number;
  /** What part of a new gradient the momentum leaves out; 0. */
  dampening: number;
  /** Strength of the L2 penalty that is added to the gradient; 0. */
  weightDecay: number;
  /** Looks ahead along the momentum (Nesterov); false. */
  nesterov: boolean;
  /** Climbs instead of descending; false. */
  maximize: boolean;
}

export interface SGDState {
  momentumBuffer?: Tensor;
}

/**
 * Stochastic gradient descent, with momentum if asked for: b ← μ b + (1 − τ) g, θ ← θ − lr b.
 *
 * PyTorch's form of momentum: b starts as the first gradient, and the rate is outside b. Sutskever
 * et al., "On the importance of initialization and momentum in deep learning" (2013), has it inside.
 */
export class SGD extends Optimizer<SGDOptions, SGDState> {
  static override readonly keepsNoGrad = true;

  constructor(params: Params<SGDOptions>, options: Partial<SGDOptions> = {}) {
    super(
      params,
      {
        lr: required,
        momentum: 0,
        dampening: 0,
        weightDecay: 0,
        nesterov: false,
        maximize: false,
      },
      options,
    );
  }

  protected override validate(options: SGDOptions): void {
    checkNonNegative("learning rate", options.lr);
    checkNonNegative("momentum value", options.momentum);
    checkNonNegative("weight_decay value", options.weightDecay);
    if (options.nesterov && (options.momentum <= 0 || options.dampening !== 0)) {
      throw new RangeError("Nesterov momentum requires a momentum and zero dampening");
    }
  }

  protected override update(p: Tensor, grad: Tensor, state: SGDState, options: SGDOptions): void {
    const { lr, momentum, dampening, weightDecay, nesterov, maximize } = options;
    let g = maximize ? grad.neg() : grad;
    if (weightDecay !== 0) g = g.add(p, { alpha: weightDecay });

    if (momentum !== 0) {
      if (state.momentumBuffer === undefined) state.momentumBuffer = g.clone();
      else state.momentumBuffer.mul_(momentum).add_(g, { alpha: 1 - dampening });
      g = nesterov ? g.add(state.momentumBuffer, { alpha: momentum }) : state.momentumBuffer;
    }

    p.add_(g, { alpha: -lr });
  }
}
