import type { Bounds } from "../race/surfaces.ts";

/** The plotting area inside a picture, in pixels, and the part of the plane that it shows. */
export interface Frame {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
  readonly bounds: Bounds;
}

export function toPixelX({ left, width, bounds }: Frame, x: number): number {
  return left + ((x - bounds.x0) / (bounds.x1 - bounds.x0)) * width;
}

export function toPixelY({ top, height, bounds }: Frame, y: number): number {
  return top + (1 - (y - bounds.y0) / (bounds.y1 - bounds.y0)) * height;
}

export function fromPixel(frame: Frame, px: number, py: number): { x: number; y: number } {
  const { left, top, width, height, bounds } = frame;
  return {
    x: bounds.x0 + ((px - left) / width) * (bounds.x1 - bounds.x0),
    y: bounds.y0 + (1 - (py - top) / height) * (bounds.y1 - bounds.y0),
  };
}

export function contains({ bounds }: Frame, x: number, y: number): boolean {
  return x >= bounds.x0 && x <= bounds.x1 && y >= bounds.y0 && y <= bounds.y1;
}

/** A length along an axis as a round step: 1, 2 or 5 times a power of ten. */
export function niceStep(range: number, count: number): number {
  const rough = range / Math.max(1, count);
  const power = 10 ** Math.floor(Math.log10(rough));
  const factor = rough / power;
  return power * (factor < 1.5 ? 1 : factor < 3.5 ? 2 : factor < 7.5 ? 5 : 10);
}

/** Round values between two ends, about `count` of them, with the text that names each. */
export function ticks(low: number, high: number, count: number): { value: number; text: string }[] {
  const step = niceStep(high - low, count);
  const digits = Math.max(0, -Math.floor(Math.log10(step) + 1e-9));
  const first = Math.ceil(low / step - 1e-9);
  const last = Math.floor(high / step + 1e-9);
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, index) => {
    const value = (first + index) * step;
    const text = digits > 6 ? value.toPrecision(4) : value.toFixed(digits);
    return { value, text: text.replace("-", "−").replace(/^−(0\.?0*)$/, "$1") };
  });
}

type Segment = readonly [number, number, number, number];

/**
 * The part of a segment inside a rectangle, or undefined where there is none (Liang and Barsky 1984).
 * A run that leaves the picture by powers of ten must not reach the canvas as a line of that length.
 */
export function clipSegment(
  { left, top, width, height }: Frame,
  [x0, y0, x1, y1]: Segment,
): Segment | undefined {
  const dx = x1 - x0;
  const dy = y1 - y0;
  let enter = 0;
  let leave = 1;
  const edges: readonly (readonly [number, number])[] = [
    [-dx, x0 - left],
    [dx, left + width - x0],
    [-dy, y0 - top],
    [dy, top + height - y0],
  ];
  for (const [direction, distance] of edges) {
    if (direction === 0) {
      if (distance < 0) return undefined;
      continue;
    }
    const at = distance / direction;
    if (direction < 0) enter = Math.max(enter, at);
    else leave = Math.min(leave, at);
  }
  if (!(enter <= leave)) return undefined;
  // An end that is inside stays bit for bit, so that the next segment joins it.
  const start = enter === 0 ? [x0, y0] : [x0 + enter * dx, y0 + enter * dy];
  const end = leave === 1 ? [x1, y1] : [x0 + leave * dx, y0 + leave * dy];
  return [start[0] ?? x0, start[1] ?? y0, end[0] ?? x1, end[1] ?? y1];
}
