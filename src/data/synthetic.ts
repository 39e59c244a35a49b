import type { RandomState } from "../random/randomState.ts";
import { fromTypedArray } from "../tensor/create.ts";
import { isTensor } from "../tensor/make.ts";
import { checkOptions } from "../tensor/options.ts";
import { describe } from "../tensor/shape.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { type RandomStateLike, randomStateFrom } from "./randomState.ts";

// scikit-learn's generators: the same draws in the same order. Its trigonometric functions are NumPy's,
// which differ from V8's in the last place of a double at most; as float32 the points are the same.

/** What the generators of two shapes in the plane may be told. */
export interface ShapeOptions {
  /** Whether the points come in random order, not shape by shape; true by default. */
  readonly shuffle?: boolean;
  /** The standard deviation of the normal noise on both coordinates; none by default. */
  readonly noise?: number;
  /** The seed, or the stream to draw from; a seed of its own for every call by default. */
  readonly randomState?: RandomStateLike;
}

export interface CirclesOptions extends ShapeOptions {
  /** The inner circle's radius in parts of the outer one's, in [0, 1); 0.8 by default. */
  readonly factor?: number;
}

export interface BlobsOptions {
  /** How many blobs, or their centres, row by row; 3 by default, or one for every given count. */
  readonly centers?: number | readonly (readonly number[])[] | Tensor;
  /** How many coordinates a point has where the centres are drawn; 2 by default. */
  readonly nFeatures?: number;
  /** The standard deviation of a blob, or of each; 1 by default. */
  readonly clusterStd?: number | readonly number[];
  /** The bounds between which centres are drawn; [-10, 10] by default. */
  readonly centerBox?: readonly [low: number, high: number];
  /** Whether the points come in random order, not blob by blob; true by default. */
  readonly shuffle?: boolean;
  /** The seed, or the stream to draw from; a seed of its own for every call by default. */
  readonly randomState?: RandomStateLike;
  /** Whether the centres are returned too; false by default. */
  readonly returnCenters?: boolean;
}

/** How many points: in all, or of each of the two shapes. */
export type SampleCount = number | readonly [outer: number, inner: number];

const SHAPE_KEYS = ["shuffle", "noise", "randomState"];
const BLOB_KEYS = [
  "centers",
  "nFeatures",
  "clusterStd",
  "centerBox",
  "shuffle",
  "randomState",
  "returnCenters",
];

/**
 * A large circle (label 0) around a small one (label 1), as sklearn.datasets.make_circles.
 * @returns the points, float64 [n, 2], and their labels, int64 [n].
 * @throws RangeError for a negative count or noise, or a factor outside [0, 1).
 */
export function makeCircles(
  nSamples: SampleCount = 100,
  options: CirclesOptions = {},
): [X: Tensor, y: Tensor] {
  checkOptions("makeCircles", options, [...SHAPE_KEYS, "factor"]);
  const { factor = 0.8 } = options;
  if (!(factor >= 0 && factor < 1)) {
    throw new RangeError(`'factor' has to be between 0 and 1. makeCircles() got ${factor}`);
  }
  const [outer, inner] = counts("makeCircles", nSamples);
  // The end is left out, or the first point would be the last one too.
  const angle = (i: number, n: number) => i * ((2 * Math.PI) / n);
  return twoShapes(
    "makeCircles",
    outer,
    inner,
    (i) => [Math.cos(angle(i, outer)), Math.sin(angle(i, outer))],
    (i) => [Math.cos(angle(i, inner)) * factor, Math.sin(angle(i, inner)) * factor],
    options,
  );
}

/**
 * Two half circles that reach into each other, as sklearn.datasets.make_moons.
 * @returns the points, float64 [n, 2], and their labels (0 outer, 1 inner), int64 [n].
 * @throws RangeError for a negative count or noise.
 */
export function makeMoons(
  nSamples: SampleCount = 100,
  options: ShapeOptions = {},
): [X: Tensor, y: Tensor] {
  checkOptions("makeMoons", options, SHAPE_KEYS);
  const [outer, inner] = counts("makeMoons", nSamples);
  const angle = (i: number, n: number) => {
    if (n === 1) return 0;
    return i === n - 1 ? Math.PI : i * (Math.PI / (n - 1));
  };
  return twoShapes(
    "makeMoons",
    outer,
    inner,
    (i) => [Math.cos(angle(i, outer)), Math.sin(angle(i, outer))],
    (i) => [1 - Math.cos(angle(i, inner)), 1 - Math.sin(angle(i, inner)) - 0.5],
    options,
  );
}

