import { category, type DType, getDefaultDtype, isFloat, promoteTypes } from "./dtype.ts";
import { copy } from "./kernels/elementwise.ts";
import { fresh, isTensor } from "./make.ts";
import { describe, SCALAR } from "./shape.ts";
import { type Strided, scratch } from "./storage.ts";
import type { Tensor } from "./tensor.ts";

const CACHED_NUMBERS = 256;
const numbers = new Map<number, Tensor>();
const singles = new Map<number, Tensor>();

function cacheNumber(cache: Map<number, Tensor>, value: number, dtype: DType): Tensor {
  const t = fresh(dtype, SCALAR);
  t.storage.data[t.offset] = value;
  t.wrapped = true;
  if (cache.size >= CACHED_NUMBERS) cache.clear();
  // Map takes -0 and 0 for one key.
  if (!Object.is(value, -0)) cache.set(value, t);
  return t;
}

/** A number as an operand: a scalar that does not promote tensors of its own category. */
export function wrapNumber(value: number): Tensor {
  const cached = Object.is(value, -0) ? undefined : numbers.get(value);
  if (cached !== undefined) return cached;
  return cacheNumber(numbers, value, Number.isInteger(value) ? "int64" : "float64");
}

export type Operand = Tensor | number | boolean;

const TRUTHS = new Map<boolean, Tensor>();

/**
 * An operand as a tensor.
 * @throws TypeError if it is neither a tensor nor a number.
 */
export function toOperand(value: Operand, fn: string, argument: string): Tensor {
  if (typeof value === "number") return wrapNumber(value);
  if (isTensor(value)) return value;
  if (typeof value === "boolean") {
    let t = TRUTHS.get(value);
    if (t === undefined) {
      t = fresh("bool", SCALAR);
      t.storage.data[t.offset] = value ? 1 : 0;
      t.wrapped = true;
      TRUTHS.set(value, t);
    }
    return t;
  }
  throw new TypeError(
    `${fn}(): argument '${argument}' must be Tensor or number, not ${describe(value)}`,
  );
}

/** How PyTorch's messages name the type of a value that is no tensor. */
function typeName(value: unknown): string {
  if (typeof value === "number") return Number.isInteger(value) ? "int" : "float";
  return typeof value === "boolean" ? "bool" : describe(value);
}

/** @throws TypeError if `value` is no tensor. */
export function checkTensor(fn: string, argument: string, value: unknown): asserts value is Tensor {
  if (!isTensor(value)) {
    throw new TypeError(`${fn}(): argument '${argument}' must be Tensor, not ${typeName(value)}`);
  }
}

/**
 * An operand's elements in `dtype`, for a kernel.
 * A number is rounded to it first, as PyTorch rounds it, and not in each operation.
 */
export function inDType(t: Tensor, dtype: DType): Strided {
  if (t.dtype === dtype) return t;
  if (t.wrapped) {
    if (dtype === "float64" || dtype === "int64") return t;
    const value = t.storage.data[t.offset]!;
    if (dtype === "float32") {
      const cached = singles.get(value);
      if (cached !== undefined) return cached;
      return cacheNumber(singles, value, "float32");
    }
  }
  const cast = scratch(dtype, t.shape);
  copy(t, cast);
  return cast;
}

/** PyTorch's result type: tensors with dimensions first, then 0-dim ones, then numbers. */
export function resultType(a: Tensor, b: Tensor): DType {
  if (a.wrapped) {
    if (!b.wrapped && isFloat(b.dtype)) return b.dtype;
  } else if (b.wrapped) {
    if (isFloat(a.dtype)) return a.dtype;
  } else if (a.dtype === b.dtype) return a.dtype;
  return resultTypeOf([a, b]);
}

function higher(a: DType | null, b: DType): DType {
  return a === null ? b : promoteTypes(a, b);
}

/** The stronger group's type, unless the weaker group is of a higher category. */
function combine(strong: DType | null, weak: DType | null): DType | null {
  if (strong === null) return weak;
  if (weak === null || category(weak) <= category(strong)) return strong;
  return higher(strong, weak);
}

/** `resultType` of any number of operands. */
export function resultTypeOf(inputs: readonly Tensor[]): DType {
  let dimensioned: DType | null = null;
  let zeroDim: DType | null = null;
  let number: DType | null = null;
  for (const t of inputs) {
    if (t.wrapped) number = higher(number, t.dtype === "float64" ? getDefaultDtype() : t.dtype);
    else if (t.shape.length === 0) zeroDim = higher(zeroDim, t.dtype);
    else dimensioned = higher(dimensioned, t.dtype);
  }
  return combine(dimensioned, combine(zeroDim, number)) ?? getDefaultDtype();
}
