/** Long-lived elements move into the kernels' own memory, where nothing is copied in or out. */
import type { TypedArray } from "./dtype.ts";
import type { Storage } from "./storage.ts";

/** Arrays of floating-point elements, the ones that vector kernels work on. */
export type Floats = Float32Array | Float64Array;

/** Memory of the kernels' own. */
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

/** Keeps a storage in the array that it is in, which somebody else may write to. */
export function pin(storage: Storage): void {
  // The next read is past the one that would move it.
  storage.reads = LONG_LIVED;
  storage.changes = true;
}

/**
 * Counts that an operation is about to read a storage, which moves to the kernels' memory once it
 * has been read often. To be called before anybody takes `data` for that operation.
 */
export function countRead(storage: Storage): void {
  if (storage.length < WORTH_MOVING || ++storage.reads !== LONG_LIVED) return;
  const { data } = storage;
  const moved = isFloats(data) ? claimFor(data) : null;
  if (moved === null) return;
  moved.set(data);
  storage.data = moved;
}

/** An array of any contents in the kernels' memory to take the place of one that is not; or null. */
export function claimFor(array: Floats): Floats | null {
  if (home === null || array.length < WORTH_MOVING || home.isHere(array)) return null;
  return home.claim(array);
}

/** Lets go of an array that nobody holds any more. */
export function abandon(array: Floats): void {
  if (home?.isHere(array)) home.release(array);
}

export function isFloats(data: TypedArray): data is Floats {
  return data instanceof Float32Array || data instanceof Float64Array;
}
