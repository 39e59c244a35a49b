import { fillRandperm } from "../random/fill.ts";
import { defaultGenerator, Generator } from "../random/generator.ts";
import { fromTypedArray } from "../tensor/create.ts";
import { checkOptions } from "../tensor/options.ts";
import { describe } from "../tensor/shape.ts";
import { type Collated, defaultCollate } from "./collate.ts";
import { checkDataset, type DatasetLike, sampleAt } from "./dataset.ts";

/** Sample numbers in the order in which they are to come; its length is known if it has one. */
export interface Sampler extends Iterable<number> {
  readonly length?: number;
}

/** What a `DataLoader` may be told. */
export interface DataLoaderOptions<T, B> {
  /** How many samples a batch has; 1 by default. */
  readonly batchSize?: number;
  /** Whether each epoch has a random order of its own; false by default. */
  readonly shuffle?: boolean;
  /** Whether a last batch that would be smaller is left out; false by default. */
  readonly dropLast?: boolean;
  /** Where the orders come from; PyTorch's default generator unless given. */
  readonly generator?: Generator;
  /** Puts the samples of a batch together; `defaultCollate` unless given. */
  readonly collateFn?: (samples: T[]) => B;
  /** The samples' numbers, in the order in which they are to come; instead of `shuffle`. */
  readonly sampler?: Sampler;
}

const KEYS = ["batchSize", "shuffle", "dropLast", "generator", "collateFn", "sampler"];

/**
 * The batches of a dataset: `for (const [x, y] of new DataLoader(dataset, { batchSize: 32 }))`. Every
 * loop is an epoch, and a seed gives the orders that it gives in torch.utils.data.DataLoader.
 */
export class DataLoader<T, B = Collated<T>> implements Iterable<B> {
  readonly dataset: DatasetLike<T>;
  readonly batchSize: number;
  readonly dropLast: boolean;
  readonly #shuffle: boolean;
  readonly #generator: Generator | undefined;
  readonly #sampler: Sampler | undefined;
  readonly #fetch: (numbers: Float64Array) => B;

  /** @throws TypeError or RangeError for options that are unknown, out of range or exclude each other. */
  constructor(dataset: readonly T[], options?: DataLoaderOptions<T, B>);
  constructor(dataset: DatasetLike<T>, options?: DataLoaderOptions<T, B>);
  constructor(dataset: DatasetLike<T>, options: DataLoaderOptions<T, B> = {}) {
    checkOptions("DataLoader", options, KEYS);
    checkDataset("DataLoader", dataset);
    const { batchSize = 1, shuffle = false, dropLast = false, generator, sampler } = options;
    if (!Number.isSafeInteger(batchSize) || batchSize <= 0) {
      throw new RangeError(
        `batchSize should be a positive integer value, but got batchSize=${describe(batchSize)}`,
      );
    }
    checkBoolean("dropLast", dropLast);
    checkBoolean("shuffle", shuffle);
    if (generator !== undefined && !(generator instanceof Generator)) {
      throw new TypeError(
        `DataLoader(): generator must be a Generator, got ${describe(generator)}`,
      );
    }
    if (sampler !== undefined && shuffle) {
      throw new TypeError("sampler option is mutually exclusive with shuffle");
    }
    if (shuffle && dataset.length === 0) {
      throw new RangeError("numSamples should be a positive integer value, but got numSamples=0");
    }
    this.dataset = dataset;
    this.batchSize = batchSize;
    this.dropLast = dropLast;
    this.#shuffle = shuffle;
    this.#generator = generator;
    this.#sampler = sampler;
    this.#fetch = fetchFrom(dataset, options.collateFn);
  }

  /**
   * How many batches an epoch has.
   * @throws TypeError if the sampler does not tell its length.
   */
  get length(): number {
    const samples = this.#sampler === undefined ? this.dataset.length : this.#sampler.length;
    if (samples === undefined) {
      throw new TypeError("DataLoader: the sampler has no length, so that batches are not counted");
    }
    const batches = samples / this.batchSize;
    return this.dropLast ? Math.floor(batches) : Math.ceil(batches);
  }

  [Symbol.iterator](): IterableIterator<B> {
    // PyTorch draws a seed for its workers as soon as a loop begins, whether it has workers or not.
    (this.#generator ?? defaultGenerator).random64Low();
    return this.#sampler === undefined ? this.#epoch() : this.#sampled(this.#sampler);
  }

  *#epoch(): IterableIterator<B> {
    const { batchSize } = this;
    const { length } = this.dataset;
    const order = this.#shuffle ? this.#randomOrder(length) : ascending(length);
    let start = 0;
    for (; start + batchSize <= length; start += batchSize) {
      yield this.#fetch(order.slice(start, start + batchSize));
    }
    // PyTorch's sampler ends with an empty part of one more order, which a given generator notices.
    if (this.#shuffle && this.#generator !== undefined) this.#randomOrder(length);
    if (start < length && !this.dropLast) yield this.#fetch(order.slice(start));
  }

  *#sampled(sampler: Sampler): IterableIterator<B> {
    let numbers: number[] = [];
    for (const number of sampler) {
      numbers.push(number);
      if (numbers.length < this.batchSize) continue;
      yield this.#fetch(this.#checked(numbers));
      numbers = [];
    }
    if (numbers.length > 0 && !this.dropLast) yield this.#fetch(this.#checked(numbers));
  }

  /** A sampler's numbers, counted from the start. */
  #checked(numbers: readonly number[]): Float64Array {
    const { length } = this.dataset;
    return Float64Array.from(numbers, (number) => {
      if (!Number.isInteger(number) || number < -length || number >= length) {
        throw new RangeError(
          `DataLoader: the sampler gave ${describe(number)}, out of range for a dataset of ${length} samples`,
        );
      }
      return number < 0 ? number + length : number;
    });
  }

  #randomOrder(length: number): Float64Array {
    // Without a generator of its own, PyTorch's sampler seeds a private one from the default one.
    const generator = this.#generator ?? new Generator().manualSeed(defaultGenerator.random64Low());
    const order = new Float64Array(length);
    fillRandperm(generator, order, 0, length);
    return order;
  }
}

function ascending(length: number): Float64Array {
  const order = new Float64Array(length);
  for (let i = 0; i < length; i++) order[i] = i;
  return order;
}

function checkBoolean(name: string, value: unknown): void {
  if (typeof value !== "boolean") {
    throw new TypeError(
      `${name} should be a boolean value, but got ${name}=${describe(value)}: DataLoader()`,
    );
  }
}

// B is Collated<T> where no collateFn says otherwise, and so is what a dataset's own batch gives.
function fetchFrom<T, B>(
  dataset: DatasetLike<T>,
  collateFn: ((samples: T[]) => B) | undefined,
): (numbers: Float64Array) => B;
function fetchFrom(
  dataset: DatasetLike<unknown>,
  collateFn: ((samples: unknown[]) => unknown) | undefined,
): (numbers: Float64Array) => unknown {
  if (collateFn === undefined && "batch" in dataset && dataset.batch !== undefined) {
    const whole = dataset;
    return (numbers) => whole.batch!(fromTypedArray(numbers, [numbers.length], { dtype: "int64" }));
  }
  const collate = collateFn ?? defaultCollate;
  return (numbers) => collate(Array.from(numbers, (number) => sampleAt(dataset, number)));
}
