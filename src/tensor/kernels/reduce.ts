import type { DType, TypedArray } from "../dtype.ts";
import { contiguousStrides, numel, type Shape } from "../shape.ts";
import { type Strided, scratch } from "../storage.ts";
import { accelerator } from "./accelerator.ts";
import { copy } from "./elementwise.ts";
import { collapse, forEachRow, isDense } from "./iterate.ts";

/** One result from `n` elements that lie `stride` apart, the first at `start`. */
export type Lane = (data: TypedArray, start: number, n: number, stride: number) => number;

// Pairwise summation: the error grows with log n instead of n. Below this many terms a plain loop
// is as exact as PyTorch's own cascade.
const PAIRWISE = 128;

/** From this many elements on, copying to the vector kernel costs less than the loop. */
const WORTHWHILE = 192;

/** The sum, in double precision, pairwise. */
export const sumLane: Lane = (data, start, n, stride) => {
  if (n >= WORTHWHILE && stride === 1 && accelerator !== null) {
    const total = accelerator.sum(data, start, n);
    if (total !== null) return total;
  }
  if (n <= PAIRWISE) {
    let s0 = 0;
    let s1 = 0;
    let s2 = 0;
    let s3 = 0;
    let i = start;
    let k = 0;
    for (; k + 4 <= n; k += 4) {
      s0 += data[i]!;
      s1 += data[i + stride]!;
      s2 += data[i + 2 * stride]!;
      s3 += data[i + 3 * stride]!;
      i += 4 * stride;
    }
    for (; k < n; k++) {
      s0 += data[i]!;
      i += stride;
    }
    return s0 + s1 + (s2 + s3);
  }
  const half = Math.ceil(n / 8) * 4;
  return (
    sumLane(data, start, half, stride) + sumLane(data, start + half * stride, n - half, stride)
  );
};

export const prodLane: Lane = (data, start, n, stride) => {
  let p = 1;
  for (let k = 0, i = start; k < n; k++, i += stride) p *= data[i]!;
  return p;
};

/** Position of the first largest element; NaN counts as the largest, as in PyTorch. */
export const argmaxLane: Lane = (data, start, n, stride) => {
  let best = data[start]!;
  let at = 0;
  for (let k = 0, i = start; k < n; k++, i += stride) {
    const x = data[i]!;
    if (x > best) {
      best = x;
      at = k;
    } else if (x !== x) return k;
  }
  return at;
};

/** Position of the first smallest element; NaN counts as the smallest. */
export const argminLane: Lane = (data, start, n, stride) => {
  let best = data[start]!;
  let at = 0;
  for (let k = 0, i = start; k < n; k++, i += stride) {
    const x = data[i]!;
    if (x < best) {
      best = x;
      at = k;
    } else if (x !== x) return k;
  }
  return at;
};

export const maxLane: Lane = (data, start, n, stride) =>
  data[start + argmaxLane(data, start, n, stride) * stride]!;

export const minLane: Lane = (data, start, n, stride) =>
  data[start + argminLane(data, start, n, stride) * stride]!;

export const anyLane: Lane = (data, start, n, stride) => {
  for (let k = 0, i = start; k < n; k++, i += stride) if (data[i] !== 0) return 1;
  return 0;
};

export const allLane: Lane = (data, start, n, stride) => {
  for (let k = 0, i = start; k < n; k++, i += stride) if (data[i] === 0) return 0;
  return 1;
};

/** Sum of squared distances from the mean, in double precision, in two passes. */
export const squaredDeviationLane: Lane = (data, start, n, stride) => {
  const mean = sumLane(data, start, n, stride) / n;
  let squares = 0;
  let drift = 0;
  for (let k = 0, i = start; k < n; k++, i += stride) {
    const d = data[i]! - mean;
    squares += d * d;
    drift += d;
  }
  // What rounding left in the mean is taken out again (Chan, Golub and LeVeque 1983).
  return squares - (drift * drift) / n;
};

