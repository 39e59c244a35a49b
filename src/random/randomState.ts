import { checkInteger, checkNumber, describe } from "./checks.ts";
import { MT19937 } from "./mt19937.ts";

/** How many values to draw: a count, or a shape whose values come flat in row-major order. */
export type Size = number | readonly number[];

/** What `RandomState.choice` may be told. */
export interface ChoiceOptions {
  /** Whether an element may come twice; true by default. */
  readonly replace?: boolean;
  /** The probability of every element; uniform by default. */
  readonly p?: ArrayLike<number>;
}

/** What `RandomState.getState` gives, by the names of NumPy's tuple. */
export interface RandomStateState {
  readonly keys: Uint32Array;
  readonly pos: number;
  readonly hasGauss: boolean;
  readonly cachedGaussian: number;
}

/** What can be shuffled in place. */
export interface MutableList<T> {
  readonly length: number;
  [index: number]: T;
}

const WORDS = 624;
// NumPy's tolerance for the sum of probabilities: the square root of float64's epsilon.
const SUM_TOLERANCE = Math.sqrt(Number.EPSILON);

/** NumPy's legacy `numpy.random.RandomState`, draw for draw. */
export class RandomState {
  readonly #engine = new MT19937(0);
  // The polar method makes two values at a time; the second waits here. NaN: none.
  #gauss = Number.NaN;

  /**
   * @param seed an integer in [0, 2^32); drawn from the platform if left out.
   * @throws TypeError or RangeError if it is not.
   */
  constructor(seed?: number) {
    this.seed(seed);
  }

  /** Restarts the stream from a seed, an integer in [0, 2^32), or from one that the platform draws. */
  seed(seed?: number): void {
    const value = seed ?? crypto.getRandomValues(new Uint32Array(1))[0]!;
    if (!Number.isInteger(value)) {
      throw new TypeError(`RandomState(): seed must be an integer, not ${describe(seed)}`);
    }
    if (value < 0 || value > 0xffffffff) {
      throw new RangeError(`Seed must be between 0 and 2**32 - 1, got ${value}`);
    }
    this.#engine.seed(value);
    this.#gauss = Number.NaN;
  }

