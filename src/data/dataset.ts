import { fillRandperm } from "../random/fill.ts";
import type { Generator } from "../random/generator.ts";
import { fromTypedArray } from "../tensor/create.ts";
import { isTensor } from "../tensor/make.ts";
import { indexSelect } from "../tensor/ops/index.ts";
import { at } from "../tensor/ops/part.ts";
import { checkOptions } from "../tensor/options.ts";
import { describe } from "../tensor/shape.ts";
import type { Tensor } from "../tensor/tensor.ts";

/** Samples by number. An array of samples is a dataset, too, wherever one is taken. */
export interface Dataset<T> {
  /** How many samples there are. */
  readonly length: number;
  /** The sample at an index; a negative one counts from the end. */
  at(index: number): T;
  /**
   * Several samples at once, already collated: a short cut that a dataset may offer.
   * @param indices int64, one dimension.
   */
  batch?(indices: Tensor): T;
}

/**
 * A dataset, or the samples in an array. What takes one has a signature for arrays of its own, before
 * the other: an array's `at` may give undefined, which would else become part of the sample's type.
 */
export type DatasetLike<T> = Dataset<T> | readonly T[];

/** One tensor for each of `T`. */
export type Row<T extends readonly Tensor[]> = { -readonly [K in keyof T]: Tensor };

/** Tensors with as many rows each; sample i is row i of every one of them. */
export class TensorDataset<T extends readonly Tensor[]> implements Dataset<Row<T>> {
  readonly tensors: T;
  readonly length: number;

  /** @throws RangeError if the tensors differ in their number of rows. */
  constructor(...tensors: T) {
    for (const [i, t] of tensors.entries()) {
      if (!isTensor(t)) {
        throw new TypeError(`TensorDataset() takes tensors, but argument ${i} is ${describe(t)}`);
      }
      if (t.dim() === 0) {
        throw new RangeError("Dimension specified as 0 but tensor has no dimensions");
      }
    }
    const [first] = tensors;
    if (first === undefined) throw new TypeError("TensorDataset() needs at least one tensor");
    if (tensors.some((t) => t.size(0) !== first.size(0))) {
      const counts = tensors.map((t) => t.size(0)).join(", ");
      throw new RangeError(`Size mismatch between tensors: TensorDataset() got [${counts}] rows`);
    }
    this.tensors = tensors;
    this.length = first.size(0);
  }

  /** Row `index` of every tensor. */
  at(index: number): Row<T> {
    return eachTensor(this.tensors, (t) => at(t, [index]));
  }

  /** The rows that `indices` (int64) names, of every tensor. */
  batch(indices: Tensor): Row<T> {
    return eachTensor(this.tensors, (t) => indexSelect(t, 0, indices));
  }
}

// The result has a tensor wherever `tensors` has one, which Array.prototype.map does not tell.
function eachTensor<T extends readonly Tensor[]>(tensors: T, f: (t: Tensor) => Tensor): Row<T>;
function eachTensor(tensors: readonly Tensor[], f: (t: Tensor) => Tensor): readonly Tensor[] {
  return tensors.map(f);
}

/** Some samples of a dataset, by their numbers. */
export class Subset<T> implements Dataset<T> {
  readonly dataset: DatasetLike<T>;
  readonly indices: readonly number[];
  readonly batch?: (indices: Tensor) => T;

  /**
   * @param indices the samples' numbers, each within the dataset.
   * @throws RangeError if one is not.
   */
  constructor(dataset: readonly T[], indices: readonly number[]);
  constructor(dataset: DatasetLike<T>, indices: readonly number[]);
  constructor(dataset: DatasetLike<T>, indices: readonly number[]) {
    checkDataset("Subset", dataset);
    for (const [i, index] of indices.entries()) {
      if (!Number.isInteger(index) || index < -dataset.length || index >= dataset.length) {
        throw new RangeError(
          `Subset(): indices[${i}] is ${index}, out of range for a dataset of ${dataset.length} samples`,
        );
      }
    }
    this.dataset = dataset;
    this.indices = indices;
    if ("batch" in dataset && dataset.batch !== undefined) {
      const whole = dataset;
      const numbers = Float64Array.from(indices, (i) => (i < 0 ? i + dataset.length : i));
      const own = fromTypedArray(numbers, [numbers.length], { dtype: "int64" });
      this.batch = (chosen) => whole.batch!(indexSelect(own, 0, chosen));
    }
  }

