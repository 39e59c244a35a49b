import { contours } from "d3-contour";
import type { Field } from "../race/field.ts";
import type { HeightScale } from "../race/levels.ts";
import type { Frame } from "./frame.ts";
import type { Canvas2D } from "./marks.ts";
import { rampColour, type Theme } from "./theme.ts";

/** Closed rings in grid coordinates, lowest level first, with the colour height of each. */
export interface Contours {
  readonly columns: number;
  readonly rows: number;
  readonly bands: readonly {
    readonly unit: number;
    readonly rings: readonly (readonly Ring[])[];
  }[];
}

type Ring = readonly (readonly number[])[];

/** Cuts a field into bands of equal width on its scale. */
export function cutContours(field: Field, scale: HeightScale): Contours {
  const { columns, rows, values, low, high } = field;
  const finite = (value: number) => Math.min(high, Math.max(low, value));
  // Holes stay NaN, which d3-contour takes for below every level: the hatched ground shows there.
  const units = Array.from(values, (value) =>
    Number.isNaN(value) ? value : scale.toUnit(finite(value)),
  );
  const thresholds = [-1, ...scale.levels.map((level) => scale.toUnit(level))];
  const bands = contours()
    .size([columns, rows])
    .thresholds(thresholds)(units)
    .map((band, index) => ({
      unit: index === 0 ? 0 : (index + 0.5) / thresholds.length,
      rings: band.coordinates,
    }));
  return { columns, rows, bands };
}

/** Paints filled contours with thin lines between the bands, and hatches where there is no value. */
export function drawGround(context: Canvas2D, frame: Frame, cut: Contours, theme: Theme): void {
  const { left, top, width, height } = frame;
  context.save();
  context.beginPath();
  context.rect(left, top, width, height);
  context.clip();
  drawHatching(context, frame, theme);
  // d3-contour puts the value of grid point (i, j) at (i + 0.5, j + 0.5).
  const toX = (gx: number) => left + ((gx - 0.5) / (cut.columns - 1)) * width;
  const toY = (gy: number) => top + (1 - (gy - 0.5) / (cut.rows - 1)) * height;
  context.lineWidth = 0.8;
  cut.bands.forEach(({ unit, rings }, index) => {
    context.beginPath();
    for (const polygon of rings) {
      for (const ring of polygon) {
        ring.forEach(([gx = 0, gy = 0], at) => {
          if (at === 0) context.moveTo(toX(gx), toY(gy));
          else context.lineTo(toX(gx), toY(gy));
        });
        context.closePath();
      }
    }
    const [red, green, blue] = rampColour(theme, unit);
    context.fillStyle = `rgb(${red}, ${green}, ${blue})`;
    context.fill("evenodd");
    if (index > 0) {
      const [r, g, b] = rampColour(theme, Math.min(1, unit + 0.22));
      context.strokeStyle = `rgb(${r}, ${g}, ${b})`;
      context.stroke();
    }
  });
  context.restore();
}

function drawHatching(context: Canvas2D, { left, top, width, height }: Frame, theme: Theme): void {
  context.fillStyle = theme.background;
  context.fillRect(left, top, width, height);
  context.strokeStyle = theme.line;
  context.lineWidth = 1.5;
  context.beginPath();
  for (let offset = -height; offset < width; offset += 9) {
    context.moveTo(left + offset, top + height);
    context.lineTo(left + offset + height, top);
  }
  context.stroke();
}