  /** The state of the stream, for `setState`. */
  getState(): RandomStateState {
    const hasGauss = !Number.isNaN(this.#gauss);
    return {
      keys: Uint32Array.from(this.#engine.words, (word) => word >>> 0),
      pos: this.#engine.position,
      hasGauss,
      cachedGaussian: hasGauss ? this.#gauss : 0,
    };
  }

  /**
   * Continues the stream from a state.
   * @throws RangeError unless it has 624 keys and a position in 0 … 624.
   */
  setState(state: RandomStateState): void {
    const { keys, pos } = state;
    if (keys.length !== WORDS) {
      throw new RangeError(`setState(): state must have ${WORDS} keys, got ${keys.length}`);
    }
    if (!Number.isInteger(pos) || pos < 0 || pos > WORDS) {
      throw new RangeError(`setState(): pos must be an integer in 0 … ${WORDS}, got ${pos}`);
    }
    this.#engine.words.set(keys);
    this.#engine.position = pos;
    this.#gauss = state.hasGauss ? state.cachedGaussian : Number.NaN;
  }

  /** Uniform in [0, 1): one value, or a flat array of a shape. */
  rand(): number;
  rand(...shape: [number, ...number[]]): Float64Array;
  rand(...shape: number[]): number | Float64Array {
    return this.#draw("rand", shape.length === 0 ? undefined : shape, this.#double);
  }

  /** Standard normal: one value, or a flat array of a shape. */
  randn(): number;
  randn(...shape: [number, ...number[]]): Float64Array;
  randn(...shape: number[]): number | Float64Array {
    return this.#draw("randn", shape.length === 0 ? undefined : shape, this.#standardNormal);
  }

  /** Uniform in [0, 1), as `rand`, with the size as one argument. */
  randomSample(): number;
  randomSample(size: Size): Float64Array;
  randomSample(size?: Size): number | Float64Array {
    return this.#draw("randomSample", size, this.#double);
  }

  /** Standard normal, as `randn`, with the size as one argument. */
  standardNormal(): number;
  standardNormal(size: Size): Float64Array;
  standardNormal(size?: Size): number | Float64Array {
    return this.#draw("standardNormal", size, this.#standardNormal);
  }

  /**
   * Uniform in [low, high).
   * @throws RangeError if the range is not finite.
   */
  uniform(low?: number, high?: number): number;
  uniform(low: number, high: number, size: Size): Float64Array;
  uniform(low = 0, high = 1, size?: Size): number | Float64Array {
    checkNumber("uniform", "low", low);
    checkNumber("uniform", "high", high);
    const width = high - low;
    if (!Number.isFinite(width)) {
      throw new RangeError(`Range exceeds valid bounds: uniform(low=${low}, high=${high})`);
    }
    return this.#draw("uniform", size, () => low + width * this.#double());
  }

  /**
   * Normal.
   * @param loc the mean.
   * @param scale the standard deviation.
   * @throws RangeError if scale is negative.
   */
  normal(loc?: number, scale?: number): number;
  normal(loc: number, scale: number, size: Size): Float64Array;
  normal(loc = 0, scale = 1, size?: Size): number | Float64Array {
    checkNumber("normal", "loc", loc);
    checkScale("normal", scale);
    return this.#draw("normal", size, () => loc + scale * this.#standardNormal());
  }

  /**
   * Exponential.
   * @param scale the mean.
   * @throws RangeError if scale is negative.
   */
  exponential(scale?: number): number;
  exponential(scale: number, size: Size): Float64Array;
  exponential(scale = 1, size?: Size): number | Float64Array {
    checkScale("exponential", scale);
    return this.#draw("exponential", size, () => scale * -Math.log(1 - this.#double()));
  }

  /**
   * Integers in [low, high), or in [0, low) if high is left out.
   * @throws RangeError if there is no such integer.
   */
  randint(low: number, high?: number): number;
  randint(low: number, high: number | undefined, size: Size): number[];
  randint(low: number, high?: number, size?: Size): number | number[] {
    checkInteger("randint", "low", low);
    if (high !== undefined) checkInteger("randint", "high", high);
    const from = high === undefined ? 0 : low;
    const last = (high ?? low) - 1 - from;
    if (last < 0) {
      throw new RangeError(
        high === undefined ? `high <= 0: randint(${low})` : `low >= high: randint(${low}, ${high})`,
      );
    }
    if (last > Number.MAX_SAFE_INTEGER) {
      throw new RangeError(
        `randint(): the range ${from} … ${from + last} has more than 2^53 integers`,
      );
    }
    if (size === undefined) return from + this.#interval(last);
    return Array.from({ length: count("randint", size) }, () => from + this.#interval(last));
  }

  /**
   * Shuffles a list in place and returns it.
   * @throws TypeError if it is no list.
   */
  shuffle<L extends MutableList<unknown>>(list: L): L {
    if (typeof list !== "object" || list === null || !Number.isInteger(list.length)) {
      throw new TypeError(`shuffle(): expected an array, not ${describe(list)}`);
    }
    for (let i = list.length - 1; i > 0; i--) {
      const j = this.#interval(i);
      const swapped = list[i];
      list[i] = list[j];
      list[j] = swapped;
    }
    return list;
  }

  /**
   * A shuffled copy of a list, or 0 … x-1 in random order.
   * @throws TypeError or RangeError if x is neither a list nor a natural number.
   */
  permutation(x: number): number[];
  permutation<T>(x: ArrayLike<T>): T[];
  permutation<T>(x: number | ArrayLike<T>): (number | T)[] {
    return this.shuffle(population("permutation", x));
  }

  /**
   * Draws from a list, or from 0 … a-1.
   * @param size how many; left out, one element instead of an array.
   * @throws RangeError if there are too few elements, or p is no distribution over them.
   */
  choice(a: number): number;
  choice<T>(a: ArrayLike<T>): T;
  choice(a: number, size: Size, options?: ChoiceOptions): number[];
  choice<T>(a: ArrayLike<T>, size: Size, options?: ChoiceOptions): T[];
  choice<T>(
    a: number | ArrayLike<T>,
    size?: Size,
    options: ChoiceOptions = {},
  ): T | number | (T | number)[] {
    for (const key of Object.keys(options)) {
      if (key !== "replace" && key !== "p") {
        throw new TypeError(`choice(): unknown option '${key}', expected replace or p`);
      }
    }
    const { replace = true, p } = options;
    const pool = population<T | number>("choice", a);
    const n = size === undefined ? 1 : count("choice", size);
    if (pool.length === 0 && n > 0) {
      throw new RangeError(
        typeof a === "number"
          ? "a must be greater than 0 unless no samples are taken"
          : "'a' cannot be empty unless no samples are taken",
      );
    }
    if (p !== undefined) checkProbabilities(p, pool.length);
    if (!replace && n > pool.length) {
      throw new RangeError(
        `Cannot take a larger sample than population when 'replace=False': ${n} of ${pool.length}`,
      );
    }
    const indices = this.#choose(pool.length, n, replace, p);
    const chosen = indices.map((i) => pool[i]!);
    return size === undefined ? chosen[0]! : chosen;
  }

  #choose(length: number, n: number, replace: boolean, p: ArrayLike<number> | undefined): number[] {
    if (p !== undefined) {
      return replace
        ? this.#search(cumulative(p), n)
        : this.#chooseDistinct(n, Float64Array.from(p));
    }
    if (replace) return Array.from({ length: n }, () => this.#interval(length - 1));
    return this.permutation(length).slice(0, n);
  }

  /** Draws n distinct indices, striking out what has been found and drawing again for the rest. */
  #chooseDistinct(n: number, p: Float64Array): number[] {
    const possible = p.filter((x) => x > 0).length;
    if (possible < n) {
      throw new RangeError(`Fewer non-zero entries in p than size: ${possible} < ${n}`);
    }
    const found = new Set<number>();
    while (found.size < n) {
      const draws = this.#search(cumulative(p), n - found.size);
      for (const i of draws) {
        found.add(i);
        p[i] = 0;
      }
    }
    return [...found];
  }

  #search(cdf: Float64Array, n: number): number[] {
    return Array.from({ length: n }, () => {
      const u = this.#double();
      let low = 0;
      let high = cdf.length;
      while (low < high) {
        const middle = (low + high) >>> 1;
        if (cdf[middle]! <= u) low = middle + 1;
        else high = middle;
      }
      return low;
    });
  }

  #draw(fn: string, size: Size | undefined, next: () => number): number | Float64Array {
    if (size === undefined) return next.call(this);
    const values = new Float64Array(count(fn, size));
    for (let i = 0; i < values.length; i++) values[i] = next.call(this);
    return values;
  }

