import { isGradEnabled, noGrad } from "../../autograd/gradMode.ts";
import { apply, type Op, type Vjp } from "../apply.ts";
import { type DType, isFloat, scalarName } from "../dtype.ts";
import { loop1 } from "../kernels/elementwise.ts";
import {
  accumulationDType,
  allLane,
  anyLane,
  argmaxLane,
  argminLane,
  type Lane,
  maxLane,
  minLane,
  prodLane,
  reduce,
  squaredDeviationLane,
  sumLane,
} from "../kernels/reduce.ts";
import { fresh } from "../make.ts";

import { checkOptions } from "../options.ts";
import { normalizeDims, numel, reducedShape, type Shape } from "../shape.ts";
import { scratch } from "../storage.ts";
import type { Tensor } from "../tensor.ts";
import { maximum, minimum } from "./binary.ts";
import { where } from "./ternary.ts";

export type Dims = number | readonly number[] | null;

export interface KeepdimOptions {
  /** Keeps the reduced dimensions, with size 1. */
  readonly keepdim?: boolean;
}

export interface SumOptions extends KeepdimOptions {
  /** The input is converted to it first. */
  readonly dtype?: DType;
}

interface Reduction {
  /** The dimensions to reduce, ascending, counted from the front. */
  readonly dims: readonly number[];
  readonly keepdim: boolean;
}

const KEEPDIM = ["keepdim"];

function reduction(
  input: Tensor,
  dims: Dims | undefined,
  options: KeepdimOptions | undefined,
  fn: string,
  allowed: readonly string[] = ["keepdim", "dtype"],
): Reduction {
  if (options !== undefined) checkOptions(fn, options, allowed);
  // An empty list means every dimension, as in torch.sum.
  const all = Array.isArray(dims) && dims.length === 0 ? null : dims;
  return { dims: normalizeDims(all, input.shape.length, fn), keepdim: options?.keepdim ?? false };
}

/** How many elements each result is made of. */
function laneLength(shape: Shape, dims: readonly number[]): number {
  let n = 1;
  for (const d of dims) n *= shape[d]!;
  return n;
}

const shapeOf = (inputs: readonly Tensor[], p: Reduction): Shape =>
  reducedShape(inputs[0]!.shape, p.dims, p.keepdim);

/** A reduced tensor with its reduced dimensions back, so that it broadcasts to `shape`. */
function restore(t: Tensor, shape: Shape, { dims, keepdim }: Reduction): Tensor {
  if (keepdim || t.shape.length === 0) return t;
  return t.reshape(reducedShape(shape, dims, true));
}

/** A reduction by one lane function. */
function reducer<P extends Reduction>(
  name: string,
  lane: Lane,
  dtype: (inputs: readonly Tensor[], params: P) => DType,
  vjp: Vjp<P> | null,
): Op<P> {
  return {
    name: `${name}Backward0`,
    shape: shapeOf,
    dtype,
    kernel: (inputs, out, { dims }) => reduce(lane, inputs[0]!, dims, out),
    vjps: vjp === null ? null : [vjp],
  };
}

const sumOp = reducer<Reduction>(
  "Sum",
  sumLane,
  ([input]) => accumulationDType(input!.dtype),
  (use) => {
    const shape = use.shape(0);
    const { params } = use;
    return (g) => restore(g, shape, params).expand(shape);
  },
);

/** The same, as PyTorch names the node when dimensions are given. */
const sumDimsOp: Op<Reduction> = { ...sumOp, name: "SumBackward1" };

/**
 * The sum over some dimensions, or over all; integers and bools give int64.
 * @param dim one dimension, a list, or none for all.
 */
export function sum(input: Tensor, dim?: Dims, options?: SumOptions): Tensor {
  const source = options?.dtype === undefined ? input : input.to(options.dtype);
  const op = dim === undefined || dim === null ? sumOp : sumDimsOp;
  return apply(op, [source], reduction(source, dim, options, "sum"));
}

/** Sums a broadcast gradient back to the shape it was broadcast from. */
export function sumToSize(input: Tensor, shape: Shape): Tensor {
  const lead = input.shape.length - shape.length;
  const dims: number[] = [];
  for (let i = 0; i < input.shape.length; i++) {
    if (i < lead || (shape[i - lead] === 1 && input.shape[i] !== 1)) dims.push(i);
  }
  if (dims.length === 0) return input;
  return apply(sumDimsOp, [input], { dims, keepdim: true }).reshape(shape);
}

const meanOp: Op<Reduction> = {
  name: "MeanBackward0",
  shape: shapeOf,
  dtype: ([input]) => {
    if (!isFloat(input!.dtype)) {
      throw new TypeError(
        `mean(): could not infer output dtype. Input dtype must be either a floating point or complex dtype. Got: ${scalarName(input!.dtype)}`,
      );
    }
    return input!.dtype;
  },
  kernel([input], out, { dims }) {
    const n = laneLength(input!.shape, dims);
    reduce(
      (data, start, count, stride) => sumLane(data, start, count, stride) / n,
      input!,
      dims,
      out,
    );
  },
  vjps: [
    (use) => {
      const shape = use.shape(0);
      const { params } = use;
      const n = laneLength(shape, params.dims);
      return (g) => restore(g, shape, params).div(n).expand(shape);
    },
  ],
};