/**
 * Reduces the dimensions `dims` (ascending) of `a` into `out`, whose elements are the kept
 * dimensions in order, densely.
 */
export function reduce(lane: Lane, a: Strided, dims: readonly number[], out: Strided): void {
  if (numel(a.shape) >= WORTHWHILE && accelerator?.reduce(lane, a, dims, out)) return;
  if (dims.length === a.shape.length && isDense(a)) {
    out.storage.data[out.offset] = lane(a.storage.data, a.offset, numel(a.shape), 1);
    return;
  }
  const { kept, n, stride, source } = lanes(a, dims);
  const data = source.storage.data;
  const od = out.storage.data;
  const walk = collapse(kept.shape, [kept.strides]);
  const last = walk.shape.length - 1;
  const rowLength = walk.shape[last]!;
  const step = walk.strides[0]![last]!;
  let o = out.offset;
  forEachRow(walk, [source.offset], (at) => {
    let i = at[0]!;
    for (let k = 0; k < rowLength; k++) {
      od[o++] = lane(data, i, n, stride);
      i += step;
    }
  });
}

interface Lanes {
  readonly kept: { readonly shape: Shape; readonly strides: Shape };
  readonly n: number;
  readonly stride: number;
  readonly source: Strided;
}

/** Splits dimensions into kept ones and one strided lane, copying where no single stride will do. */
function lanes(a: Strided, dims: readonly number[]): Lanes {
  const keptShape: number[] = [];
  const keptStrides: number[] = [];
  const laneShape: number[] = [];
  const laneStrides: number[] = [];
  for (let d = 0; d < a.shape.length; d++) {
    const reduced = dims.includes(d);
    (reduced ? laneShape : keptShape).push(a.shape[d]!);
    (reduced ? laneStrides : keptStrides).push(a.strides[d]!);
  }
  const lane = collapse(laneShape, [laneStrides]);
  if (lane.shape.length === 1) {
    return {
      kept: { shape: keptShape, strides: keptStrides },
      n: lane.shape[0]!,
      stride: lane.strides[0]![0]!,
      source: a,
    };
  }
  const dense = scratch(a.dtype, [...keptShape, ...laneShape]);
  copy(
    {
      storage: a.storage,
      offset: a.offset,
      shape: dense.shape,
      strides: [...keptStrides, ...laneStrides],
      dtype: a.dtype,
    },
    dense,
  );
  return {
    kept: { shape: keptShape, strides: contiguousStrides(dense.shape).slice(0, keptShape.length) },
    n: numel(laneShape),
    stride: 1,
    source: dense,
  };
}

/** A running fold along `dim`, as cumsum: `step` gets what came before and the element. */
export function scan(
  step: (before: number, x: number) => number,
  initial: number,
  a: Strided,
  dim: number,
  out: Strided,
): void {
  const ad = a.storage.data;
  const od = out.storage.data;
  const n = a.shape[dim] ?? 1;
  const as = a.strides[dim] ?? 0;
  const os = out.strides[dim] ?? 0;
  const without = (s: Shape) => s.filter((_, d) => d !== dim);
  const walk = collapse(without(a.shape), [without(a.strides), without(out.strides)]);
  const last = walk.shape.length - 1;
  const rowLength = walk.shape[last]!;
  const aStep = walk.strides[0]![last]!;
  const oStep = walk.strides[1]![last]!;
  forEachRow(walk, [a.offset, out.offset], (at) => {
    for (let k = 0; k < rowLength; k++) {
      let i = at[0]! + k * aStep;
      let o = at[1]! + k * oStep;
      let running = initial;
      for (let j = 0; j < n; j++) {
        running = step(running, ad[i]!);
        od[o] = running;
        i += as;
        o += os;
      }
    }
  });
}

/** The dtype in which sums and products of `dtype` are kept: int64 for integers and bools. */
export function accumulationDType(dtype: DType): DType {
  return dtype === "float32" || dtype === "float64" ? dtype : "int64";
}
