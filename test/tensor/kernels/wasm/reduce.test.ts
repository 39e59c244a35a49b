import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  reduceRows,
  softmaxRows,
  sum,
  sumColumns,
} from "../../../../src/tensor/kernels/wasm/index.ts";

const TYPES = [
  ["float32", Float32Array, 2 ** -24],
  ["float64", Float64Array, 2 ** -53],
] as const;

const GUARD = 77;

/** The exact sum, as integers of the smallest unit; the numbers are multiples of 2^-60. */
function exactSum(values: Iterable<number>): number {
  let total = 0n;
  for (const x of values) total += BigInt(x * 2 ** 60);
  return Number(total) / 2 ** 60;
}

function magnitude(values: Iterable<number>): number {
  let total = 0;
  for (const x of values) total += Math.abs(x);
  return total;
}

/** Numbers of very different sizes and both signs that exactSum can add. */
function mixed(length: number, seed: number): number[] {
  let state = seed * 2654435761 + 12345;
  return Array.from({ length }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    const size = 2 ** -((state >>> 8) % 30);
    return Math.fround(((state >>> 3) / 2 ** 29 - 0.5) * size);
  });
}

const matrix = fc
  .tuple(
    fc.oneof(fc.integer({ min: 1, max: 30 }), fc.constantFrom(1, 129, 300, 5000)),
    fc.oneof(fc.integer({ min: 1, max: 40 }), fc.constantFrom(1, 127, 129, 1000, 9000)),
    fc.nat(1000),
  )
  .filter(([rows, columns]) => rows * columns <= 60_000);

describe.each(TYPES)("reductions of %s", (_, Type, unit) => {
  test("sums are within a rounding or two of the exact ones", () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.integer({ min: 0, max: 600 }), fc.constant(50_001)),
        fc.nat(1000),
        (n, seed) => {
          const array = Type.from([GUARD, ...mixed(n, seed), GUARD]);
          const values = array.subarray(1, n + 1);
          const size = magnitude(values);
          // In double precision, 32 terms a lane, a block a term, and the pieces compensated.
          const error = Math.abs(sum(array, 1, n)! - exactSum(values));
          expect(error).toBeLessThanOrEqual(70 * 2 ** -53 * size);
        },
      ),
      { numRuns: 60 },
    );
  });

  test("rows and columns are summed as exactly", () => {
    fc.assert(
      fc.property(matrix, ([rows, columns, seed]) => {
        const array = Type.from([GUARD, ...mixed(rows * columns, seed)]);
        const at = (i: number, j: number) => array[1 + i * columns + j]!;
        const check = (got: number, lane: number[]) => {
          const size = magnitude(lane);
          const want = exactSum(lane);
          const bound = 140 * 2 ** -53 * size + unit * Math.abs(want);
          expect(Math.abs(got - want)).toBeLessThanOrEqual(bound);
        };
        const byRow = new Type(rows + 2).fill(GUARD);
        expect(reduceRows("sum", rows, columns, array, 1, byRow, 1)).toBe(true);
        for (let i = 0; i < rows; i++) {
          check(
            byRow[1 + i]!,
            Array.from({ length: columns }, (_, j) => at(i, j)),
          );
        }
        const byColumn = new Type(columns + 2).fill(GUARD);
        expect(sumColumns(rows, columns, array, 1, byColumn, 1)).toBe(true);
        for (let j = 0; j < columns; j++) {
          check(
            byColumn[1 + j]!,
            Array.from({ length: rows }, (_, i) => at(i, j)),
          );
        }
        for (const out of [byRow, byColumn]) expect([out[0], out.at(-1)]).toEqual([GUARD, GUARD]);
      }),
      { numRuns: 40 },
    );
  });

  test("extremes are those of the row, NaN if it has one", () => {
    fc.assert(
      fc.property(matrix, fc.boolean(), ([rows, columns, seed], spoilt) => {
        const values = mixed(rows * columns, seed);
        if (spoilt) values[(seed * 7) % values.length] = Number.NaN;
        values[(seed * 3) % values.length] = -Infinity;
        const array = Type.from([GUARD, ...values]);
        for (const kind of ["max", "min"] as const) {
          const out = new Type(rows + 2).fill(GUARD);
          expect(reduceRows(kind, rows, columns, array, 1, out, 1)).toBe(true);
          for (let i = 0; i < rows; i++) {
            let want = kind === "max" ? -Infinity : Infinity;
            for (let j = 0; j < columns; j++) want = Math[kind](want, array[1 + i * columns + j]!);
            expect(out[1 + i]).toBe(want);
          }
          expect([out[0], out[rows + 1]]).toEqual([GUARD, GUARD]);
        }
      }),
      { numRuns: 40 },
    );
  });

  test("sums of infinities and NaN are what addition makes of them", () => {
    const n = 300;
    const values = (...special: number[]) =>
      Type.from(Array.from({ length: n }, (_, i) => special[i] ?? 1));
    expect(sum(values(Infinity), 0, n)).toBe(Infinity);
    expect(sum(values(Infinity, -Infinity), 0, n)).toBeNaN();
    expect(sum(values(Number.NaN), 0, n)).toBeNaN();
    const out = new Type(1);
    sumColumns(n, 1, values(-Infinity), 0, out, 0);
    expect(out[0]).toBe(-Infinity);
  });
});

describe.each(TYPES)("softmax of %s rows", (_, Type, unit) => {
  test.each([
    ["softmax", false],
    ["its logarithm", true],
  ] as const)("%s is right to a few roundings", (_name, logarithm) => {
    fc.assert(
      fc.property(matrix, fc.constantFrom(1, 30, 300), ([rows, columns, seed], scale) => {
        const array = Type.from([GUARD, ...mixed(rows * columns, seed)].map((x) => x * scale));
        const out = new Type(rows * columns + 2).fill(GUARD);
        expect(softmaxRows(logarithm, rows, columns, array, 1, out, 1)).toBe(true);
        for (let i = 0; i < rows; i++) {
          const row = array.subarray(1 + i * columns, 1 + (i + 1) * columns);
          let most = -Infinity;
          for (const x of row) most = Math.max(most, x);
          let total = 0;
          for (const x of row) total += Math.exp(x - most);
          row.forEach((x, j) => {
            const got = out[1 + i * columns + j]!;
            const want = logarithm ? x - most - Math.log(total) : Math.exp(x - most) / total;
            // An exponent's rounding is its result's, times the exponent; sums are in double
            // precision, here and in the kernel, but term by term.
            const rounding = (8 + 2 * Math.abs(x - most)) * unit + columns * 2 ** -52;
            const bound = rounding * (logarithm ? 1 : want) + 1e-44;
            if (!(Math.abs(got - want) <= bound + 4 * unit * Math.abs(want))) {
              expect.fail(`row ${i}, ${j}: ${got}, not ${want}`);
            }
          });
        }
        expect([out[0], out[rows * columns + 1]]).toEqual([GUARD, GUARD]);
      }),
      { numRuns: 40 },
    );
  });

  test("is NaN for a row with NaN or infinity, and leaves the next row alone", () => {
    const { NaN: none } = Number;
    const input = Type.of(0, none, 0, 0, Infinity, 0, -Infinity, -Infinity, -Infinity, 0, 0, 0);
    const out = new Type(12);
    softmaxRows(false, 4, 3, input, 0, out, 0);
    expect([...out.subarray(0, 3)]).toEqual([none, none, none]);
    expect(out[4]).toBeNaN();
    expect([...out.subarray(6, 9)]).toEqual([none, none, none]);
    for (const x of out.subarray(9)) expect(x).toBeCloseTo(1 / 3, 6);
  });
});
