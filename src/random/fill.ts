// PyTorch's in-place distributions over a stretch of a typed array. All of them read
//
//   fill…(generator | undefined, data, offset, n, …parameters)
//
// and write data[offset] … data[offset + n - 1] in that order; no generator means the default one.
// The array's type chooses the precision: Float32Array draws as float32 does, any other as float64.
// A tensor whose memory is not one stretch draws into a scratch array (in memory order) and copies.

import type { TypedArray } from "../tensor/dtype.ts";
import { boxMuller, normal64 } from "./boxMuller.ts";
import { checkInteger, checkNumber, cppNumber, describe } from "./checks.ts";
import { fma32, fma64 } from "./fma.ts";
import type { Generator } from "./generator.ts";
import { defaultStream, Stream } from "./stream.ts";

const FLOAT32_MAX = (2 - 2 ** -23) * 2 ** 127;
const NORMAL_BLOCK = 16;

/**
 * Uniform in [from, to), as Tensor.uniform_.
 * @throws RangeError if a bound is not finite in the array's precision, or from > to.
 */
export function fillUniform(
  generator: Generator | undefined,
  data: TypedArray,
  offset: number,
  n: number,
  from = 0,
  to = 1,
): void {
  checkFloats("uniform_", data);
  const single = data instanceof Float32Array;
  checkBound("from", from, single);
  checkBound("to", to, single);
  if (from > to) {
    throw new RangeError(
      `uniform_ expects to return a [from, to) range, but found from=${cppNumber(from)} > to=${cppNumber(to)}`,
    );
  }
  if (!(to - from <= (single ? FLOAT32_MAX : Number.MAX_VALUE))) {
    throw new RangeError(
      `uniform_ expects to-from <= std::numeric_limits<${single ? "float" : "double"}>::max(), but found to=${cppNumber(to)} and from=${cppNumber(from)} which result in to-from to exceed the limit`,
    );
  }
  drawUniform(chosen(generator), data, offset, n, from, to);
}

/** As `fillUniform`, of floating-point elements and bounds that are known to be right. */
export function drawUniform(
  gen: Stream,
  data: TypedArray,
  offset: number,
  n: number,
  from: number,
  to: number,
): void {
  const end = offset + n;
  if (!(data instanceof Float32Array)) {
    const width = to - from;
    for (let i = offset; i < end; i++) data[i] = fma64(gen.uniform64(), width, from);
    return;
  }
  const low = Math.fround(from);
  const width = Math.fround(Math.fround(to) - low);
  if (low === 0) {
    // The product is exact in a double, so that storing it is the only rounding.
    for (let i = offset; i < end; i++) data[i] = gen.uniform32() * width;
    return;
  }
  for (let i = offset; i < end; i++) data[i] = fma32(gen.uniform32(), width, low);
}

/**
 * Normal with a mean and a standard deviation, as Tensor.normal_.
 * @param contiguous whether the tensor is contiguous: from 16 elements on, PyTorch fills one in blocks,
 * which gives other numbers than one draw at a time.
 * @throws RangeError unless std >= 0.
 */
export function fillNormal(
  generator: Generator | undefined,
  data: TypedArray,
  offset: number,
  n: number,
  mean = 0,
  std = 1,
  contiguous = true,
): void {
  checkFloats("normal_", data);
  checkNumber("normal_", "mean", mean);
  checkNumber("normal_", "std", std);
  if (!(std >= 0)) {
    throw new RangeError(`normal expects std >= 0.0, but found std ${cppNumber(std)}`);
  }
  const gen = chosen(generator);
  const end = offset + n;
  if (n < NORMAL_BLOCK || !contiguous) {
    for (let i = offset; i < end; i++) data[i] = normal64(gen, mean, std);
    return;
  }
  drawUniforms(gen, data, offset, end);
  let i = offset;
  for (; i + NORMAL_BLOCK <= end; i += NORMAL_BLOCK) boxMuller(data, i, mean, std);
  if (i < end) {
    // The last 16 places are drawn anew, over the end of the last whole block.
    drawUniforms(gen, data, end - NORMAL_BLOCK, end);
    boxMuller(data, end - NORMAL_BLOCK, mean, std);
  }
}

/**
 * Integers in [low, high), as torch.randint.
 * @throws RangeError unless low < high and the array's type holds both ends.
 */
