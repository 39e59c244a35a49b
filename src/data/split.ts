import type { RandomState } from "../random/randomState.ts";
import { fromTypedArray } from "../tensor/create.ts";
import { isTensor } from "../tensor/make.ts";
import { indexSelect } from "../tensor/ops/index.ts";
import { checkOptions } from "../tensor/options.ts";
import { describe } from "../tensor/shape.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { type RandomStateLike, randomStateFrom } from "./randomState.ts";

/** What `trainTestSplit` may be told. */
export interface SplitOptions {
  /** The test part: an integer counts rows, a fraction in (0, 1) is rounded up; 0.25 by default. */
  readonly testSize?: number;
  /** The training part: an integer counts rows, a fraction is rounded down; the rest by default. */
  readonly trainSize?: number;
  /** Labels, one a row, whose shares both parts keep. */
  readonly stratify?: Tensor | readonly (number | string)[];
  /** Whether rows are drawn at random; true by default. If not, the first ones are for training. */
  readonly shuffle?: boolean;
  /** The seed, or the stream to draw from; a seed of its own for every call by default. */
  readonly randomState?: RandomStateLike;
}

/** For every tensor its training part and its test part. */
export type Splits<T extends readonly Tensor[]> = T extends readonly [
  Tensor,
  ...infer Rest extends readonly Tensor[],
]
  ? [train: Tensor, test: Tensor, ...Splits<Rest>]
  : T extends readonly []
    ? []
    : Tensor[];

const KEYS = ["testSize", "trainSize", "stratify", "shuffle", "randomState"];

/**
 * Splits the rows of tensors into a part for training and one for testing, as
 * sklearn.model_selection.train_test_split: `[xTrain, xTest, yTrain, yTest] = trainTestSplit(x, y, options)`.
 * @param args tensors with as many rows each, then options.
 * @throws RangeError if the sizes leave a part empty or exceed the rows, or a class is too small to stratify.
 */
export function trainTestSplit<T extends readonly Tensor[]>(...tensors: readonly [...T]): Splits<T>;
export function trainTestSplit<T extends readonly Tensor[]>(
  ...args: readonly [...tensors: T, options: SplitOptions]
): Splits<T>;
export function trainTestSplit(...args: readonly (Tensor | SplitOptions)[]): Tensor[] {
  const last = args.at(-1);
  const options = last === undefined || isTensor(last) ? {} : last;
  checkOptions("trainTestSplit", options, KEYS);
  const tensors = args.slice(0, options === last ? -1 : undefined).filter(checkTensor);
  const [first] = tensors;
  if (first === undefined) {
    throw new TypeError("At least one array required as input: trainTestSplit() got no tensor");
  }
  const { stratify, shuffle = true } = options;
  const labels = stratify === undefined ? undefined : labelsOf(stratify);
  checkRows(tensors, labels);

  const rows = first.size(0);
  const [trainCount, testCount] = partSizes(rows, options);
  if (!shuffle && labels !== undefined) {
    throw new TypeError("Stratified train/test split is not implemented for shuffle=false");
  }
  const { train, test } = shuffle
    ? drawParts(rows, trainCount, testCount, labels, options.randomState)
    : inOrder(trainCount, testCount);
  const [trainIndex, testIndex] = [indexTensor(train), indexTensor(test)];
  return tensors.flatMap((t) => [indexSelect(t, 0, trainIndex), indexSelect(t, 0, testIndex)]);
}

interface Parts {
  readonly train: readonly number[];
  readonly test: readonly number[];
}

type Labels = readonly (number | string)[];

function checkTensor(value: Tensor | SplitOptions): value is Tensor {
  if (!isTensor(value)) {
    throw new TypeError(
      `trainTestSplit() takes tensors, then one options object, but got ${describe(value)} before the end`,
    );
  }
  if (value.dim() === 0) {
    throw new TypeError(
      `Singleton array ${value.item()} cannot be considered a valid collection: trainTestSplit() splits the rows of tensors`,
    );
  }
  return true;
}

