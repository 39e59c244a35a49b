import { readFileSync } from "node:fs";
import { expect } from "vitest";
import type { TypedArray } from "../../src/tensor/dtype.ts";
import {
  type Json,
  type JsonObject,
  readLines,
  readNumbers,
  readString,
  readTensor,
} from "../support/parity/encoding.ts";

/** The records of a file of figures, by their kind. */
export function readFigures(path: string): (kind: string) => JsonObject[] {
  const text = readFileSync(new URL(`../fixtures/${path}`, import.meta.url), "utf8");
  const byKind = new Map<string, JsonObject[]>();
  for (const record of readLines(text)) {
    if (record.kind === undefined) continue; // the versions
    const kind = readString(record.kind);
    byKind.set(kind, [...(byKind.get(kind) ?? []), record]);
  }
  return (kind) => {
    const records = byKind.get(kind);
    if (records === undefined) throw new Error(`${path} has no record of kind ${kind}`);
    return records;
  };
}

/** An empty array for as many elements as a record wants, in the record's precision. */
export function arrayFor(record: JsonObject): Float32Array | Float64Array {
  const { length } = readNumbers(record.want);
  return record.dtype === "float32" ? new Float32Array(length) : new Float64Array(length);
}

/** The array that holds a recorded tensor, and an empty one like it. */
export function arraysOf(json: Json | undefined): { wanted: TypedArray; empty: TypedArray } {
  const { dtype, data } = readTensor(json);
  const types = { f32: Float32Array, i32: Int32Array, u8: Uint8Array };
  const Type = dtype === "f32" || dtype === "i32" || dtype === "u8" ? types[dtype] : Float64Array;
  return { wanted: Type.from(data), empty: new Type(data.length) };
}

/** How many float64 values lie between two. */
function ulps(a: number, b: number): number {
  const [x = 0n, y = 0n] = new BigInt64Array(Float64Array.of(a, b).buffer);
  const order = (bits: bigint) => (bits < 0n ? -(bits & 0x7fffffffffffffffn) : bits);
  return Math.abs(Number(order(x) - order(y)));
}

/** Expects each element within so many float64 values of what is wanted; 0 is equality. */
export function expectWithinUlps(
  found: ArrayLike<number>,
  wanted: ArrayLike<number>,
  bound: number,
): void {
  if (bound === 0) {
    expect(Array.from(found)).toEqual(Array.from(wanted));
    return;
  }
  expect(found.length).toBe(wanted.length);
  for (let i = 0; i < found.length; i++) {
    const distance = ulps(found[i]!, wanted[i]!);
    expect(distance, `element ${i}: ${found[i]}, wanted ${wanted[i]}`).toBeLessThanOrEqual(bound);
  }
}
