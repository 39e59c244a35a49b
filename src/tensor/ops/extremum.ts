import { apply } from "../apply.ts";
import { argmaxLane, argminLane, type Lane, maxLane, minLane } from "../kernels/reduce.ts";
import type { Op, Vjp } from "../op.ts";
import { checkOptions } from "../options.ts";
import { numel } from "../shape.ts";
import type { Tensor } from "../tensor.ts";
import { maximum, minimum } from "./binary.ts";
import {
  type Dims,
  KEEPDIM,
  type KeepdimOptions,
  type Reduction,
  reducer,
  reduction,
  restore,
} from "./reduce.ts";
import { where } from "./ternary.ts";

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
