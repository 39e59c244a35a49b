import * as Plot from "@observablehq/plot";
import { Tensor } from "tapegrad";
import {
  beside,
  cut,
  extent,
  type Field,
  type Ground,
  mapValues,
  type Panel,
  type Points,
  pathMarks,
  pathsOf,
  plotSvg,
  type Range,
  roundNumbers,
  rowsOf,
  sample,
  widen,
} from "./plot.ts";
import { INK, STAR, slate, tickText } from "./style.ts";

const MARGIN = { left: 84, bottom: 56, right: 30, top: 40 };
/** The width of the strip that explains the shades. */
const STRIP = 84;
// The two classes differ in colour, in lightness and in the shape of their points.
const CLASSES = [
  { color: "#0072B2", area: "#e3eef6", symbol: "circle" },
  { color: "#D55E00", area: "#fbe8d6", symbol: "triangle" },
] as const;

/** What all panels share: their size, the space around the frame, the axes and the title. */
function framed(
  size: { width: number; height: number; title: string; labels: readonly string[] },
  options: Plot.PlotOptions,
): string {
  const ticks = { ticks: 6, tickSize: 5, tickFormat: tickText, labelArrow: "none" } as const;
  const [x = "", y = ""] = size.labels;
  const heading = { fontSize: 17, fontWeight: "bold", fill: INK };
  return plotSvg({
    width: size.width,
    height: size.height,
    marginLeft: MARGIN.left,
    marginRight: MARGIN.right,
    marginTop: MARGIN.top,
    marginBottom: MARGIN.bottom,
    ...options,
    marks: [
      Plot.frame({ stroke: INK }),
      Plot.text([size.title], { frameAnchor: "top", dy: -24, ...heading }),
      ...(options.marks ?? []),
      Plot.axisX({ label: x, labelAnchor: "center", labelOffset: 46, ...ticks }),
      Plot.axisY({ label: y, labelAnchor: "center", labelOffset: 74, ...ticks }),
    ],
  });
}

/** The ends of an axis on which all of the values lie, with a little air. */
function airy(values: readonly number[], log: boolean): Range {
  const [low, high] = extent(log ? values.filter((value) => value > 0) : values);
  if (log) return [low / 1.5, high * 1.5];
  const air = (high - low || 1) * 0.05;
  return [low - air, high + air];
}

/** Curves of numbers against their index. */
export interface Curves {
  readonly title: string;
  /** What the axes show, with units where there are any. */
  readonly x: string;
  readonly y: string;
  /** The values by name, in a list or in a tensor of one dimension. */
  readonly series: Record<string, Tensor | readonly number[]>;
  /** The index of the first value: 0 for steps, 1 for epochs. */
  readonly first?: number;
  /** A logarithmic vertical axis. */
  readonly log?: boolean;
  /** The vertical axis' ends; a curve is cut where it leaves them. */
  readonly range?: Range;
  /** Draw only up to this value, on the axes of the whole. */
  readonly upTo?: number;
}

/** A panel of curves. */
export function lines(options: Curves): Panel {
  const { title, first = 0, log = false, upTo } = options;
  const series = mapValues(options.series, (values) =>
    values instanceof Tensor ? [...values.toTypedArray()] : values,
  );
  const length = Math.max(...Object.values(series).map((values) => values.length));
  const x: Range = [first, first + length - 1];
  const y = options.range ?? airy(Object.values(series).flat(), log);
  const curves = mapValues(series, (values) => {
    const points = values.map((value, at) => [first + at, value]);
    return cut(points, x, y);
  });
  const grid = { strokeOpacity: 0.12 };
  return {
    series: Object.keys(series),
    draw: (width, height) =>
      framed(
        { width, height, title, labels: [options.x, options.y] },
        {
          x: { domain: x },
          y: { domain: y, type: log ? "log" : "linear" },
          marks: [Plot.gridX(grid), Plot.gridY(grid), ...pathMarks(curves, false, upTo)],
        },
      ),
  };
}

/** A grid of n × n values that reaches a little beyond the axes and is clipped by them. */
function gridOf(x: Range, y: Range, n: number) {
  const [wx, wy] = [widen(x), widen(y)];
  const corners = { x1: wx[0], x2: wx[1], y1: wy[0], y2: wy[1] };
  return { x: wx, y: wy, options: { width: n, height: n, clip: true, ...corners } };
}

