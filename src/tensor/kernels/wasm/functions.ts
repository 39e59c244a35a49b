/**
 * The elementary functions as vector instructions, within about one unit in the last place.
 * Range reductions as in W. J. Cody and W. Waite, Software Manual for the Elementary Functions
 * (1980), the logarithm's form as in P. T. P. Tang, TOMS 16 (1990); scripts/polynomials.py prints
 * the polynomials.
 */
import { type Local, simd } from "./assembler.ts";
import type { VectorLanes } from "./vector.ts";

const EXP32 = [0.500000001, 0.166666667, 0.041666465, 0.00833331093, 0.0013933641, 0.000198909809];
const EXP64 = [
  0.5, 0.1666666666666667, 0.04166666666666667, 0.008333333333326141, 0.0013888888888883752,
  0.00019841269874800493, 2.4801587325533363e-5, 2.7557255425746435e-6, 2.7557273661348637e-7,
  2.510520637395701e-8, 2.0914679376583935e-9,
];
const LOG32 = [0.66666685, 0.399887806, 0.295799494];
const LOG64 = [
  0.666666666666667, 0.39999999999899505, 0.28571428625975487, 0.2222221113479508,
  0.18182889125261723, 0.15331721600556042, 0.14616449685043406,
];
const SIN64 = [
  -0.16666666666666666, 0.008333333333330948, -0.00019841269836758574, 2.755731610255244e-6,
  -2.5051131845003624e-8, 1.5918129294866608e-10,
];
const COS64 = [
  0.041666666666666664, -0.0013888888888887398, 2.480158729876569e-5, -2.7557317271729793e-7,
  2.08761462684032e-9, -1.1382632425521717e-11,
];
// ln 2 and pi / 2 as sums: the first parts have so few bits that their small multiples are exact.
const LN2_32 = [0.693115234375, 3.1946184945309415e-5] as const;
const LN2_64 = [0.6931471806019545, -4.2009150726810846e-11] as const;
const HALF_PI = [
  1.5707963267341256, 6.077100509014471e-11, -2.5082788063426444e-20, 8.478427662644117e-32,
];

/**
 * A polynomial, constant term first, by halves (Estrin): a processor cannot look far enough ahead
 * to hide the longer chain of Horner's rule behind other elements.
 */
function polynomial(m: VectorLanes, x: Local, coefficients: readonly number[]): Local {
  let terms = coefficients.map((c) => m.constant(c));
  for (let power = x; terms.length > 1; power = m.mul(power, power)) {
    const pairs: Local[] = [];
    for (let i = 0; i < terms.length; i += 2) {
      const [low, high] = [terms[i]!, terms[i + 1]];
      pairs.push(high === undefined ? low : m.add(m.mul(high, power), low));
    }
    terms = pairs;
    if (terms.length === 1) break;
  }
  return terms[0]!;
}

/**
 * 2ⁿ for whole numbers n among the exponents of normal numbers. Added to 1.5 · 2^(fraction bits), n
 * stands in the lowest bits; from there it is shifted into the exponent of 1.
 */
function powerOfTwo(m: VectorLanes, n: Local): Local {
  const one = m.constant(1);
  if (m.single) {
    const bits = m.shift(simd.i32x4Shl, m.add(n, m.constant(1.5 * 2 ** 23)), 23);
    return m.apply(simd.i32x4Add, bits, one);
  }
  const bits = m.shift(simd.i64x2Shl, m.add(n, m.constant(1.5 * 2 ** 52)), 52);
  return m.apply(simd.i64x2Add, bits, one);
}

/** eᵃ = 2ⁿ (1 + rest): n, and the rest, which is e^r − 1 for |r| ≤ ln 2 / 2. */
function exponential(m: VectorLanes, a: Local): { n: Local; rest: Local } {
  const [high, low] = m.single ? LN2_32 : LN2_64;
  const n = m.nearest(m.mul(a, m.constant(Math.LOG2E)));
  const main = m.sub(a, m.mul(n, m.constant(high)));
  const small = m.mul(n, m.constant(low));
  const r = m.sub(main, small);
  const lost = m.sub(m.sub(main, r), small);
  const q = polynomial(m, r, m.single ? EXP32 : EXP64);
  return { n, rest: m.add(r, m.add(lost, m.mul(m.mul(r, r), q))) };
}