/**
 * The mean over some dimensions, or over all.
 * @throws TypeError for integers and bools.
 */
export function mean(input: Tensor, dim?: Dims, options?: SumOptions): Tensor {
  const source = options?.dtype === undefined ? input : input.to(options.dtype);
  return apply(meanOp, [source], reduction(source, dim, options, "mean"));
}

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
  const mean = x.mean(params.dims, { keepdim: true });
  return restore(g, x.shape, params)
    .mul(2 / (n - params.correction))
    .mul(x.sub(mean));
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
  shape: shapeOf,
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
  shape: shapeOf,
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
        varianceGradient(where(y.eq(0), 0, g.div(y.mul(2))), x, params),
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

/** The product of all the other elements of each lane along the last dimension. */
function productOfOthers(x: Tensor): Tensor {
  const n = x.shape[x.shape.length - 1]!;
  const diagonal = fresh("bool", [n, n]);
  for (let i = 0; i < n; i++) diagonal.storage.data[diagonal.offset + i * (n + 1)] = 1;
  return where(diagonal, 1, x.unsqueeze(-2)).prod(-1);
}

const prodOp = reducer<Reduction>(
  "Prod",
  prodLane,
  ([input]) => accumulationDType(input!.dtype),
  ({ a: x, output: y, params }) =>
    (g) => {
      const grad = restore(g, x.shape, params);
      const all = params.dims.length === x.shape.length;
      const zeros = countZeros(x);
      // Two zeros leave nothing to the first order; to the second they do.
      if (zeros > 1 && all && !isGradEnabled()) return fresh(x.dtype, x.shape);
      if (zeros === 0) return grad.mul(restore(y, x.shape, params)).div(x);
      // Dividing by an element that is 0 loses the others, so multiply them instead.
      if (all) {
        return grad.mul(productOfOthers(x.reshape(-1)).reshape(x.shape));
      }
      const last = x.shape.length - 1;
      const dim = params.dims[0]!;
      return grad.mul(productOfOthers(x.transpose(dim, last)).transpose(dim, last));
    },
);

function countZeros(x: Tensor): number {
  return noGrad(() => x.eq(0).sum().item());
}

/** The product over one dimension, or over all; integers and bools give int64. */
export function prod(input: Tensor, dim?: number | null, options?: SumOptions): Tensor {
  const source = options?.dtype === undefined ? input : input.to(options.dtype);
  return apply(prodOp, [source], reduction(source, dim, options, "prod"));
}

function extremumOp(name: string, lane: Lane): Op<Reduction> {
  return reducer<Reduction>(
    name,
    lane,
    ([input], { dims }) => {
      for (const d of dims) {
        if (input!.shape[d] === 0) {
          throw new RangeError(
            `${name.toLowerCase()}(): Expected reduction dim ${d} to have non-zero size.`,
          );
        }
      }
      return input!.dtype;
    },
    ({ a: x, output: y, params }) =>
      (g) => {
        // Where several elements tie, they share the gradient; a NaN equals none, and all get NaN.
        const mask = x.eq(restore(y, x.shape, params));
        const count = mask.sum(params.dims, { keepdim: true });
        return restore(g, x.shape, params).mul(mask).div(count);
      },
  );
}

const amaxOp = extremumOp("Amax", maxLane);
const aminOp = extremumOp("Amin", minLane);

/** The largest element over some dimensions, or over all; ties share the gradient. */
export function amax(input: Tensor, dim?: Dims, options?: KeepdimOptions): Tensor {
  return apply(amaxOp, [input], reduction(input, dim, options, "amax", KEEPDIM));
}

/** The smallest element over some dimensions, or over all; ties share the gradient. */
export function amin(input: Tensor, dim?: Dims, options?: KeepdimOptions): Tensor {
  return apply(aminOp, [input], reduction(input, dim, options, "amin", KEEPDIM));
}

/** Values along one dimension with their positions in it; also reads as `[values, indices]`. */
export interface ValuesAndIndices extends Iterable<Tensor> {
  readonly values: Tensor;
  readonly indices: Tensor;
}

function along(
  find: (input: Tensor, dim: number, options: KeepdimOptions) => Tensor,
  input: Tensor,
  dim: number,
  keepdim: boolean,
): ValuesAndIndices {
  const position = find(input, dim, { keepdim: true });
  const taken = input.shape.length === 0 ? input.clone() : input.gather(dim, position);
  const squeeze = (t: Tensor) => (keepdim || t.shape.length === 0 ? t : t.squeeze(dim));
  const values = squeeze(taken);
  const indices = squeeze(position);
  return { values, indices, [Symbol.iterator]: () => [values, indices].values() };
}

