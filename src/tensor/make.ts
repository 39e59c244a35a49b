import type { DType } from "./dtype.ts";
import { contiguousStrides, numel, type Shape } from "./shape.ts";
import { rawStorage } from "./spare.ts";
import { newStorage, type Storage } from "./storage.ts";
import type { Tensor } from "./tensor.ts";

/** Where a tensor's elements lie in its storage. */
export interface Geometry {
  readonly shape: Shape;
  readonly strides: Shape;
  readonly offset: number;
}

interface TensorClass {
  new (storage: Storage, offset: number, shape: Shape, strides: Shape, dtype: DType): Tensor;
}

// tensor.ts stands above this file and gives its class on loading: methods call ops, ops make tensors.
let TensorImpl: TensorClass;

export function setTensorClass(impl: TensorClass): void {
  TensorImpl = impl;
}

export function isTensor(value: unknown): value is Tensor {
  return value instanceof TensorImpl;
}

/** A zeroed, dense tensor. */
export function fresh(dtype: DType, shape: Shape): Tensor {
  const storage = newStorage(dtype, numel(shape));
  return new TensorImpl(storage, storage.start, shape, contiguousStrides(shape), dtype);
}

/** A dense tensor whose elements may be anything until they are written. */
export function raw(dtype: DType, shape: Shape): Tensor {
  const storage = rawStorage(dtype, numel(shape));
  return new TensorImpl(storage, storage.start, shape, contiguousStrides(shape), dtype);
}

/** Another tensor on the same elements, outside of the graph. */
export function alias(t: Tensor, geometry: Geometry = t): Tensor {
  return new TensorImpl(t.storage, geometry.offset, geometry.shape, geometry.strides, t.dtype);
}

/** A tensor over `storage` as it stands. */
export function wrapStorage(storage: Storage, shape: Shape, dtype: DType): Tensor {
  return new TensorImpl(storage, storage.start, shape, contiguousStrides(shape), dtype);
}