/** The strip at a panel's right that says what the shades mean. */
function shadeStrip(levels: readonly number[], label: string, height: number): string {
  const n = levels.length;
  return plotSvg({
    width: STRIP,
    height,
    marginLeft: 0,
    marginRight: STRIP - 20,
    marginTop: MARGIN.top,
    marginBottom: MARGIN.bottom,
    x: { axis: null },
    y: { domain: [0, n + 1], axis: null },
    marks: [
      Plot.rectY(Array.from({ length: n + 1 }), {
        y1: (_: unknown, i: number) => i,
        y2: (_: unknown, i: number) => i + 1,
        fill: (_: unknown, i: number) => slate(i / n),
        stroke: INK,
        strokeWidth: 0.5,
        ariaDescription: "shades",
      }),
      Plot.text(levels, {
        y: (_: number, i: number) => i + 1,
        text: tickText,
        frameAnchor: "right",
        textAnchor: "start",
        dx: 7,
        fontSize: 14,
        ariaDescription: "shade labels",
      }),
      Plot.text([label], {
        frameAnchor: "top-left",
        dy: -20,
        fontSize: 15,
        ariaDescription: "shade title",
      }),
    ],
  });
}

/** Filled contours of a function with the paths that were walked on it. */
export function contours(title: string, ground: Ground, walks: Record<string, Points>): Panel {
  const { f, x, y, labels, minimum } = ground;
  const paths = mapValues(pathsOf(walks), (path) => cut(path, x, y));
  const n = 160;
  const grid = gridOf(x, y, n);
  const values = sample(f, grid.x, grid.y, n);
  const levels = ground.levels ?? roundNumbers(extent(values), 10);
  const starts = Object.values(paths).flatMap((path) => path.slice(0, 1));
  const ink = { stroke: INK, strokeWidth: 2 };
  const marks = [
    Plot.contour(values, {
      ...grid.options,
      value: Plot.identity,
      fill: "value",
      // A band is filled upwards from its threshold, so the first lies below every value.
      thresholds: [-Number.MAX_VALUE, ...levels],
      stroke: "white",
      strokeOpacity: 0.5,
      ariaDescription: "contours",
    }),
    Plot.dot(minimum ? [minimum] : [], {
      symbol: "star",
      r: 14,
      fill: STAR,
      ...ink,
      ariaDescription: "minimum",
    }),
    ...pathMarks(paths, true),
    Plot.dot(starts, { r: 7, fill: "white", ...ink, ariaDescription: "start" }),
  ];
  const color: Plot.ScaleOptions = {
    type: "threshold",
    domain: levels,
    range: [...levels, 0].map((_, i) => slate(i / levels.length)),
  };
  return {
    series: Object.keys(paths),
    draw(whole, height) {
      const width = whole - STRIP;
      const axes = { x: { domain: x }, y: { domain: y }, color };
      const main = framed({ width, height, title, labels }, { ...axes, marks });
      return beside([main, shadeStrip(levels, labels[2], height)], [width, STRIP], height);
    },
  };
}

/**
 * Where a classifier decides for one class or the other, with the data.
 * @param f the classifier's logit, in tensor operations; above 0 it decides for class 1
 * @param points the data, a tensor of rows `[x, y]`, within ±1.25
 * @param classes the class of each, 0 or 1
 */
export function boundary(title: string, f: Field, points: Tensor, classes: Tensor): Panel {
  const side: Range = [-1.25, 1.25];
  const n = 80;
  const grid = gridOf(side, side, n);
  const data = rowsOf(points);
  const labels = classes.toTypedArray();
  const marks = [
    Plot.contour(sample(f, grid.x, grid.y, n), {
      ...grid.options,
      value: Plot.identity,
      fill: "value",
      thresholds: [-Number.MAX_VALUE, 0],
      stroke: INK,
      strokeWidth: 2,
      ariaDescription: "boundary",
    }),
    ...CLASSES.map(({ color, symbol }, label) =>
      Plot.dot(
        data.filter((_, i) => labels[i] === label),
        {
          symbol,
          r: 4,
          fill: color,
          stroke: "white",
          strokeWidth: 0.5,
          ariaDescription: `class ${label}`,
        },
      ),
    ),
  ];
  const color: Plot.ScaleOptions = {
    type: "threshold",
    domain: [0],
    range: CLASSES.map(({ area }) => area),
  };
  const axes = { x: { domain: side }, y: { domain: side }, color };
  return {
    series: [],
    draw: (width, height) =>
      framed({ width, height, title, labels: ["x₁", "x₂"] }, { ...axes, marks }),
  };
}