export function fillRandint(
  generator: Generator | undefined,
  data: TypedArray,
  offset: number,
  n: number,
  low: number,
  high: number,
): void {
  checkInteger("randint", "low", low);
  checkInteger("randint", "high", high);
  if (low >= high) {
    throw new RangeError(
      `random_ expects 'from' to be less than 'to', but got from=${low} >= to=${high}`,
    );
  }
  checkIntegerBound("from", low, data);
  checkIntegerBound("to - 1", high - 1, data);
  let from = low;
  let to = high;
  if (data instanceof Float32Array) {
    from = castFrom(low);
    to = castTo(high);
    if (from >= to) {
      throw new RangeError(
        `random_ expects 'from' casted to dtype to be less than 'to' casted to dtype, but got from=${from} >= to=${to}`,
      );
    }
  }
  const gen = chosen(generator);
  const end = offset + n;
  const range = to - from;
  if (range < 2 ** 32) {
    for (let i = offset; i < end; i++) data[i] = (gen.random32() % range) + from;
    return;
  }
  // Exact, also where the range itself has 54 bits.
  const wide = BigInt(to) - BigInt(from);
  for (let i = offset; i < end; i++) data[i] = Number((gen.random64() % wide) + BigInt(from));
}

/** The lower bound moved up to where float32 no longer rounds below it, as PyTorch moves it. */
function castFrom(from: number): number {
  const next = Math.fround(from + 1);
  return next < from ? next + float32Step(from + 1) : from;
}

/** The upper bound moved down to where float32 no longer rounds up to it. */
function castTo(to: number): number {
  const last = Math.fround(to - 1);
  return last >= to ? last - float32Step(to - 1) : to;
}

/** The distance of float32 values around an integer beyond 2^24. */
function float32Step(x: number): number {
  return 2 ** (Math.floor(Math.log2(Math.abs(x))) - 23);
}

/**
 * A random order of 0 … n-1, as torch.randperm.
 * @throws RangeError if n is negative.
 */
export function fillRandperm(
  generator: Generator | undefined,
  data: TypedArray,
  offset: number,
  n: number,
): void {
  checkInteger("randperm", "n", n);
  if (n < 0) {
    throw new RangeError(`Trying to create tensor with negative dimension ${n}: [${n}]`);
  }
  const gen = chosen(generator);
  for (let i = 0; i < n; i++) data[offset + i] = i;
  for (let i = 0; i < n - 1; i++) {
    const at = offset + i;
    const other = at + (gen.random32() % (n - i));
    const swapped = data[at]!;
    data[at] = data[other]!;
    data[other] = swapped;
  }
}

/**
 * 1 with probability p, else 0, as Tensor.bernoulli_(p); dropout masks are drawn so.
 * @throws RangeError unless 0 <= p <= 1.
 */
export function fillBernoulli(
  generator: Generator | undefined,
  data: TypedArray,
  offset: number,
  n: number,
  p: number,
): void {
  checkNumber("bernoulli_", "p", p);
  if (!(p >= 0 && p <= 1)) {
    throw new RangeError(`bernoulli_ expects p to be in [0, 1], but got p=${cppNumber(p)}`);
  }
  const gen = chosen(generator);
  const end = offset + n;
  if (gen.mklBernoulli && n > 0) {
    // MKL's MCG31m1: x <- a x mod (2^31 - 1), with a = 1132489760 = 17280 * 2^16 + 27680.
    const modulus = 2 ** 31 - 1;
    let x = gen.random32() % modulus || 1;
    for (let i = offset; i < end; i++) {
      data[i] = x / modulus < p ? 1 : 0;
      x = (((17280 * x) % modulus) * 65536 + 27680 * x) % modulus;
    }
    return;
  }
  for (let i = offset; i < end; i++) data[i] = gen.uniform64() < p ? 1 : 0;
}

/**
 * 1 with its own probability for every element, else 0, as torch.bernoulli(probs).
 * @param probs probabilities in [0, 1], read from `probsOffset` on; their precision is the draw's.
 * @throws RangeError if one is not in [0, 1].
 */
export function fillBernoulliTensor(
  generator: Generator | undefined,
  data: TypedArray,
  offset: number,
  n: number,
  probs: TypedArray,
  probsOffset: number,
): void {
  checkFloats("bernoulli", probs);
  for (let i = probsOffset; i < probsOffset + n; i++) {
    const p = probs[i]!;
    if (!(p >= 0 && p <= 1)) {
      throw new RangeError(
        `Expected p_in >= 0 && p_in <= 1 to be true, but got false. (bernoulli: probability ${cppNumber(p)})`,
      );
    }
  }
  const gen = chosen(generator);
  const single = probs instanceof Float32Array;
  for (let i = 0; i < n; i++) {
    const u = single ? gen.uniform32() : gen.uniform64();
    data[offset + i] = u < probs[probsOffset + i]! ? 1 : 0;
  }
}