function wholeExtremum(
  fn: "max" | "min",
  op: Op<Reduction>,
  input: Tensor,
  dim: number | undefined,
  options: KeepdimOptions | undefined,
): Tensor | ValuesAndIndices {
  if (dim !== undefined) {
    if (options !== undefined) checkOptions(fn, options, KEEPDIM);
    return along(fn === "max" ? argmax : argmin, input, dim, options?.keepdim ?? false);
  }
  if (numel(input.shape) === 0) {
    throw new RangeError(
      `${fn}(): Expected reduction dim to be specified for input.numel() == 0. Specify the reduction dim with the 'dim' argument.`,
    );
  }
  return apply(op, [input], reduction(input, null, undefined, fn));
}

/** As for amax, but where the result is NaN the gradient goes to the NaNs. */
const wholeVjp: Vjp<Reduction> =
  ({ a: x, output: y }) =>
  (g) => {
    const mask = where(y.ne(y), x.ne(x), x.eq(y));
    return where(mask, g.div(mask.sum()), 0);
  };

const maxOp: Op<Reduction> = { ...amaxOp, name: "MaxBackward1", vjps: [wholeVjp] };
const minOp: Op<Reduction> = { ...aminOp, name: "MinBackward1", vjps: [wholeVjp] };

export function extremum(
  fn: "max" | "min",
  input: Tensor,
  arg: number | Tensor | undefined,
  options: KeepdimOptions | undefined,
): Tensor | ValuesAndIndices {
  if (typeof arg === "object") return fn === "max" ? maximum(input, arg) : minimum(input, arg);
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

function position(name: "argmax" | "argmin", lane: Lane) {
  const op = reducer<Reduction>(
    name,
    lane,
    ([input], { dims }) => {
      const empty = dims.find((d) => input!.shape[d] === 0);
      if (empty !== undefined) {
        throw new RangeError(`${name}(): Expected reduction dim ${empty} to have non-zero size.`);
      }
      return "int64";
    },
    null,
  );
  return (input: Tensor, dim?: number | null, options?: KeepdimOptions): Tensor =>
    apply(op, [input], reduction(input, dim, options, name, KEEPDIM));
}

/** The position of the largest element along `dim`, or in the flattened tensor. */
export const argmax = position("argmax", argmaxLane);

/** The position of the smallest element along `dim`, or in the flattened tensor. */
export const argmin = position("argmin", argminLane);

const truthDType = ([input]: readonly Tensor[]): DType =>
  input!.dtype === "uint8" ? "uint8" : "bool";

const anyOp = reducer<Reduction>("Any", anyLane, truthDType, null);
const allOp = reducer<Reduction>("All", allLane, truthDType, null);

/** Whether any element is not 0, over one dimension or over all. */
export function any(input: Tensor, dim?: number | null, options?: KeepdimOptions): Tensor {
  return apply(anyOp, [input], reduction(input, dim, options, "any", KEEPDIM));
}

/** Whether every element is not 0, over one dimension or over all. */
export function all(input: Tensor, dim?: number | null, options?: KeepdimOptions): Tensor {
  return apply(allOp, [input], reduction(input, dim, options, "all", KEEPDIM));
}

// Norms ---------------------------------------------------------------------------------------

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
  name: "NormBackward0",
  shape: shapeOf,
  dtype: ([input]) => {
    if (!isFloat(input!.dtype)) {
      throw new TypeError(
        `linalg.vector_norm: Expected a floating point or complex tensor as input. Got ${scalarName(input!.dtype)}`,
      );
    }
    return input!.dtype;
  },
  kernel([input], out, { dims, p }) {
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
  if (p === 1) return x.sign().mul(g);
  if (p === 2) return x.mul(where(norm.eq(0), 0, g.div(norm)));
  if (p === Infinity || p === -Infinity) {
    const mask = x
      .abs()
      .eq(norm)
      .logicalOr(x.ne(x).logicalAnd(norm.ne(norm)));
    return x.sign().mul(where(mask, g.div(mask.sum(dims, { keepdim: true })), 0));
  }
  const scale = where(norm.eq(0), 0, g.div(norm.pow(p - 1)));
  if (p < 1) return where(x.eq(0), 0, x.sign().mul(x.abs().pow(p - 1))).mul(scale);
  if (p < 2)
    return x
      .sign()
      .mul(x.abs().pow(p - 1))
      .mul(scale);
  return x.mul(x.abs().pow(p - 2)).mul(scale);
}

/**
 * The p-norm over some dimensions, or over all.
 * @param p the order; "fro" is 2.
 * @throws RangeError for the nuclear norm, which needs singular values.
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
  const source = options?.dtype === undefined ? input : input.to(options.dtype);
  const params = reduction(source, dim, options, "norm");
  if (order < 0 || order === Infinity) {
    const empty = params.dims.some((d) => source.shape[d] === 0);
    if (empty) {
      throw new RangeError(
        `linalg.vector_norm cannot compute the ${order} norm on an empty tensor because the operation does not have an identity`,
      );
    }
  }
  return apply(normOp, [source], { ...params, p: order });
}