  get length(): number {
    return this.indices.length;
  }

  at(index: number): T {
    return sampleAt(this.dataset, sampleAt(this.indices, index));
  }
}

/**
 * The sample at an index of a dataset or an array.
 * @throws RangeError if there is none.
 */
export function sampleAt<T>(dataset: DatasetLike<T>, index: number): T {
  const { length } = dataset;
  if (!Number.isInteger(index) || index < -length || index >= length) {
    throw new RangeError(`index ${index} is out of range for a dataset of ${length} samples`);
  }
  return isArray(dataset) ? dataset[index < 0 ? index + length : index]! : dataset.at(index);
}

function isArray<T>(dataset: DatasetLike<T>): dataset is readonly T[] {
  return Array.isArray(dataset);
}

/** Throws unless a value has the length and the `at` of a dataset. */
export function checkDataset(fn: string, dataset: unknown): void {
  const good =
    typeof dataset === "object" &&
    dataset !== null &&
    "length" in dataset &&
    Number.isInteger(dataset.length) &&
    "at" in dataset &&
    typeof dataset.at === "function";
  if (!good) {
    throw new TypeError(
      `${fn}(): dataset must have a length and an at(index) method, got ${describe(dataset)}`,
    );
  }
}

/** One subset for each length. */
export type Parts<T, L extends readonly number[]> = { -readonly [K in keyof L]: Subset<T> };

/** What `randomSplit` may be told. */
export interface RandomSplitOptions {
  /** Where the order comes from; PyTorch's default generator unless given. */
  readonly generator?: Generator;
}

/**
 * Splits a dataset at random into parts that do not overlap, as torch.utils.data.random_split.
 * @param lengths the parts' sizes, or fractions that sum to 1; samples that rounding down leaves over go
 * to the parts in turn.
 * @throws RangeError if the lengths do not add up to the dataset's.
 */
export function randomSplit<T, const L extends readonly number[]>(
  dataset: readonly T[],
  lengths: L,
  options?: RandomSplitOptions,
): Parts<T, L>;
export function randomSplit<T, const L extends readonly number[]>(
  dataset: DatasetLike<T>,
  lengths: L,
  options?: RandomSplitOptions,
): Parts<T, L>;
export function randomSplit<T>(
  dataset: DatasetLike<T>,
  lengths: readonly number[],
  options: RandomSplitOptions = {},
): readonly Subset<T>[] {
  checkOptions("randomSplit", options, ["generator"]);
  checkDataset("randomSplit", dataset);
  const sizes = partLengths(lengths, dataset.length);
  const order = new Float64Array(dataset.length);
  fillRandperm(options.generator, order, 0, order.length);
  let end = 0;
  return sizes.map((size) => {
    end += size;
    return new Subset(dataset, Array.from(order.subarray(end - size, end)));
  });
}

function partLengths(lengths: readonly number[], total: number): readonly number[] {
  const sum = lengths.reduce((a, b) => a + b, 0);
  if (sum <= 1 && sum >= 1 - 1e-9) {
    const sizes = lengths.map((fraction, i) => {
      if (fraction >= 0 && fraction <= 1) return Math.floor(total * fraction);
      throw new RangeError(`Fraction at index ${i} is not between 0 and 1: ${fraction}`);
    });
    const left = total - sizes.reduce((a, b) => a + b, 0);
    for (let i = 0; i < left; i++) sizes[i % sizes.length]! += 1;
    return sizes;
  }
  for (const [i, length] of lengths.entries()) {
    // Fractions that miss the sum of 1 are told so below.
    if (length < 0 || (!Number.isInteger(length) && sum === total)) {
      throw new RangeError(`randomSplit(): lengths[${i}] must be a natural number, got ${length}`);
    }
  }
  if (sum !== total) {
    throw new RangeError(
      `Sum of input lengths does not equal the length of the input dataset! (${sum} and ${total})`,
    );
  }
  return lengths;
}
