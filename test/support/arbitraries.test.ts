import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { add, type DType, zeros } from "../../src/index.ts";
import * as arb from "./arbitraries.ts";

const DTYPES: readonly DType[] = ["float64", "float32", "int64", "int32", "uint8", "bool"];

describe("a shape", () => {
  test("keeps to its limits", () => {
    const limits = { minDims: 1, maxDims: 2, minSize: 2, maxSize: 5 };
    fc.assert(
      fc.property(arb.shape(limits), (size) => {
        expect(size.length).toBeGreaterThanOrEqual(1);
        expect(size.length).toBeLessThanOrEqual(2);
        expect(size.every((n) => n >= 2 && n <= 5)).toBe(true);
      }),
    );
  });

  test("comes with others that broadcast with it", () => {
    fc.assert(
      fc.property(arb.broadcastableShapes(3, { minSize: 0 }), (shapes) => {
        const [a, b, c] = shapes.map((size) => zeros(size));
        expect(() => add(add(a!, b!), c!)).not.toThrow();
      }),
    );
  });

  test("comes with others that broadcast into it", () => {
    const pair = arb.shape().chain((full) => fc.tuple(fc.constant(full), arb.shapesInto(full, 2)));
    fc.assert(
      fc.property(pair, ([full, shapes]) => {
        for (const size of shapes) expect([...zeros(size).expand(full).shape]).toEqual(full);
      }),
    );
  });
});

describe("a tensor", () => {
  test("has the elements, shape and dtype that were asked for, however it lies", () => {
    const parts = arb.shape({ minSize: 0 }).chain((size) => {
      const count = size.reduce((n, m) => n * m, 1);
      return fc.tuple(fc.constant(size), arb.layout(size.length), arb.truth.values(count));
    });
    fc.assert(
      fc.property(parts, fc.constantFrom(...DTYPES), ([size, how, values], dtype) => {
        const t = arb.arrange(values, size, how, dtype);
        expect([...t.shape]).toEqual(size);
        expect(t.dtype).toBe(dtype);
        expect([...t.toTypedArray()]).toEqual(values);
      }),
    );
  });

  test("is often no dense one, and with `repeat` often names an element twice", () => {
    const some = { shape: [2, 3] };
    const loose = fc.sample(arb.tensor(some), 200).filter((t) => !t.isContiguous());
    expect(loose.length).toBeGreaterThan(50);
    const repeated = fc
      .sample(arb.tensor({ ...some, repeat: true }), 200)
      .filter((t) => t.stride().includes(0));
    expect(repeated.length).toBeGreaterThan(50);
    const dense = fc.sample(arb.tensor({ ...some, strided: false }), 50);
    expect(dense.every((t) => t.isContiguous())).toBe(true);
  });

  test("is a leaf of its own", () => {
    fc.assert(
      fc.property(arb.tensor({ requiresGrad: true }), (t) => {
        expect([t.isLeaf, t.requiresGrad, t.base]).toEqual([true, true, null]);
      }),
    );
  });

  test("shrinks to a dense scalar near zero", () => {
    const { counterexample } = fc.check(fc.property(arb.tensor({ repeat: true }), () => false));
    expect(String(counterexample?.[0])).toBe("tensor(0., dtype=torch.float64)");
  });
});

describe("a domain", () => {
  test.each([
    [arb.real, (x: number) => Math.abs(x) <= 2],
    [arb.positive, (x: number) => x >= 0.2 && x <= 3],
    [arb.unit, (x: number) => x >= 0.05 && x <= 0.95],
    [arb.nonzero, (x: number) => Math.abs(x) >= 0.2],
    [arb.whole, (x: number) => Number.isInteger(x) && Math.abs(x) <= 4],
    [arb.truth, (x: number) => x === 0 || x === 1],
    [arb.coarse, (x: number) => [-1, 0, 1, 2].includes(x)],
  ])("keeps to itself: $name", (domain, holds) => {
    fc.assert(
      fc.property(domain.values(6), (values) => {
        expect(values).toHaveLength(6);
        expect(values.every((x) => holds(Number(x.toFixed(9))))).toBe(true);
      }),
    );
  });

  test("that is separated has no two elements near each other, nor any near a kink", () => {
    const slots = fc.tuple(...[0, 1, 2].map((slot) => arb.separated(slot).values(4)));
    fc.assert(
      fc.property(slots, (lists) => {
        const values = [...lists.flat(), -1, -0.5, 0, 0.5, 1].sort((a, b) => a - b);
        const gaps = values.slice(1).map((x, i) => x - values[i]!);
        expect(Math.min(...gaps)).toBeGreaterThan(0.01);
      }),
    );
  });
});
