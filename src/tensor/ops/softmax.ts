import { apply } from "../apply.ts";
import { type DType, isFloat, scalarName } from "../dtype.ts";
import { softmax as softmaxKernel } from "../kernels/softmax.ts";
import type { Op } from "../op.ts";
import { checkTensor } from "../operand.ts";
import { checkOptions } from "../options.ts";
import { normalizeDim } from "../shape.ts";
import type { Tensor } from "../tensor.ts";
import { minus } from "./plain.ts";
import { sum } from "./reduce.ts";
import { exp } from "./unary.ts";

function floatOnly(kernel: string): Op<number>["dtype"] {
  return ([input], dim) => {
    const { dtype, shape } = input!;
    if (!isFloat(dtype)) {
      const last = dim >= shape.length - 1 ? "lastdim_" : "";
      throw new TypeError(
        `"${kernel}_${last}kernel_impl" not implemented for '${scalarName(dtype)}'`,
      );
    }
    return dtype;
  };
}

const softmaxOp: Op<number> = {
  name: "SoftmaxBackward0",
  shape: ([input]) => input!.shape,
  dtype: floatOnly("softmax"),
  kernel: ([input], out, dim) => softmaxKernel(input!, dim, false, out),
  vjps: [
    ({ output: y, params: dim }) =>
      (g) => {
        const gy = g.mul(y);
        return minus(gy, y.mul(sum(gy, dim, { keepdim: true })));
      },
  ],
};

const logSoftmaxOp: Op<number> = {
  name: "LogSoftmaxBackward0",
  shape: ([input]) => input!.shape,
  dtype: floatOnly("log_softmax"),
  // One op, because log(softmax(x)) is -inf where softmax underflows.
  kernel: ([input], out, dim) => softmaxKernel(input!, dim, true, out),
  vjps: [
    ({ output: y, params: dim }) =>
      (g) =>
        minus(g, exp(y).mul(sum(g, dim, { keepdim: true }))),
  ],
};

export interface DTypeOption {
  /** The input is converted to it first. */
  readonly dtype?: DType;
}

function along(
  name: string,
  op: Op<number>,
  input: Tensor,
  dim: number,
  options: DTypeOption = {},
): Tensor {
  checkTensor(name, "input", input);
  checkOptions(name, options, ["dtype"]);
  const source = options.dtype === undefined ? input : input.to(options.dtype);
  return apply(op, [source], normalizeDim(dim, source.shape.length, name));
}

/** exp(x) / Σ exp(x) along `dim`. */
export function softmax(input: Tensor, dim: number, options?: DTypeOption): Tensor {
  return along("softmax", softmaxOp, input, dim, options);
}

/** log(softmax(x)) along `dim`, exact where softmax underflows. */
export function logSoftmax(input: Tensor, dim: number, options?: DTypeOption): Tensor {
  return along("logSoftmax", logSoftmaxOp, input, dim, options);
}
