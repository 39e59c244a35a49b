import { fma32, fma64 } from "./fma.ts";
import type { Stream } from "./stream.ts";

// PyTorch fills a contiguous normal tensor in blocks of 16 uniforms: element j of the first half gives
// the radius, element j of the second half the angle; cosines replace the first half, sines the second.

type Floats = Float32Array | Float64Array;

/** Turns the 16 uniforms at `offset` into normal values, by the C library's functions in float64. */
function boxMuller64(data: Float64Array, offset: number, mean: number, std: number): void {
  for (let j = offset; j < offset + 8; j++) {
    const radius = Math.sqrt(-2 * Math.log(1 - data[j]!));
    const angle = 2 * Math.PI * data[j + 8]!;
    data[j] = fma64(radius * Math.cos(angle), std, mean);
    data[j + 8] = fma64(radius * Math.sin(angle), std, mean);
  }
}

const fround = Math.fround;
const TWO_PI = fround(2 * Math.PI);

/** Turns the 16 uniforms at `offset` into normal values, as PyTorch's AVX2 build does in float32. */
function boxMuller32(data: Float32Array, offset: number, mean: number, std: number): void {
  const m = fround(mean);
  const s = fround(std);
  // Two short loops: the compiler inlines the logarithm into one, sine and cosine into the other.
  for (let j = offset; j < offset + 8; j++) {
    data[j] = Math.sqrt(fround(-2 * log32(fround(1 - data[j]!))));
  }
  rotate32(data, offset, m, s);
}

/** Fills the 16 places at `offset` with transformed uniforms; the array's type chooses the arithmetic. */
export function boxMuller(data: Floats, offset: number, mean: number, std: number): void {
  if (data instanceof Float32Array) boxMuller32(data, offset, mean, std);
  else boxMuller64(data, offset, mean, std);
}

// Logarithm, sine and cosine in float32 by the polynomials of the Cephes library (S. Moshier), in the
// order of operations of its AVX translation, with the multiply-adds that a compiler fuses.

const bits = new Int32Array(1);
const bitsAsFloat = new Float32Array(bits.buffer);

const SQRT_HALF = fround(Math.SQRT1_2);
const LN2_HIGH = fround(0.693359375);
const LN2_LOW = fround(-2.1219444e-4);
const LOG = Float32Array.of(
  7.0376836292e-2,
  -1.151461031e-1,
  1.167699874e-1,
  -1.2420140846e-1,
  1.4249322787e-1,
  -1.6668057665e-1,
  2.0000714765e-1,
  -2.4999993993e-1,
  3.3333331174e-1,
);

/** The natural logarithm of a float32 value in (0, 1]. */
function log32(x: number): number {
  bitsAsFloat[0] = x;
  const pattern = bits[0]!;
  let exponent = (pattern >>> 23) - 126;
  bits[0] = (pattern & 0x007fffff) | 0x3f000000;
  let mantissa = bitsAsFloat[0]; // in [1/2, 1)
  if (mantissa < SQRT_HALF) {
    exponent -= 1;
    mantissa = fround(fround(mantissa - 1) + mantissa);
  } else {
    mantissa = fround(mantissa - 1);
  }
  const square = fround(mantissa * mantissa);
  let y = LOG[0]!;
  for (let k = 1; k < 9; k++) y = fma32(y, mantissa, LOG[k]!);
  y = fround(y * mantissa);
  y = fma32(y, square, fround(exponent * LN2_LOW));
  y = fma32(-square, 0.5, y);
  return fma32(exponent, LN2_HIGH, fround(mantissa + y));
}

const FOUR_OVER_PI = fround(4 / Math.PI);
// pi/4 in three parts, so that subtracting a small multiple loses nothing.
const QUARTER_PI_1 = fround(-0.78515625);
const QUARTER_PI_2 = fround(-2.4187564849853516e-4);
const QUARTER_PI_3 = fround(-3.774894977445941e-8);
const SIN_0 = fround(-1.9515295891e-4);
const SIN_1 = fround(8.3321608736e-3);
const SIN_2 = fround(-1.6666654611e-1);
const COS_0 = fround(2.443315711809948e-5);
const COS_1 = fround(-1.388731625493765e-3);
const COS_2 = fround(4.166664568298827e-2);

/** Replaces radii and fractions of a turn by the points' coordinates, scaled and moved. */
function rotate32(data: Float32Array, offset: number, mean: number, std: number): void {
  for (let j = offset; j < offset + 8; j++) {
    const radius = data[j]!;
    const x = fround(TWO_PI * data[j + 8]!);
    const octant = (Math.trunc(fround(x * FOUR_OVER_PI)) + 1) & ~1;
    let r = fma32(octant, QUARTER_PI_1, x);
    r = fma32(octant, QUARTER_PI_2, r);
    r = fma32(octant, QUARTER_PI_3, r);
    const square = fround(r * r);
    let c = fma32(fma32(COS_0, square, COS_1), square, COS_2);
    c = fround(c * square);
    c = fround(fma32(c, square, -fround(square * 0.5)) + 1);
    let s = fma32(fma32(SIN_0, square, SIN_1), square, SIN_2);
    s = fround(s * square);
    s = fma32(s, r, r);
    const swap = (octant & 2) !== 0;
    const sine = octant & 4 ? -(swap ? c : s) : swap ? c : s;
    const cosine = (octant - 2) & 4 ? (swap ? s : c) : -(swap ? s : c);
    data[j] = fma32(fround(radius * cosine), std, mean);
    data[j + 8] = fma32(fround(radius * sine), std, mean);
  }
}

/** One normal value in float64; every second call draws nothing. */
export function normal64(stream: Stream, mean: number, std: number): number {
  let value = stream.cachedNormal;
  if (Number.isNaN(value)) {
    const angle = 2 * Math.PI * stream.uniform64();
    const radius = Math.sqrt(-2 * Math.log(1 - stream.uniform64()));
    stream.cachedNormal = radius * Math.sin(angle);
    value = radius * Math.cos(angle);
  } else {
    stream.cachedNormal = Number.NaN;
  }
  return fma64(value, std, mean);
}
