// Fused multiply-add, which JavaScript lacks: a * b + c, rounded once. PyTorch's builds fuse the affine
// step of every distribution; without it about half of all initial weights differ in the last bit.

const double = new Float64Array(1);
// The two halves of `double`, the low one first: every JavaScript engine's platform is little-endian.
const halves = new Uint32Array(double.buffer);

/** The double next to `x` (not 0) on the side of `residual`'s sign. */
function neighbour(x: number, residual: number): number {
  double[0] = x;
  if (x > 0 === residual > 0) {
    halves[0] = halves[0]! + 1;
    if (halves[0] === 0) halves[1] = halves[1]! + 1;
  } else {
    if (halves[0] === 0) halves[1] = halves[1]! - 1;
    halves[0] = halves[0]! - 1;
  }
  return double[0];
}

/**
 * a * b + c with a single rounding to float32.
 * @param a, b, c float32 values.
 */
export function fma32(a: number, b: number, c: number): number {
  const product = a * b; // exact: 24 + 24 bits fit into 53
  const sum = product + c;
  // Rounding to double and then to float32 is right unless the double lies half way between two
  // float32 values, that is, the 29 bits that float32 drops are 1000…0.
  double[0] = sum;
  return (halves[0]! & 0x1fffffff) === 0x10000000
    ? roundHalfWay(product, c, sum)
    : Math.fround(sum);
}

// Apart from fma32, whose body has to stay short enough to be inlined.
function roundHalfWay(product: number, c: number, sum: number): number {
  const shadow = sum - product;
  const residual = product - (sum - shadow) + (c - shadow);
  return Math.fround(residual === 0 ? sum : neighbour(sum, residual));
}

const SPLITTER = 2 ** 27 + 1;
const LARGE = 2 ** 900;

/**
 * a * b + c with a single rounding to float64, for |a| below 2^60 and a result that is not subnormal.
 * Source: Boldo and Melquiond 2008, "Emulation of a FMA and correctly rounded sums".
 */
export function fma64(a: number, b: number, c: number): number {
  const plain = a * b + c;
  if (c === 0 || !Number.isFinite(plain)) return plain;
  if (Math.abs(b) > LARGE || Math.abs(c) > LARGE) {
    return fma64(a, b * 2 ** -200, c * 2 ** -200) * 2 ** 200; // keeps the splitting below from overflowing
  }
  // product + productLow = a * b exactly (Dekker).
  const product = a * b;
  let t = SPLITTER * a;
  const aHigh = t - (t - a);
  const aLow = a - aHigh;
  t = SPLITTER * b;
  const bHigh = t - (t - b);
  const bLow = b - bHigh;
  const productLow = aHigh * bHigh - product + aHigh * bLow + aLow * bHigh + aLow * bLow;
  // c + productLow = middle + middleLow, product + middle = high + highLow, both exactly (Knuth).
  const middle = c + productLow;
  t = middle - c;
  const middleLow = c - (middle - t) + (productLow - t);
  const high = product + middle;
  t = high - product;
  const highLow = product - (high - t) + (middle - t);
  // The sum of the low parts is rounded to odd, so that the last addition rounds as if it were exact.
  let low = middleLow + highLow;
  t = low - middleLow;
  const residual = middleLow - (low - t) + (highLow - t);
  if (residual !== 0) {
    double[0] = low;
    if ((halves[0]! & 1) === 0) low = neighbour(low, residual);
  }
  return high + low;
}