  #double(): number {
    const high = this.#engine.next() >>> 5;
    return (high * 2 ** 26 + (this.#engine.next() >>> 6)) / 2 ** 53;
  }

  /** Marsaglia's polar method. */
  #standardNormal(): number {
    const cached = this.#gauss;
    if (!Number.isNaN(cached)) {
      this.#gauss = Number.NaN;
      return cached;
    }
    let x: number;
    let y: number;
    let square: number;
    do {
      x = 2 * this.#double() - 1;
      y = 2 * this.#double() - 1;
      square = x * x + y * y;
    } while (square >= 1 || square === 0);
    const factor = Math.sqrt((-2 * Math.log(square)) / square);
    this.#gauss = factor * x;
    return factor * y;
  }

  /** An integer in 0 … last (at most 2^53 - 1), by masking and rejecting. */
  #interval(last: number): number {
    if (last === 0) return 0;
    if (last <= 0xffffffff) {
      const mask = -1 >>> Math.clz32(last);
      let value: number;
      do {
        value = (this.#engine.next() & mask) >>> 0;
      } while (value > last);
      return value;
    }
    const mask = -1 >>> Math.clz32(last / 2 ** 32);
    let value: number;
    do {
      const high = (this.#engine.next() & mask) >>> 0;
      value = high * 2 ** 32 + this.#engine.next();
    } while (value > last);
    return value;
  }
}

function count(fn: string, size: Size): number {
  let total = 1;
  for (const extent of typeof size === "number" ? [size] : size) {
    checkInteger(fn, "size", extent);
    if (extent < 0) {
      throw new RangeError(`negative dimensions are not allowed: ${fn}() got ${extent}`);
    }
    total *= extent;
  }
  return total;
}

function population<T>(fn: string, a: number | ArrayLike<T>): (number | T)[] {
  if (typeof a !== "number") {
    if (typeof a !== "object" || a === null || !Number.isInteger(a.length)) {
      throw new TypeError(`${fn}(): expected an integer or an array, not ${describe(a)}`);
    }
    return Array.from(a);
  }
  checkInteger(fn, "a", a);
  if (a < 0)
    throw new RangeError(`a must be greater than 0 unless no samples are taken: ${fn}(${a})`);
  return Array.from({ length: a }, (_, i) => i);
}

function cumulative(p: ArrayLike<number>): Float64Array {
  const cdf = Float64Array.from(p);
  for (let i = 1; i < cdf.length; i++) cdf[i] = cdf[i - 1]! + cdf[i]!;
  const total = cdf[cdf.length - 1]!;
  return cdf.map((x) => x / total);
}

function checkProbabilities(p: ArrayLike<number>, length: number): void {
  if (p.length !== length) {
    throw new RangeError(`'a' and 'p' must have same size: ${length} and ${p.length}`);
  }
  let sum = 0;
  let compensation = 0; // Kahan's, as NumPy sums here
  for (let i = 0; i < p.length; i++) {
    const value = p[i]!;
    if (Number.isNaN(value)) throw new RangeError(`probabilities contain NaN: p[${i}]`);
    if (value < 0) throw new RangeError(`probabilities are not non-negative: p[${i}] = ${value}`);
    const term = value - compensation;
    const next = sum + term;
    compensation = next - sum - term;
    sum = next;
  }
  if (Math.abs(sum - 1) > SUM_TOLERANCE) {
    throw new RangeError(`probabilities do not sum to 1: they sum to ${sum}`);
  }
}

function checkScale(fn: string, scale: number): void {
  checkNumber(fn, "scale", scale);
  if (scale < 0) throw new RangeError(`scale < 0: ${fn}() got scale=${scale}`);
}
