/**
 * The pictures of the examples, each in one call: copy this folder to draw your own.
 * All are written to `out/`, or to the folder that TAPEGRAD_OUT names.
 */
import { animation, picture } from "./figure.ts";
import { type Curves, contours, lines } from "./panels.ts";
import { cut, type Ground, mapValues, type Panel, type Points, pathsOf } from "./plot.ts";
import { surface } from "./surface.ts";

export { boundary } from "./panels.ts";
export { type Ground, mapValues, type Panel, type Points } from "./plot.ts";

/** Panels of curves, side by side, or one above the other. */
export function drawCurves(
  name: string,
  title: string,
  panels: readonly Curves[],
  stacked = false,
): void {
  const drawn = panels.map(lines);
  const size = panels.length === 1 || stacked ? { width: 960, height: stacked ? 380 : 520 } : {};
  picture(name, title, stacked ? drawn.map((panel) => [panel]) : [drawn], size);
}

/** Paths on filled contours: one panel for each title, two in a row. */
export function drawPaths(
  name: string,
  title: string,
  ground: Ground,
  panels: Record<string, Record<string, Points>>,
): void {
  const drawn = Object.entries(panels).map(([head, paths]) => contours(head, ground, paths));
  picture(name, title, pairs(drawn));
}

/** Panels' titles and paths for `drawPaths`: each path alone, and then all of them. */
export function eachAndAll(paths: Record<string, Points>): Record<string, Record<string, Points>> {
  const each = Object.entries(paths).map(([name, path]) => [name, { [name]: path }] as const);
  return { ...Object.fromEntries(each), All: paths };
}

/** One coordinate of all paths, such as the height at index 2, for `drawCurves`. */
export function column(walks: Record<string, Points>, index: number): Record<string, number[]> {
  return mapValues(pathsOf(walks), (path) => path.map((row) => row[index] ?? Number.NaN));
}

/** Paths on the surface in space. */
export function drawSurface(
  name: string,
  title: string,
  ground: Ground,
  paths: Record<string, Points>,
): void {
  picture(name, title, [[surface("", ground, paths)]], { width: 900, height: 680 });
}

/** Paths as they are walked: their height against the step, and moving points on the surface. */
export function animatePaths(
  name: string,
  title: string,
  ground: Ground,
  paths: Record<string, Points>,
): void {
  // Where a path has left the surface its height is not drawn any more either.
  const walks = mapValues(pathsOf(paths), (path) => cut(path, ground.x, ground.y));
  const series = column(walks, 2);
  const steps = Math.max(...Object.values(walks).map((path) => path.length)) - 1;
  const moments = denseEarly(steps, 32);
  const frame = (upTo: number) => [
    lines({ title: `Step ${upTo}`, x: "step", y: ground.labels[2], series, upTo }),
    surface("The surface", ground, walks, upTo),
  ];
  animation(name, title, moments, (upTo) => [frame(upTo)], { width: 540, height: 430 });
}

/**
 * A classifier's boundary while it learns: the last panel of each name as a picture of its own, and
 * all of them, panel after panel, as a moving picture.
 */
export function drawBoundaries(
  name: string,
  title: string,
  panels: Record<string, readonly Panel[]>,
): void {
  const size = { width: 440, height: 440 };
  for (const [model, learning] of Object.entries(panels)) {
    const still = learning.slice(-1);
    picture(`${name}-${model.toLowerCase()}`, title, [still], { width: 640, height: 640 });
  }
  const all = Object.values(panels);
  const moments = Array.from({ length: Math.max(...all.map((learning) => learning.length)) });
  animation(
    name,
    title,
    [...moments.keys()],
    (i) => pairs(all.flatMap((p) => p.slice(i, i + 1))),
    size,
  );
}

/** Whole numbers from 0 to `last`, close together early and far apart late. */
export function denseEarly(last: number, count: number): number[] {
  const at = Array.from({ length: count }, (_, i) => last * (i / (count - 1)) ** 2.5);
  return [...new Set(at.map(Math.round))];
}

function pairs(panels: readonly Panel[]): Panel[][] {
  const rows = Array.from({ length: Math.ceil(panels.length / 2) });
  return rows.map((_, i) => panels.slice(2 * i, 2 * i + 2));
}