/**
 * Exponential with rate lambda, as Tensor.exponential_.
 * @throws RangeError unless lambda >= 0.
 */
export function fillExponential(
  generator: Generator | undefined,
  data: TypedArray,
  offset: number,
  n: number,
  lambda = 1,
): void {
  checkFloats("exponential_", data);
  checkNumber("exponential_", "lambd", lambda);
  if (!(lambda >= 0)) {
    throw new RangeError(
      `exponential_ expects lambda >= 0.0, but found lambda=${cppNumber(lambda)}`,
    );
  }
  const gen = chosen(generator);
  const factor = -1 / lambda;
  for (let i = offset; i < offset + n; i++) data[i] = factor * Math.log(1 - gen.uniform64());
}

/**
 * The exponential of a normal value, as Tensor.log_normal_.
 * @param mean, std of the logarithm.
 * @throws RangeError unless std > 0.
 */
export function fillLogNormal(
  generator: Generator | undefined,
  data: TypedArray,
  offset: number,
  n: number,
  mean = 1,
  std = 2,
): void {
  checkFloats("logNormal_", data);
  checkNumber("logNormal_", "mean", mean);
  checkNumber("logNormal_", "std", std);
  if (!(std > 0)) {
    throw new RangeError(`log_normal_ expects std > 0.0, but found std=${cppNumber(std)}`);
  }
  const gen = chosen(generator);
  for (let i = offset; i < offset + n; i++) data[i] = Math.exp(normal64(gen, mean, std));
}

/** Cauchy with a median and a scale, as Tensor.cauchy_. */
export function fillCauchy(
  generator: Generator | undefined,
  data: TypedArray,
  offset: number,
  n: number,
  median = 0,
  sigma = 1,
): void {
  checkFloats("cauchy_", data);
  checkNumber("cauchy_", "median", median);
  checkNumber("cauchy_", "sigma", sigma);
  const gen = chosen(generator);
  for (let i = offset; i < offset + n; i++) {
    data[i] = fma64(Math.tan(Math.PI * (gen.uniform64() - 0.5)), sigma, median);
  }
}

/**
 * The number of trials up to the first success, as Tensor.geometric_.
 * @param p the probability of a success.
 * @throws RangeError unless 0 < p < 1.
 */
export function fillGeometric(
  generator: Generator | undefined,
  data: TypedArray,
  offset: number,
  n: number,
  p: number,
): void {
  checkNumber("geometric_", "p", p);
  if (!(p > 0 && p < 1)) {
    throw new RangeError(`geometric_ expects p to be in (0, 1), but got p=${cppNumber(p)}`);
  }
  const gen = chosen(generator);
  const logFailure = Math.log(1 - p);
  for (let i = offset; i < offset + n; i++) {
    data[i] = Math.ceil(Math.log(gen.uniform64()) / logFailure);
  }
}

function drawUniforms(gen: Stream, data: Float32Array | Float64Array, from: number, to: number) {
  if (data instanceof Float32Array) for (let i = from; i < to; i++) data[i] = gen.uniform32();
  else for (let i = from; i < to; i++) data[i] = gen.uniform64();
}

function checkFloats(fn: string, data: TypedArray): asserts data is Float32Array | Float64Array {
  if (!(data instanceof Float32Array || data instanceof Float64Array)) {
    throw new TypeError(
      `"${fn}" not implemented for ${data.constructor.name}, expected floating-point elements`,
    );
  }
}

function checkBound(name: string, value: number, single: boolean): void {
  checkNumber("uniform_", name, value);
  if (!(Math.abs(value) <= (single ? FLOAT32_MAX : Number.MAX_VALUE))) {
    throw new RangeError(`${name} is out of bounds for ${single ? "float" : "double"}`);
  }
}

function checkIntegerBound(name: string, value: number, data: TypedArray): void {
  const fits =
    data instanceof Int32Array
      ? value === (value | 0)
      : data instanceof Uint8Array
        ? value === (value & 0xff)
        : true;
  if (!fits) {
    const type = data instanceof Int32Array ? "int" : "unsigned char";
    throw new RangeError(`${name} is out of bounds for ${type}`);
  }
}

/** @throws TypeError if what was given is no generator. */
function chosen(generator: Generator | undefined): Stream {
  if (generator === undefined) return defaultStream;
  if (generator?.stream instanceof Stream) return generator.stream;
  throw new TypeError(`option 'generator' must be a Generator, got ${describe(generator)}`);
}
