/**
 * Results that nobody but the engine can hold, such as gradients that backward has passed on, give
 * their arrays back, which then serve again: a fresh one costs more than most kernels that fill it.
 */
import type { DType } from "./dtype.ts";
import { abandon, claimFor, type Floats, isFloats } from "./home.ts";
import { numel, type Shape } from "./shape.ts";
import { Dense, newStorage, Storage, type Strided, TINY } from "./storage.ts";

const MOST_BYTES = 2 ** 25;
const MOST_OF_A_LENGTH = 32;
/** After so many returns of a length its arrays move to the kernels' memory. */
const STEADY = 64;
/** So many arrays of a length at most: one that gets into a user's hands does not return. */
const MOST_CLAIMS = 40;

interface Spares {
  readonly arrays: Floats[];
  returns: number;
  claims: number;
}

const spare32 = new Map<number, Spares>();
const spare64 = new Map<number, Spares>();
let bytes = 0;

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

/** Results of so many elements may wait until somebody reads them. */
let deferFrom = 2048;

/**
 * Sets how many elements a result has at least that may be put off.
 * @returns what held before.
 */
export function setDeferFrom(length: number): number {
  const before = deferFrom;
  deferFrom = length;
  return before;
}

type Later = (dtype: "float32" | "float64", length: number) => Storage;

let later: Later | null = null;

// Kernels stand above this file and say on loading that they put results off.
/** Takes what makes a storage whose elements come about when they are first read. */
export function setLater(made: Later): void {
  later = made;
}

/** As `newStorage`, but its elements may be anything: for results that are written whole. */
export function rawStorage(dtype: DType, length: number): Storage {
  if (passing && length > TINY) {
    const storage = spareStorage(dtype, length);
    if (noting) noted.push(storage);
    return storage;
  }
  if (later !== null && length >= deferFrom && (dtype === "float32" || dtype === "float64")) {
    return later(dtype, length);
  }
  return newStorage(dtype, length);
}

/** As `scratch`, but its elements may be anything; to be given back with `recycle`. */
export function borrow(dtype: DType, shape: Shape): Strided {
  return new Dense(spareStorage(dtype, numel(shape)), dtype, shape);
}

function spareStorage(dtype: DType, length: number): Storage {
  if (length > TINY && bytes > 0) {
    const spares = dtype === "float32" ? spare32 : dtype === "float64" ? spare64 : undefined;
    const data = spares?.get(length)?.arrays.pop();
    if (data !== undefined) {
      bytes -= data.byteLength;
      return new Storage(data, 0, length);
    }
  }
  return newStorage(dtype, length);
}

/** Gives up a storage that nothing refers to any more; its elements are lost. */
export function recycle(storage: Storage): void {
  const { length } = storage;
  if (length <= TINY || storage.pending !== null || storage.isAwaited) return;
  const { data } = storage;
  if (!isFloats(data) || data.byteLength > MOST_BYTES) return;
  if (bytes + data.byteLength > MOST_BYTES) dropAll();
  const all = data instanceof Float32Array ? spare32 : spare64;
  let spares = all.get(length);
  if (spares === undefined) {
    spares = { arrays: [], returns: 0, claims: 0 };
    all.set(length, spares);
  }
  if (spares.arrays.length === MOST_OF_A_LENGTH) {
    abandon(data);
    return;
  }
  spares.arrays.push(settled(spares, data));
  bytes += data.byteLength;
}

/** A spare array, in the kernels' memory where its length has proved to be one that returns. */
function settled(spares: Spares, data: Floats): Floats {
  if (++spares.returns < STEADY || spares.claims === MOST_CLAIMS) return data;
  const moved = claimFor(data);
  if (moved === null) return data;
  spares.claims++;
  return moved;
}

/** Shapes have changed: what was kept is for lengths that no longer come. */
function dropAll(): void {
  for (const all of [spare32, spare64]) {
    for (const { arrays } of all.values()) for (const array of arrays) abandon(array);
    all.clear();
  }
  bytes = 0;
}
