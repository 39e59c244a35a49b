import { apply } from "../apply.ts";
import { isFloat, scalarName } from "../dtype.ts";
import { loop1 } from "../kernels/elementwise.ts";
import { maxLane, minLane, reduce, sumLane } from "../kernels/reduce.ts";
import type { Op } from "../op.ts";
import { numel } from "../shape.ts";
import { scratch } from "../storage.ts";
import type { Tensor } from "../tensor.ts";
import { eq, logicalAnd, logicalOr, ne } from "./compare.ts";
import { trueDiv } from "./plain.ts";
import { pow } from "./power.ts";
import {
  converted,
  type Dims,
  type Reduction,
  reducedTo,
  reduction,
  restore,
  type SumOptions,
  sum,
} from "./reduce.ts";
import { where } from "./ternary.ts";
import { abs, sign } from "./unary.ts";

interface Norm extends Reduction {
  readonly p: number;
}

function magnitude(p: number): (x: number) => number {
  if (p === 0) return (x) => (x !== 0 ? 1 : 0);
  if (p === 2) return (x) => x * x;
  if (p === 1 || Math.abs(p) === Infinity) return Math.abs;
  return (x) => Math.abs(x) ** p;
}

const normOp: Op<Norm> = {
  name: "NormBackward1",
  shape: reducedTo,
  dtype: ([input]) => {
    if (!isFloat(input!.dtype)) {
      throw new TypeError(
        `norm(): input dtype should be either floating point or complex. Got ${scalarName(input!.dtype)} instead.`,
      );
    }
    return input!.dtype;
  },
  kernel([input], out, { dims, p }) {
    // Of nothing the norm is 0, whatever its order.
    if (numel(input!.shape) === 0) return;
    // In double precision, pairwise: a float32 norm neither overflows nor drifts.
    const powers = scratch("float64", input!.shape);
    loop1(magnitude(p), input!, powers);
    if (p === Infinity || p === -Infinity) {
      reduce(p > 0 ? maxLane : minLane, powers, dims, out);
      return;
    }
    const root =
      p === 0 || p === 1 ? (s: number) => s : p === 2 ? Math.sqrt : (s: number) => s ** (1 / p);
    reduce((data, start, n, stride) => root(sumLane(data, start, n, stride)), powers, dims, out);
  },
  vjps: [
    ({ a: x, output: y, params }) =>
      (g) =>
        normGradient(x, restore(y, x.shape, params), restore(g, x.shape, params), params),
  ],
};

/** As torch: none for a count (p = 0), 0 where the norm is 0, and ties share the gradient of an infinity norm. */
function normGradient(x: Tensor, norm: Tensor, g: Tensor, { p, dims }: Norm): Tensor | null {
  if (p === 0) return null;
  if (p === 1) return sign(x).mul(g);
  if (p === 2) return x.mul(where(eq(norm, 0), 0, trueDiv(g, norm)));
  if (p === Infinity || p === -Infinity) {
    const mask = logicalOr(eq(abs(x), norm), logicalAnd(ne(x, x), ne(norm, norm)));
    return sign(x).mul(where(mask, trueDiv(g, sum(mask, dims, { keepdim: true })), 0));
  }
  const scale = where(eq(norm, 0), 0, trueDiv(g, pow(norm, p - 1)));
  if (p < 1) return where(eq(x, 0), 0, sign(x).mul(pow(abs(x), p - 1))).mul(scale);
  if (p < 2)
    return sign(x)
      .mul(pow(abs(x), p - 1))
      .mul(scale);
  return x.mul(pow(abs(x), p - 2)).mul(scale);
}

/**
 * The p-norm over some dimensions, or over all.
 * @param p the order; "fro" is 2.
 * @throws RangeError for the nuclear norm, which needs singular values; TypeError for integers.
 */
export function norm(
  input: Tensor,
  p: number | "fro" | null = "fro",
  dim?: Dims,
  options?: SumOptions,
): Tensor {
  const order = p === "fro" || p === null ? 2 : p;
  if (typeof order !== "number" || Number.isNaN(order)) {
    throw new RangeError(`norm(): argument 'p' must be a number or "fro", not ${String(p)}`);
  }
  const source = converted("norm", input, options);
  const { dims, keepdim } = reduction(source, dim, options, "norm");
  return apply(normOp, [source], { dims, keepdim, p: order });
}
