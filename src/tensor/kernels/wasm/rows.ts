/**
 * Kernels that go over the rows of a dense matrix: sums, extremes and softmax. The emitters know
 * addresses and no memory. Sums are kept in double precision, whatever the elements are.
 */
import {
  Code,
  F64,
  type FunctionSource,
  f64x2,
  I32,
  type Local,
  op,
  simd,
  V128,
  type ValueType,
} from "./assembler.ts";
import { exp, log } from "./functions.ts";
import { VectorLanes } from "./vector.ts";

/** The module's functions; sizes count elements, addresses bytes. */
export interface RowsExports {
  /** The sum of n elements, in blocks. */
  sum(n: number, at: number): number;
  /** One result a row, of the matrix's type. */
  sumRows(rows: number, columns: number, at: number, out: number): void;
  maxRows(rows: number, columns: number, at: number, out: number): void;
  minRows(rows: number, columns: number, at: number, out: number): void;
  /**
   * Adds each column to a sum of two doubles: the first lie from `sums` on, the second, which hold
   * what rounding takes from the first, from `lost` on.
   */
  sumColumns(rows: number, columns: number, at: number, sums: number, lost: number): void;
  /** Results may run over the end of a row by less than a vector. */
  softmax(rows: number, columns: number, at: number, out: number): void;
  logSoftmax(rows: number, columns: number, at: number, out: number): void;
}

const UPPER = [8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3, 4, 5, 6, 7];
const SWAPPED = [4, 5, 6, 7, 0, 1, 2, 3, 12, 13, 14, 15, 8, 9, 10, 11];

/** Code over one matrix, with the steps that its functions share. */
class Rows {
  readonly code: Code;
  readonly single: boolean;
  readonly lanes: 4 | 2;
  readonly size: 4 | 8;
  readonly vector: VectorLanes;

  constructor(parameters: readonly ValueType[], single: boolean) {
    this.code = new Code(parameters);
    this.single = single;
    this.lanes = single ? 4 : 2;
    this.size = single ? 4 : 8;
    this.vector = new VectorLanes(this.code, single);
  }

  source(name: string, results: readonly ValueType[] = []): FunctionSource {
    this.vector.finish();
    return { name, code: this.code, results };
  }

  /** A vector variable, 0 at first. */
  zero(): Local {
    const local = this.code.local(V128);
    this.code.v128(new Uint8Array(16)).set(local);
    return local;
  }

  /** Runs `body` for each vector of a row; `inside` marks the lanes that belong to it. */
  eachVector(columns: Local, start: Local, body: (x: Local, inside: Local, at: Local) => void) {
    const { code, lanes, single } = this;
    const [left, at] = [code.local(I32), code.local(I32)];
    const [x, inside] = [code.local(V128), code.local(V128)];
    const numbers = this.vector.bits(Int32Array.from(single ? [0, 1, 2, 3] : [0, 0, 1, 1]));
    code.copy(left, columns).copy(at, start);
    code.countdown(left, lanes, () => {
      code.get(at).memory(simd.load).set(x);
      code.get(numbers).get(left).simd(simd.i32x4Splat).simd(simd.i32x4LtS).set(inside);
      body(x, inside, at);
      code.bump(at, 16);
    });
  }

  /** Adds lanes to two vectors of two doubles. */
  addTo([first, second]: readonly [Local, Local], x: Local): void {
    const { code } = this;
    if (!this.single) {
      code.get(first).get(x).simd(f64x2.add).set(first);
      return;
    }
    code.get(first).get(x).simd(simd.promoteLow).simd(f64x2.add).set(first);
    code.get(second).get(this.vector.shuffle(x, x, UPPER));
    code.simd(simd.promoteLow).simd(f64x2.add).set(second);
  }

  /** Pushes the sum of all four doubles. */
  pushTotal([first, second]: readonly [Local, Local]): void {
    const { code } = this;
    code.get(first).get(second).simd(f64x2.add).set(first);
    code.get(first).simd(f64x2.extractLane, 0);
    code.get(first).simd(f64x2.extractLane, 1).op(op.f64Add);
  }

  /** The double on the stack in every lane, in the elements' type. */
  splat(): Local {
    const { code } = this;
    const result = code.local(V128);
    if (this.single) code.op(op.f32DemoteF64);
    code.simd(this.vector.ops.splat).set(result);
    return result;
  }