function checkRows(tensors: readonly Tensor[], labels: Labels | undefined): void {
  const counts = tensors.map((t) => t.size(0));
  if (labels !== undefined) counts.push(labels.length);
  if (counts.some((count) => count !== counts[0])) {
    throw new RangeError(
      `Found input variables with inconsistent numbers of samples: [${counts.join(", ")}]`,
    );
  }
}

/** One label a row; NumPy joins the rows of a matrix of labels as text. */
function labelsOf(stratify: Tensor | Labels): Labels {
  if (!isTensor(stratify)) {
    const list = Array.from(stratify, checkLabel);
    if (list.some((label) => typeof label !== typeof list[0])) {
      throw new TypeError("trainTestSplit(): stratify must hold numbers or strings, not both");
    }
    return list;
  }
  if (stratify.dim() === 0) {
    throw new TypeError(
      `Singleton array ${stratify.item()} cannot be considered a valid collection: stratify needs a label a row`,
    );
  }
  if (stratify.dim() > 2) {
    throw new RangeError(
      `Found array with dim ${stratify.dim()}. trainTestSplit() expected <= 2 for stratify.`,
    );
  }
  const values = Array.from(stratify.toTypedArray(), checkLabel);
  if (stratify.dim() === 1) return values;
  const width = stratify.size(1);
  const text = values.map((x) => pythonText(Number(x), stratify.dtype));
  return Array.from({ length: stratify.size(0) }, (_, i) =>
    text.slice(i * width, (i + 1) * width).join(" "),
  );
}

function checkLabel(label: number | string): number | string {
  if (Number.isNaN(label)) throw new RangeError("Input y contains NaN: stratify needs labels");
  if (typeof label === "number" || typeof label === "string") return label;
  throw new TypeError(
    `trainTestSplit(): stratify must hold numbers or strings, but has ${describe(label)}`,
  );
}

function pythonText(x: number, dtype: Tensor["dtype"]): string {
  if (dtype === "bool") return x === 0 ? "False" : "True";
  const whole = Number.isInteger(x) && (dtype === "float32" || dtype === "float64");
  return whole ? x.toFixed(1) : String(x);
}

function partSizes(rows: number, options: SplitOptions): [train: number, test: number] {
  const { trainSize } = options;
  const testSize = options.testSize ?? (trainSize === undefined ? 0.25 : undefined);
  checkSize("testSize", testSize, rows);
  checkSize("trainSize", trainSize, rows);
  const fractions = [trainSize, testSize].filter((x) => x !== undefined && !Number.isInteger(x));
  if (testSize !== undefined && trainSize !== undefined) {
    const sum = trainSize + testSize;
    if (fractions.length === 2 && sum > 1) {
      throw new RangeError(
        `The sum of testSize and trainSize = ${sum}, should be in the (0, 1) range. Reduce testSize and/or trainSize.`,
      );
    }
  }
  const testCount = countOf(testSize, rows, Math.ceil);
  const trainCount = countOf(trainSize, rows, Math.floor) ?? rows - (testCount ?? 0);
  const counts: [number, number] = [trainCount, testCount ?? rows - trainCount];
  if (counts[0] + counts[1] > rows) {
    throw new RangeError(
      `The sum of trainSize and testSize = ${counts[0] + counts[1]}, should be smaller than the number of samples ${rows}. Reduce testSize and/or trainSize.`,
    );
  }
  if (counts[0] === 0) {
    throw new RangeError(
      `With nSamples=${rows}, testSize=${testSize} and trainSize=${trainSize}, the resulting train set will be empty. Adjust any of the aforementioned parameters.`,
    );
  }
  return counts;
}

