import { allocate, type DType, type TypedArray } from "./dtype.ts";
import { contiguousStrides, numel, type Shape } from "./shape.ts";

/** Arrays of floating-point elements, the ones that vector kernels work on. */
export type Floats = Float32Array | Float64Array;

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
  /** How many operations have read it; above `LONG_LIVED` from the start where it may not move. */
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
const TINY = 8;
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

/** Memory of the kernels' own, where arrays can live so that nothing is copied in or out. */
export interface Home {
  /** An array like `like` there, of any contents, or null where there is no room. */
  claim(like: Floats): Floats | null;
  /** Gives the room of a claimed array up; nobody may hold the array any more. */
  release(array: Floats): void;
  isHere(array: TypedArray): boolean;
}

let home: Home | null = null;

// The kernels stand above this file and say on loading that they have such memory.
export function setHome(found: Home): void {
  home = found;
}

/** A storage that has been read this often is a parameter or data, and no passing result. */
const LONG_LIVED = 32;
/** Below this length, copying costs as little as finding out where the elements are. */
const WORTH_MOVING = 128;

/** Keeps a storage in the array that it is in. */
export function pin(storage: Storage): void {
  storage.reads = LONG_LIVED;
}

/**
 * Counts that an operation is about to read a storage, which moves to the kernels' memory once it
 * has been read often. To be called before anybody takes `data` for that operation.
 */
export function countRead(storage: Storage): void {
  if (storage.length >= WORTH_MOVING && ++storage.reads === LONG_LIVED) moveHome(storage);
}

function moveHome(storage: Storage): void {
  const { data } = storage;
  if (home === null || !isFloats(data) || home.isHere(data)) return;
  const moved = home.claim(data);
  if (moved === null) return;
  moved.set(data);
  storage.data = moved;
}

function isFloats(data: TypedArray): data is Floats {
  return data instanceof Float32Array || data instanceof Float64Array;
}

// Results that nobody but the engine can hold, such as gradients that backward has passed on. Their
// arrays serve again: a fresh one costs more than most kernels that fill it.
const MOST_SPARE_BYTES = 2 ** 25;
const MOST_OF_A_LENGTH = 8;
/** After so many returns of a length its arrays move to the kernels' memory. */
const STEADY = 64;
/** So many arrays of a length at most: one that gets into a user's hands does not return. */
const MOST_CLAIMS = 12;

interface Spares {
  readonly arrays: Floats[];
  returns: number;
  claims: number;
}

const spare32 = new Map<number, Spares>();
const spare64 = new Map<number, Spares>();
let spareBytes = 0;

let passing = false;
let noting = false;
const noted: Storage[] = [];

/**
 * Says whether results are made that will be given back: only those take spare arrays.
 * @returns what held before, to be put back.
 */
export function setPassing(on: boolean): boolean {
  const before = passing;
  passing = on;
  noting = false;
  if (noted.length > 0) noted.length = 0;
  return before;
}

/** Notes the passing results that are made from here on, for `recycleNoted`. */
export function noteResults(): void {
  noting = true;
}

/** Gives up all results since `noteResults` but one: nobody else may hold them. */
export function recycleNoted(but: Storage | null): void {
  noting = false;
  if (noted.length === 0) return;
  for (let i = 0; i < noted.length; i++) if (noted[i] !== but) recycle(noted[i]!);
  noted.length = 0;
}

/** As `newStorage`, but its elements may be anything: for results that are written whole. */
export function rawStorage(dtype: DType, length: number): Storage {
  if (!passing || length <= TINY) return newStorage(dtype, length);
  const storage = spareStorage(dtype, length);
  if (noting) noted.push(storage);
  return storage;
}

function spareStorage(dtype: DType, length: number): Storage {
  if (length > TINY && spareBytes > 0) {
    const spares = dtype === "float32" ? spare32 : dtype === "float64" ? spare64 : undefined;
    const data = spares?.get(length)?.arrays.pop();
    if (data !== undefined) {
      spareBytes -= data.byteLength;
      return new Storage(data, 0, length);
    }
  }
  return newStorage(dtype, length);
}

/** Gives up a storage that nothing refers to any more; its elements are lost. */
export function recycle({ data, length }: Storage): void {
  if (length <= TINY || !isFloats(data) || data.byteLength > MOST_SPARE_BYTES) return;
  if (spareBytes + data.byteLength > MOST_SPARE_BYTES) dropSpares();
  const all = data instanceof Float32Array ? spare32 : spare64;
  let spares = all.get(length);
  if (spares === undefined) {
    spares = { arrays: [], returns: 0, claims: 0 };
    all.set(length, spares);
  }
  if (spares.arrays.length === MOST_OF_A_LENGTH) {
    if (home?.isHere(data)) home.release(data);
    return;
  }
  spares.arrays.push(settled(spares, data));
  spareBytes += data.byteLength;
}

/** A spare array, in the kernels' memory where its length has proved to be one that returns. */
function settled(spares: Spares, data: Floats): Floats {
  if (++spares.returns < STEADY || data.length < WORTH_MOVING) return data;
  if (home === null || home.isHere(data) || spares.claims === MOST_CLAIMS) return data;
  const moved = home.claim(data);
  if (moved !== null) spares.claims++;
  return moved ?? data;
}

/** Shapes have changed: what was kept is for lengths that no longer come. */
function dropSpares(): void {
  for (const all of [spare32, spare64]) {
    for (const { arrays } of all.values()) {
      for (const array of arrays) if (home?.isHere(array)) home.release(array);
    }
    all.clear();
  }
  spareBytes = 0;
}

class Dense implements Strided {
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

/** As `scratch`, but its elements may be anything; to be given back with `recycle`. */
export function borrow(dtype: DType, shape: Shape): Strided {
  return new Dense(spareStorage(dtype, numel(shape)), dtype, shape);
}
