import { type Frame, ticks, toPixelX, toPixelY } from "./frame.ts";
import type { Canvas2D } from "./marks.ts";
import type { Theme } from "./theme.ts";

export const FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, 'DejaVu Sans', sans-serif";

/** Room that ticks and labels need around the plotting area. */
export const MARGIN = { left: 50, right: 12, top: 10, bottom: 38 };

/** Draws a frame with ticks and the axes' names. */
export function drawAxes(
  context: Canvas2D,
  frame: Frame,
  names: { readonly x: string; readonly y: string },
  theme: Theme,
): void {
  const { left, top, width, height, bounds } = frame;
  context.save();
  context.strokeStyle = theme.muted;
  context.fillStyle = theme.muted;
  context.lineWidth = 1;
  context.strokeRect(left + 0.5, top + 0.5, width - 1, height - 1);
  context.font = `12px ${FONT}`;
  context.textAlign = "center";
  context.textBaseline = "top";
  for (const { value, text } of ticks(bounds.x0, bounds.x1, Math.max(2, width / 80))) {
    const x = Math.round(toPixelX(frame, value)) + 0.5;
    context.beginPath();
    context.moveTo(x, top + height);
    context.lineTo(x, top + height + 5);
    context.stroke();
    context.fillText(text, x, top + height + 8);
  }
  context.textAlign = "right";
  context.textBaseline = "middle";
  for (const { value, text } of ticks(bounds.y0, bounds.y1, Math.max(2, height / 60))) {
    const y = Math.round(toPixelY(frame, value)) + 0.5;
    context.beginPath();
    context.moveTo(left - 5, y);
    context.lineTo(left, y);
    context.stroke();
    context.fillText(text, left - 8, y);
  }
  context.fillStyle = theme.text;
  context.font = `italic 13px ${FONT}`;
  context.textAlign = "center";
  context.textBaseline = "bottom";
  context.fillText(names.x, left + width / 2, top + height + MARGIN.bottom);
  context.translate(12, top + height / 2);
  context.rotate(-Math.PI / 2);
  context.textBaseline = "middle";
  context.fillText(names.y, 0, 0);
  context.restore();
}
