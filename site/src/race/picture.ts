import { FONT } from "../drawing/axes.ts";
import { type Canvas2D, drawMarker } from "../drawing/marks.ts";
import { drawHeading, drawMoving, drawStill, type Scene, sceneFrame } from "../drawing/scene.ts";
import { seriesColour, seriesStyle } from "../drawing/series.ts";
import type { Theme } from "../drawing/theme.ts";
import { formatNumber } from "../ui/numbers.ts";
import { type Race, standingAt } from "./engine.ts";
import { label } from "./optimizers.ts";
import type { Point } from "./surfaces.ts";

/** All that a saved picture shows. */
export interface PictureSettings {
  readonly title: string;
  readonly scene: Scene;
  readonly race: Race;
  readonly start: Point;
  readonly theme: Theme;
}

const HEADING = 34;
const LEGEND_ROW = 20;

export function pictureSize(race: Race): { width: number; height: number } {
  return { width: 720, height: 560 + LEGEND_ROW * race.runners.length };
}

/** Paints the parts that all frames of an animation share. */
export function paintPictureGround(
  context: Canvas2D,
  { title, scene, race, theme }: PictureSettings,
): void {
  const { width, height } = pictureSize(race);
  context.fillStyle = theme.background;
  context.fillRect(0, 0, width, height);
  drawHeading(context, title, 14, 23, width - 150, theme);
  drawStill(context, pictureFrame(scene, race), scene, theme);
}

/** Paints the runs up to a step, and the legend with their losses, over the ground. */
export function paintPictureStep(context: Canvas2D, settings: PictureSettings, step: number): void {
  const { scene, race, start, theme } = settings;
  const { width, height } = pictureSize(race);
  drawMoving(context, pictureFrame(scene, race), scene, race, start, step, theme);
  context.font = `14px ${FONT}`;
  context.textBaseline = "alphabetic";
  context.textAlign = "right";
  context.fillStyle = theme.muted;
  context.fillText(`step ${step} of ${race.steps}`, width - 14, 23);
  context.textBaseline = "middle";
  race.runners.forEach((runner, index) => {
    const y = height - LEGEND_ROW * (race.runners.length - index) + 4;
    const colour = seriesColour(index, theme);
    const style = seriesStyle(index);
    context.setLineDash([...style.dash]);
    context.strokeStyle = colour;
    context.lineWidth = 2.25;
    context.beginPath();
    context.moveTo(50, y);
    context.lineTo(90, y);
    context.stroke();
    context.setLineDash([]);
    drawMarker(context, style, colour, theme, 70, y, 5);
    context.fillStyle = theme.text;
    context.textAlign = "left";
    context.fillText(label(runner.config), 100, y);
    context.textAlign = "right";
    context.fillText(describeLoss(runner, step), width - 14, y);
  });
}

function describeLoss(runner: Race["runners"][number], step: number): string {
  const { ending } = runner;
  if (ending?.kind === "refused") return "not started";
  if (ending?.kind === "diverged" && step >= ending.step) return `diverged at step ${ending.step}`;
  const standing = standingAt(runner, step);
  return standing === undefined ? "" : `loss ${formatNumber(standing.loss, 5)}`;
}

function pictureFrame(scene: Scene, race: Race) {
  const { width, height } = pictureSize(race);
  return sceneFrame(scene, width, height - LEGEND_ROW * race.runners.length - 8, HEADING);
}
