import type { Program } from "../expression/ast.ts";
import type { Race } from "../race/engine.ts";
import { type Field, sampleField } from "../race/field.ts";
import { type HeightScale, heightScale } from "../race/levels.ts";
import type { Bounds, Point } from "../race/surfaces.ts";
import { drawAxes, FONT, MARGIN } from "./axes.ts";
import { contains, type Frame, toPixelX, toPixelY } from "./frame.ts";
import { type Contours, cutContours, drawGround } from "./ground.ts";
import { type Canvas2D, drawStar, drawStart } from "./marks.ts";
import { drawRunners, onCurve, onMap, type Place } from "./paths.ts";
import { rampColour, type Theme } from "./theme.ts";

const COLUMNS = 161;
const ROWS = 141;
const CURVE_POINTS = 601;
const LEVELS = 14;

/** What stays the same while a race plays: the ground, as a map of f(x, y) or as the curve of f(x). */
export interface Scene {
  readonly field: Field;
  readonly scale: HeightScale;
  readonly cut: Contours | undefined;
  /** The plane of the picture: x and y, or x and f(x). */
  readonly bounds: Bounds;
  readonly names: { readonly x: string; readonly y: string };
  readonly place: Place;
  readonly minima: readonly Point[];
}

/** Computes the ground of a view. */
export function createScene(program: Program, view: Bounds, minima: readonly Point[]): Scene {
  if (!program.uses.y) return curveScene(program, view, minima);
  const field = sampleField(program, view, COLUMNS, ROWS);
  const scale = heightScale(field, LEVELS);
  return {
    field,
    scale,
    cut: cutContours(field, scale),
    bounds: view,
    names: { x: "x", y: "y" },
    place: onMap,
    minima,
  };
}

function curveScene(program: Program, view: Bounds, minima: readonly Point[]): Scene {
  const field = sampleField(program, view, CURVE_POINTS, 2);
  const low = Number.isNaN(field.low) ? 0 : field.low;
  const high = Number.isNaN(field.high) ? 1 : field.high;
  const room = 0.06 * (high - low || 1);
  return {
    field,
    scale: heightScale(field, LEVELS),
    cut: undefined,
    bounds: { x0: view.x0, x1: view.x1, y0: low - room, y1: high + room },
    names: { x: "x", y: "f(x)" },
    place: onCurve,
    minima: minima.map(({ x }) => ({ x, y: low })),
  };
}

/** The plotting area of a picture of this size. */
export function sceneFrame(scene: Scene, width: number, height: number, top = MARGIN.top): Frame {
  return {
    left: MARGIN.left,
    top,
    width: Math.max(20, width - MARGIN.left - MARGIN.right),
    height: Math.max(20, height - top - MARGIN.bottom),
    bounds: scene.bounds,
  };
}

/** Draws all that does not move: ground, axes, minima. */
export function drawStill(context: Canvas2D, frame: Frame, scene: Scene, theme: Theme): void {
  if (scene.cut === undefined) drawCurve(context, frame, scene.field, theme);
  else drawGround(context, frame, scene.cut, theme);
  drawAxes(context, frame, scene.names, theme);
  for (const { x, y } of scene.minima) {
    if (contains(frame, x, y)) {
      drawStar(context, theme, toPixelX(frame, x), toPixelY(frame, y), 8);
    }
  }
}

function drawCurve(context: Canvas2D, frame: Frame, field: Field, theme: Theme): void {
  const [red, green, blue] = rampColour(theme, 0.25);
  context.fillStyle = `rgb(${red}, ${green}, ${blue})`;
  context.fillRect(frame.left, frame.top, frame.width, frame.height);
  context.save();
  context.beginPath();
  context.rect(frame.left, frame.top, frame.width, frame.height);
  context.clip();
  context.beginPath();
  let drawing = false;
  for (let index = 0; index < field.columns; index++) {
    const x = frame.left + (index / (field.columns - 1)) * frame.width;
    const y = toPixelY(frame, field.values[index] ?? Number.NaN);
    if (!Number.isFinite(y)) drawing = false;
    else if (drawing) context.lineTo(x, y);
    else {
      context.moveTo(x, y);
      drawing = true;
    }
  }
  context.lineWidth = 1.5;
  context.strokeStyle = theme.muted;
  context.stroke();
  context.restore();
}

/** Draws what moves: the runs up to a step, and their start. */
export function drawMoving(
  context: Canvas2D,
  frame: Frame,
  scene: Scene,
  race: Race,
  start: Point,
  step: number,
  theme: Theme,
): void {
  drawRunners(context, frame, race.runners, step, race.steps, scene.place, theme);
  const first = race.runners.find((runner) => runner.trajectory.x.length > 0);
  const [x, y] =
    scene.cut === undefined && first !== undefined ? scene.place(first, 0) : [start.x, start.y];
  if (contains(frame, x, y)) drawStart(context, theme, toPixelX(frame, x), toPixelY(frame, y));
}

/** Writes a heading at the top left, cut to the width. */
export function drawHeading(
  context: Canvas2D,
  text: string,
  x: number,
  y: number,
  width: number,
  theme: Theme,
): void {
  context.fillStyle = theme.text;
  context.font = `600 15px ${FONT}`;
  context.textAlign = "left";
  context.textBaseline = "alphabetic";
  let shown = text;
  while (shown.length > 4 && context.measureText(shown).width > width) {
    shown = `${shown.slice(0, -2).trimEnd().replace(/…$/, "")}…`;
  }
  context.fillText(shown, x, y);
}
