import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  broadcastShapes,
  broadcastStrides,
  contiguousStrides,
  inferSize,
  isContiguous,
  normalizeDims,
  numel,
  reducedShape,
  type Shape,
  viewStrides,
} from "../../src/tensor/shape.ts";
import { broadcastableShapes, shape } from "../support/arbitraries.ts";

/** Positions of all elements in row-major order. */
function positions(sizes: Shape, strides: Shape, dim = 0, at = 0): number[] {
  if (dim === sizes.length) return [at];
  return Array.from({ length: sizes[dim]! }, (_, i) =>
    positions(sizes, strides, dim + 1, at + i * strides[dim]!),
  ).flat();
}

describe("strides", () => {
  test("of a dense layout visit 0, 1, 2, …", () => {
    fc.assert(
      fc.property(shape(), (sizes) => {
        const strides = contiguousStrides(sizes);
        expect(positions(sizes, strides)).toEqual([...Array(numel(sizes)).keys()]);
        expect(isContiguous(sizes, strides)).toBe(true);
      }),
    );
  });

  test("of a view visit the same elements in the same order, whatever the layout", () => {
    const layout = shape({ minDims: 1, maxDims: 4 }).chain((sizes) =>
      fc.record({
        order: fc.shuffledSubarray([...sizes.keys()], { minLength: sizes.length }),
        sizes: fc.constant(sizes),
        cuts: fc.array(fc.integer({ min: 0, max: 4 }), { minLength: 1, maxLength: 4 }),
      }),
    );
    fc.assert(
      fc.property(layout, ({ order, sizes, cuts }) => {
        const strides: number[] = [];
        let step = 1;
        for (const d of order) {
          strides[d] = step;
          step *= sizes[d]!;
        }
        // A target with the same count: the prime factors of the sizes, grouped by the cuts.
        const target: number[] = [];
        sizes.forEach((size, i) => {
          if ((cuts[i % cuts.length]! + i) % 2 === 0 || target.length === 0) target.push(size);
          else target[target.length - 1]! *= size;
        });
        const result = viewStrides(sizes, strides, target);
        if (result === null) return;
        expect(positions(target, result)).toEqual(positions(sizes, strides));
      }),
    );
  });

  test("of a transposed matrix allow no flat view", () => {
    expect(viewStrides([3, 2], [1, 3], [6])).toBeNull();
  });
});

describe("broadcasting", () => {
  test("repeats sizes of 1 and missing leading dimensions", () => {
    fc.assert(
      fc.property(broadcastableShapes(2), ([a, b]) => {
        const result = broadcastShapes(a!, b!);
        expect(broadcastShapes(b!, a!)).toEqual(result);
        expect(result.length).toBe(Math.max(a!.length, b!.length));
        for (const sizes of [a!, b!]) {
          sizes.toReversed().forEach((size, i) => {
            expect([size, 1]).toContain(size === 1 ? 1 : result.at(-1 - i));
          });
        }
        const strides = broadcastStrides(a!, contiguousStrides(a!), result);
        expect(Math.max(-1, ...positions(result, strides))).toBe(
          numel(result) === 0 ? -1 : numel(a!) - 1,
        );
      }),
    );
  });

  test("names both sizes and the dimension where it fails", () => {
    expect(() => broadcastShapes([2, 3], [2, 4])).toThrow(
      "The size of tensor a (3) must match the size of tensor b (4) at non-singleton dimension 1",
    );
  });
});

describe("sizes", () => {
  test("infer the one that is -1", () => {
    expect(inferSize([-1, 3], 12)).toEqual([4, 3]);
    expect(() => inferSize([-1, 5], 12)).toThrow("shape '[-1, 5]' is invalid for input of size 12");
    expect(() => inferSize([-1, -1], 12)).toThrow("only one dimension can be inferred");
    expect(() => inferSize([-1, 0], 0)).toThrow(
      "cannot reshape tensor of 0 elements into shape [-1, 0]",
    );
  });

  test("lose what is reduced, or keep it as 1", () => {
    expect(reducedShape([2, 3, 4], [0, 2], false)).toEqual([3]);
    expect(reducedShape([2, 3, 4], [0, 2], true)).toEqual([1, 3, 1]);
  });

  test("take negative dimensions from the end and refuse repeats and strangers", () => {
    expect(normalizeDims([-1, 0], 3, "sum")).toEqual([0, 2]);
    expect(() => normalizeDims([0, -3], 3, "sum")).toThrow("dim 0 appears multiple times");
    expect(() => normalizeDims(3, 3, "sum")).toThrow(
      "Dimension out of range (expected to be in range of [-3, 2], but got 3)",
    );
  });
});
