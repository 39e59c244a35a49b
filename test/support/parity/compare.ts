import type { TensorFigure } from "./encoding.ts";

/** Why something did not match, and by how much where that is a number. */
export interface Mismatch {
  readonly why: string;
  /** Largest difference, relative to the largest magnitude wanted; infinite where not comparable. */
  readonly deviation: number;
}

export interface Tolerance {
  /** PyTorch's own: |got − want| <= atol + rtol·|want|. */
  readonly rtol: number;
  readonly atol: number;
  /** Or, of the tensor's largest magnitude, what PyTorch's own kernel sets differ by. */
  readonly ofLargest: number;
}

const EXACT: Tolerance = { rtol: 0, atol: 0, ofLargest: 0 };
const TOLERANCES: Readonly<Record<string, Tolerance>> = {
  f64: { rtol: 1e-7, atol: 1e-7, ofLargest: 1e-9 },
  f32: { rtol: 1.3e-6, atol: 1e-5, ofLargest: 2e-5 },
};

/** Floats within PyTorch's tolerances; integers and bools exactly. */
export function toleranceOf(dtype: string): Tolerance {
  return TOLERANCES[dtype] ?? EXACT;
}

/** What the library made, in the terms of the figures. */
export interface Result {
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly data: ArrayLike<number>;
}

const text = (shape: readonly number[]): string => `[${shape.join(", ")}]`;

export function compareNumbers(
  got: ArrayLike<number>,
  want: ArrayLike<number>,
  { rtol, atol, ofLargest }: Tolerance,
): Mismatch | null {
  if (got.length !== want.length) {
    return { why: `${got.length} values, wanted ${want.length}`, deviation: Infinity };
  }
  let largest = 0;
  for (let i = 0; i < want.length; i++) {
    const w = Math.abs(want[i] ?? Number.NaN);
    if (Number.isFinite(w) && w > largest) largest = w;
  }
  let worst = -1;
  let deviation = 0;
  for (let i = 0; i < want.length; i++) {
    const g = got[i] ?? Number.NaN;
    const w = want[i] ?? Number.NaN;
    // Equal infinities, and either zero.
    if (g === w || (Number.isNaN(g) && Number.isNaN(w))) continue;
    const difference = Math.abs(g - w);
    if (difference <= Math.max(atol + rtol * Math.abs(w), ofLargest * largest)) {
      // An infinite allowance would excuse anything.
      if (Number.isFinite(w)) continue;
    }
    const relative = Number.isFinite(difference) ? difference / (largest || 1) : Infinity;
    if (worst < 0 || relative > deviation) {
      worst = i;
      deviation = relative;
    }
  }
  if (worst < 0) return null;
  return { why: `value ${worst} is ${got[worst]}, wanted ${want[worst]}`, deviation };
}

/** Shape and dtype exactly, values within the dtype's tolerances. */
export function compareTensor(
  got: Result,
  want: TensorFigure,
  tolerance: Tolerance = toleranceOf(want.dtype),
): Mismatch | null {
  if (got.dtype !== want.dtype) {
    return { why: `dtype ${got.dtype}, wanted ${want.dtype}`, deviation: Infinity };
  }
  if (text(got.shape) !== text(want.shape)) {
    return {
      why: `shape ${text(got.shape)}, wanted ${text(want.shape)}`,
      deviation: Infinity,
    };
  }
  return compareNumbers(got.data, want.data, tolerance);
}

/** The larger of two mismatches, the first where they are alike. */
export function worse(a: Mismatch | null, b: Mismatch | null): Mismatch | null {
  if (a === null) return b;
  return b !== null && b.deviation > a.deviation ? b : a;
}

/** A mismatch with the place where it was found. */
export function at(place: string, mismatch: Mismatch | null): Mismatch | null {
  return mismatch && { ...mismatch, why: `${place}: ${mismatch.why}` };
}
