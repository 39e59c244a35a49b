import { apply } from "../apply.ts";
import { type DType, isFloat, scalarName } from "../dtype.ts";
import { softmax as softmaxKernel } from "../kernels/softmax.ts";
import type { Op } from "../op.ts";
import { normalizeDim } from "../shape.ts";
import type { Tensor } from "../tensor.ts";

function floatOnly(kernel: string): (inputs: readonly Tensor[]) => DType {
  return ([input]) => {
    if (!isFloat(input!.dtype)) {
      throw new TypeError(`"${kernel}" not implemented for '${scalarName(input!.dtype)}'`);
    }
    return input!.dtype;
  };
}

const softmaxOp: Op<number> = {
  name: "SoftmaxBackward0",
  shape: ([input]) => input!.shape,
  dtype: floatOnly("softmax_lastdim_kernel_impl"),
  kernel: ([input], out, dim) => softmaxKernel(input!, dim, false, out),
  vjps: [
    ({ output: y, params: dim }) =>
      (g) => {
        const gy = g.mul(y);
        return gy.sub(y.mul(gy.sum(dim, { keepdim: true })));
      },
  ],
};

const logSoftmaxOp: Op<number> = {
  name: "LogSoftmaxBackward0",
  shape: ([input]) => input!.shape,
  dtype: floatOnly("log_softmax_lastdim_kernel_impl"),
  // One op, because log(softmax(x)) is -inf where softmax underflows.
  kernel: ([input], out, dim) => softmaxKernel(input!, dim, true, out),
  vjps: [
    ({ output: y, params: dim }) =>
      (g) =>
        g.sub(y.exp().mul(g.sum(dim, { keepdim: true }))),
  ],
};

export interface DTypeOption {
  /** The input is converted to it first. */
  readonly dtype?: DType;
}

/** exp(x) / Σ exp(x) along `dim`. */
export function softmax(input: Tensor, dim: number, options?: DTypeOption): Tensor {
  const source = options?.dtype === undefined ? input : input.to(options.dtype);
  return apply(softmaxOp, [source], normalizeDim(dim, source.shape.length, "softmax"));
}

/** log(softmax(x)) along `dim`, exact where softmax underflows. */
export function logSoftmax(input: Tensor, dim: number, options?: DTypeOption): Tensor {
  const source = options?.dtype === undefined ? input : input.to(options.dtype);
  return apply(logSoftmaxOp, [source], normalizeDim(dim, source.shape.length, "logSoftmax"));
}
