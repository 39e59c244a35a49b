import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Tensor, where } from "../../src/index.ts";
import * as arb from "../support/arbitraries.ts";

/** Every index of a shape, row by row. */
function indices(shape: readonly number[]): number[][] {
  return shape.reduce<number[][]>(
    (found, size) =>
      found.flatMap((index) => Array.from({ length: size }, (_, i) => [...index, i])),
    [[]],
  );
}

/** The element that broadcasting puts at `index`: dimensions count from the last, size 1 repeats. */
function elementAt(t: Tensor, index: readonly number[]): number {
  const own = index.slice(index.length - t.dim()).map((i, d) => (t.shape[d] === 1 ? 0 : i));
  return t.at(...own).item();
}

function broadcastShape(...shapes: (readonly number[])[]): number[] {
  const dims = Math.max(...shapes.map((s) => s.length));
  return Array.from({ length: dims }, (_, d) => {
    const sizes = shapes.map((s) => s[d - dims + s.length] ?? 1);
    return sizes.find((size) => size !== 1) ?? 1;
  });
}

/** What `fn` gives element by element, against what `op` gives at once. */
function expectLoop(
  inputs: readonly Tensor[],
  result: Tensor,
  fn: (...elements: number[]) => number,
): void {
  const shape = broadcastShape(...inputs.map((t) => t.shape));
  expect([...result.shape]).toEqual(shape);
  const expected = indices(shape).map((index) => fn(...inputs.map((t) => elementAt(t, index))));
  expect(unsigned(result.toTypedArray())).toEqual(unsigned(expected));
}

/** Without the sign of a zero. */
function unsigned(values: Iterable<number>): number[] {
  return Array.from(values, (x) => x + 0);
}

type Binary = readonly [
  name: string,
  op: (a: Tensor, b: Tensor) => Tensor,
  fn: (a: number, b: number) => number,
];

const EXACT: readonly Binary[] = [
  ["add", (a, b) => a.add(b), (x, y) => x + y],
  ["sub", (a, b) => a.sub(b), (x, y) => x - y],
  ["mul", (a, b) => a.mul(b), (x, y) => x * y],
  ["maximum", (a, b) => a.maximum(b), Math.max],
  ["minimum", (a, b) => a.minimum(b), Math.min],
  ["eq", (a, b) => a.eq(b), (x, y) => Number(x === y)],
  ["ne", (a, b) => a.ne(b), (x, y) => Number(x !== y)],
  ["lt", (a, b) => a.lt(b), (x, y) => Number(x < y)],
  ["le", (a, b) => a.le(b), (x, y) => Number(x <= y)],
  ["gt", (a, b) => a.gt(b), (x, y) => Number(x > y)],
  ["ge", (a, b) => a.ge(b), (x, y) => Number(x >= y)],
];

const dtypes = fc.constantFrom("float64", "float32", "int64", "int32");
// Small whole numbers are exact in every dtype, and equal ones are common.
const domains = [arb.whole, arb.whole, arb.whole] as const;
const constraints = { minSize: 0, maxSize: 3, repeat: true };

