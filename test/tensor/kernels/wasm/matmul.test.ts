import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { gemm } from "../../../../src/tensor/kernels/wasm/index.ts";

interface Matrix {
  readonly rows: number;
  readonly columns: number;
  readonly rowStride: number;
  readonly columnStride: number;
}

/** Rows, columns, every other element, rows with a gap, one row for all, one element for all. */
const LAYOUTS = [
  (_: number, n: number) => ({ rowStride: n, columnStride: 1 }),
  (m: number) => ({ rowStride: 1, columnStride: m }),
  (_: number, n: number) => ({ rowStride: 2 * n, columnStride: 2 }),
  (_: number, n: number) => ({ rowStride: n + 20, columnStride: 1 }),
  (m: number) => ({ rowStride: 1, columnStride: m + 20 }),
  () => ({ rowStride: 0, columnStride: 1 }),
  () => ({ rowStride: 0, columnStride: 0 }),
];

const layout = fc.constantFrom(...LAYOUTS);
const size = fc.oneof(
  fc.integer({ min: 1, max: 40 }),
  fc.constantFrom(1, 2, 4, 8, 16, 64, 65, 128, 255, 256, 257, 300),
);

interface Product {
  readonly single: boolean;
  readonly a: Matrix;
  readonly b: Matrix;
  readonly biased: boolean;
  readonly relu: boolean;
}

const product: fc.Arbitrary<Product> = fc
  .tuple(size, size, size, layout, layout, fc.boolean(), fc.boolean(), fc.boolean())
  .filter(([m, n, k]) => m * n * k >= 1000 && m * n * k < 400_000)
  .map(([m, n, k, left, right, single, biased, relu]) => ({
    single,
    a: { rows: m, columns: k, ...left(m, k) },
    b: { rows: k, columns: n, ...right(k, n) },
    biased,
    relu,
  }));

/** Small integers, so that every order of summation gives the same, exact sums. */
function filled(single: boolean, length: number, seed: number): Float32Array | Float64Array {
  const array = single ? new Float32Array(length) : new Float64Array(length);
  return array.map((_, i) => ((i * 7 + seed * 5 + (i >> 3)) % 9) - 4);
}

function extent({ rows, columns, rowStride, columnStride }: Matrix): number {
  return (rows - 1) * rowStride + (columns - 1) * columnStride + 1;
}

const GUARD = 77;

function check({ single, a, b, biased, relu }: Product, gap = 0): void {
  const [m, k, n] = [a.rows, a.columns, b.columns];
  const left = filled(single, extent(a) + 3, 1);
  const right = filled(single, extent(b) + 2, 2);
  const bias = biased ? filled(single, n + 1, 3) : null;
  const outRow = n + gap;
  const out = filled(single, m * outRow + 2, 0).fill(GUARD);
  const strides = [a.rowStride, a.columnStride, 2, b.rowStride, b.columnStride] as const;
  const done = gemm(
    ...[m, n, k, left, 3, strides[0], strides[1], right, 2, strides[3], strides[4]],
    ...[out, 1, outRow, bias, 1, relu],
  );
  expect(done).toBe(true);
  for (let i = 0; i < m; i++) {
    for (let j = 0; j < n; j++) {
      let want = bias === null ? 0 : bias[1 + j]!;
      for (let p = 0; p < k; p++) {
        want +=
          left[3 + i * a.rowStride + p * a.columnStride]! *
          right[2 + p * b.rowStride + j * b.columnStride]!;
      }
      if (relu) want = Math.max(want, 0);
      const got = out[1 + i * outRow + j]!;
      if (got !== want) expect.fail(`element ${i}, ${j} is ${got}, not ${want}`);
    }
    for (let j = n; j < outRow; j++) expect(out[1 + i * outRow + j]).toBe(GUARD);
  }
  expect([out[0], out[1 + m * outRow]]).toEqual([GUARD, GUARD]);
}

function dense(rows: number, columns: number): Matrix {
  return { rows, columns, rowStride: columns, columnStride: 1 };
}

function transposed(rows: number, columns: number): Matrix {
  return { rows, columns, rowStride: 1, columnStride: rows };
}

describe("gemm", () => {
  test("multiplies matrices of any shape and strides", () => {
    fc.assert(fc.property(product, fc.constantFrom(0, 0, 5), check), { numRuns: 150 });
  });

  test.each([
    ["taller", 1100, 3, 5],
    ["wider", 5, 1100, 3],
    ["deeper", 3, 5, 1100],
    ["larger on every side", 1030, 1027, 17],
    ["deep and wide", 2, 1040, 1030],
  ])("takes matrices that are %s than what it copies at once", (_, m, n, k) => {
    for (const single of [true, false]) {
      check({ single, a: dense(m, k), b: dense(k, n), biased: true, relu: true });
      check({ single, a: transposed(m, k), b: transposed(k, n), biased: false, relu: false });
    }
  });

  test("keeps NaN and infinity where they belong", () => {
    const [m, n, k] = [13, 11, 10];
    const a = new Float32Array(m * k).fill(1);
    const b = new Float32Array(k * n).fill(1);
    a[3 * k + 2] = Number.NaN;
    b[4 * n + 7] = Infinity;
    const out = new Float32Array(m * n);
    gemm(m, n, k, a, 0, k, 1, b, 0, n, 1, out, 0, n);
    for (let i = 0; i < m; i++) {
      for (let j = 0; j < n; j++) {
        const want = i === 3 ? Number.NaN : j === 7 ? Infinity : k;
        expect(out[i * n + j]).toBe(want);
      }
    }
  });

  test("is as exact as sums of its precision can be", () => {
    const [m, n, k] = [20, 30, 500];
    const a = Float32Array.from({ length: m * k }, (_, i) => Math.sin(i));
    const b = Float32Array.from({ length: k * n }, (_, i) => Math.cos(3 * i));
    const out = new Float32Array(m * n);
    gemm(m, n, k, a, 0, k, 1, b, 0, n, 1, out, 0, n);
    for (let i = 0; i < m; i++) {
      for (let j = 0; j < n; j++) {
        let sum = 0;
        let size = 0;
        for (let p = 0; p < k; p++) {
          sum += a[i * k + p]! * b[p * n + j]!;
          size += Math.abs(a[i * k + p]! * b[p * n + j]!);
        }
        // The bound on a sum of k rounded products (N. Higham, Accuracy and Stability, 3.1).
        expect(Math.abs(out[i * n + j]! - sum)).toBeLessThanOrEqual(k * 2 ** -24 * size);
      }
    }
  });

  test("leaves small products and integers to the plain loop", () => {
    const floats = Float32Array.of(1, 2, 3, 4);
    const out = new Float32Array(4);
    expect(gemm(2, 2, 2, floats, 0, 2, 1, floats, 0, 2, 1, out, 0, 2)).toBe(false);
    const integers = new Int32Array(400);
    expect(gemm(20, 20, 20, integers, 0, 20, 1, integers, 0, 20, 1, integers, 0, 20)).toBe(false);
    expect(out).toEqual(new Float32Array(4));
  });
});
