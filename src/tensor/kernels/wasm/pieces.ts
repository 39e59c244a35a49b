/**
 * The scratch area as slots, one an operand: of an array that does not live in the memory a piece at
 * a time is copied in, small enough to be still in the cache when the kernel comes, and results are
 * copied out.
 */
import type { TypedArray } from "../../dtype.ts";
import { addressOf } from "./resident.ts";
import type { Heap } from "./runtime.ts";

/** Bytes of an operand that are worked on at once. */
export const PIECE_BYTES = 32768;
// Results may run over by a vector, and slots should not all begin in the same cache sets.
export const SLOT_BYTES: number = PIECE_BYTES + 192;
export const FIRST_SLOT = 1024;

/**
 * Where `length` elements from `start` on can be read: in place, or at `address` once copied there.
 */
export function bringIn(
  heap: Heap,
  address: number,
  from: TypedArray,
  start: number,
  length: number,
): number {
  const there = addressOf(heap, from, start);
  if (there !== -1) return there;
  const part = length === from.length ? from : from.subarray(start, start + length);
  if (from instanceof Float32Array) heap.f32.set(part, address / 4);
  else if (from instanceof Float64Array) heap.f64.set(part, address / 8);
  else heap.u8.set(part, address);
  return address;
}

/** Copies `length` elements from an address to `to`, from `start` on. */
export function copyOut(
  heap: Heap,
  address: number,
  to: TypedArray,
  start: number,
  length: number,
): void {
  const view =
    to instanceof Float32Array ? heap.f32 : to instanceof Float64Array ? heap.f64 : heap.u8;
  const first = address / view.BYTES_PER_ELEMENT;
  to.set(view.subarray(first, first + length), start);
}
