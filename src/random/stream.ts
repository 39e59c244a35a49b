import { MT19937 } from "./mt19937.ts";

const TWO_53_INVERSE = 2 ** -53;

/** The words that a generator draws and the uniform values that they make; all that most draws need. */
export class Stream {
  readonly engine: MT19937 = new MT19937(0);
  /** The seed that it started from, in [0, 2^64). */
  seed = 0n;
  // Box-Muller makes two values at a time; the second waits here. NaN: none (a cached value is finite).
  cachedNormal: number = Number.NaN;
  /** Whether Bernoulli draws with a scalar probability take MKL's path; see `GeneratorOptions`. */
  readonly mklBernoulli: boolean;

  constructor(mklBernoulli: boolean) {
    this.mklBernoulli = mklBernoulli;
  }

  /** @param seed an integer in [0, 2^64). */
  restart(seed: bigint): void {
    this.seed = seed;
    this.engine.seed(Number(seed & 0xffffffffn));
    this.cachedNormal = Number.NaN;
  }

  /** The next word, an integer in [0, 2^32). */
  random32(): number {
    return this.engine.next();
  }

  /** The next 64-bit draw: two words, the first one the high half. */
  random64(): bigint {
    const high = this.engine.next();
    const low = this.engine.next();
    return (BigInt(high) << 32n) | BigInt(low);
  }

  /** A float32 value, uniform in [0, 1): the low 24 bits of a word. */
  uniform32(): number {
    return (this.engine.next() & 0xffffff) * 2 ** -24;
  }

  /** A float64 value, uniform in [0, 1): the low 53 bits of a 64-bit draw. */
  uniform64(): number {
    const high = this.engine.next() & 0x1fffff;
    return (high * 2 ** 32 + this.engine.next()) * TWO_53_INVERSE;
  }
}

/** A seed that the platform draws, of at most 53 bits. */
export function platformSeed(): number {
  const [high = 0, low = 0] = crypto.getRandomValues(new Uint32Array(2));
  return (high & 0x1fffff) * 2 ** 32 + low;
}

/** The stream of every draw that names no generator; it starts from a seed that the platform draws. */
export const defaultStream: Stream = startedAnywhere();

function startedAnywhere(): Stream {
  const stream = new Stream(false);
  stream.restart(BigInt(platformSeed()));
  return stream;
}
