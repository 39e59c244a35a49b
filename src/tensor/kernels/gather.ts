import { numel } from "../shape.ts";
import type { Strided } from "../storage.ts";
import { collapse, forEachRow } from "./iterate.ts";

// From about here on a block copy beats the loop.
const LONG_BLOCK = 48;

function position(index: number, size: number, dim: number): number {
  if (index < 0 || index >= size) {
    throw new RangeError(`index ${index} is out of bounds for dimension ${dim} with size ${size}`);
  }
  return index;
}

/** Throws before anything is written where an index is out of range. */
function checkPositions(index: Strided, size: number, dim: number): void {
  const data = index.storage.data;
  const walk = collapse(index.shape, [index.strides]);
  const last = walk.shape.length - 1;
  const n = walk.shape[last]!;
  const step = walk.strides[0]![last]!;
  forEachRow(walk, [index.offset], (at) => {
    for (let k = 0; k < n; k++) position(data[at[0]! + k * step]!, size, dim);
  });
}

/** Visits each element of `index` with its own place in `a` (dimension `dim` left at 0) and `b`. */
function forEachIndex(
  index: Strided,
  a: Strided,
  dim: number,
  b: Strided,
  visit: (i: number, aBase: number, bAt: number) => void,
): void {
  const data = index.storage.data;
  const rank = index.shape.length;
  const aStrides = rank === 0 ? [] : a.strides.map((s, d) => (d === dim ? 0 : s));
  const walk = collapse(index.shape, [index.strides, aStrides, b.strides]);
  const last = walk.shape.length - 1;
  const n = walk.shape[last]!;
  const is = walk.strides[0]![last]!;
  const as = walk.strides[1]![last]!;
  const bs = walk.strides[2]![last]!;
  forEachRow(walk, [index.offset, a.offset, b.offset], (at) => {
    let i = at[0]!;
    let p = at[1]!;
    let q = at[2]!;
    for (let k = 0; k < n; k++) {
      visit(data[i]!, p, q);
      i += is;
      p += as;
      q += bs;
    }
  });
}

/** out = a at the positions `index` along `dim`; all of `index`'s shape. */
export function take(a: Strided, index: Strided, dim: number, out: Strided): void {
  checkPositions(index, a.shape[dim] ?? 1, dim);
  const ad = a.storage.data;
  const od = out.storage.data;
  const stride = a.strides[dim] ?? 0;
  forEachIndex(index, a, dim, out, (i, p, q) => {
    od[q] = ad[p + i * stride]!;
  });
}

/** Adds each element of `source` to `out` at its position along `dim`. */
export function scatterAdd(source: Strided, index: Strided, dim: number, out: Strided): void {
  checkPositions(index, out.shape[dim] ?? 1, dim);
  const sd = source.storage.data;
  const od = out.storage.data;
  const stride = out.strides[dim] ?? 0;
  // A sum of bools is their disjunction.
  const limit = out.dtype === "bool" ? 1 : Infinity;
  forEachIndex(index, out, dim, source, (i, p, q) => {
    od[p + i * stride] = Math.min(od[p + i * stride]! + sd[q]!, limit);
  });
}

/** out = the slices of a dense `a` along `dim` that the vector `index` names; `out` is dense. */
export function takeSlices(a: Strided, index: Strided, dim: number, out: Strided): void {
  const size = a.shape[dim]!;
  checkPositions(index, size, dim);
  const ad = a.storage.data;
  const id = index.storage.data;
  const od = out.storage.data;
  const count = index.shape[0] ?? 1;
  const step = index.strides[0] ?? 0;
  const block = numel(a.shape.slice(dim + 1));
  const outer = numel(a.shape.slice(0, dim));
  let o = out.offset;
  for (let r = 0; r < outer; r++) {
    const base = a.offset + r * size * block;
    for (let k = 0; k < count; k++) {
      const from = base + id[index.offset + k * step]! * block;
      if (block < LONG_BLOCK) for (let j = 0; j < block; j++) od[o + j] = ad[from + j]!;
      else od.set(ad.subarray(from, from + block), o);
      o += block;
    }
  }
}
