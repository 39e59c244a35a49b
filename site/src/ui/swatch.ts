import { markerCorners, markerStrokes, seriesStyle } from "../drawing/series.ts";
import { svg } from "./dom.ts";

/** A piece of a series' line with its marker: the legend beside every name. */
export function swatch(index: number): SVGElement {
  const { dash, marker } = seriesStyle(index);
  const colour = `series-${index % 8}`;
  const radius = 4.5;
  const corners = markerCorners(marker);
  const strokes = markerStrokes(marker);
  const at = ([x, y]: readonly [number, number]) =>
    `${18 + x * radius * 1.15},${8 + y * radius * 1.15}`;
  const shape =
    strokes.length > 0
      ? strokes.map(([x0, y0, x1, y1]) =>
          svg("line", {
            x1: 18 + x0 * radius,
            y1: 8 + y0 * radius,
            x2: 18 + x1 * radius,
            y2: 8 + y1 * radius,
            class: "swatch-stroke",
          }),
        )
      : corners.length === 0
        ? [svg("circle", { cx: 18, cy: 8, r: radius * 0.9, class: "swatch-fill" })]
        : [svg("polygon", { points: corners.map(at).join(" "), class: "swatch-fill" })];
  return svg(
    "svg",
    {
      class: `swatch ${colour}`,
      viewBox: "0 0 36 16",
      width: 36,
      height: 16,
      "aria-hidden": "true",
    },
    svg("line", {
      x1: 0,
      y1: 8,
      x2: 36,
      y2: 8,
      class: "swatch-line",
      "stroke-dasharray": dash.join(" "),
    }),
    ...shape,
  );
}