/**
 * Normal clouds of points around centres, as sklearn.datasets.make_blobs.
 * @param nSamples how many points, spread evenly over the blobs, or how many of each blob.
 * @returns the points, float64 [n, nFeatures], the numbers of their blobs, int64 [n], and with
 * `returnCenters` the centres, float64.
 * @throws RangeError for negative counts or deviations, or counts, centres and deviations that do not match.
 */
export function makeBlobs(
  nSamples: number | readonly number[] | undefined,
  options: BlobsOptions & { readonly returnCenters: true },
): [X: Tensor, y: Tensor, centers: Tensor];
export function makeBlobs(
  nSamples?: number | readonly number[],
  options?: BlobsOptions & { readonly returnCenters?: false },
): [X: Tensor, y: Tensor];
export function makeBlobs(
  nSamples: number | readonly number[] = 100,
  options: BlobsOptions = {},
): Tensor[] {
  checkOptions("makeBlobs", options, BLOB_KEYS);
  const state = randomStateFrom("makeBlobs", options.randomState);
  const sizes = typeof nSamples === "number" ? undefined : nSamples;
  for (const n of sizes ?? [nSamples]) checkCount("makeBlobs", "nSamples", n);
  const centers = blobCenters(sizes, options, state);
  const deviations = blobDeviations(options.clusterStd ?? 1, centers.length);
  const features = centers[0]?.length ?? 0;
  const total = typeof nSamples === "number" ? nSamples : nSamples.reduce((a, b) => a + b, 0);

  const points = new Float64Array(total * features);
  const labels = new Float64Array(total);
  let at = 0;
  for (const [blob, center] of centers.entries()) {
    const count = sizes?.[blob] ?? share(total, centers.length, blob);
    for (let k = 0; k < count; k++, at++) {
      labels[at] = blob;
      for (let j = 0; j < features; j++) {
        points[at * features + j] = state.normal(center[j], deviations[blob]);
      }
    }
  }
  const [X, y] = finish(points, labels, features, options.shuffle ?? true, state);
  if (options.returnCenters !== true) return [X, y];
  return [X, y, fromTypedArray(Float64Array.from(centers.flat()), [centers.length, features])];
}

/** How many of `total` points fall to one of `parts`, where the first ones take what is left over. */
function share(total: number, parts: number, part: number): number {
  return Math.floor(total / parts) + (part < total % parts ? 1 : 0);
}

function blobCenters(
  sizes: readonly number[] | undefined,
  options: BlobsOptions,
  state: RandomState,
): readonly (readonly number[])[] {
  const { centers = sizes?.length ?? 3, nFeatures = 2, centerBox = [-10, 10] } = options;
  if (typeof centers !== "number") {
    const rows = centerRows(centers);
    if (sizes !== undefined && sizes.length !== rows.length) {
      throw new RangeError(
        `Length of \`nSamples\` not consistent with number of centers. Got nSamples = [${sizes.join(", ")}] and ${rows.length} centers`,
      );
    }
    return rows;
  }
  if (sizes !== undefined && options.centers !== undefined) {
    throw new TypeError(`Parameter \`centers\` must be array-like. Got ${centers} instead`);
  }
  checkCount("makeBlobs", "centers", centers);
  checkCount("makeBlobs", "nFeatures", nFeatures);
  if (centers === 0) throw new RangeError("makeBlobs(): centers must be at least 1, got 0");
  const [low, high] = centerBox;
  const flat = state.uniform(low, high, centers * nFeatures);
  return Array.from({ length: centers }, (_, i) =>
    Array.from(flat.subarray(i * nFeatures, (i + 1) * nFeatures)),
  );
}

