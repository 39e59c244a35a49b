import { isGradEnabled, noGrad } from "../../autograd/gradMode.ts";
import { apply } from "../apply.ts";
import { checkDType, type DType, isFloat, scalarName } from "../dtype.ts";
import {
  accumulationDType,
  allLane,
  anyLane,
  type Lane,
  prodLane,
  reduce,
  sumLane,
} from "../kernels/reduce.ts";
import { fresh } from "../make.ts";
import { type Op, renamed, type Vjp } from "../op.ts";
import { checkTensor } from "../operand.ts";
import { checkOptions } from "../options.ts";
import { describe, normalizeDims, numel, reducedShape, type Shape, upTo } from "../shape.ts";
import type { Strided } from "../storage.ts";
import type { Tensor } from "../tensor.ts";
import { eq } from "./compare.ts";
import { trueDiv } from "./plain.ts";
import { where } from "./ternary.ts";
import { expandTo, reshapeTo, transpose, unsqueeze } from "./view.ts";

export type Dims = number | readonly number[] | null;

export interface KeepdimOptions {
  /** Keeps the reduced dimensions, with size 1. */
  readonly keepdim?: boolean;
}

export interface SumOptions extends KeepdimOptions {
  /** The input is converted to it first. */
  readonly dtype?: DType;
}

export interface Reduction {
  /** The dimensions to reduce, ascending, counted from the front. */
  readonly dims: readonly number[];
  readonly keepdim: boolean;
}

export const KEEPDIM = ["keepdim"];

/** The input, converted to the dtype that the options name. */
export function converted(
  fn: string,
  input: Tensor,
  options: { readonly dtype?: DType } | undefined,
): Tensor {
  checkTensor(fn, "input", input);
  const dtype = options?.dtype;
  if (dtype === undefined) return input;
  checkDType(fn, dtype);
  return input.to(dtype);
}

export function reduction(
  input: Tensor,
  dims: Dims | undefined,
  options: KeepdimOptions | undefined,
  fn: string,
  allowed: readonly string[] = ["keepdim", "dtype"],
): Reduction {
  checkTensor(fn, "input", input);
  if (options !== undefined) checkOptions(fn, options, allowed);
  const keepdim = options?.keepdim ?? false;
  if (typeof keepdim !== "boolean") {
    throw new TypeError(
      `${fn}(): option 'keepdim' must be true or false, got ${describe(keepdim)}`,
    );
  }
  // An empty list means every dimension, as in torch.sum.
  const all = Array.isArray(dims) && dims.length === 0 ? null : dims;
  return { dims: normalizeDims(all, input.shape.length, fn), keepdim };
}

/** As `reduction`, of one dimension or of all. */
export function singleReduction(
  input: Tensor,
  dim: number | null | undefined,
  options: KeepdimOptions | undefined,
  fn: string,
  allowed?: readonly string[],
): Reduction {
  if (typeof dim === "object" && dim !== null) {
    throw new TypeError(`${fn}(): argument 'dim' must be int, not ${describe(dim)}`);
  }
  return reduction(input, dim, options, fn, allowed);
}

/** A reduction whose result has the dtype that the caller named. */
interface Accumulation extends Reduction {
  readonly dtype: DType;
}

function accumulation(
  source: Tensor,
  { dims, keepdim }: Reduction,
  options: SumOptions | undefined,
): Accumulation {
  return { dims, keepdim, dtype: options?.dtype ?? accumulationDType(source.dtype) };
}

/** How many elements each result is made of. */
export function laneLength(shape: Shape, dims: readonly number[]): number {
  let n = 1;
  for (const d of dims) n *= shape[d]!;
  return n;
}

export const reducedTo = (inputs: readonly Tensor[], p: Reduction): Shape =>
  reducedShape(inputs[0]!.shape, p.dims, p.keepdim);

/** A reduced tensor with its reduced dimensions back, so that it broadcasts to `shape`. */
export function restore(t: Tensor, shape: Shape, { dims, keepdim }: Reduction): Tensor {
  if (keepdim || t.shape.length === 0) return t;
  return reshapeTo(t, reducedShape(shape, dims, true));
}

/** A reduction by one lane function. */
export function reducer<P extends Reduction>(
  name: string,
  lane: Lane,
  dtype: (inputs: readonly Tensor[], params: P) => DType,
  vjp: Vjp<P> | null,
): Op<P> {
  return {
    name,
    shape: reducedTo,
    dtype,
    kernel: (inputs, out, { dims }) => reduce(lane, inputs[0]!, dims, out),
    overwrites: true,
    vjps: vjp === null ? null : [vjp],
  };
}

/** A reduction by `lane`, of whose results bool only keeps whether they are 0. */
function accumulate(lane: Lane, input: Strided, dims: readonly number[], out: Strided): void {
  const truth: Lane = (data, start, n, stride) => (lane(data, start, n, stride) === 0 ? 0 : 1);
  reduce(out.dtype === "bool" ? truth : lane, input, dims, out);
}

const sumOp: Op<Accumulation> = {
  name: "SumBackward0",
  shape: reducedTo,
  dtype: (_, { dtype }) => dtype,
  kernel: ([input], out, { dims }) => accumulate(sumLane, input!, dims, out),
  overwrites: true,
  vjps: [
    (use) => {
      const shape = use.shape(0);
      const { params } = use;
      return (g) => expandTo(restore(g, shape, params), shape);
    },
  ],
};

/** The same, as PyTorch names the node when dimensions are given. */
const sumDimsOp: Op<Accumulation> = renamed(sumOp, "SumBackward1");

/**
 * The sum over some dimensions, or over all; integers and bools give int64.
 * @param dim one dimension, a list, or none for all.
 */
