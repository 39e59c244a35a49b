import { expect } from "vitest";
import { type DType, Tensor } from "../../src/index.ts";

/** How far apart two numbers may be: |a - b| <= atol + rtol |b|. */
export interface Tolerance {
  rtol?: number;
  atol?: number;
}

interface TensorMatchers<R> {
  /** Same shape, dtype and elements; NaN equals NaN, 0 equals -0. */
  toEqualTensor(expected: Tensor): R;
  /**
   * Same shape and dtype, and elements within a tolerance.
   * @param tolerance rtol 1e-12 and atol 1e-12 in float64, 1.3e-6 and 1e-5 in float32.
   */
  toBeCloseToTensor(expected: Tensor, tolerance?: Tolerance): R;
  /** The elements, row by row, within a tolerance; whatever the shape. */
  toHaveValues(expected: readonly number[], tolerance?: Tolerance): R;
}

declare module "vitest" {
  interface Matchers<T> extends TensorMatchers<T> {}
}

const TOLERANCES: Partial<Record<DType, Required<Tolerance>>> = {
  float64: { rtol: 1e-12, atol: 1e-12 },
  float32: { rtol: 1.3e-6, atol: 1e-5 },
};
const EXACT: Required<Tolerance> = { rtol: 0, atol: 0 };

/** What the first difference is, or null where there is none. */
function difference(
  found: Tensor,
  expected: readonly number[],
  { rtol, atol }: Required<Tolerance>,
): string | null {
  const values = [...found.toTypedArray()];
  if (values.length !== expected.length) {
    return `${values.length} elements, expected ${expected.length}`;
  }
  let worst = -1;
  let excess = 0;
  for (const [i, want] of expected.entries()) {
    const got = values[i]!;
    if (Object.is(got, want) || got === want) continue;
    const over = Math.abs(got - want) - (atol + rtol * Math.abs(want));
    if (over <= excess) continue;
    worst = i;
    // A NaN on one side only is as far off as can be.
    excess = Number.isNaN(over) ? Infinity : over;
  }
  if (worst < 0) return null;
  return `element ${worst} is ${values[worst]}, expected ${expected[worst]} (rtol ${rtol}, atol ${atol})`;
}

function compare(found: unknown, expected: Tensor, tolerance: Required<Tolerance>): string | null {
  if (!(found instanceof Tensor)) return `a ${typeof found}, expected a tensor`;
  if (found.shape.join() !== expected.shape.join()) {
    return `shape [${found.shape.join(", ")}], expected [${expected.shape.join(", ")}]`;
  }
  if (found.dtype !== expected.dtype) return `dtype ${found.dtype}, expected ${expected.dtype}`;
  return difference(found, [...expected.toTypedArray()], tolerance);
}

function verdict(problem: string | null) {
  return {
    pass: problem === null,
    message: () => (problem === null ? "the tensors are alike" : `found ${problem}`),
  };
}

expect.extend({
  toEqualTensor: (found: unknown, expected: Tensor) => verdict(compare(found, expected, EXACT)),
  toBeCloseToTensor(found: unknown, expected: Tensor, tolerance: Tolerance = {}) {
    const usual = TOLERANCES[expected.dtype] ?? EXACT;
    return verdict(compare(found, expected, { ...usual, ...tolerance }));
  },
  toHaveValues(found: unknown, expected: readonly number[], tolerance: Tolerance = {}) {
    if (!(found instanceof Tensor)) return verdict(`a ${typeof found}, expected a tensor`);
    const usual = TOLERANCES[found.dtype] ?? EXACT;
    return verdict(difference(found, expected, { ...usual, ...tolerance }));
  },
});

// vitest would else iterate, which a scalar does not allow.
expect.addEqualityTesters([
  function sameTensors(a: unknown, b: unknown): boolean | undefined {
    if (!(a instanceof Tensor && b instanceof Tensor)) return undefined;
    return a === b || compare(a, b, EXACT) === null;
  },
]);
