import { allocate, type DType, type TypedArray } from "./dtype.ts";
import { copy } from "./kernels/elementwise.ts";
import { contiguousStrides, numel } from "./shape.ts";
import { Storage, type Strided } from "./storage.ts";

/** Nested lists as deep as a tensor has dimensions. */
export type Nested<T> = T | Nested<T>[];

const value = (dtype: DType, x: number): number | boolean => (dtype === "bool" ? x !== 0 : x);

/**
 * The one element of a tensor.
 * @throws RangeError if there is not exactly one.
 */
export function item(t: Strided): number {
  const count = numel(t.shape);
  if (count !== 1) {
    throw new RangeError(
      `only one element tensors can be converted to Python scalars: item() of a tensor with ${count} elements`,
    );
  }
  return t.storage.data[t.offset]!;
}

/** The elements as nested lists. */
export function tolist(t: Strided): Nested<number | boolean> {
  const { data } = t.storage;
  const read = (dim: number, at: number): Nested<number | boolean> => {
    if (dim === t.shape.length) return value(t.dtype, data[at]!);
    return Array.from({ length: t.shape[dim]! }, (_, i) => read(dim + 1, at + i * t.strides[dim]!));
  };
  return read(0, t.offset);
}

/** A copy of the elements in row-major order. */
export function toTypedArray(t: Strided): TypedArray {
  const count = numel(t.shape);
  const data = allocate(t.dtype, count);
  copy(t, {
    storage: new Storage(data, 0, count),
    offset: 0,
    shape: t.shape,
    strides: contiguousStrides(t.shape),
    dtype: t.dtype,
  });
  return data;
}