export function sum(input: Tensor, dim?: Dims, options?: SumOptions): Tensor {
  const source = converted("sum", input, options);
  const op = dim === undefined || dim === null ? sumOp : sumDimsOp;
  return apply(op, [source], accumulation(source, reduction(source, dim, options, "sum"), options));
}

/** `sum` without options. */
export function sumOfAll(input: Tensor): Tensor {
  const dtype = accumulationDType(input.dtype);
  return apply(sumOp, [input], { dims: upTo(input.shape.length), keepdim: false, dtype });
}

/** Sums a broadcast gradient back to the shape it was broadcast from. */
export function sumToSize(input: Tensor, shape: Shape): Tensor {
  const lead = input.shape.length - shape.length;
  const dims: number[] = [];
  for (let i = 0; i < input.shape.length; i++) {
    if (i < lead || (shape[i - lead] === 1 && input.shape[i] !== 1)) dims.push(i);
  }
  if (dims.length === 0) return input;
  const dtype = accumulationDType(input.dtype);
  return reshapeTo(apply(sumDimsOp, [input], { dims, keepdim: true, dtype }), shape);
}

const meanOp: Op<Reduction> = {
  name: "MeanBackward0",
  shape: reducedTo,
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
  overwrites: true,
  vjps: [
    (use) => {
      const shape = use.shape(0);
      const { params } = use;
      const n = laneLength(shape, params.dims);
      return (g) => expandTo(trueDiv(restore(g, shape, params), n), shape);
    },
  ],
};

const meanDimsOp: Op<Reduction> = renamed(meanOp, "MeanBackward1");

/**
 * The mean over some dimensions, or over all.
 * @throws TypeError for integers and bools.
 */
export function mean(input: Tensor, dim?: Dims, options?: SumOptions): Tensor {
  const source = converted("mean", input, options);
  const op = dim === undefined || dim === null ? meanOp : meanDimsOp;
  return apply(op, [source], reduction(source, dim, options, "mean"));
}

/** `mean` without options. */
export function meanOfAll(input: Tensor): Tensor {
  return apply(meanOp, [input], { dims: upTo(input.shape.length), keepdim: false });
}

/** The product of all the other elements of each lane along the last dimension. */
function productOfOthers(x: Tensor): Tensor {
  const n = x.shape[x.shape.length - 1]!;
  const diagonal = fresh("bool", [n, n]);
  for (let i = 0; i < n; i++) diagonal.storage.data[diagonal.offset + i * (n + 1)] = 1;
  return prod(where(diagonal, 1, unsqueeze(x, -2)), -1);
}

/** As `prodLane`, kept within 32 bits, whose low ones a double would lose. */
const wrappedProdLane: Lane = (data, start, n, stride) => {
  let p = 1;
  for (let k = 0, i = start; k < n; k++, i += stride) p = Math.imul(p, data[i]!);
  return p;
};

/** As `prodLane`, without the negative zero that integers do not have. */
const integerProdLane: Lane = (data, start, n, stride) => prodLane(data, start, n, stride) + 0;

function productLane(dtype: DType): Lane {
  if (dtype === "int32" || dtype === "uint8") return wrappedProdLane;
  return isFloat(dtype) ? prodLane : integerProdLane;
}

const prodOp: Op<Accumulation> = {
  name: "ProdBackward0",
  shape: reducedTo,
  dtype: (_, { dtype }) => dtype,
  kernel: ([input], out, { dims }) => accumulate(productLane(out.dtype), input!, dims, out),
  vjps: [
    ({ a: x, output: y, params }) =>
      (g) => {
        const grad = restore(g, x.shape, params);
        const all = params.dims.length === x.shape.length;
        const zeros = countZeros(x);
        // Two zeros leave nothing to the first order; to the second they do.
        if (zeros > 1 && all && !isGradEnabled()) return fresh(x.dtype, x.shape);
        if (zeros === 0) return trueDiv(grad.mul(restore(y, x.shape, params)), x);
        // Dividing by an element that is 0 loses the others, so multiply them instead.
        if (all) {
          return grad.mul(reshapeTo(productOfOthers(reshapeTo(x, [numel(x.shape)])), x.shape));
        }
        const last = x.shape.length - 1;
        const dim = params.dims[0]!;
        return grad.mul(transpose(productOfOthers(transpose(x, dim, last)), dim, last));
      },
  ],
};

const prodDimOp: Op<Accumulation> = renamed(prodOp, "ProdBackward1");

function countZeros(x: Tensor): number {
  return noGrad(() => sum(eq(x, 0)).item());
}

/** The product over one dimension, or over all; integers and bools give int64. */
export function prod(input: Tensor, dim?: number | null, options?: SumOptions): Tensor {
  const source = converted("prod", input, options);
  const op = dim === undefined || dim === null ? prodOp : prodDimOp;
  const params = singleReduction(source, dim, options, "prod");
  return apply(op, [source], accumulation(source, params, options));
}

const truthDType = ([input]: readonly Tensor[]): DType =>
  input!.dtype === "uint8" ? "uint8" : "bool";

const anyOp = reducer<Reduction>("AnyBackward0", anyLane, truthDType, null);
const allOp = reducer<Reduction>("AllBackward0", allLane, truthDType, null);

/** Whether any element is not 0, over one dimension or over all. */
export function any(input: Tensor, dim?: number | null, options?: KeepdimOptions): Tensor {
  return apply(anyOp, [input], singleReduction(input, dim, options, "any", KEEPDIM));
}

/** Whether every element is not 0, over one dimension or over all. */
export function all(input: Tensor, dim?: number | null, options?: KeepdimOptions): Tensor {
  return apply(allOp, [input], singleReduction(input, dim, options, "all", KEEPDIM));
}