describe("broadcasting, on views of every kind,", () => {
  test.each(EXACT)("is a loop over indices for %s", (_, op, fn) => {
    const operands = dtypes.chain((dtype) =>
      arb.broadcastableTensors(domains.slice(0, 2), { ...constraints, dtype }),
    );
    fc.assert(
      fc.property(operands, ([a, b]) => expectLoop([a!, b!], op(a!, b!), fn)),
      { numRuns: 50 },
    );
  });

  test("is a loop over indices for division", () => {
    const operands = arb.broadcastableTensors([arb.real, arb.nonzero], constraints);
    fc.assert(fc.property(operands, ([a, b]) => expectLoop([a!, b!], a!.div(b!), (x, y) => x / y)));
  });

  test("is a loop over indices for three operands", () => {
    const operands = arb.broadcastableTensors(domains, constraints);
    fc.assert(
      fc.property(operands, ([c, a, b]) =>
        expectLoop([c!, a!, b!], where(c!.gt(0), a!, b!), (z, x, y) => (z > 0 ? x : y)),
      ),
    );
  });

  test("is a loop over indices for a number", () => {
    const operand = dtypes.chain((dtype) => arb.tensor({ dtype, domain: arb.whole, repeat: true }));
    const whole = fc.integer({ min: -3, max: 3 });
    fc.assert(
      fc.property(operand, whole, (a, k) => {
        expectLoop([a], a.mul(k), (x) => x * k);
        expectLoop([a], a.sub(k), (x) => x - k);
      }),
    );
  });

  test("writes the same elements in place", () => {
    const pair = arb
      .shape({ minSize: 0 })
      .chain((full) =>
        arb
          .shapesInto(full, 1)
          .chain(([small]) =>
            fc.tuple(
              arb.tensor({ shape: full, domain: arb.whole }),
              arb.tensor({ shape: small!, domain: arb.whole, repeat: true }),
            ),
          ),
      );
    fc.assert(
      fc.property(pair, ([a, b]) => {
        const [sum, product, copy] = [a.add(b), a.mul(b), a.mul(0).add(b)];
        const inPlace = (fn: (t: Tensor) => Tensor) => [...fn(a.clone()).toTypedArray()];
        expect(inPlace((t) => t.add_(b))).toEqual([...sum.toTypedArray()]);
        expect(inPlace((t) => t.mul_(b))).toEqual([...product.toTypedArray()]);
        expect(inPlace((t) => t.copy_(b))).toEqual([...copy.toTypedArray()]);
        // And through the view itself, whose gaps stay as they are.
        a.add_(b);
        expect([...a.toTypedArray()]).toEqual([...sum.toTypedArray()]);
      }),
    );
  });
});

describe("a reduction over some dimensions, on views of every kind,", () => {
  const cases = arb.shape({ minDims: 1, minSize: 1 }).chain((size) =>
    fc.tuple(
      dtypes.chain((dtype) => arb.tensor({ shape: size, dtype, domain: arb.whole, repeat: true })),
      fc.subarray(
        size.map((_, d) => d),
        { minLength: 1 },
      ),
    ),
  );

  /** The elements that each element of the result is made of, in row-major order. */
  function groups(t: Tensor, dims: readonly number[]): number[][] {
    const kept = t.shape.map((size, d) => (dims.includes(d) ? 1 : size));
    return indices(kept).map((outer) =>
      indices(t.shape.map((size, d) => (dims.includes(d) ? size : 1))).map((inner) =>
        t.at(...outer.map((i, d) => i + inner[d]!)).item(),
      ),
    );
  }

  const total = (xs: number[]) => xs.reduce((a, b) => a + b, 0);

  test.each([
    ["sum", (t: Tensor, dims: number[]) => t.sum(dims), total],
    ["amax", (t: Tensor, dims: number[]) => t.amax(dims), (xs: number[]) => Math.max(...xs)],
    ["amin", (t: Tensor, dims: number[]) => t.amin(dims), (xs: number[]) => Math.min(...xs)],
  ])("is a loop over groups for %s", (_, op, fn) => {
    fc.assert(
      fc.property(cases, ([t, dims]) => {
        expect([...op(t, dims).toTypedArray()]).toEqual(groups(t, dims).map(fn));
      }),
    );
  });

  test.each([
    [
      "argmax",
      (t: Tensor, dim: number) => t.argmax(dim),
      (xs: number[]) => xs.indexOf(Math.max(...xs)),
    ],
    [
      "argmin",
      (t: Tensor, dim: number) => t.argmin(dim),
      (xs: number[]) => xs.indexOf(Math.min(...xs)),
    ],
    [
      "prod",
      (t: Tensor, dim: number) => t.prod(dim),
      (xs: number[]) => xs.reduce((a, b) => a * b, 1),
    ],
    [
      "any",
      (t: Tensor, dim: number) => t.any(dim),
      (xs: number[]) => Number(xs.some((x) => x !== 0)),
    ],
    [
      "all",
      (t: Tensor, dim: number) => t.all(dim),
      (xs: number[]) => Number(xs.every((x) => x !== 0)),
    ],
  ])("is a loop over groups for %s along one", (_, op, fn) => {
    fc.assert(
      fc.property(cases, ([t, dims]) => {
        const dim = dims[0]!;
        expect(unsigned(op(t, dim).toTypedArray())).toEqual(unsigned(groups(t, [dim]).map(fn)));
      }),
    );
  });
});