  /** The largest (or smallest) element of a row in every lane; a NaN is passed over. */
  extreme(columns: Local, start: Local, largest: boolean, nan: Local | null): Local {
    const { code, vector } = this;
    // The short instructions keep their first operand where the second is NaN.
    const take = (x: Local) => {
      code
        .get(best)
        .get(x)
        .simd(largest ? vector.ops.pmax : vector.ops.pmin)
        .set(best);
    };
    const none = vector.constant(largest ? -Infinity : Infinity);
    const best = code.local(V128);
    code.copy(best, none);
    this.eachVector(columns, start, (x, inside) => {
      const counted = vector.select(inside, x, none);
      take(counted);
      if (nan !== null) code.get(nan).get(vector.ne(counted, counted)).simd(simd.or).set(nan);
    });
    take(vector.shuffle(best, best, UPPER));
    if (this.single) take(vector.shuffle(best, best, SWAPPED));
    return best;
  }

  /** The next row: `at` moves on by a row, `out` by `bytes` if given, else by a row too. */
  next(columns: Local, at: Local, out: Local, bytes?: number): void {
    const row = (pointer: Local) =>
      this.code.get(pointer).get(columns).i32(this.size).op(op.mul, op.add).set(pointer);
    row(at);
    if (bytes === undefined) row(out);
    else this.code.bump(out, bytes);
  }
}

function sum(single: boolean): FunctionSource {
  const rows = new Rows([I32, I32], single);
  const { code } = rows;
  const [n, at] = [0, 1];
  const total: [Local, Local] = [rows.zero(), rows.zero()];
  const blocks = code.local(I32);
  const turns = code.local(I32);
  // Blocks of 16 turns of 4 vectors, each lane a sum of its own: the error stays that of 32 terms
  // and one term a block. What is left goes vector by vector.
  const turn = (64 / rows.size) | 0;
  const block = 16 * turn;
  const sums: [Local, Local][] = [0, 1].map(() => [code.local(V128), code.local(V128)]);
  const x = code.local(V128);
  code.get(n).i32(-block).op(op.and).set(blocks);
  code
    .get(n)
    .i32(block - 1)
    .op(op.and)
    .set(n);
  code.countdown(blocks, block, () => {
    for (const local of sums.flat()) code.v128(new Uint8Array(16)).set(local);
    code.i32(16).set(turns);
    code.countdown(turns, 1, () => {
      for (let i = 0; i < 4; i++) {
        code
          .get(at)
          .memory(simd.load, 16 * i)
          .set(x);
        const [first, second] = sums[i >> 1]!;
        rows.addTo(i & 1 ? [second, first] : [first, second], x);
      }
      code.bump(at, 64);
    });
    for (const pair of sums) {
      pair.forEach((part, i) => {
        code.get(total[i]!).get(part).simd(f64x2.add).set(total[i]!);
      });
    }
  });
  rows.eachVector(n, at, (y, inside) => rows.addTo(total, rows.vector.and(y, inside)));
  rows.pushTotal(total);
  return rows.source("sum", [F64]);
}

const MATRIX = [I32, I32, I32, I32];

function sumRows(single: boolean): FunctionSource {
  const rows = new Rows(MATRIX, single);
  const { code, vector } = rows;
  const [count, columns, at, out] = [0, 1, 2, 3];
  const total: [Local, Local] = [code.local(V128), code.local(V128)];
  code.countdown(count, 1, () => {
    for (const local of total) code.v128(new Uint8Array(16)).set(local);
    rows.eachVector(columns, at, (x, inside) => rows.addTo(total, vector.and(x, inside)));
    code.get(out);
    rows.pushTotal(total);
    if (single) code.op(op.f32DemoteF64);
    code.scalarMemory(single ? op.f32Store : op.f64Store);
    rows.next(columns, at, out, rows.size);
  });
  return rows.source("sumRows");
}

function extremeRows(name: string, largest: boolean, single: boolean): FunctionSource {
  const rows = new Rows(MATRIX, single);
  const { code } = rows;
  const [count, columns, at, out] = [0, 1, 2, 3];
  const nan = code.local(V128);
  const notANumber = rows.vector.constant(Number.NaN);
  code.countdown(count, 1, () => {
    code.v128(new Uint8Array(16)).set(nan);
    const best = rows.extreme(columns, at, largest, nan);
    code
      .get(nan)
      .simd(simd.anyTrue)
      .if(() => code.copy(best, notANumber));
    code
      .get(out)
      .get(best)
      .memory(single ? simd.store32Lane : simd.store64Lane, 0, 0);
    rows.next(columns, at, out, rows.size);
  });
  return rows.source(name);
}

