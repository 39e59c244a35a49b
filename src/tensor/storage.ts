import { allocate, type DType, type TypedArray } from "./dtype.ts";
import { contiguousStrides, numel, type Shape } from "./shape.ts";

let created = 0;

/** How many storages exist so far; one made later has a larger serial number. */
export function storagesCreated(): number {
  return created;
}

/** How the elements of a storage will come about once somebody wants them. */
export interface Pending {
  /** Makes the array that holds them. */
  settle(): TypedArray;
}

/**
 * The elements that a tensor and all its views share.
 *
 * `version` counts in-place changes, so that backward can tell a saved tensor that has changed.
 * `data` may be replaced (a kernel may move long-lived elements into memory of its own) and may only
 * be computed when it is read: read it anew in every call, keep it in none, and call `willChange`
 * before writing to elements that others may have read.
 */
export class Storage {
  // No # here: a private field of a class that is made this often costs a tenth of a small step.
  private array: TypedArray | null;
  /** What makes `data` when it is first read; null from then on. */
  pending: Pending | null = null;
  /** Results that have yet to be computed from these elements as they are; see `willChange`. */
  snapshot: Snapshot | null = null;
  /** Whether results are computed from it at once, because it changes in between. */
  changes = false;
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

  constructor(data: TypedArray | null, start: number, length: number) {
    this.array = data;
    this.start = start;
    this.length = length;
  }

  /** A storage whose elements come about when they are first read. */
  static later(pending: Pending, length: number): Storage {
    const storage = new Storage(null, 0, length);
    storage.pending = pending;
    return storage;
  }

  get data(): TypedArray {
    if (this.array === null) this.settle();
    return this.array!;
  }

  set data(data: TypedArray) {
    this.array = data;
    this.pending = null;
  }

  /** Makes the elements if they are pending. */
  settle(): void {
    if (this.pending !== null) this.data = this.pending.settle();
  }

  /** Whether results that have yet to be computed read these elements. */
  get isAwaited(): boolean {
    return this.snapshot !== null && this.snapshot.readers > 0;
  }
}

/** The elements of a storage as they were when a result was put off that is computed from them. */
export class Snapshot {
  storage: Storage;
  /** How many results have yet to be computed. */
  readers = 0;

  constructor(storage: Storage) {
    this.storage = storage;
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
  if (dtype === "float32" && length > 16 && length <= SMALL / 4) {
    const { buffer, at } = cut(4 * length);
    return new Storage(new Float32Array(buffer, at, length), 0, length);
  }
  if (dtype === "float64" && length <= SMALL / 8) {
    const { buffer, at } = cut(8 * length);
    return new Storage(new Float64Array(buffer, at, length), 0, length);
  }
  return new Storage(allocate(dtype, length), 0, length);
}

// Memory of its own costs an array a microsecond, a view of memory that is there a tenth of that. So
// small arrays are cut from blocks of a few of their size: a long-lived one pins no more than that.
/** The largest, in bytes. V8 is as fast with arrays of their own of 64 bytes and less. */
const SMALL = 8192;
const A_BLOCK = 8;
/** By the power of two that an array takes at most: the block in use, and where its rest begins. */
const blocks = Array.from({ length: Math.log2(SMALL) + 1 }, () => ({
  buffer: new ArrayBuffer(0),
  at: 0,
}));

/** Zeroed memory for a small array. */
function cut(bytes: number): { readonly buffer: ArrayBuffer; readonly at: number } {
  const power = 32 - Math.clz32(bytes - 1);
  // Arrays a power of two apart would fall into the same few sets of the cache.
  const apart = 2 ** power + 64;
  const block = blocks[power]!;
  block.at += apart;
  if (block.at >= block.buffer.byteLength) {
    block.buffer = new ArrayBuffer(A_BLOCK * apart);
    block.at = 0;
  }
  return block;
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
