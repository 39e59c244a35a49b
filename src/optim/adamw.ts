import type { Tensor } from "../tensor/tensor.ts";
import { type AdamOptions, type AdamState, adam, validateAdam } from "./adam.ts";
import { Optimizer, type Params } from "./optimizer.ts";

/**
 * Adam with decoupled weight decay: θ ← θ − lr λ θ before the step, and no penalty on the gradient.
 *
 * Loshchilov and Hutter, "Decoupled Weight Decay Regularization" (2017).
 */
export class AdamW extends Optimizer<AdamOptions, AdamState> {
  static override readonly keepsNoGrad = true;

  constructor(params: Params<AdamOptions>, options: Partial<AdamOptions> = {}) {
    super(
      params,
      {
        lr: 1e-3,
        betas: [0.9, 0.999],
        eps: 1e-8,
        weightDecay: 1e-2,
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
    const { lr, weightDecay, maximize } = options;
    p.mul_(1 - lr * weightDecay);
    adam(p, maximize ? grad.neg() : grad, state, options);
  }
}
