import { checkReduction } from "../tensor/ops/loss.ts";
import { checkOptions } from "../tensor/options.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { checkSmoothing } from "./checks.ts";
import {
  binaryCrossEntropy,
  binaryCrossEntropyWithLogits,
  type CrossEntropyLossOptions,
  crossEntropy,
  type LogitsLossOptions,
  type LossOptions,
  l1Loss,
  mseLoss,
  type NLLLossOptions,
  nllLoss,
  type Reduction,
  type WeightedLossOptions,
} from "./functional.ts";
import { Module } from "./module.ts";

/** What all losses have: how they reduce. */
abstract class Loss extends Module {
  readonly reduction: Reduction;

  constructor(options: LossOptions, allowed: readonly string[]) {
    super();
    checkOptions(new.target.name, options, ["reduction", ...allowed]);
    this.reduction = options.reduction ?? "mean";
    checkReduction(this.reduction);
  }
}

/** A loss with a weight, which is a buffer: saved and cast with the module. */
abstract class WeightedLoss extends Loss {
  declare weight: Tensor | null;

  constructor(options: WeightedLossOptions, allowed: readonly string[]) {
    super(options, ["weight", ...allowed]);
    this.registerBuffer("weight", options.weight ?? null);
  }
}

/** The mean squared difference: (input − target)². */
export class MSELoss extends Loss {
  constructor(options: LossOptions = {}) {
    super(options, []);
  }

  /**
   * @param target of the input's shape.
   * @throws RangeError if the shapes differ.
   */
  forward(input: Tensor, target: Tensor): Tensor {
    return mseLoss(input, target, { reduction: this.reduction });
  }
}

/** The mean absolute difference: |input − target|. */
export class L1Loss extends Loss {
  constructor(options: LossOptions = {}) {
    super(options, []);
  }

  /**
   * @param target of the input's shape.
   * @throws RangeError if the shapes differ.
   */
  forward(input: Tensor, target: Tensor): Tensor {
    return l1Loss(input, target, { reduction: this.reduction });
  }
}

/**
 * Binary cross entropy of probabilities: −(y log x + (1 − y) log(1 − x)), with logarithms held at
 * −100 or above. Of logits, use `BCEWithLogitsLoss`.
 */
export class BCELoss extends WeightedLoss {
  constructor(options: WeightedLossOptions = {}) {
    super(options, []);
  }

  /**
   * @param input probabilities.
   * @param target of the input's shape and dtype, 0 to 1.
   * @throws RangeError if the shapes differ or a probability is not in [0, 1].
   */
  forward(input: Tensor, target: Tensor): Tensor {
    const { weight, reduction } = this;
    return binaryCrossEntropy(input, target, { weight, reduction });
  }
}

/** Binary cross entropy of logits, in one step with the sigmoid: stable for any logit. */
export class BCEWithLogitsLoss extends WeightedLoss {
  declare posWeight: Tensor | null;

  constructor(options: LogitsLossOptions = {}) {
    super(options, ["posWeight"]);
    this.registerBuffer("posWeight", options.posWeight ?? null);
  }

  /**
   * @param input logits.
   * @param target of the input's shape, 0 to 1.
   * @throws RangeError if the shapes differ.
   */
  forward(input: Tensor, target: Tensor): Tensor {
    const { weight, posWeight, reduction } = this;
    return binaryCrossEntropyWithLogits(input, target, { weight, posWeight, reduction });
  }

  protected override stateKey(property: string): string {
    return property === "posWeight" ? "pos_weight" : property;
  }
}

/** Negative log-likelihood of classes, given log-probabilities. */
export class NLLLoss extends WeightedLoss {
  readonly ignoreIndex: number;

  constructor(options: NLLLossOptions = {}) {
    super(options, ["ignoreIndex"]);
    this.ignoreIndex = options.ignoreIndex ?? -100;
  }

  /**
   * @param input log-probabilities: [C], [N, C] or [N, C, d1, …].
   * @param target class indices, int64: a scalar, [N] or [N, d1, …].
   * @throws RangeError or TypeError for shapes and dtypes that do not fit, or a class out of range.
   */
  forward(input: Tensor, target: Tensor): Tensor {
    const { weight, ignoreIndex, reduction } = this;
    return nllLoss(input, target, { weight, ignoreIndex, reduction });
  }
}

/** Cross entropy of logits against classes or class probabilities. */
export class CrossEntropyLoss extends WeightedLoss {
  readonly ignoreIndex: number;
  readonly labelSmoothing: number;

  constructor(options: CrossEntropyLossOptions = {}) {
    super(options, ["ignoreIndex", "labelSmoothing"]);
    this.ignoreIndex = options.ignoreIndex ?? -100;
    this.labelSmoothing = options.labelSmoothing ?? 0;
    checkSmoothing(this.labelSmoothing);
  }

  /**
   * @param input logits: [C], [N, C] or [N, C, d1, …].
   * @param target class indices, int64, without the dimension C; or probabilities of the input's shape.
   * @throws RangeError or TypeError for shapes, dtypes and options that do not fit.
   */
  forward(input: Tensor, target: Tensor): Tensor {
    const { weight, ignoreIndex, labelSmoothing, reduction } = this;
    return crossEntropy(input, target, { weight, ignoreIndex, labelSmoothing, reduction });
  }
}
