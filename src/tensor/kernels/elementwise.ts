import { type DType, isFloat, type TypedArray } from "../dtype.ts";
import { broadcastStrides, numel } from "../shape.ts";
import { type Strided, scratch } from "../storage.ts";
import { defer, Vectorizable, vectorized } from "./accelerator.ts";
import { collapse, forEachRow, isDense, isDenseLike } from "./iterate.ts";
import {
  type Binary,
  NUMBERS,
  type Predicate,
  type Quaternary,
  SINGLES,
  type Ternary,
  type Unary,
} from "./lanes.ts";
import { isWorthwhile, isWorthwhileTest } from "./vectorized.ts";

type F1 = (a: number) => number;
type F2 = (a: number, b: number) => number;
type F3 = (a: number, b: number, c: number) => number;
type F4 = (a: number, b: number, c: number, d: number) => number;

/** How integers (and bools, as 0 and 1) are computed where the float body does not serve. */
export interface IntegerBody<F> {
  readonly int?: F;
  /** 32-bit arithmetic that wraps around, where a double would lose low bits. */
  readonly int32?: F;
}

/** An elementwise operation of one operand, as the loops need it. */
export class Map1 extends Vectorizable {
  readonly body: Unary;
  readonly double: F1;
  readonly single: F1;
  readonly integer: IntegerBody<F1>;

  constructor(body: Unary, integer: IntegerBody<F1> = {}) {
    super((m, x) => [body(m, x[0]!)]);
    this.body = body;
    this.double = (a) => body(NUMBERS, a);
    this.single = (a) => body(SINGLES, a);
    this.integer = integer;
  }
}

/** An elementwise operation of two operands. */
export class Map2 extends Vectorizable {
  readonly body: Binary;
  readonly double: F2;
  readonly single: F2;
  readonly integer: IntegerBody<F2>;

  constructor(body: Binary, integer: IntegerBody<F2> = {}) {
    super((m, x) => [body(m, x[0]!, x[1]!)]);
    this.body = body;
    this.double = (a, b) => body(NUMBERS, a, b);
    this.single = (a, b) => body(SINGLES, a, b);
    this.integer = integer;
  }
}

/** An elementwise operation of three operands. */
export class Map3 extends Vectorizable {
  readonly body: Ternary;
  readonly double: F3;
  readonly single: F3;
  readonly integer: IntegerBody<F3>;

  constructor(body: Ternary, integer: IntegerBody<F3> = {}) {
    super((m, x) => [body(m, x[0]!, x[1]!, x[2]!)]);
    this.body = body;
    this.double = (a, b, c) => body(NUMBERS, a, b, c);
    this.single = (a, b, c) => body(SINGLES, a, b, c);
    this.integer = integer;
  }
}

/** An elementwise operation of four operands. */
export class Map4 extends Vectorizable {
  readonly body: Quaternary;
  readonly double: F4;
  readonly single: F4;
  readonly integer: IntegerBody<F4>;

  constructor(body: Quaternary, integer: IntegerBody<F4> = {}) {
    super((m, x) => [body(m, x[0]!, x[1]!, x[2]!, x[3]!)]);
    this.body = body;
    this.double = (a, b, c, d) => body(NUMBERS, a, b, c, d);
    this.single = (a, b, c, d) => body(SINGLES, a, b, c, d);
    this.integer = integer;
  }
}

/** A comparison of two operands, stored as 0 or 1. */
export class Compare extends Vectorizable {
  readonly body: Predicate;
  readonly double: F2;

  constructor(body: Predicate) {
    super((m, x) => [body(m, x[0]!, x[1]!)]);
    this.body = body;
    this.double = (a, b) => (body(NUMBERS, a, b) ? 1 : 0);
  }
}

function pick<F>(map: { double: F; single: F; integer: IntegerBody<F> }, dtype: DType): F {
  if (dtype === "float64") return map.double;
  if (dtype === "float32") return map.single;
  if (dtype === "int32" && map.integer.int32 !== undefined) return map.integer.int32;
  return map.integer.int ?? map.double;
}

// Asked before anything is built for `defer`: most results are small, and made at once.
function isPending(out: Strided): boolean {
  return out.storage.pending !== null;
}

/** out = map(a); `a` is read at `out`'s shape. */
export function map1(map: Map1, a: Strided, out: Strided): void {
  if (isPending(out) && defer(map.program, [a], out)) return;
  if (isWorthwhile(out) && a.dtype === out.dtype && vectorized(map.program, [a], out)) return;
  const f = pick(map, isFloat(out.dtype) ? out.dtype : a.dtype);
  loop1(out.dtype === "bool" ? (x) => (f(x) !== 0 ? 1 : 0) : f, a, out);
}

/** out = map(a, b), both read at `out`'s shape. */
export function map2(map: Map2, a: Strided, b: Strided, out: Strided): void {
  if (isPending(out) && defer(map.program, [a, b], out)) return;
  if (isWorthwhile(out) && vectorized(map.program, [a, b], out)) return;
  const f = pick(map, out.dtype);
  loop2(out.dtype === "bool" ? (x, y) => (f(x, y) !== 0 ? 1 : 0) : f, a, b, out);
}

