import type { Field } from "./field.ts";

/** A monotone map from heights to [0, 1], used for colours, contour levels and the 3D height alike. */
export interface HeightScale {
  readonly kind: "linear" | "logarithmic";
  readonly toUnit: (height: number) => number;
  /** Contour levels, as heights, rising. */
  readonly levels: readonly number[];
}

/** A valley whose typical depth is this small a part of the range vanishes on a linear scale. */
const LOG_BELOW = 0.2;
/** How many powers of ten a logarithmic scale spans at most. */
const MAX_DECADES = 6;

/** The scale on which a surface's shape is best seen: logarithmic where the peaks dwarf the valleys. */
export function heightScale(field: Field, levelCount: number): HeightScale {
  const { low, high } = field;
  const range = high - low;
  if (!(range > 0) || !Number.isFinite(range)) {
    return { kind: "linear", toUnit: () => 0.5, levels: [] };
  }
  const depths = field.values.filter((value) => Number.isFinite(value)).sort();
  const quantile = (part: number) => (depths[Math.floor(part * (depths.length - 1))] ?? low) - low;
  if (quantile(0.5) >= LOG_BELOW * range) {
    const levels = range01(levelCount).map((unit) => low + unit * range);
    return { kind: "linear", toUnit: (height) => clamp((height - low) / range), levels };
  }
  const floor = Math.max(quantile(0.01), range * 10 ** -MAX_DECADES);
  const decades = Math.log10(range / floor);
  const toUnit = (height: number) =>
    clamp(1 + Math.log10(Math.max(height - low, floor) / range) / decades);
  const levels = range01(levelCount).map((unit) => low + floor * 10 ** (unit * decades));
  return { kind: "logarithmic", toUnit, levels };
}

function range01(count: number): number[] {
  return Array.from({ length: count }, (_, index) => (index + 0.5) / count);
}

function clamp(value: number): number {
  return Math.min(1, Math.max(0, value));
}