function centerRows(centers: readonly (readonly number[])[] | Tensor): number[][] {
  const rows: unknown = isTensor(centers) ? centers.tolist() : centers;
  const wanted = "makeBlobs(): centers must be rows of numbers, all of one length";
  if (!isList(rows) || rows.length === 0 || !rows.every(isList)) {
    throw new TypeError(`Expected 2D array: ${wanted}, got ${describe(centers)}`);
  }
  return rows.map((row, i) => {
    if (row.length !== rows[0]?.length) {
      throw new RangeError(`${wanted}, but row ${i} has ${row.length}, not ${rows[0]?.length}`);
    }
    return row.map((x) => {
      if (typeof x === "number" && Number.isFinite(x)) return x;
      throw new TypeError(`${wanted}. Input contains ${describe(x)} in row ${i}`);
    });
  });
}

function isList(value: unknown): value is readonly unknown[] {
  return Array.isArray(value);
}

function blobDeviations(clusterStd: number | readonly number[], blobs: number): readonly number[] {
  if (typeof clusterStd !== "number" && clusterStd.length !== blobs) {
    throw new RangeError(
      `Length of \`clusterStd\` not consistent with number of centers. Got ${blobs} centers and clusterStd = [${clusterStd.join(", ")}]`,
    );
  }
  const deviations =
    typeof clusterStd === "number" ? Array.from({ length: blobs }, () => clusterStd) : clusterStd;
  for (const deviation of deviations) checkDeviation("makeBlobs", "clusterStd", deviation);
  return deviations;
}

function twoShapes(
  fn: string,
  outer: number,
  inner: number,
  outerPoint: (i: number) => readonly [number, number],
  innerPoint: (i: number) => readonly [number, number],
  options: ShapeOptions,
): [Tensor, Tensor] {
  const { shuffle = true, noise } = options;
  if (noise !== undefined) checkDeviation(fn, "noise", noise);
  const state = randomStateFrom(fn, options.randomState);
  const points = new Float64Array(2 * (outer + inner));
  for (let i = 0; i < outer; i++) points.set(outerPoint(i), 2 * i);
  for (let i = 0; i < inner; i++) points.set(innerPoint(i), 2 * (outer + i));
  const labels = new Float64Array(outer + inner).fill(1, outer);
  return finish(points, labels, 2, shuffle, state, noise);
}

/** Shuffles the rows, then adds noise row by row: the order in which scikit-learn draws. */
function finish(
  points: Float64Array,
  labels: Float64Array,
  features: number,
  shuffle: boolean,
  state: RandomState,
  noise?: number,
): [Tensor, Tensor] {
  let rows = points;
  let names = labels;
  if (shuffle) {
    const order = state.permutation(labels.length);
    rows = new Float64Array(points.length);
    for (const [to, from] of order.entries()) {
      rows.set(points.subarray(from * features, (from + 1) * features), to * features);
    }
    names = Float64Array.from(order, (from) => labels[from]!);
  }
  if (noise !== undefined) {
    const offsets = state.normal(0, noise, rows.length);
    for (let i = 0; i < rows.length; i++) rows[i] = rows[i]! + offsets[i]!;
  }
  return [
    fromTypedArray(rows, [labels.length, features]),
    fromTypedArray(names, [labels.length], { dtype: "int64" }),
  ];
}

function counts(fn: string, nSamples: SampleCount): readonly [outer: number, inner: number] {
  if (typeof nSamples === "number") {
    checkCount(fn, "nSamples", nSamples);
    const outer = Math.floor(nSamples / 2);
    return [outer, nSamples - outer];
  }
  if (!Array.isArray(nSamples) || nSamples.length !== 2) {
    throw new TypeError(
      `\`nSamples\` can be either an int or a two-element tuple. ${fn}() got ${describe(nSamples)}`,
    );
  }
  const [outer, inner] = nSamples;
  checkCount(fn, "nSamples", outer);
  checkCount(fn, "nSamples", inner);
  return [outer, inner];
}

function checkCount(fn: string, name: string, value: unknown): asserts value is number {
  if (!Number.isSafeInteger(value)) {
    throw new TypeError(`${fn}(): ${name} must be an integer, got ${describe(value)}`);
  }
  if (Number(value) < 0) {
    throw new RangeError(
      `Number of samples, ${value}, must be non-negative. (${fn}(): argument '${name}')`,
    );
  }
}

function checkDeviation(fn: string, name: string, value: unknown): void {
  if (typeof value !== "number" || Number.isNaN(value)) {
    throw new TypeError(`${fn}(): ${name} must be a number, got ${describe(value)}`);
  }
  if (value < 0) throw new RangeError(`scale < 0: ${fn}() got ${name}=${value}`);
}
