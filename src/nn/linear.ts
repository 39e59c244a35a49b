import { checkDType, type DType, getDefaultDtype } from "../tensor/dtype.ts";
import { fresh } from "../tensor/make.ts";
import { checkTensor } from "../tensor/operand.ts";
import { layerLinear } from "../tensor/ops/affine.ts";
import { drawUniform_ } from "../tensor/ops/fill.ts";
import { checkOptions } from "../tensor/options.ts";
import { numel } from "../tensor/shape.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { checkFlags, checkSize } from "./checks.ts";
import { Module } from "./module.ts";
import { Parameter } from "./parameter.ts";

/** Options of `Linear`. */
export interface LinearOptions {
  /** Whether to add a learned bias; true. */
  bias?: boolean;
  /** The parameters' dtype; the default floating-point dtype. */
  dtype?: DType;
}

/**
 * An affine map of the last dimension: x · weightᵀ + bias.
 *
 * Both parameters start uniform in ±1/√inFeatures, as in PyTorch, draw for draw.
 *
 * ```ts
 * const layer = new nn.Linear(20, 30);
 * layer.forward(randn(128, 20)).shape; // => [128, 30]
 * ```
 */
export class Linear extends Module {
  readonly inFeatures: number;
  readonly outFeatures: number;
  /** [outFeatures, inFeatures]. */
  weight: Parameter;
  /** [outFeatures], or null. */
  bias: Parameter | null;

  /**
   * @param inFeatures the size of the input's last dimension.
   * @param outFeatures the size of the result's last dimension.
   * @throws TypeError or RangeError for a size or option that is none.
   */
  constructor(inFeatures: number, outFeatures: number, options: LinearOptions = {}) {
    super();
    checkSize("Linear", "inFeatures", inFeatures);
    checkSize("Linear", "outFeatures", outFeatures);
    checkOptions("Linear", options, ["bias", "dtype"]);
    checkFlags("Linear", options, ["bias"]);
    const { bias = true, dtype = getDefaultDtype() } = options;
    checkDType("Linear", dtype);
    this.inFeatures = inFeatures;
    this.outFeatures = outFeatures;
    this.weight = new Parameter(fresh(dtype, [outFeatures, inFeatures]));
    this.bias = bias ? new Parameter(fresh(dtype, [outFeatures])) : null;
    this.resetParameters();
  }

  /** Draws weight and bias anew. */
  resetParameters(): void {
    if (!this.weight.shape.includes(0)) {
      // 1/√inFeatures as PyTorch arrives at it, by kaiming_uniform_ with a = √5: rounding must agree.
      const std =
        Math.sqrt(2 / (1 + Math.sqrt(5) ** 2)) / Math.sqrt(numel(this.weight.shape.slice(1)));
      drawUniform_(this.weight, -Math.sqrt(3) * std, Math.sqrt(3) * std);
    }
    if (this.bias === null) return;
    const bound = this.inFeatures > 0 ? 1 / Math.sqrt(this.inFeatures) : 0;
    drawUniform_(this.bias, -bound, bound);
  }

  /**
   * @param input [..., inFeatures].
   * @returns [..., outFeatures].
   */
  forward(input: Tensor): Tensor {
    const { weight, bias } = this;
    checkTensor("linear", "weight", weight);
    if (bias !== null) checkTensor("linear", "bias", bias);
    return layerLinear(input, weight, bias);
  }

  override extraRepr(): string {
    const bias = this.bias === null ? "False" : "True";
    return `in_features=${this.inFeatures}, out_features=${this.outFeatures}, bias=${bias}`;
  }
}

/** Hands its input on: a place in a model where nothing happens. */
export class Identity extends Module {
  forward(input: Tensor): Tensor {
    return input;
  }
}
