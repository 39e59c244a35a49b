import { contours } from "d3-contour";
import type { PointSet, Snapshot } from "../classifier/trainer.ts";
import { type Frame, toPixelX, toPixelY } from "./frame.ts";
import { type ColourTable, colourTable, type MapStrip } from "./maps.ts";
import type { Canvas2D } from "./marks.ts";
import type { Theme } from "./theme.ts";

type Colour = readonly [number, number, number];

/** The two classes' colours, and what lies between them. */
function classColours({ dark }: Theme): readonly [Colour, Colour, Colour] {
  return dark
    ? [
        [58, 160, 221],
        [22, 28, 37],
        [238, 125, 39],
      ]
    : [
        [0, 114, 178],
        [255, 255, 255],
        [213, 94, 0],
      ];
}

const tables = new Map<string, ColourTable>();

/**
 * Colours from −1 (class 0) over 0 (undecided) to 1 (class 1).
 * @param strength the part of the class's full colour that the ends have.
 */
export function divergingColours(theme: Theme, strength: number): ColourTable {
  const key = `${theme.dark} ${strength}`;
  const [low, middle, high] = classColours(theme);
  const table =
    tables.get(key) ??
    colourTable((value) => {
      const end = value < 0 ? low : high;
      const part = strength * Math.min(1, Math.abs(value));
      const mix = (k: 0 | 1 | 2) => Math.round(middle[k] + (end[k] - middle[k]) * part);
      return [mix(0), mix(1), mix(2)];
    });
  tables.set(key, table);
  return table;
}

/** Full colour would drown the points that lie on it. */
const GROUND_STRENGTH = 0.5;
/** A probability from 0 to 1 on the scale from −1 to 1. */
const PROBABILITY_SCALE = [2, -1] as const;

/** Paints the probability of class 1 over the plane, and the line where the classes meet. */
export function drawProbability(
  context: Canvas2D,
  frame: Frame,
  snapshot: Snapshot,
  strip: MapStrip,
  theme: Theme,
): void {
  const { left, top, width, height } = frame;
  const { side, probability } = snapshot;
  const colours = divergingColours(theme, GROUND_STRENGTH);
  strip.paint(probability, side, colours, () => PROBABILITY_SCALE);
  context.save();
  context.beginPath();
  context.rect(left, top, width, height);
  context.clip();
  context.imageSmoothingEnabled = true;
  context.imageSmoothingQuality = "high";
  // Grid points are the centres of the picture's cells but for the outermost, which lie on its edge.
  const cell = width / (side - 1);
  context.drawImage(strip.canvas, left - cell / 2, top - cell / 2, width + cell, height + cell);
  const [boundary] = contours().size([side, side]).thresholds([0.5])(Array.from(probability));
  context.beginPath();
  for (const polygon of boundary?.coordinates ?? []) {
    for (const ring of polygon) drawInnerRing(context, ring, side, frame);
  }
  context.strokeStyle = theme.text;
  context.lineWidth = 1.75;
  context.stroke();
  context.restore();
}

/** A contour's ring without the parts that only follow the edge of the grid. */
function drawInnerRing(
  context: Canvas2D,
  ring: readonly (readonly number[])[],
  side: number,
  frame: Frame,
): void {
  const onEdge = (value: number) => value <= 0.5 || value >= side - 0.5;
  let drawing = false;
  for (const [gx = 0, gy = 0] of ring) {
    const x = frame.left + ((gx - 0.5) / (side - 1)) * frame.width;
    const y = frame.top + (1 - (gy - 0.5) / (side - 1)) * frame.height;
    if (drawing) context.lineTo(x, y);
    else context.moveTo(x, y);
    drawing = !(onEdge(gx) || onEdge(gy));
  }
}

/** Draws class 0 as circles and class 1 as squares; points kept for testing are hollow. */
export function drawPoints(
  context: Canvas2D,
  frame: Frame,
  points: PointSet,
  hollow: boolean,
  theme: Theme,
): void {
  const [low, , high] = classColours(theme);
  const radius = points.labels.length > 300 ? 2.6 : 4;
  points.labels.forEach((label, index) => {
    const x = toPixelX(frame, points.x[index] ?? Number.NaN);
    const y = toPixelY(frame, points.y[index] ?? Number.NaN);
    const [red, green, blue] = label > 0.5 ? high : low;
    context.beginPath();
    if (label > 0.5) context.rect(x - radius * 0.9, y - radius * 0.9, radius * 1.8, radius * 1.8);
    else context.arc(x, y, radius, 0, 2 * Math.PI);
    const ink = `rgb(${red}, ${green}, ${blue})`;
    context.lineWidth = hollow ? 1.4 : 1;
    context.fillStyle = hollow ? theme.background : ink;
    context.strokeStyle = hollow ? ink : theme.halo;
    context.fill();
    context.stroke();
  });
}