/** out = map(a, b) ? 1 : 0. */
export function compare2(map: Compare, a: Strided, b: Strided, out: Strided): void {
  if (isWorthwhileTest(out, a) && vectorized(map.program, [a, b], out)) return;
  loop2(map.double, a, b, out);
}

/** out = map(a, b, c), all read at `out`'s shape. */
export function map3(map: Map3, a: Strided, b: Strided, c: Strided, out: Strided): void {
  if (isPending(out) && defer(map.program, [a, b, c], out)) return;
  if (isWorthwhile(out) && vectorized(map.program, [a, b, c], out)) return;
  const f = pick(map, out.dtype);
  loop3(out.dtype === "bool" ? (x, y, z) => (f(x, y, z) !== 0 ? 1 : 0) : f, a, b, c, out);
}

/** out = map(a, b, c, d), all read at `out`'s shape. */
export function map4(
  map: Map4,
  a: Strided,
  b: Strided,
  c: Strided,
  d: Strided,
  out: Strided,
): void {
  if (isPending(out) && defer(map.program, [a, b, c, d], out)) return;
  if (isWorthwhile(out) && vectorized(map.program, [a, b, c, d], out)) return;
  const f = pick(map, out.dtype);
  if (numel(d.shape) === 1) {
    const last = d.storage.data[d.offset]!;
    loop3((x, y, z) => f(x, y, z, last), a, b, c, out);
    return;
  }
  loop4(f, a, b, c, d, out);
}

/** The plain loop over one operand. */
export function loop1(f: F1, a: Strided, out: Strided): void {
  const ad = a.storage.data;
  const od = out.storage.data;
  if (isDense(out) && isDenseLike(a, out.shape)) {
    dense1(f, ad, a.offset, od, out.offset, numel(out.shape));
    return;
  }
  const walk = collapse(out.shape, [out.strides, broadcastStrides(a.shape, a.strides, out.shape)]);
  const last = walk.shape.length - 1;
  const n = walk.shape[last]!;
  const os = walk.strides[0]![last]!;
  const as = walk.strides[1]![last]!;
  forEachRow(walk, [out.offset, a.offset], (at) => {
    let o = at[0]!;
    let i = at[1]!;
    for (let k = 0; k < n; k++) {
      od[o] = f(ad[i]!);
      o += os;
      i += as;
    }
  });
}

function dense1(f: F1, ad: TypedArray, ao: number, od: TypedArray, oo: number, n: number): void {
  for (let i = 0; i < n; i++) od[oo + i] = f(ad[ao + i]!);
}

/** The plain loop over two operands. */
export function loop2(f: F2, a: Strided, b: Strided, out: Strided): void {
  const ad = a.storage.data;
  const bd = b.storage.data;
  const od = out.storage.data;
  const n = numel(out.shape);
  if (n === 1) {
    od[out.offset] = f(ad[a.offset]!, bd[b.offset]!);
    return;
  }
  if (isDense(out)) {
    const oo = out.offset;
    const ao = a.offset;
    const bo = b.offset;
    const aDense = isDenseLike(a, out.shape);
    const bDense = isDenseLike(b, out.shape);
    if (aDense && bDense) {
      for (let i = 0; i < n; i++) od[oo + i] = f(ad[ao + i]!, bd[bo + i]!);
      return;
    }
    if (aDense && numel(b.shape) === 1) {
      const y = bd[bo]!;
      for (let i = 0; i < n; i++) od[oo + i] = f(ad[ao + i]!, y);
      return;
    }
    if (bDense && numel(a.shape) === 1) {
      const x = ad[ao]!;
      for (let i = 0; i < n; i++) od[oo + i] = f(x, bd[bo + i]!);
      return;
    }
  }
  const walk = collapse(out.shape, [
    out.strides,
    broadcastStrides(a.shape, a.strides, out.shape),
    broadcastStrides(b.shape, b.strides, out.shape),
  ]);
  const last = walk.shape.length - 1;
  const rowLength = walk.shape[last]!;
  const os = walk.strides[0]![last]!;
  const as = walk.strides[1]![last]!;
  const bs = walk.strides[2]![last]!;
  forEachRow(walk, [out.offset, a.offset, b.offset], (at) => {
    let o = at[0]!;
    let i = at[1]!;
    let j = at[2]!;
    for (let k = 0; k < rowLength; k++) {
      od[o] = f(ad[i]!, bd[j]!);
      o += os;
      i += as;
      j += bs;
    }
  });
}

