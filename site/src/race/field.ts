import { linspace, noGrad, tensor } from "tapegrad";
import type { Program } from "../expression/ast.ts";
import { evaluate } from "../expression/evaluate.ts";
import type { Bounds, Point, Surface } from "./surfaces.ts";

/** A surface's heights on a grid: row by row from y0 up, each row from x0 to x1. */
export interface Field {
  readonly bounds: Bounds;
  readonly columns: number;
  readonly rows: number;
  readonly values: Float64Array;
  /** Smallest and largest finite value; both NaN where there is none. */
  readonly low: number;
  readonly high: number;
  /** The part of the grid, 0 to 1, on which the surface is not a number. */
  readonly undefinedPart: number;
}

/**
 * Computes a surface on a grid, all points in one run of the library's operations.
 * @param columns grid points along x, at least 2.
 * @param rows grid points along y, at least 2.
 */
export function sampleField(
  program: Program,
  bounds: Bounds,
  columns: number,
  rows: number,
): Field {
  const values = noGrad(() => {
    const x = linspace(bounds.x0, bounds.x1, columns, { dtype: "float64" }).view(1, columns);
    const y = linspace(bounds.y0, bounds.y1, rows, { dtype: "float64" }).view(rows, 1);
    const heights = evaluate(program, x, y).expand([rows, columns]).contiguous();
    return Float64Array.from(heights.toTypedArray());
  });
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  let holes = 0;
  for (const value of values) {
    if (Number.isNaN(value)) holes++;
    if (!Number.isFinite(value)) continue;
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  if (low > high) {
    low = Number.NaN;
    high = Number.NaN;
  }
  return { bounds, columns, rows, values, low, high, undefinedPart: holes / values.length };
}

/** The surface's value at one point. */
export function valueAt(program: Program, { x, y }: Point): number {
  return noGrad(() => {
    const px = tensor(x, { dtype: "float64" });
    return evaluate(program, px, tensor(y, { dtype: "float64" })).item();
  });
}

/** The smallest value of a named surface, where it has one. */
export function minimumOf(surface: Surface, program: Program): number | undefined {
  const values = surface.minimizers.map((point) => valueAt(program, point));
  return values.length > 0 ? Math.min(...values) : surface.infimum;
}