function sumColumns(single: boolean): FunctionSource {
  const rows = new Rows([...MATRIX, I32], single);
  const { code, vector } = rows;
  const [count, columns, start, sums, lost] = [0, 1, 2, 3, 4];
  const [left, at, stride] = [code.local(I32), code.local(I32), code.local(I32)];
  const parts: [Local, Local] = [code.local(V128), code.local(V128)];
  const x = code.local(V128);
  const doubles = single ? new VectorLanes(code, false, vector) : vector;
  code.get(columns).i32(rows.size).op(op.mul).set(stride);
  code.countdown(columns, rows.lanes, () => {
    code.copy(left, count).copy(at, start);
    for (const part of parts) code.v128(new Uint8Array(16)).set(part);
    code.countdown(left, 1, () => {
      code.get(at).memory(simd.load).set(x);
      rows.addTo(parts, x);
      code.advance(at, stride);
    });
    for (let i = 0; i < rows.lanes / 2; i++) {
      // Two numbers' sum and its rounding error (D. E. Knuth, TAOCP 4.2.2).
      const before = code.local(V128);
      code
        .get(sums)
        .memory(simd.load, 16 * i)
        .set(before);
      const part = parts[i]!;
      const after = doubles.add(before, part);
      const back = doubles.sub(after, before);
      const error = doubles.add(
        doubles.sub(before, doubles.sub(after, back)),
        doubles.sub(part, back),
      );
      code
        .get(sums)
        .get(after)
        .memory(simd.store, 16 * i);
      code
        .get(lost)
        .get(lost)
        .memory(simd.load, 16 * i)
        .get(error)
        .simd(f64x2.add);
      code.memory(simd.store, 16 * i);
    }
    const bytes = rows.lanes * 8;
    code.bump(start, 16).bump(sums, bytes).bump(lost, bytes);
  });
  return rows.source("sumColumns");
}

function softmax(logarithm: boolean, single: boolean): FunctionSource {
  const rows = new Rows(MATRIX, single);
  const { code, vector } = rows;
  const [count, columns, at, out] = [0, 1, 2, 3];
  const total: [Local, Local] = [code.local(V128), code.local(V128)];
  code.countdown(count, 1, () => {
    // A NaN makes the sum NaN, and so the whole row, without being the largest.
    const most = rows.extreme(columns, at, true, null);
    for (const local of total) code.v128(new Uint8Array(16)).set(local);
    const to = code.local(I32);
    code.copy(to, out);
    rows.eachVector(columns, at, (x, inside) => {
      const power = exp(vector, vector.sub(x, most));
      rows.addTo(total, vector.and(power, inside));
      if (!logarithm) code.get(to).get(power).memory(simd.store).bump(to, 16);
    });
    rows.pushTotal(total);
    if (!logarithm) {
      const divisor = rows.splat();
      rows.eachVector(columns, out, (x, _, place) =>
        code.get(place).get(vector.div(x, divisor)).memory(simd.store),
      );
    } else {
      const doubles = single ? new VectorLanes(code, false, vector) : vector;
      const sums = code.local(V128);
      code.simd(f64x2.splat).set(sums);
      code.get(log(doubles, sums)).simd(f64x2.extractLane, 0);
      const shift = rows.splat();
      rows.eachVector(columns, at, (x) => {
        const result = vector.sub(vector.sub(x, most), shift);
        code.get(to).get(result).memory(simd.store).bump(to, 16);
      });
    }
    rows.next(columns, at, out);
  });
  return rows.source(logarithm ? "logSoftmax" : "softmax");
}

/** Sums and extremes of one element type. */
export function reduceSource(single: boolean): FunctionSource[] {
  return [
    sum(single),
    sumRows(single),
    extremeRows("maxRows", true, single),
    extremeRows("minRows", false, single),
    sumColumns(single),
  ];
}

/** Softmax and its logarithm; modules of their own, because few programs need both. */
export function softmaxSource(logarithm: boolean, single: boolean): FunctionSource[] {
  return [softmax(logarithm, single)];
}
