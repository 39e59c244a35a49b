/** The numbers that every library gets. `pytorch/inputs.py` computes the same ones. */
import { readFileSync } from "node:fs";

/**
 * `n` numbers in [0, 1), multiples of 2^-24 and hence exact in float32; hashed, not drawn, so
 * that another language makes the same ones in any order.
 */
export function uniform(seed: number, n: number): Float64Array {
  const out = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    let h = (i + Math.imul(seed, 0x9e3779b9)) | 0;
    h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
    h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
    out[i] = ((h ^ (h >>> 16)) >>> 8) / 2 ** 24;
  }
  return out;
}

/** `n` numbers in [-bound, bound), rounded to float32. */
export function symmetric(seed: number, n: number, bound: number): Float64Array {
  return uniform(seed, n).map((u) => Math.fround((2 * u - 1) * bound));
}

export interface Circles {
  /** [700, 2], [700, 1], [300, 2] and [300, 1], row by row. */
  readonly xTrain: readonly number[];
  readonly yTrain: readonly number[];
  readonly xTest: readonly number[];
  readonly yTest: readonly number[];
  /** Weights as [out, in] and biases of the three layers, in order. */
  readonly parameters: readonly {
    readonly shape: readonly number[];
    readonly data: readonly number[];
  }[];
}

/** The data and the first weights of the fifth example, as scikit-learn and PyTorch make them. */
export function circles(): Circles {
  return JSON.parse(readFileSync(new URL("inputs/circles.json", import.meta.url), "utf8"));
}

export const DIGITS = { batch: 128, inputs: 784, hidden: 256, classes: 10, lr: 1e-3 } as const;

/** One batch of made-up digits and the first weights of a 784-256-10 network. */
export function digits() {
  const { batch, inputs, hidden, classes } = DIGITS;
  return {
    x: uniform(1, batch * inputs),
    y: uniform(2, batch).map((u) => Math.floor(u * classes)),
    w1: symmetric(3, hidden * inputs, 1 / Math.sqrt(inputs)),
    b1: symmetric(4, hidden, 1 / Math.sqrt(inputs)),
    w2: symmetric(5, classes * hidden, 1 / Math.sqrt(hidden)),
    b2: symmetric(6, classes, 1 / Math.sqrt(hidden)),
  };
}

/** The two operands of a matrix product, row by row, in [-1, 1). */
export function operands(m: number, k: number, n: number): { a: Float64Array; b: Float64Array } {
  return { a: symmetric(7, m * k, 1), b: symmetric(8, k * n, 1) };
}

/** Columns of the matrices that the fifth workload's elements are laid out in. */
export const COLUMNS = 100;

/** What the elementwise operations and the reductions work on. */
export function elements(n: number) {
  return { a: uniform(9, n), b: uniform(10, n), c: uniform(11, n), row: uniform(12, COLUMNS) };
}