function clamp(m: VectorLanes, a: Local, low: number, high: number): Local {
  // These two keep a NaN in their first operand, and are one instruction each.
  const { pmin, pmax } = m.ops;
  return m.apply(pmin, m.apply(pmax, a, m.constant(low)), m.constant(high));
}

export function exp(m: VectorLanes, a: Local): Local {
  const { n, rest } = exponential(m, m.single ? clamp(m, a, -104, 89) : clamp(m, a, -746, 710));
  // In two steps, for the exponents that only subnormal or infinite results have.
  const half = m.floor(m.mul(n, m.constant(0.5)));
  const scaled = m.mul(m.add(rest, m.constant(1)), powerOfTwo(m, half));
  return m.mul(scaled, powerOfTwo(m, m.sub(n, half)));
}

export function expm1(m: VectorLanes, a: Local): Local {
  const { n, rest } = exponential(m, m.single ? clamp(m, a, -40, 89) : clamp(m, a, -80, 710));
  // 2ⁿ (1 + rest) − 1, halved so that 2ⁿ does not overflow before the result does.
  const scale = powerOfTwo(m, m.sub(n, m.constant(1)));
  const half = m.add(m.mul(scale, rest), m.sub(scale, m.constant(0.5)));
  return m.select(m.eq(a, m.constant(0)), a, m.add(half, half));
}

/** tanh |a| = t / (t + 2) with t = e^(2 |a|) − 1, and a's sign. */
export function tanh(m: VectorLanes, a: Local): Local {
  const magnitude = m.min(m.abs(a), m.constant(m.single ? 10 : 20));
  const t = expm1(m, m.add(magnitude, magnitude));
  const sign = m.constant(-0);
  return m.select(sign, a, m.div(t, m.add(t, m.constant(2))));
}

/** Splits positive normal numbers: a = 2^exponent · fraction, the fraction within sqrt(2)^±1. */
function split(m: VectorLanes, a: Local): { exponent: Local; fraction: Local } {
  const base = m.constant(Math.SQRT1_2);
  if (m.single) {
    const above = m.apply(simd.i32x4Sub, a, base);
    const exponent = m.apply(simd.convertI32x4S, m.shift(simd.i32x4ShrS, above, 23));
    const whole = m.apply(simd.and, above, m.bits(new Int32Array(4).fill(-(2 ** 23))));
    return { exponent, fraction: m.apply(simd.i32x4Sub, a, whole) };
  }
  const above = m.apply(simd.i64x2Sub, a, base);
  // The upper words of both lanes side by side; their exponents fit 32 bits.
  const upper = m.shuffle(above, above, [4, 5, 6, 7, 12, 13, 14, 15, 4, 5, 6, 7, 12, 13, 14, 15]);
  const exponent = m.apply(simd.convertLowI32x4S, m.shift(simd.i32x4ShrS, upper, 20));
  const whole = m.apply(simd.and, above, m.bits(Int32Array.of(0, -(2 ** 20), 0, -(2 ** 20))));
  return { exponent, fraction: m.apply(simd.i64x2Sub, a, whole) };
}

/**
 * log a + tail. With a = 2ⁿ (1 + f) and s = f / (2 + f), log(1 + f) = f − (f²/2 − s (f²/2 + R)),
 * where R is what the series of log((1 + s) / (1 − s)) adds to 2 s, divided by s.
 */
function logarithm(m: VectorLanes, a: Local, tail: Local | null): Local {
  const smallest = m.constant(m.single ? 2 ** -126 : 2 ** -1022);
  const shift = m.single ? 23 : 52;
  const subnormal = m.lt(a, smallest);
  const normal = m.select(subnormal, m.mul(a, m.constant(2 ** shift)), a);
  const { exponent, fraction } = split(m, normal);
  const n = m.select(subnormal, m.sub(exponent, m.constant(shift)), exponent);
  const f = m.sub(fraction, m.constant(1));
  const s = m.div(f, m.add(f, m.constant(2)));
  const z = m.mul(s, s);
  const rest = m.mul(z, polynomial(m, z, m.single ? LOG32 : LOG64));
  const square = m.mul(m.mul(f, f), m.constant(0.5));
  const [high, low] = m.single ? LN2_32 : LN2_64;
  let small = m.add(m.mul(s, m.add(square, rest)), m.mul(n, m.constant(low)));
  if (tail !== null) small = m.add(small, tail);
  const result = m.sub(m.mul(n, m.constant(high)), m.sub(m.sub(square, small), f));
  const infinity = m.constant(Infinity);
  const zero = m.constant(0);
  const finite = m.select(m.eq(a, zero), m.constant(-Infinity), result);
  // NaN stays, what is below 0 becomes NaN, infinity stays.
  const positive = m.select(m.lt(a, infinity), finite, a);
  return m.select(m.lt(a, zero), m.constant(Number.NaN), positive);
}

