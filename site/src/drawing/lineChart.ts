import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import { h } from "../ui/dom.ts";
import { formatNumber, formatPower } from "../ui/numbers.ts";
import { FONT } from "./axes.ts";
import { drawMarker } from "./marks.ts";
import { seriesColour, seriesStyle } from "./series.ts";
import { currentTheme } from "./theme.ts";

/** One line of a chart: a value for every x, null where there is none to show. */
export interface ChartLine {
  readonly label: string;
  /** Which of the series styles it has. */
  readonly style: number;
  readonly values: readonly (number | null)[];
}

export interface ChartData {
  readonly x: readonly number[];
  readonly lines: readonly ChartLine[];
  readonly xRange: readonly [number, number];
  readonly yRange: readonly [number, number];
  readonly log: boolean;
  readonly xLabel: string;
  readonly yLabel: string;
  /** Where a vertical line marks the present, if anywhere. */
  readonly cursor?: number | undefined;
}

export interface LineChart {
  readonly element: HTMLElement;
  show(data: ChartData): void;
  /** Paints again, in the present theme. */
  repaint(): void;
}

const MARKS_PER_LINE = 7;
/** Over more decades than this, only the powers of ten have grid lines. */
const FINE_DECADES = 6;

/** A line chart that is made anew only when its axes or lines change. */
export function createLineChart(label: string): LineChart {
  const element = h("div", { class: "chart", role: "img", "aria-label": label });
  let plot: uPlot | undefined;
  let shape = "";
  let data: ChartData | undefined;

  const size = () => {
    const box = element.getBoundingClientRect();
    return {
      width: Math.max(120, Math.floor(box.width)),
      height: Math.max(100, Math.floor(box.height)),
    };
  };
  const show = (next: ChartData) => {
    data = next;
    const nextShape = JSON.stringify([
      next.log,
      next.xLabel,
      next.yLabel,
      next.lines.map(({ label: name, style }) => [name, style]),
    ]);
    const aligned: uPlot.AlignedData = [[...next.x], ...next.lines.map((line) => [...line.values])];
    if (plot !== undefined && nextShape === shape) {
      plot.setData(aligned, true);
      return;
    }
    shape = nextShape;
    plot?.destroy();
    plot = new uPlot({ ...settings(next, () => data ?? next), ...size() }, aligned, element);
  };
  new ResizeObserver(() => {
    const next = size();
    if (plot !== undefined && (next.width !== plot.width || next.height !== plot.height)) {
      plot.setSize(next);
    }
  }).observe(element);
  return {
    element,
    show,
    repaint: () => plot?.redraw(false, true),
  };
}

function settings(
  first: ChartData,
  present: () => ChartData,
): Omit<uPlot.Options, "width" | "height"> {
  const axis = (label: string): uPlot.Axis => ({
    label,
    labelFont: `italic 13px ${FONT}`,
    labelSize: 20,
    labelGap: 0,
    font: `12px ${FONT}`,
    stroke: () => currentTheme().muted,
    grid: { stroke: () => currentTheme().line, width: 1 },
    ticks: { stroke: () => currentTheme().line, width: 1, size: 5 },
  });
  const lines: uPlot.Axis.Filter = (_, splits) => {
    const [low, high] = present().yRange;
    const coarse = first.log && high / low > 10 ** FINE_DECADES;
    return splits.map((y) => (coarse && formatPower(y) === "" ? null : y));
  };
  const vertical = axis(first.yLabel);
  return {
    padding: [8, 22, 0, 0],
    legend: { show: false },
    cursor: { show: false },
    scales: {
      x: { time: false, range: () => [...present().xRange] },
      y: { distr: first.log ? 3 : 1, range: () => [...present().yRange] },
    },
    axes: [
      {
        ...axis(first.xLabel),
        size: 30,
        values: (_, splits) => splits.map((x) => formatNumber(x, 6)),
      },
      {
        ...vertical,
        grid: { ...vertical.grid, filter: lines },
        ticks: { ...vertical.ticks, filter: lines },
        size: 56,
        values: (_, splits) => splits.map((y) => (first.log ? formatPower(y) : formatNumber(y, 4))),
      },
    ],
    series: [
      {},
      ...first.lines.map(({ label, style }) => ({
        label,
        stroke: () => seriesColour(style, currentTheme()),
        dash: [...seriesStyle(style).dash],
        width: 2,
        points: { show: false },
      })),
    ],
    hooks: { draw: [(plot: uPlot) => drawMarks(plot, present())] },
  };
}

/** Puts each line's marker at a few places of it, and the present as a vertical line. */
function drawMarks(plot: uPlot, { x, lines, cursor, xRange, yRange }: ChartData): void {
  const theme = currentTheme();
  const { ctx } = plot;
  const density = devicePixelRatio;
  ctx.save();
  ctx.beginPath();
  ctx.rect(plot.bbox.left, plot.bbox.top, plot.bbox.width, plot.bbox.height);
  ctx.clip();
  if (cursor !== undefined) {
    const at = plot.valToPos(cursor, "x", true);
    ctx.strokeStyle = theme.muted;
    ctx.setLineDash([4 * density, 3 * density]);
    ctx.lineWidth = density;
    ctx.beginPath();
    ctx.moveTo(at, plot.bbox.top);
    ctx.lineTo(at, plot.bbox.top + plot.bbox.height);
    ctx.stroke();
  }
  const spacing = (xRange[1] - xRange[0]) / MARKS_PER_LINE;
  for (const { values, style } of lines) {
    const colour = seriesColour(style, theme);
    // Lines that run together still show each marker, because each starts at its own place.
    let next = xRange[0] + spacing * (0.35 + 0.12 * style);
    x.forEach((at, index) => {
      const value = values[index];
      if (at < next || value === null || value === undefined) return;
      next += spacing;
      if (value < yRange[0] || value > yRange[1]) return;
      const [px, py] = [plot.valToPos(at, "x", true), plot.valToPos(value, "y", true)];
      drawMarker(ctx, seriesStyle(style), colour, theme, px, py, 4 * density);
    });
  }
  ctx.restore();
}
