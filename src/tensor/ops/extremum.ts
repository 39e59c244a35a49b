import { apply } from "../apply.ts";
import { take } from "../kernels/gather.ts";
import { argmaxLane, argminLane, type Lane, maxLane, minLane } from "../kernels/reduce.ts";
import { fresh, isTensor } from "../make.ts";
import type { Op, Vjp } from "../op.ts";
import { numel } from "../shape.ts";
import type { Tensor } from "../tensor.ts";
import { maximum, minimum } from "./binary.ts";
import { eq, ne } from "./compare.ts";
import { scatterAdd } from "./index.ts";
import { trueDiv } from "./plain.ts";
import {
  type Dims,
  KEEPDIM,
  type KeepdimOptions,
  type Reduction,
  reducedTo,
  reducer,
  reduction,
  restore,
  singleReduction,
  sum,
} from "./reduce.ts";
import { where } from "./ternary.ts";
import { view } from "./view.ts";

/** @throws RangeError where an element would be looked for among none. */
function checkNonEmpty(fn: string, { shape }: Tensor, dims: readonly number[]): void {
  for (const d of dims) {
    if (shape[d] === 0) {
      throw new RangeError(`${fn}(): Expected reduction dim ${d} to have non-zero size.`);
    }
  }
}

/** The dimensions of a search, in PyTorch's words where all of them hold nothing. */
function searched(
  fn: string,
  input: Tensor,
  dim: Dims | undefined,
  options: KeepdimOptions | undefined,
): Reduction {
  const params = reduction(input, dim, options, fn, KEEPDIM);
  if (numel(input.shape) === 0 && params.dims.length === input.shape.length && !named(dim)) {
    throw new RangeError(
      `${fn}(): Expected reduction dim to be specified for input.numel() == 0. Specify the reduction dim with the 'dim' argument.`,
    );
  }
  checkNonEmpty(fn, input, params.dims);
  return params;
}

function named(dim: Dims | undefined): boolean {
  return typeof dim === "number" || (Array.isArray(dim) && dim.length > 0);
}

const sharedVjp: Vjp<Reduction> =
  ({ a: x, output: y, params }) =>
  (g) => {
    // Where several elements tie, they share the gradient; a NaN equals none, and all get NaN.
    const mask = eq(x, restore(y, x.shape, params));
    const count = sum(mask, params.dims, { keepdim: true });
    return trueDiv(restore(g, x.shape, params).mul(mask), count);
  };

function extremumOp(name: string, lane: Lane, vjp: Vjp<Reduction>): Op<Reduction> {
  return reducer<Reduction>(name, lane, ([input]) => input!.dtype, vjp);
}

const amaxOp = extremumOp("AmaxBackward0", maxLane, sharedVjp);
const aminOp = extremumOp("AminBackward0", minLane, sharedVjp);

/** The largest element over some dimensions, or over all; ties share the gradient. */
export function amax(input: Tensor, dim?: Dims, options?: KeepdimOptions): Tensor {
  return apply(amaxOp, [input], searched("amax", input, dim, options));
}

/** The smallest element over some dimensions, or over all; ties share the gradient. */
export function amin(input: Tensor, dim?: Dims, options?: KeepdimOptions): Tensor {
  return apply(aminOp, [input], searched("amin", input, dim, options));
}

/** Values along one dimension with their positions in it; also reads as `[values, indices]`. */
export interface ValuesAndIndices extends Iterable<Tensor> {
  readonly values: Tensor;
  readonly indices: Tensor;
}

interface Taken extends Reduction {
  readonly dim: number;
}

/** The elements at the positions that were found along a dimension. */
function takeOp(name: string): Op<Taken> {
  return {
    name,
    shape: reducedTo,
    dtype: ([input]) => input!.dtype,
    kernel([input, index], out, { dim }) {
      // The positions lie densely and have the dimension still, with size 1.
      const { shape, strides } = index!;
      const { storage, offset, dtype } = out;
      take(input!, index!, dim, { storage, offset, shape, strides, dtype });
    },
    vjps: [
      (use) => {
        const { inputs, params } = use;
        const { shape, dtype } = inputs[0]!;
        const index = use.b;
        return (g) => scatterAdd(fresh(dtype, shape), params.dim, index, restore(g, shape, params));
      },
      null,
    ],
  };
}