export function log(m: VectorLanes, a: Local): Local {
  return logarithm(m, a, null);
}

export function log1p(m: VectorLanes, a: Local): Local {
  const sum = m.add(a, m.constant(1));
  // What rounding took from 1 + a, relative to it, is what it took from the logarithm.
  const lost = m.div(m.sub(a, m.sub(sum, m.constant(1))), sum);
  const finite = m.lt(m.abs(lost), m.constant(Infinity));
  const result = logarithm(m, sum, m.select(finite, lost, m.constant(0)));
  return m.select(m.eq(a, m.constant(0)), a, result);
}

/** Beyond this angle the multiples of pi / 2 are no longer exact. */
const LARGEST_ANGLE = 1e6;

/** The sine of a + quarters · pi / 2, in double precision. */
function circular(m: VectorLanes, a: Local, quarters: number): Local {
  const size = m.abs(a);
  const finite = m.lt(size, m.constant(Infinity));
  m.refuse(m.and(finite, m.gt(size, m.constant(LARGEST_ANGLE))));
  const n = m.nearest(m.mul(a, m.constant(2 / Math.PI)));
  const r = HALF_PI.reduce((rest, part) => m.sub(rest, m.mul(n, m.constant(part))), a);
  const z = m.mul(r, r);
  const sine = m.add(r, m.mul(m.mul(r, z), polynomial(m, z, SIN64)));
  // 1 − z/2 first, with what its rounding lost put back into the smaller terms.
  const half = m.mul(z, m.constant(0.5));
  const one = m.constant(1);
  const w = m.sub(one, half);
  const lost = m.sub(m.sub(one, w), half);
  const cosine = m.add(w, m.add(lost, m.mul(m.mul(z, z), polynomial(m, z, COS64))));
  // The quadrant, 0 to 3: odd ones take the cosine, the upper two change the sign.
  const turn = quarters === 0 ? n : m.add(n, m.constant(quarters));
  const quadrant = m.sub(turn, m.mul(m.floor(m.mul(turn, m.constant(0.25))), m.constant(4)));
  const upper = m.ge(quadrant, m.constant(2));
  const within = m.select(upper, m.sub(quadrant, m.constant(2)), quadrant);
  const value = m.select(m.eq(within, one), cosine, sine);
  return m.select(upper, m.neg(value), value);
}

export function sin(m: VectorLanes, a: Local): Local {
  return m.select(m.eq(a, m.constant(0)), a, circular(m, a, 0));
}

export function cos(m: VectorLanes, a: Local): Local {
  return circular(m, a, 1);
}

/** |a|ᵇ = e^(b log |a|) in double precision, exact enough for float32 operands, with C's signs. */
export function pow(m: VectorLanes, a: Local, b: Local): Local {
  const one = m.constant(1);
  const zero = m.constant(0);
  const size = m.abs(a);
  const power = exp(m, m.mul(b, log(m, size)));
  const whole = m.eq(m.floor(b), b);
  const half = m.mul(b, m.constant(0.5));
  const odd = m.and(whole, m.ne(m.floor(half), half));
  const signed = m.select(m.and(odd, m.constant(-0)), m.or(power, m.and(a, m.constant(-0))), power);
  // A negative finite number has no real root; infinities and zeros have.
  const negative = m.and(m.lt(a, zero), m.gt(a, m.constant(-Infinity)));
  const real = m.select(m.and(negative, m.not(whole)), m.constant(Number.NaN), signed);
  // Where the logarithm is 0 or b is, the product may be 0 · infinity; both powers are 1.
  const unit = m.and(m.eq(size, one), m.or(m.eq(a, one), m.eq(m.abs(b), m.constant(Infinity))));
  return m.select(m.or(unit, m.eq(b, zero)), one, real);
}
