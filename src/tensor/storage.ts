import { allocate, type DType, type TypedArray } from "./dtype.ts";
import { contiguousStrides, numel, type Shape } from "./shape.ts";

let created = 0;

/** How many storages exist so far; one made later has a larger serial number. */
export function storagesCreated(): number {
  return created;
}

/**
 * The elements that a tensor and all its views share.
 *
 * `version` counts in-place changes, so that backward can tell a saved tensor that has changed.
 * `data` may be replaced (a kernel may move long-lived elements into memory of its own): read it anew
 * in every call and keep it in none.
 */
export class Storage {
  data: TypedArray;
  version = 0;
  /** Storages are numbered in order of creation; see `storagesCreated`. */
  readonly serial: number = ++created;
  /** The first element in `data`; not 0 only for tiny storages that share one array. */
  readonly start: number;
  readonly length: number;
  /** How many operations have read it; see `countRead`. */
  reads = 0;
  /** How many recorded operations keep it for their backward. */
  keepers = 0;

  constructor(data: TypedArray, start: number, length: number) {
    this.data = data;
    this.start = start;
    this.length = length;
  }
}

/** What a kernel needs to know of a tensor: where its elements lie. */
export interface Strided {
  readonly storage: Storage;
  /** Index in `storage.data` of the first element. */
  readonly offset: number;
  readonly shape: Shape;
  /** Elements (not bytes) to skip per step along each dimension. */
  readonly strides: Shape;
  readonly dtype: DType;
}

// A typed array costs far more to make than the few numbers of a scalar or a 2D point, so tiny
// storages are cut from a shared array. A slab is small: a long-lived scalar pins no more than 4 kB.
export const TINY = 8;
const SLAB = 512;
let slab32 = new Float32Array(SLAB);
let used32 = 0;
let slab64 = new Float64Array(SLAB);
let used64 = 0;

/** A zeroed storage of `length` elements. */
export function newStorage(dtype: DType, length: number): Storage {
  if (length <= TINY) {
    if (dtype === "float64") {
      if (used64 + length > SLAB) {
        slab64 = new Float64Array(SLAB);
        used64 = 0;
      }
      used64 += length;
      return new Storage(slab64, used64 - length, length);
    }
    if (dtype === "float32") {
      if (used32 + length > SLAB) {
        slab32 = new Float32Array(SLAB);
        used32 = 0;
      }
      used32 += length;
      return new Storage(slab32, used32 - length, length);
    }
  }
  return new Storage(allocate(dtype, length), 0, length);
}

/** A dense, row-major operand. */
export class Dense implements Strided {
  readonly storage: Storage;
  readonly offset: number;
  readonly shape: Shape;
  readonly strides: Shape;
  readonly dtype: DType;

  constructor(storage: Storage, dtype: DType, shape: Shape) {
    this.storage = storage;
    this.offset = this.storage.start;
    this.shape = shape;
    this.strides = contiguousStrides(shape);
    this.dtype = dtype;
  }
}

/** A fresh row-major operand for a kernel's own use. */
export function scratch(dtype: DType, shape: Shape): Strided {
  return new Dense(newStorage(dtype, numel(shape)), dtype, shape);
}
