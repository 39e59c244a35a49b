import { applyUpdate } from "../tensor/apply.ts";
import { UpdateKernel } from "../tensor/kernels/update.ts";
import { fresh } from "../tensor/make.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { Optimizer, type Params } from "./optimizer.ts";
import { checkBelowOne, checkNonNegative } from "./options.ts";

export interface AdamOptions {
  /** Learning rate; 1e-3. */
  lr: number;
  /** How much of the averages of the gradient and of its square is kept at each step; [0.9, 0.999]. */
  betas: readonly [number, number];
  /** Added to the root, against division by zero; 1e-8. */
  eps: number;
  /** Strength of the weight decay: in Adam of the L2 penalty on the gradient, 0; in AdamW 0.01. */
  weightDecay: number;
  /** Divides by the largest second moment so far (AMSGrad); false. */
  amsgrad: boolean;
  /** Climbs instead of descending; false. */
  maximize: boolean;
}

export interface AdamState {
  step?: number;
  expAvg?: Tensor;
  expAvgSq?: Tensor;
  maxExpAvgSq?: Tensor;
}

export function validateAdam({ lr, betas, eps, weightDecay }: AdamOptions): void {
  checkNonNegative("learning rate", lr);
  checkNonNegative("epsilon value", eps);
  checkBelowOne("beta parameter at index 0", betas[0]);
  checkBelowOne("beta parameter at index 1", betas[1]);
  checkNonNegative("weight_decay value", weightDecay);
}

// One pass over all arrays instead of eight. The lines that it stands for:
//   m.mul_(beta1).add_(g, { alpha: 1 - beta1 });
//   v.mul_(beta2).addcmul_(g, g, { value: 1 - beta2 });
//   p.addcdiv_(m, v.sqrt().div_(correction2).add_(eps), { value: stepSize });
// With AMSGrad the root is that of the largest v so far.
function fused(amsgrad: boolean): UpdateKernel {
  const written = amsgrad ? 4 : 3;
  return new UpdateKernel(written, (m, x, s, out) => {
    const g = x[written]!;
    const mean = m.add(m.mul(x[1]!, s[0]!), m.mul(g, s[1]!));
    const square = m.add(m.mul(x[2]!, s[2]!), m.mul(m.mul(s[3]!, g), g));
    const largest = amsgrad ? m.max(x[3]!, square) : square;
    const root = m.add(m.div(m.sqrt(largest), s[4]!), s[5]!);
    out[0] = m.add(x[0]!, m.div(m.mul(s[6]!, mean), root));
    out[1] = mean;
    out[2] = square;
    if (amsgrad) out[3] = largest;
  });
}

const fusedAdam = fused(false);
const fusedAmsgrad = fused(true);

/** Adam's step along `g`, which already has its sign and any penalty: the part that AdamW shares. */
export function adam(p: Tensor, g: Tensor, state: AdamState, options: AdamOptions): void {
  const { lr, betas, eps, amsgrad } = options;
  const beta1 = betas[0];
  const beta2 = betas[1];
  state.step = (state.step ?? 0) + 1;
  state.expAvg ??= fresh(p.dtype, p.shape);
  state.expAvgSq ??= fresh(p.dtype, p.shape);
  const m = state.expAvg;
  const v = state.expAvgSq;

  // The averages start at 0, so the first ones are too small by these factors.
  const correction1 = 1 - beta1 ** state.step;
  const correction2 = Math.sqrt(1 - beta2 ** state.step);
  const stepSize = -lr / correction1;
  const scalars = [beta1, 1 - beta1, beta2, 1 - beta2, correction2, eps, stepSize];
  if (amsgrad) {
    state.maxExpAvgSq ??= fresh(p.dtype, p.shape);
    applyUpdate("Adam", fusedAmsgrad, [p, m, v, state.maxExpAvgSq, g], scalars);
  } else {
    applyUpdate("Adam", fusedAdam, [p, m, v, g], scalars);
  }
}

/**
 * Adam: m ← β₁ m + (1 − β₁) g, v ← β₂ v + (1 − β₂) g², θ ← θ − lr m̂ / (√v̂ + ε), where m̂ and v̂
 * are divided by 1 − β₁ᵗ and 1 − β₂ᵗ.
 *
 * Kingma and Ba, "Adam: A Method for Stochastic Optimization" (2014); `amsgrad` after Reddi et al.,
 * "On the Convergence of Adam and Beyond" (2018).
 */
export class Adam extends Optimizer<AdamOptions, AdamState> {
  static override readonly keepsNoGrad = true;

  constructor(params: Params<AdamOptions>, options: Partial<AdamOptions> = {}) {
    super(
      params,
      {
        lr: 1e-3,
        betas: [0.9, 0.999],
        eps: 1e-8,
        weightDecay: 0,
        amsgrad: false,
        maximize: false,
      },
      options,
    );
  }

  protected override validate(options: AdamOptions): void {
    validateAdam(options);
  }

  protected override update(p: Tensor, grad: Tensor, state: AdamState, options: AdamOptions): void {
    const { weightDecay, maximize } = options;
    let g = maximize ? grad.neg() : grad;
    if (weightDecay !== 0) g = g.add(p, { alpha: weightDecay });
    adam(p, g, state, options);
  }
}
