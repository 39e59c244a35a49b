import { normal64 } from "./boxMuller.ts";
import { describe } from "./checks.ts";
import { defaultStream, platformSeed, Stream } from "./stream.ts";

/** What `new Generator` may be told. */
export interface GeneratorOptions {
  /**
   * Draw `bernoulli_(p)` and dropout masks as PyTorch's official x86 wheels do on Intel processors,
   * through MKL. The default, false, is what every other build draws.
   */
  readonly mklBernoulli?: boolean;
}

const DEFAULT_SEED = 67280421310721n;
const STATE_BYTES = 5056;
const WORDS = 624;

/**
 * A stream of random numbers: PyTorch's CPU generator, draw for draw.
 *
 * A new generator starts from PyTorch's fixed default seed, 67280421310721.
 */
export class Generator {
  /** @internal What it draws from. */
  readonly stream: Stream;

  /** @throws TypeError for an unknown option. */
  constructor(options: GeneratorOptions = {}) {
    for (const key of Object.keys(options)) {
      if (key !== "mklBernoulli") {
        throw new TypeError(`Generator(): unknown option '${key}', expected mklBernoulli`);
      }
    }
    this.stream = new Stream(options.mklBernoulli ?? false);
    this.manualSeed(DEFAULT_SEED);
  }

  /** Whether Bernoulli draws with a scalar probability take MKL's path; see `GeneratorOptions`. */
  get mklBernoulli(): boolean {
    return this.stream.mklBernoulli;
  }

  /**
   * Restarts the stream from a seed and returns the generator.
   * @param seed an integer in [-2^63, 2^64), a bigint beyond ±(2^53 - 1); 2^64 is added to a negative one.
   * @throws TypeError if it is not an integer, RangeError if it is out of range.
   */
  manualSeed(seed: number | bigint): this {
    this.stream.restart(parseSeed(seed));
    return this;
  }

  /** Restarts the stream from a seed that the platform draws, and returns that seed. */
  seed(): number {
    const seed = platformSeed();
    this.manualSeed(seed);
    return seed;
  }

  /** The seed that the stream started from: a number, or a bigint where a number would not be exact. */
  initialSeed(): number | bigint {
    const { seed } = this.stream;
    return seed <= Number.MAX_SAFE_INTEGER ? Number(seed) : seed;
  }

  /** The state in PyTorch's layout (5056 bytes, as for its `get_state`), which either side reads. */
  getState(): Uint8Array {
    const state = new Uint8Array(STATE_BYTES);
    const view = new DataView(state.buffer);
    const { seed, cachedNormal } = this.stream;
    const { words, position } = this.stream.engine;
    view.setBigUint64(0, seed, true);
    view.setInt32(8, WORDS + 1 - position, true); // words left, counting the one drawn next
    view.setInt32(12, 1, true); // seeded
    view.setInt32(16, position, true);
    for (let i = 0; i < WORDS; i++) view.setInt32(24 + 8 * i, words[i]!, true);
    if (!Number.isNaN(cachedNormal)) {
      view.setFloat64(5024, cachedNormal, true);
      view.setInt32(5040, 1, true);
    }
    return state;
  }

  /**
   * Continues the stream from a state, and returns the generator.
   * @param state what `getState` gave, here or in PyTorch.
   * @throws TypeError or RangeError if it is not such a state.
   */
  setState(state: Uint8Array): this {
    if (!(state instanceof Uint8Array)) {
      throw new TypeError(`setState expected a Uint8Array, but got ${describe(state)}`);
    }
    if (state.length !== STATE_BYTES) {
      throw new RangeError(
        `Expected a CPUGeneratorImplState of size ${STATE_BYTES} but found the input RNG state size to be ${state.length}`,
      );
    }
    const view = new DataView(state.buffer, state.byteOffset, state.byteLength);
    const left = view.getInt32(8, true);
    const next = view.getInt32(16, true);
    if (view.getInt32(12, true) !== 1 || left < 1 || left > WORDS || next < 0 || next > WORDS) {
      throw new RangeError("Invalid mt19937 state");
    }
    const { stream } = this;
    stream.seed = view.getBigUint64(0, true);
    stream.engine.position = left === 1 ? WORDS : next;
    for (let i = 0; i < WORDS; i++) stream.engine.words[i] = view.getInt32(24 + 8 * i, true);
    stream.cachedNormal = view.getInt32(5040, true) ? view.getFloat64(5024, true) : Number.NaN;
    return this;
  }

  /** The next word of the stream, an integer in [0, 2^32). */
  random32(): number {
    return this.stream.random32();
  }

  /** The next 64-bit draw: two words, the first one the high half. */
  random64(): bigint {
    return this.stream.random64();
  }

  /** Moves past one 64-bit draw and returns its low 32 bits, all that seeding looks at. */
  random64Low(): number {
    this.stream.random32();
    return this.stream.random32();
  }

  /** A float32 value, uniform in [0, 1): the low 24 bits of a word. */
  uniform32(): number {
    return this.stream.uniform32();
  }

  /** A float64 value, uniform in [0, 1): the low 53 bits of a 64-bit draw. */
  uniform64(): number {
    return this.stream.uniform64();
  }

  /** One normal value in float64, by Box-Muller; every second call draws nothing. */
  normal64(mean: number, std: number): number {
    return normal64(this.stream, mean, std);
  }
}

function parseSeed(seed: number | bigint): bigint {
  if (typeof seed === "number") {
    if (!Number.isInteger(seed)) {
      throw new TypeError(`manualSeed expected a long, but got ${describe(seed)}`);
    }
    if (!Number.isSafeInteger(seed)) {
      throw new RangeError(
        `manualSeed: a number does not hold ${seed} exactly, pass a bigint beyond ±(2^53 - 1)`,
      );
    }
    return parseSeed(BigInt(seed));
  }
  if (typeof seed !== "bigint") {
    throw new TypeError(`manualSeed expected a long, but got ${describe(seed)}`);
  }
  if (seed < -(2n ** 63n) || seed >= 2n ** 64n) {
    throw new RangeError(
      `Overflow when unpacking long: manualSeed expected a seed in [-2^63, 2^64), but got ${seed}`,
    );
  }
  return BigInt.asUintN(64, seed);
}

/** The generator of every draw that names none; it starts from a seed that the platform draws. */
export const defaultGenerator: Generator = overDefaultStream();

// Draws that name no generator take the stream itself, so that a small bundle has no generator.
function overDefaultStream(): Generator {
  return Object.assign(new Generator(), { stream: defaultStream });
}

/**
 * Restarts the default generator from a seed, and returns that generator.
 * @param seed an integer in [-2^63, 2^64), a bigint beyond ±(2^53 - 1).
 * @throws TypeError if it is not an integer, RangeError if it is out of range.
 */
export function manualSeed(seed: number | bigint): Generator {
  return defaultGenerator.manualSeed(seed);
}

/** Restarts the default generator from a seed that the platform draws, and returns that seed. */
export function seed(): number {
  return defaultGenerator.seed();
}

/** The seed that the default generator's stream started from. */
export function initialSeed(): number | bigint {
  return defaultGenerator.initialSeed();
}

/** The default generator's state, in PyTorch's layout. */
export function getRngState(): Uint8Array {
  return defaultGenerator.getState();
}

/**
 * Continues the default generator's stream from a state.
 * @param state what `getRngState` or a generator's `getState` gave.
 * @throws TypeError or RangeError if it is not such a state.
 */
export function setRngState(state: Uint8Array): void {
  defaultGenerator.setState(state);
}
