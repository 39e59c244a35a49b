import { apply } from "../apply.ts";
import type { DType } from "../dtype.ts";
import { accumulationDType, scan } from "../kernels/reduce.ts";
import type { Op } from "../op.ts";
import { checkOptions } from "../options.ts";
import { normalizeDim } from "../shape.ts";
import type { Tensor } from "../tensor.ts";
import { flip } from "./copy.ts";
import { converted } from "./reduce.ts";
import type { DTypeOption } from "./softmax.ts";

interface Cumsum {
  readonly dim: number;
  readonly dtype: DType;
}

const cumsumOp: Op<Cumsum> = {
  name: "CumsumBackward0",
  shape: ([input]) => input!.shape,
  dtype(_, { dtype }) {
    if (dtype === "bool") throw new TypeError(`"cumsum_out_cpu" not implemented for 'Bool'`);
    return dtype;
  },
  kernel: ([input], out, { dim }) => scan((before, x) => before + x, 0, input!, dim, out),
  vjps: [
    ({ params: { dim } }) =>
      (g) =>
        flip(cumsum(flip(g, dim), dim), dim),
  ],
};

/** Running sums along `dim`; integers and bools give int64. */
export function cumsum(input: Tensor, dim: number, options?: DTypeOption): Tensor {
  const source = converted("cumsum", input, options);
  if (options !== undefined) checkOptions("cumsum", options, ["dtype"]);
  return apply(cumsumOp, [source], {
    dim: normalizeDim(dim, source.shape.length, "cumsum"),
    dtype: options?.dtype ?? accumulationDType(source.dtype),
  });
}
