import { apply } from "../apply.ts";
import { type DType, isFloat } from "../dtype.ts";
import { reduce, squaredDeviationLane } from "../kernels/reduce.ts";
import type { Op } from "../op.ts";
import { checkInt } from "../shape.ts";
import type { Tensor } from "../tensor.ts";
import { eq } from "./compare.ts";
import { minus, trueDiv } from "./plain.ts";
import {
  type Dims,
  type KeepdimOptions,
  laneLength,
  mean,
  type Reduction,
  reducedTo,
  reduction,
  restore,
} from "./reduce.ts";
import { where } from "./ternary.ts";

export interface VarOptions extends KeepdimOptions {
  /** Divides by n − 1 (default) rather than by n. */
  readonly unbiased?: boolean;
  /** Divides by n − correction; the newer spelling of the same choice. */
  readonly correction?: number;
}

interface Variance extends Reduction {
  readonly correction: number;
}

function varianceGradient(g: Tensor, x: Tensor, params: Variance): Tensor {
  const n = laneLength(x.shape, params.dims);
  const center = mean(x, params.dims, { keepdim: true });
  return restore(g, x.shape, params)
    .mul(2 / (n - params.correction))
    .mul(minus(x, center));
}

function checkFloat(fn: string): (inputs: readonly Tensor[]) => DType {
  return ([input]) => {
    if (!isFloat(input!.dtype)) {
      throw new TypeError(`${fn} only support floating point and complex dtypes`);
    }
    return input!.dtype;
  };
}

const varOp: Op<Variance> = {
  name: "VarBackward0",
  shape: reducedTo,
  dtype: checkFloat("std and var"),
  kernel([input], out, { dims, correction }) {
    reduce(
      (data, start, n, stride) =>
        squaredDeviationLane(data, start, n, stride) / Math.max(n - correction, 0),
      input!,
      dims,
      out,
    );
  },
  vjps: [
    ({ a: x, params }) =>
      (g) =>
        varianceGradient(g, x, params),
  ],
};

const stdOp: Op<Variance> = {
  name: "StdBackward0",
  shape: reducedTo,
  dtype: checkFloat("std and var"),
  kernel([input], out, { dims, correction }) {
    reduce(
      (data, start, n, stride) =>
        Math.sqrt(squaredDeviationLane(data, start, n, stride) / Math.max(n - correction, 0)),
      input!,
      dims,
      out,
    );
  },
  vjps: [
    ({ a: x, output: y, params }) =>
      (g) =>
        varianceGradient(where(eq(y, 0), 0, trueDiv(g, y.mul(2))), x, params),
  ],
};

function variance(
  input: Tensor,
  first: Dims | boolean | undefined,
  options: VarOptions | undefined,
): Variance {
  const dim = typeof first === "boolean" ? null : first;
  const unbiased = typeof first === "boolean" ? first : (options?.unbiased ?? true);
  const correction = options?.correction ?? (unbiased ? 1 : 0);
  checkInt("var", "correction", correction);
  return {
    ...reduction(input, dim, options, "var", ["unbiased", "correction", "keepdim"]),
    correction,
  };
}

/**
 * The variance over some dimensions, or over all.
 * @param dim dimensions, or a boolean that stands for `unbiased` over all.
 */
export function varOf(input: Tensor, dim?: Dims | boolean, options?: VarOptions): Tensor {
  return apply(varOp, [input], variance(input, dim, options));
}

/** The standard deviation over some dimensions, or over all; its gradient where it is 0 is 0. */
export function std(input: Tensor, dim?: Dims | boolean, options?: VarOptions): Tensor {
  return apply(stdOp, [input], variance(input, dim, options));
}
