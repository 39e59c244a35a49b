import * as Plot from "@observablehq/plot";
import { parseHTML } from "linkedom";
import { fromTypedArray, noGrad, Tensor } from "tapegrad";
import { FONT, INK, looks } from "./style.ts";

/** A drawing that a figure can place: it fills the width and height that it is given. */
export interface Panel {
  /** The names of its series, which the figure's legend explains. */
  readonly series: readonly string[];
  /** Returns one `<svg>` element of this size. */
  draw(width: number, height: number): string;
}

export type Range = readonly [low: number, high: number];

/** A function of two variables in tensor operations, called once with a whole grid of points. */
export type Field = (x: Tensor, y: Tensor) => Tensor;

/** What paths are walked on: a function, and how much of it is seen. */
export interface Ground {
  readonly f: Field;
  /** The axes' ends; a path is cut where it leaves them. */
  readonly x: Range;
  readonly y: Range;
  readonly labels: readonly [x: string, y: string, z: string];
  /** The heights of the contours, from low to high; about ten round ones unless given. */
  readonly levels?: readonly number[];
  /** Where a star goes. */
  readonly minimum?: readonly [x: number, y: number];
  /** From where the surface is seen, in degrees: turned around its vertical axis, and from above. */
  readonly turn?: number;
  readonly tilt?: number;
  /** How many cells the surface's mesh has along each side. */
  readonly cells?: number;
}

/** Points `[x, y]` or `[x, y, z]` in the order in which they were visited. */
export type Path = readonly (readonly number[])[];

/** What a user has at hand: a tensor with a point in each row, or lists. */
export type Points = Tensor | Path;

/** The points as lists, by name. */
export function pathsOf(walks: Record<string, Points>): Record<string, Path> {
  return mapValues(walks, rowsOf);
}

export function rowsOf(points: Points): Path {
  return points instanceof Tensor ? [...points].map((row) => [...row.toTypedArray()]) : points;
}

export function mapValues<A, B>(from: Record<string, A>, to: (value: A) => B): Record<string, B> {
  return Object.fromEntries(Object.entries(from).map(([name, value]) => [name, to(value)]));
}

const { document } = parseHTML("<html><body></body></html>");

/** Runs Plot without a browser and returns its picture as the text of an `<svg>` element. */
export function plotSvg(options: Plot.PlotOptions): string {
  const element = Plot.plot({
    document,
    style: { fontFamily: FONT, fontSize: "16px", color: INK },
    ...options,
  });
  return element.outerHTML
    .replace(/<style>.*?<\/style>/s, "")
    .replaceAll('class="plot-d6a7b5"', "");
}

/** About `count` round numbers within a range. */
export function roundNumbers([low, high]: Range, count: number): number[] {
  const rough = (high - low) / count;
  const ten = 10 ** Math.floor(Math.log10(rough));
  const step = ten * ([1, 2, 5].find((m) => m * ten >= rough * 0.7) ?? 10);
  const from = Math.ceil(low / step);
  return Array.from({ length: Math.floor(high / step) - from + 1 }, (_, i) => (from + i) * step);
}

/** The lowest and the highest of the numbers that are finite. */
export function extent(values: Iterable<number>): Range {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const value of values) {
    if (!Number.isFinite(value)) continue;
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return [low, high];
}

/** Values of `f` at the centres of an n × n grid over the two ranges, row by row from the low y. */
export function sample(f: Field, [x0, x1]: Range, [y0, y1]: Range, n: number): Float64Array {
  const centre = (low: number, high: number, i: number) => low + ((high - low) * (i + 0.5)) / n;
  const xs = Float32Array.from({ length: n * n }, (_, i) => centre(x0, x1, i % n));
  const ys = Float32Array.from({ length: n * n }, (_, i) => centre(y0, y1, Math.floor(i / n)));
  const z = noGrad(() => f(fromTypedArray(xs, [n * n]), fromTypedArray(ys, [n * n])));
  return Float64Array.from(z.toTypedArray());
}

