import type { TypedArray } from "../tensor/dtype.ts";
import { checkInteger } from "./checks.ts";
import { fillExponential } from "./fill.ts";
import { defaultGenerator, type Generator } from "./generator.ts";

/** The unnormalized probabilities that `fillMultinomial` draws from: rows of categories, contiguous. */
export interface Weights {
  readonly data: Float32Array | Float64Array;
  readonly offset: number;
  readonly rows: number;
  readonly categories: number;
}

/**
 * Draws `samples` category numbers for every row of weights, as torch.multinomial.
 * @param out receives rows * samples integers, from `offset` on.
 * @param replacement whether a category may come twice. Without, the draws beyond the categories of
 * positive weight are those of weight zero, in ascending order.
 * @throws RangeError for weights that are no distribution, or more draws than categories.
 */
export function fillMultinomial(
  generator: Generator | undefined,
  out: TypedArray,
  offset: number,
  samples: number,
  weights: Weights,
  replacement: boolean,
): void {
  checkInteger("multinomial", "numSamples", samples);
  if (samples <= 0) throw new RangeError("cannot sample n_sample <= 0 samples");
  if (!replacement && samples > weights.categories) {
    throw new RangeError("cannot sample n_sample > prob_dist.size(-1) samples without replacement");
  }
  checkWeights(weights, replacement);
  const gen = generator ?? defaultGenerator;
  for (let row = 0; row < weights.rows; row++) {
    const start = weights.offset + row * weights.categories;
    const p = weights.data.subarray(start, start + weights.categories);
    const at = offset + row * samples;
    if (replacement) drawWithReplacement(gen, out, at, samples, p);
    else drawWithoutReplacement(gen, out, at, samples, p);
  }
}

function checkWeights(weights: Weights, replacement: boolean): void {
  const { data, offset, rows, categories } = weights;
  for (let i = offset; i < offset + rows * categories; i++) {
    const p = data[i]!;
    if (p >= 0 && p < Number.POSITIVE_INFINITY) continue;
    if (!replacement) {
      throw new RangeError("probability tensor contains either `inf`, `nan` or element < 0");
    }
    throw new RangeError(
      p === Number.POSITIVE_INFINITY
        ? "invalid multinomial distribution (encountering probability entry = infinity or NaN)"
        : "invalid multinomial distribution (encountering probability entry < 0)",
    );
  }
  for (let row = 0; row < rows; row++) {
    const start = offset + row * categories;
    if (!data.subarray(start, start + categories).some((p) => p > 0)) {
      throw new RangeError("invalid multinomial distribution (sum of probabilities <= 0)");
    }
  }
}

function drawWithReplacement(
  gen: Generator,
  out: TypedArray,
  offset: number,
  samples: number,
  p: Float32Array | Float64Array,
): void {
  // The running sum in the weights' own precision, which storing it gives.
  const cumulative = p.slice();
  for (let i = 1; i < p.length; i++) cumulative[i] = cumulative[i - 1]! + p[i]!;
  const total = cumulative[p.length - 1]!;
  for (let i = 0; i < p.length; i++) cumulative[i] = cumulative[i]! / total;
  cumulative[p.length - 1] = 1;
  for (let k = 0; k < samples; k++) {
    const u = gen.uniform64();
    let low = 0;
    let high = p.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (cumulative[middle]! < u) low = middle + 1;
      else high = middle;
    }
    out[offset + k] = low;
  }
}

/** The categories whose weight over an exponential draw is largest (Gumbel's trick). */
function drawWithoutReplacement(
  gen: Generator,
  out: TypedArray,
  offset: number,
  samples: number,
  p: Float32Array | Float64Array,
): void {
  const keys = p.slice();
  fillExponential(gen, keys, 0, keys.length, 1);
  for (let i = 0; i < keys.length; i++) keys[i] = p[i]! / keys[i]!;
  const order = Array.from(keys.keys()).sort((a, b) => keys[b]! - keys[a]!);
  for (let k = 0; k < samples; k++) out[offset + k] = order[k]!;
}
