const N = 624;
const M = 397;

/**
 * The Mersenne Twister that PyTorch's CPU generator and NumPy's RandomState both draw from.
 * Source: Matsumoto and Nishimura 1998, with the 2002 seeding.
 */
export class MT19937 {
  /** The block of 624 words that is being read, as signed integers (which V8 keeps unboxed). */
  readonly words: Int32Array = new Int32Array(N);
  /** How many words of the block have been read; 624 means that the next draw makes a new block. */
  position: number = N;

  /** @param seed an integer; its low 32 bits are used. */
  constructor(seed: number) {
    this.seed(seed);
  }

  /** Starts the stream of `seed`, an integer of which the low 32 bits are used. */
  seed(seed: number): void {
    const words = this.words;
    let previous = seed | 0;
    words[0] = previous;
    for (let j = 1; j < N; j++) {
      previous = (Math.imul(1812433253, previous ^ (previous >>> 30)) + j) | 0;
      words[j] = previous;
    }
    this.position = N;
  }

  /** The next word, an integer in [0, 2^32). */
  next(): number {
    if (this.position >= N) this.#twist();
    let y = this.words[this.position++]!;
    y ^= y >>> 11;
    y ^= (y << 7) & 0x9d2c5680;
    y ^= (y << 15) & 0xefc60000;
    y ^= y >>> 18;
    return y >>> 0;
  }

  #twist(): void {
    const words = this.words;
    // Three stretches instead of two index wraps a word.
    for (let k = 0; k < N - M; k++) words[k] = words[k + M]! ^ mix(words[k]!, words[k + 1]!);
    for (let k = N - M; k < N - 1; k++)
      words[k] = words[k + M - N]! ^ mix(words[k]!, words[k + 1]!);
    words[N - 1] = words[M - 1]! ^ mix(words[N - 1]!, words[0]!);
    this.position = 0;
  }
}

function mix(upper: number, lower: number): number {
  const y = (upper & 0x80000000) | (lower & 0x7fffffff);
  return (y >>> 1) ^ (-(y & 1) & 0x9908b0df);
}