/** A range, a little wider: what is drawn over all of it and clipped shows no edge of its own. */
export function widen([low, high]: Range): Range {
  const air = (high - low) / 50;
  return [low - air, high + air];
}

/** The indices of about `count` points, spread evenly over a series, where its markers stand. */
function markerAt(length: number, count: number, phase: number): number[] {
  const gap = (length - 1) / count;
  const at = Array.from({ length: count }, (_, i) => Math.round(gap * (i + phase)));
  return [...new Set(at)].filter((i) => i >= 0 && i < length);
}

/**
 * Named paths as Plot marks: lines, a few markers on each, and a larger one at each end.
 * Where paths run on top of each other the earlier ones are wider, so that all are seen.
 * @param casing a white edge, which sets the lines off from a shaded ground
 * @param upTo the last point to draw; the markers stay where they are in the whole
 */
export function pathMarks(
  paths: Record<string, Path>,
  casing: boolean,
  upTo = Number.POSITIVE_INFINITY,
): Plot.Markish[] {
  const names = Object.keys(paths);
  const all = [...looks(names)].map(([name, look], i) => {
    const whole = paths[name] ?? [];
    const points = whole.slice(0, upTo + 1);
    const width = 2.5 + (casing ? 1.2 * (names.length - 1 - i) : 0);
    const symbol = {
      symbol: look.symbol,
      fill: look.color,
      stroke: "white",
      strokeWidth: 1,
    } as const;
    const some = markerAt(whole.length, 6, (i + 0.5) / names.length);
    return {
      casing: Plot.line(points, {
        stroke: "white",
        strokeWidth: width + 2.5,
        ariaDescription: "casing",
      }),
      line: Plot.line(points, {
        stroke: look.color,
        strokeWidth: width,
        strokeDasharray: look.dash,
        strokeLinecap: "butt",
        ariaDescription: `line of ${name}`,
      }),
      markers: [
        Plot.dot(
          some.flatMap((at) => points.slice(at, at + 1)),
          { ...symbol, r: 5, ariaDescription: `markers of ${name}` },
        ),
        Plot.dot(points.slice(-1), { ...symbol, r: 7, ariaDescription: `end of ${name}` }),
      ],
    };
  });
  return [
    ...(casing ? all.map((marks) => marks.casing) : []),
    ...all.map((marks) => marks.line),
    ...all.flatMap((marks) => marks.markers),
  ];
}

/**
 * Cuts a path where it leaves the box of these ranges, ending on the box's wall.
 * A point that is not finite ends the path too.
 */
export function cut(points: Path, ...box: readonly Range[]): Path {
  const outside = (point: readonly number[]) =>
    box.some(([low, high], i) => !((point[i] ?? Number.NaN) >= low && (point[i] ?? 0) <= high));
  const end = points.findIndex(outside);
  if (end < 0) return points;
  const kept = points.slice(0, end);
  const [from, to] = [kept.at(-1), points[end]];
  if (!from || !to?.every(Number.isFinite)) return kept;
  // The share of the last step that fits into the box, by whichever wall it meets first.
  const shares = box.map(([low, high], i) => {
    const [a = 0, b = 0] = [from[i], to[i]];
    if (b > high) return (high - a) / (b - a);
    return b < low ? (low - a) / (b - a) : 1;
  });
  const share = Math.min(...shares);
  return [...kept, from.map((value, i) => value + share * ((to[i] ?? value) - value))];
}

/** Sets drawings side by side in one `<svg>` element. */
export function beside(svgs: readonly string[], widths: readonly number[], height: number): string {
  let x = 0;
  const placed = svgs.map((svg, i) => {
    const here = place(svg, x, 0);
    x += widths[i] ?? 0;
    return here;
  });
  return `<svg width="${x}" height="${height}" viewBox="0 0 ${x} ${height}">${placed.join("")}</svg>`;
}

/** Moves an `<svg>` element to a place inside another. */
export function place(svg: string, x: number, y: number): string {
  return svg.replace("<svg ", `<svg x="${x}" y="${y}" `);
}