/** The plain loop over three operands. */
export function loop3(f: F3, a: Strided, b: Strided, c: Strided, out: Strided): void {
  const ad = a.storage.data;
  const bd = b.storage.data;
  const cd = c.storage.data;
  const od = out.storage.data;
  if (isDense(out) && isDenseLike(a, out.shape) && isDenseLike(b, out.shape)) {
    const n = numel(out.shape);
    const oo = out.offset;
    const ao = a.offset;
    const bo = b.offset;
    const co = c.offset;
    if (numel(c.shape) === 1) {
      const z = cd[co]!;
      for (let i = 0; i < n; i++) od[oo + i] = f(ad[ao + i]!, bd[bo + i]!, z);
      return;
    }
    if (isDenseLike(c, out.shape)) {
      for (let i = 0; i < n; i++) od[oo + i] = f(ad[ao + i]!, bd[bo + i]!, cd[co + i]!);
      return;
    }
  }
  const walk = collapse(out.shape, [
    out.strides,
    broadcastStrides(a.shape, a.strides, out.shape),
    broadcastStrides(b.shape, b.strides, out.shape),
    broadcastStrides(c.shape, c.strides, out.shape),
  ]);
  const last = walk.shape.length - 1;
  const n = walk.shape[last]!;
  const os = walk.strides[0]![last]!;
  const as = walk.strides[1]![last]!;
  const bs = walk.strides[2]![last]!;
  const cs = walk.strides[3]![last]!;
  forEachRow(walk, [out.offset, a.offset, b.offset, c.offset], (at) => {
    let o = at[0]!;
    let i = at[1]!;
    let j = at[2]!;
    let l = at[3]!;
    for (let k = 0; k < n; k++) {
      od[o] = f(ad[i]!, bd[j]!, cd[l]!);
      o += os;
      i += as;
      j += bs;
      l += cs;
    }
  });
}

/** The plain loop over four operands. */
export function loop4(f: F4, a: Strided, b: Strided, c: Strided, d: Strided, out: Strided): void {
  const ad = a.storage.data;
  const bd = b.storage.data;
  const cd = c.storage.data;
  const dd = d.storage.data;
  const od = out.storage.data;
  const operands = [a, b, c, d].map((t) => broadcastStrides(t.shape, t.strides, out.shape));
  const walk = collapse(out.shape, [out.strides, ...operands]);
  const last = walk.shape.length - 1;
  const n = walk.shape[last]!;
  const [os, as, bs, cs, ds] = walk.strides.map((s) => s[last]!);
  forEachRow(walk, [out.offset, a.offset, b.offset, c.offset, d.offset], (at) => {
    for (let k = 0; k < n; k++) {
      od[at[0]! + k * os!] = f(
        ad[at[1]! + k * as!]!,
        bd[at[2]! + k * bs!]!,
        cd[at[3]! + k * cs!]!,
        dd[at[4]! + k * ds!]!,
      );
    }
  });
}

/** Stores a number as `dtype` holds it, by PyTorch's conversion rules. */
export function castFunction(from: DType, to: DType): F1 | null {
  if (from === to || to === "float64" || to === "float32") return null;
  if (to === "bool") return (x) => (x !== 0 ? 1 : 0);
  // A double outside of int64 has no defined integer in C; PyTorch on x86 gives the smallest one.
  if (to === "int64") return from === "float32" || from === "float64" ? toInt64 : null;
  if (!isFloat(from)) return null;
  return to === "int32" ? toInt32 : Math.trunc;
}

// The same for int32; and NaN compares false, so that it goes there too.
function toInt32(x: number): number {
  const t = Math.trunc(x);
  return t >= -(2 ** 31) && t < 2 ** 31 ? t : -(2 ** 31);
}

function toInt64(x: number): number {
  const t = Math.trunc(x);
  // + 0 turns -0 into 0: an integer has one zero.
  return t >= -(2 ** 63) && t < 2 ** 63 ? t + 0 : -(2 ** 63);
}

/** out = a, converted to out's dtype; `a` is read at `out`'s shape. */
export function copy(a: Strided, out: Strided): void {
  const convert = castFunction(a.dtype, out.dtype);
  if (convert !== null) {
    loop1(convert, a, out);
    return;
  }
  const ad = a.storage.data;
  const od = out.storage.data;
  const n = numel(out.shape);
  if (isDense(out) && isDenseLike(a, out.shape)) {
    if (n < 32) for (let i = 0; i < n; i++) od[out.offset + i] = ad[a.offset + i]!;
    else od.set(ad.subarray(a.offset, a.offset + n), out.offset);
    return;
  }
  loop1(identity, a, out);
}

function identity(x: number): number {
  return x;
}

/** The operand itself where its elements lie densely in order, else such a copy. */
export function densely(a: Strided): Strided {
  if (isDense(a)) return a;
  const dense = scratch(a.dtype, a.shape);
  copy(a, dense);
  return dense;
}

/** Sets every element of `out`. */
export function fill(out: Strided, value: number): void {
  const od = out.storage.data;
  if (isDense(out)) {
    od.fill(value, out.offset, out.offset + numel(out.shape));
    return;
  }
  const walk = collapse(out.shape, [out.strides]);
  const last = walk.shape.length - 1;
  const n = walk.shape[last]!;
  const os = walk.strides[0]![last]!;
  forEachRow(walk, [out.offset], (at) => {
    let o = at[0]!;
    for (let k = 0; k < n; k++) {
      od[o] = value;
      o += os;
    }
  });
}
