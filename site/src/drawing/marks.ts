import { markerCorners, markerStrokes, type SeriesStyle } from "./series.ts";
import type { Theme } from "./theme.ts";

export type Canvas2D = CanvasRenderingContext2D | OffscreenCanvasRenderingContext2D;

/** Draws a series' marker, outlined so that it shows on any colour. */
export function drawMarker(
  context: Canvas2D,
  style: SeriesStyle,
  colour: string,
  theme: Theme,
  x: number,
  y: number,
  radius: number,
): void {
  context.save();
  context.translate(x, y);
  context.setLineDash([]);
  context.lineJoin = "round";
  const strokes = markerStrokes(style.marker);
  if (strokes.length > 0) {
    for (const [width, ink] of [
      [radius * 1.1, theme.halo],
      [radius * 0.6, colour],
    ] as const) {
      context.lineWidth = width;
      context.strokeStyle = ink;
      context.lineCap = "round";
      context.beginPath();
      for (const [x0, y0, x1, y1] of strokes) {
        context.moveTo(x0 * radius, y0 * radius);
        context.lineTo(x1 * radius, y1 * radius);
      }
      context.stroke();
    }
  } else {
    const corners = markerCorners(style.marker);
    context.beginPath();
    if (corners.length === 0) context.arc(0, 0, radius * 0.9, 0, 2 * Math.PI);
    else for (const [cx, cy] of corners) context.lineTo(cx * radius * 1.15, cy * radius * 1.15);
    context.closePath();
    context.lineWidth = Math.max(1.5, radius * 0.5);
    context.strokeStyle = theme.halo;
    context.stroke();
    context.fillStyle = colour;
    context.fill();
  }
  context.restore();
}

/** A five-pointed star: where the surface is lowest. */
export function drawStar(
  context: Canvas2D,
  theme: Theme,
  x: number,
  y: number,
  radius: number,
): void {
  context.save();
  context.translate(x, y);
  context.beginPath();
  for (let corner = 0; corner < 10; corner++) {
    const reach = corner % 2 === 0 ? radius : radius * 0.45;
    const angle = (Math.PI * corner) / 5;
    context.lineTo(Math.sin(angle) * reach, -Math.cos(angle) * reach);
  }
  context.closePath();
  context.lineWidth = 3;
  context.lineJoin = "round";
  context.strokeStyle = theme.halo;
  context.stroke();
  context.fillStyle = theme.text;
  context.fill();
  context.restore();
}

/** A ring with a dot: where every run starts. */
export function drawStart(context: Canvas2D, theme: Theme, x: number, y: number): void {
  context.save();
  context.setLineDash([]);
  for (const [width, ink] of [
    [5, theme.halo],
    [2, theme.text],
  ] as const) {
    context.lineWidth = width;
    context.strokeStyle = ink;
    context.beginPath();
    context.arc(x, y, 7, 0, 2 * Math.PI);
    context.stroke();
  }
  context.fillStyle = theme.text;
  context.beginPath();
  context.arc(x, y, 2, 0, 2 * Math.PI);
  context.fill();
  context.restore();
}

/** Shown where a run broke off: a cross in the run's colour. */
export function drawBreak(
  context: Canvas2D,
  colour: string,
  theme: Theme,
  x: number,
  y: number,
): void {
  context.save();
  context.setLineDash([]);
  context.lineCap = "round";
  for (const [width, ink] of [
    [6, theme.halo],
    [3, colour],
  ] as const) {
    context.lineWidth = width;
    context.strokeStyle = ink;
    context.beginPath();
    context.moveTo(x - 7, y - 7);
    context.lineTo(x + 7, y + 7);
    context.moveTo(x - 7, y + 7);
    context.lineTo(x + 7, y - 7);
    context.stroke();
  }
  context.restore();
}

/** An open arrowhead at the picture's edge that points to where a run has gone. */
export function drawArrow(
  context: Canvas2D,
  colour: string,
  theme: Theme,
  x: number,
  y: number,
  angle: number,
): void {
  context.save();
  context.translate(x, y);
  context.rotate(angle);
  context.setLineDash([]);
  context.lineCap = "round";
  context.lineJoin = "round";
  for (const [width, ink] of [
    [6, theme.halo],
    [3, colour],
  ] as const) {
    context.lineWidth = width;
    context.strokeStyle = ink;
    context.beginPath();
    context.moveTo(-9, -8);
    context.lineTo(-2, 0);
    context.lineTo(-9, 8);
    context.stroke();
  }
  context.restore();
}
