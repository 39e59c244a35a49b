/**
 * The algebra in which an elementwise operation is described once.
 *
 * A body such as `(m, x) => m.max(x, m.constant(0))` never sees numbers or SIMD registers: it asks
 * `m` for each step. Read with `NUMBERS` or `SINGLES` it is plain arithmetic on one element; read
 * by the WebAssembly emitter (wasm/elementwiseSource.ts) it writes the instructions of a vector kernel.
 *
 * @typeParam V a value per lane.
 * @typeParam M a truth value per lane.
 */
export interface Lanes<V, M> {
  constant(x: number): V;

  add(a: V, b: V): V;
  sub(a: V, b: V): V;
  mul(a: V, b: V): V;
  div(a: V, b: V): V;
  neg(a: V): V;
  abs(a: V): V;
  sqrt(a: V): V;
  floor(a: V): V;
  ceil(a: V): V;
  trunc(a: V): V;
  /** To the nearest integer, halves to the even one, as torch.round does. */
  nearest(a: V): V;
  /** The smaller; NaN if either is NaN; -0 is below +0. */
  min(a: V, b: V): V;
  /** The larger; NaN if either is NaN; +0 is above -0. */
  max(a: V, b: V): V;

  exp(a: V): V;
  expm1(a: V): V;
  log(a: V): V;
  log1p(a: V): V;
  sin(a: V): V;
  cos(a: V): V;
  tanh(a: V): V;
  /** As in C, so that 1 to any power and anything to the power 0 is 1, NaN included. */
  pow(a: V, b: V): V;
  /** Any other function of one number; a body that uses it keeps the scalar loop. */
  call(f: (x: number) => number, a: V): V;
  /** Any other function of two numbers; a body that uses it keeps the scalar loop. */
  call2(f: (x: number, y: number) => number, a: V, b: V): V;

  lt(a: V, b: V): M;
  le(a: V, b: V): M;
  gt(a: V, b: V): M;
  ge(a: V, b: V): M;
  eq(a: V, b: V): M;
  ne(a: V, b: V): M;
  and(p: M, q: M): M;
  or(p: M, q: M): M;
  not(p: M): M;
  /** `a` where `p` holds, else `b`; both sides are computed. */
  select(p: M, a: V, b: V): V;
}

/** Bodies of one to four operands; which of them are arrays and which numbers, the caller decides. */
export type Unary = <V, M>(m: Lanes<V, M>, a: V) => V;
export type Binary = <V, M>(m: Lanes<V, M>, a: V, b: V) => V;
export type Ternary = <V, M>(m: Lanes<V, M>, a: V, b: V, c: V) => V;
export type Quaternary = <V, M>(m: Lanes<V, M>, a: V, b: V, c: V, d: V) => V;

/** A comparison: its result is stored as a byte, 0 or 1. */
export type Predicate = <V, M>(m: Lanes<V, M>, a: V, b: V) => M;

/**
 * Several results in one pass, for optimizer updates: reads `x` (one value an array) and `s`
 * (numbers that are the same for every element), and assigns each element of `out`.
 */
export type Update = <V, M>(m: Lanes<V, M>, x: readonly V[], s: readonly V[], out: V[]) => void;

/** Half to even, by adding and taking away the first double whose neighbours are 1 apart. */
function nearest(x: number): number {
  const magnitude = Math.abs(x);
  if (!(magnitude < 2 ** 52)) return x;
  const rounded = magnitude + 2 ** 52 - 2 ** 52;
  return x < 0 || Object.is(x, -0) ? -rounded : rounded;
}

/** Math.pow, except where C's pow answers 1 and JavaScript NaN. */
function pow(a: number, b: number): number {
  if (a === 1 || (a === -1 && (b === Infinity || b === -Infinity))) return 1;
  return a ** b;
}

/** One element in double precision: the reading for float64, and for integers kept in doubles. */
export const NUMBERS: Lanes<number, boolean> = {
  constant: (x) => x,
  add: (a, b) => a + b,
  sub: (a, b) => a - b,
  mul: (a, b) => a * b,
  div: (a, b) => a / b,
  neg: (a) => -a,
  abs: Math.abs,
  sqrt: Math.sqrt,
  floor: Math.floor,
  ceil: Math.ceil,
  trunc: Math.trunc,
  nearest,
  min: (a, b) => Math.min(a, b),
  max: (a, b) => Math.max(a, b),
  exp: Math.exp,
  expm1: Math.expm1,
  log: Math.log,
  log1p: Math.log1p,
  sin: Math.sin,
  cos: Math.cos,
  tanh: Math.tanh,
  pow,
  call: (f, a) => f(a),
  call2: (f, a, b) => f(a, b),
  lt: (a, b) => a < b,
  le: (a, b) => a <= b,
  gt: (a, b) => a > b,
  ge: (a, b) => a >= b,
  eq: (a, b) => a === b,
  ne: (a, b) => a !== b,
  and: (p, q) => p && q,
  or: (p, q) => p || q,
  not: (p) => !p,
  select: (p, a, b) => (p ? a : b),
};

const { fround } = Math;

/**
 * One element in single precision: every step is rounded, as the vector kernel and PyTorch do.
 * Operations that cannot leave the float32 numbers (negation, rounding, comparison) are shared.
 */
export const SINGLES: Lanes<number, boolean> = {
  ...NUMBERS,
  constant: (x) => fround(x),
  add: (a, b) => fround(a + b),
  sub: (a, b) => fround(a - b),
  mul: (a, b) => fround(a * b),
  div: (a, b) => fround(a / b),
  sqrt: (a) => fround(Math.sqrt(a)),
  exp: (a) => fround(Math.exp(a)),
  expm1: (a) => fround(Math.expm1(a)),
  log: (a) => fround(Math.log(a)),
  log1p: (a) => fround(Math.log1p(a)),
  sin: (a) => fround(Math.sin(a)),
  cos: (a) => fround(Math.cos(a)),
  tanh: (a) => fround(Math.tanh(a)),
  pow: (a, b) => fround(pow(a, b)),
  call: (f, a) => fround(f(a)),
  call2: (f, a, b) => fround(f(a, b)),
};

/** Whether a body of at most four operands is arithmetic alone: a few instructions a lane. */
export function isArithmetic(
  body: (m: Lanes<number, boolean>, x: readonly number[]) => unknown,
): boolean {
  let arithmetic = true;
  const other = (a: number): number => {
    arithmetic = false;
    return a;
  };
  body(
    {
      ...NUMBERS,
      exp: other,
      expm1: other,
      log: other,
      log1p: other,
      sin: other,
      cos: other,
      tanh: other,
      pow: other,
      call: (_, a) => other(a),
      call2: (_, a) => other(a),
    },
    [1, 1, 1, 1],
  );
  return arithmetic;
}
