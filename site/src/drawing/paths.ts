import type { Runner } from "../race/engine.ts";
import { clipSegment, contains, type Frame, toPixelX, toPixelY } from "./frame.ts";
import { type Canvas2D, drawArrow, drawBreak, drawMarker } from "./marks.ts";
import { seriesColour, seriesStyle } from "./series.ts";
import type { Theme } from "./theme.ts";

/** Where a runner's entry stands in the picture: on the map (x, y), on a curve (x, f(x)). */
export type Place = (runner: Runner, index: number) => readonly [number, number];

export const onMap: Place = ({ trajectory: { x, y } }, index) => [
  x[index] ?? Number.NaN,
  y[index] ?? Number.NaN,
];

export const onCurve: Place = ({ trajectory: { x, loss } }, index) => [
  x[index] ?? Number.NaN,
  loss[index] ?? Number.NaN,
];

const MARKS_PER_PATH = 8;

/** Draws every runner's way up to a step, and where it stands now. */
export function drawRunners(
  context: Canvas2D,
  frame: Frame,
  runners: readonly Runner[],
  step: number,
  totalSteps: number,
  place: Place,
  theme: Theme,
): void {
  context.save();
  context.beginPath();
  context.rect(frame.left, frame.top, frame.width, frame.height);
  context.clip();
  context.lineJoin = "round";
  const traced = runners.map((runner) => tracePath(frame, runner, step, place));
  // All outlines lie below all lines, so that no run hides another one's dashes.
  context.strokeStyle = theme.halo;
  context.lineWidth = 4.5;
  for (const path of traced) context.stroke(path);
  runners.forEach((runner, index) => {
    context.setLineDash([...seriesStyle(index).dash]);
    context.strokeStyle = seriesColour(index, theme);
    context.lineWidth = 2.25;
    context.stroke(traced[index] ?? new Path2D());
    const every = Math.max(1, Math.round(totalSteps / MARKS_PER_PATH));
    for (let at = every; at < Math.min(step, runner.steps); at += every) {
      const [x, y] = place(runner, at);
      mark(context, frame, index, x, y, 3.6, theme);
    }
  });
  context.restore();
  runners.forEach((runner, index) => {
    drawStanding(context, frame, runner, index, step, place, theme);
  });
}

function mark(
  context: Canvas2D,
  frame: Frame,
  index: number,
  x: number,
  y: number,
  radius: number,
  theme: Theme,
): void {
  if (!contains(frame, x, y)) return;
  const colour = seriesColour(index, theme);
  const [px, py] = [toPixelX(frame, x), toPixelY(frame, y)];
  drawMarker(context, seriesStyle(index), colour, theme, px, py, radius);
}

/** Joins the entries that differ by a visible distance; the rest of a slow run adds nothing. */
function tracePath(frame: Frame, runner: Runner, step: number, place: Place): Path2D {
  const path = new Path2D();
  const last = Math.min(step, runner.steps);
  let [fromX, fromY] = [Number.NaN, Number.NaN];
  let [penX, penY] = [Number.NaN, Number.NaN];
  for (let index = 0; index <= last; index++) {
    const [x, y] = place(runner, index);
    const px = toPixelX(frame, x);
    const py = toPixelY(frame, y);
    if (!Number.isFinite(px) || !Number.isFinite(py)) break;
    const near = Math.abs(px - fromX) < 0.6 && Math.abs(py - fromY) < 0.6;
    if (near && index < last) continue;
    if (!Number.isNaN(fromX)) {
      const clipped = clipSegment(frame, [fromX, fromY, px, py]);
      if (clipped !== undefined) {
        const [x0, y0, x1, y1] = clipped;
        if (x0 !== penX || y0 !== penY) path.moveTo(x0, y0);
        path.lineTo(x1, y1);
        [penX, penY] = [x1, y1];
      }
    }
    [fromX, fromY] = [px, py];
  }
  return path;
}

function drawStanding(
  context: Canvas2D,
  frame: Frame,
  runner: Runner,
  index: number,
  step: number,
  place: Place,
  theme: Theme,
): void {
  const { ending } = runner;
  const colour = seriesColour(index, theme);
  const broke = ending?.kind === "diverged" && step >= ending.step;
  // The last entry of a diverged run is no number: the cross stands where it was seen last.
  for (let at = Math.min(step, runner.steps); at >= 0; at--) {
    const [x, y] = place(runner, at);
    if (!Number.isFinite(x) || !Number.isFinite(y)) continue;
    if (contains(frame, x, y)) {
      if (broke) drawBreak(context, colour, theme, toPixelX(frame, x), toPixelY(frame, y));
      else mark(context, frame, index, x, y, 6.5, theme);
      return;
    }
    drawAtEdge(context, frame, index, broke, x, y, theme);
    return;
  }
}

/** Shows at the picture's edge which run has left it, and in which direction. */
function drawAtEdge(
  context: Canvas2D,
  frame: Frame,
  index: number,
  broke: boolean,
  x: number,
  y: number,
  theme: Theme,
): void {
  const { left, top, width, height } = frame;
  const [px, py] = [toPixelX(frame, x), toPixelY(frame, y)];
  const within = (value: number, low: number, size: number, room: number) =>
    Math.min(low + size - room, Math.max(low + room, value));
  const [edgeX, edgeY] = [within(px, left, width, 1), within(py, top, height, 1)];
  const angle = Math.atan2(py - edgeY, px - edgeX);
  const colour = seriesColour(index, theme);
  drawArrow(context, colour, theme, edgeX, edgeY, angle);
  const markX = within(edgeX - 20 * Math.cos(angle), left, width, 9);
  const markY = within(edgeY - 20 * Math.sin(angle), top, height, 9);
  if (broke) drawBreak(context, colour, theme, markX, markY);
  else drawMarker(context, seriesStyle(index), colour, theme, markX, markY, 6.5);
}
