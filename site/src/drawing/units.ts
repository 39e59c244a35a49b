import type { Snapshot } from "../classifier/trainer.ts";
import { FONT } from "./axes.ts";
import { divergingColours } from "./classes.ts";
import { MapStrip } from "./maps.ts";
import type { Canvas2D } from "./marks.ts";
import type { Theme } from "./theme.ts";

const TILE = 62;
const GAP = 8;
const HEADING = 22;

/** How the maps of all hidden units are laid out in a width: each layer starts a new row. */
export function unitsHeight(widths: readonly number[], width: number): number {
  const perRow = tilesPerRow(width);
  return widths.reduce(
    (sum, units) => sum + HEADING + Math.ceil(units / perRow) * (TILE + GAP) + GAP,
    0,
  );
}

function tilesPerRow(width: number): number {
  return Math.max(1, Math.floor((width + GAP) / (TILE + GAP)));
}

/**
 * Paints the map of every hidden unit, each on its own scale, so that its shape shows.
 * @param strips the layers' pictures, kept from one painting to the next.
 */
export function drawUnits(
  context: Canvas2D,
  snapshot: Snapshot,
  strips: MapStrip[],
  width: number,
  theme: Theme,
): void {
  const { side, layers } = snapshot;
  const colours = divergingColours(theme, 1);
  const size = side * side;
  const perRow = tilesPerRow(width);
  let top = 0;
  context.textAlign = "left";
  context.textBaseline = "middle";
  layers.forEach((maps, layer) => {
    const units = maps.length / size;
    context.fillStyle = theme.text;
    context.font = `600 13px ${FONT}`;
    context.fillText(`Layer ${layer + 1}: ${units} units`, 0, top + HEADING / 2);
    top += HEADING;
    strips[layer] ??= new MapStrip();
    const strip = strips[layer];
    strip.paint(maps, side, colours, (unit) => [
      1 / (largest(maps.subarray(unit * size, (unit + 1) * size)) || 1),
      0,
    ]);
    for (let unit = 0; unit < units; unit++) {
      const x = (unit % perRow) * (TILE + GAP);
      const y = top + Math.floor(unit / perRow) * (TILE + GAP);
      context.drawImage(strip.canvas, 0, unit * side, side, side, x, y, TILE, TILE);
      context.strokeStyle = theme.line;
      context.lineWidth = 1;
      context.strokeRect(x + 0.5, y + 0.5, TILE - 1, TILE - 1);
    }
    top += Math.ceil(units / perRow) * (TILE + GAP) + GAP;
  });
}

function largest(values: Float32Array): number {
  let most = 0;
  for (let i = 0; i < values.length; i++) most = Math.max(most, Math.abs(values[i]!));
  return most;
}