function checkSize(name: string, size: number | undefined, rows: number): void {
  if (size === undefined) return;
  if (typeof size !== "number" || Number.isNaN(size)) {
    throw new TypeError(
      `Invalid value for ${name}: ${describe(size)}. trainTestSplit() takes a number`,
    );
  }
  if (size <= 0 || size >= (Number.isInteger(size) ? rows : 1)) {
    throw new RangeError(
      `${name}=${size} should be either positive and smaller than the number of samples ${rows} or a float in the (0, 1) range`,
    );
  }
}

function countOf(
  size: number | undefined,
  rows: number,
  round: (x: number) => number,
): number | undefined {
  return size === undefined || Number.isInteger(size) ? size : round(size * rows);
}

function inOrder(trainCount: number, testCount: number): Parts {
  const range = (from: number, length: number) => Array.from({ length }, (_, i) => from + i);
  return { train: range(0, trainCount), test: range(trainCount, testCount) };
}

function drawParts(
  rows: number,
  trainCount: number,
  testCount: number,
  labels: Labels | undefined,
  randomState: RandomStateLike | undefined,
): Parts {
  if (labels === undefined) {
    const order = randomStateFrom("trainTestSplit", randomState).permutation(rows);
    return {
      test: order.slice(0, testCount),
      train: order.slice(testCount, testCount + trainCount),
    };
  }
  const members = classMembers(labels, trainCount, testCount);
  const state = randomStateFrom("trainTestSplit", randomState);
  const sizes = members.map((rowsOfClass) => rowsOfClass.length);
  const forTrain = approximateMode(sizes, trainCount, state);
  const left = sizes.map((size, i) => size - forTrain[i]!);
  const forTest = approximateMode(left, testCount, state);
  const orders = members.map((rowsOfClass) => state.permutation(rowsOfClass));
  const train = orders.flatMap((order, i) => order.slice(0, forTrain[i]));
  const test = orders.flatMap((order, i) => order.slice(forTrain[i], forTrain[i]! + forTest[i]!));
  return { train: state.permutation(train), test: state.permutation(test) };
}

/** The rows of each class, classes in ascending order. */
function classMembers(labels: Labels, trainCount: number, testCount: number): number[][] {
  const byLabel = new Map<number | string, number[]>();
  for (const [row, label] of labels.entries()) {
    const rows = byLabel.get(label);
    if (rows === undefined) byLabel.set(label, [row]);
    else rows.push(row);
  }
  const classes = [...byLabel].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, rows]) => rows);
  if (classes.some((rows) => rows.length < 2)) {
    throw new RangeError(
      "The least populated class in y has only 1 member, which is too few. The minimum number of groups for any class cannot be less than 2.",
    );
  }
  for (const [name, count] of [
    ["trainSize", trainCount],
    ["testSize", testCount],
  ] as const) {
    if (count < classes.length) {
      throw new RangeError(
        `The ${name} = ${count} should be greater or equal to the number of classes = ${classes.length}`,
      );
    }
  }
  return classes;
}

/**
 * How many of `draws` fall to each class, about in proportion. Places that rounding down leaves over
 * go to the classes with the largest remainder; among equal remainders the stream decides.
 */
function approximateMode(sizes: readonly number[], draws: number, state: RandomState): number[] {
  const total = sizes.reduce((a, b) => a + b, 0);
  const exact = sizes.map((size) => (size / total) * draws);
  const counts = exact.map(Math.floor);
  const remainders = exact.map((x, i) => x - counts[i]!);
  let missing = Math.trunc(draws - counts.reduce((a, b) => a + b, 0));
  for (const value of [...new Set(remainders)].sort((a, b) => b - a)) {
    if (missing <= 0) break;
    const tied = remainders.flatMap((x, i) => (x === value ? [i] : []));
    const places = Math.min(tied.length, missing);
    // Drawn even where all are taken: scikit-learn's stream moves on, too.
    for (const i of state.choice(tied, places, { replace: false })) counts[i] = counts[i]! + 1;
    missing -= places;
  }
  return counts;
}

function indexTensor(rows: readonly number[]): Tensor {
  return fromTypedArray(Float64Array.from(rows), [rows.length], { dtype: "int64" });
}
