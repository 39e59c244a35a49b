import { apply } from "../apply.ts";
import { accumulationDType, scan } from "../kernels/reduce.ts";
import type { Op } from "../op.ts";
import { normalizeDim } from "../shape.ts";
import type { Tensor } from "../tensor.ts";
import type { DTypeOption } from "./softmax.ts";

const cumsumOp: Op<number> = {
  name: "CumsumBackward0",
  shape: ([input]) => input!.shape,
  dtype: ([input]) => accumulationDType(input!.dtype),
  kernel: ([input], out, dim) => scan((before, x) => before + x, 0, input!, dim, out),
  vjps: [
    ({ params: dim }) =>
      (g) =>
        g.flip(dim).cumsum(dim).flip(dim),
  ],
};

/** Running sums along `dim`; integers and bools give int64. */
export function cumsum(input: Tensor, dim: number, options?: DTypeOption): Tensor {
  const source = options?.dtype === undefined ? input : input.to(options.dtype);
  return apply(cumsumOp, [source], normalizeDim(dim, source.shape.length, "cumsum"));
}