const maxTakeOp = takeOp("MaxBackward0");
const minTakeOp = takeOp("MinBackward0");

function along(
  fn: "max" | "min",
  input: Tensor,
  dim: number,
  options: KeepdimOptions | undefined,
): ValuesAndIndices {
  const { dims, keepdim } = singleReduction(input, dim, options, fn, KEEPDIM);
  checkNonEmpty(fn, input, dims);
  const position = apply(fn === "max" ? argmaxOp : argminOp, [input], { dims, keepdim: true });
  const op = fn === "max" ? maxTakeOp : minTakeOp;
  const values = apply(op, [input, position], { dims, keepdim, dim: dims[0] ?? 0 });
  const indices = keepdim ? position : view(position, values.shape);
  return { values, indices, [Symbol.iterator]: () => [values, indices].values() };
}

function wholeExtremum(
  fn: "max" | "min",
  op: Op<Reduction>,
  input: Tensor,
  dim: number | undefined,
  options: KeepdimOptions | undefined,
): Tensor | ValuesAndIndices {
  if (dim !== undefined) return along(fn, input, dim, options);
  return apply(op, [input], searched(fn, input, null, options));
}

/** As for amax, but where the result is NaN the gradient goes to the NaNs. */
const wholeVjp: Vjp<Reduction> =
  ({ a: x, output: y }) =>
  (g) => {
    const mask = where(ne(y, y), ne(x, x), eq(x, y));
    return where(mask, trueDiv(g, sum(mask)), 0);
  };

const maxOp = extremumOp("MaxBackward1", maxLane, wholeVjp);
const minOp = extremumOp("MinBackward1", minLane, wholeVjp);

export function extremum(
  fn: "max" | "min",
  input: Tensor,
  arg: number | Tensor | undefined,
  options: KeepdimOptions | undefined,
): Tensor | ValuesAndIndices {
  if (isTensor(arg)) return fn === "max" ? maximum(input, arg) : minimum(input, arg);
  return wholeExtremum(fn, fn === "max" ? maxOp : minOp, input, arg, options);
}

/**
 * The largest element; with a dimension, the largest along it and where it stands; with a tensor,
 * the larger of each pair.
 */
export function max(input: Tensor): Tensor;
export function max(input: Tensor, dim: number, options?: KeepdimOptions): ValuesAndIndices;
export function max(input: Tensor, other: Tensor): Tensor;
export function max(input: Tensor, arg?: number | Tensor, options?: KeepdimOptions) {
  return extremum("max", input, arg, options);
}

/** The smallest, with the same arguments as `max`. */
export function min(input: Tensor): Tensor;
export function min(input: Tensor, dim: number, options?: KeepdimOptions): ValuesAndIndices;
export function min(input: Tensor, other: Tensor): Tensor;
export function min(input: Tensor, arg?: number | Tensor, options?: KeepdimOptions) {
  return extremum("min", input, arg, options);
}

const argmaxOp = reducer<Reduction>("ArgmaxBackward0", argmaxLane, () => "int64", null);
const argminOp = reducer<Reduction>("ArgminBackward0", argminLane, () => "int64", null);

function position(
  fn: "argmax" | "argmin",
  input: Tensor,
  dim: number | null | undefined,
  options: KeepdimOptions | undefined,
): Tensor {
  const params = singleReduction(input, dim, options, fn, KEEPDIM);
  if (input.dtype === "bool") throw new TypeError(`"${fn}_cpu" not implemented for 'Bool'`);
  if (!named(dim) && numel(input.shape) === 0) {
    throw new RangeError(`${fn}(): Expected reduction dim to be specified for input.numel() == 0.`);
  }
  checkNonEmpty(fn, input, params.dims);
  return apply(fn === "argmax" ? argmaxOp : argminOp, [input], params);
}

/** The position of the largest element along `dim`, or in the flattened tensor. */
export function argmax(input: Tensor, dim?: number | null, options?: KeepdimOptions): Tensor {
  return position("argmax", input, dim, options);
}

/** The position of the smallest element along `dim`, or in the flattened tensor. */
export function argmin(input: Tensor, dim?: number | null, options?: KeepdimOptions): Tensor {
  return position("argmin", input, dim, options);
}
