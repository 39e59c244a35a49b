import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as Plot from "@observablehq/plot";
import { type Panel, place, plotSvg } from "./plot.ts";
import { gif, rasterize } from "./raster.ts";
import { escaped, FONT, INK, looks } from "./style.ts";

/** How large each panel is, in the SVG's units: pixels of the PNG at scale 1. */
export interface Size {
  readonly width?: number;
  readonly height?: number;
}

const HEAD = 58;
const LEGEND = 40;

function legend(names: readonly string[], width: number): string {
  const entry = (name: string) => 72 + name.length * 10.5 + 26;
  const total = names.reduce((sum, name) => sum + entry(name), 0);
  let x = Math.max(8, (width - total) / 2);
  const marks = [...looks(names)].flatMap(([name, { color, dash, symbol }]) => {
    const left = x;
    x += entry(name);
    const ends = [
      [left, 0],
      [left + 60, 0],
    ];
    return [
      Plot.line(ends, { stroke: color, strokeWidth: 3, strokeDasharray: dash }),
      Plot.dot([[left + 30, 0]], { symbol, r: 6.5, fill: color, stroke: "white" }),
      Plot.text([[left + 70, 0]], { text: () => name, textAnchor: "start", fill: INK }),
    ];
  });
  return plotSvg({
    width,
    height: LEGEND,
    margin: 0,
    x: { domain: [0, width], range: [0, width], axis: null },
    y: { domain: [-1, 1], axis: null },
    marks,
  });
}

/**
 * Composes panels, row by row, under a title and a legend into the text of an SVG file.
 * @param title what is seen; lines after the first are set smaller
 */
export function compose(
  title: string,
  rows: readonly (readonly Panel[])[],
  { width = 600, height = 460 }: Size = {},
): string {
  const whole = width * Math.max(...rows.map((row) => row.length));
  const names = [...new Set(rows.flat().flatMap((panel) => panel.series))];
  const [first = "", ...more] = title.split("\n");
  const head = HEAD + more.length * 24;
  const top = head + (names.length > 0 ? LEGEND : 0);
  const tall = top + height * rows.length;
  const words = (text: string, y: number, size: number, style = "") => {
    // A letter is about two thirds as wide as it is high; words that would not fit are set smaller.
    const fitting = Math.min(size, (whole - 30) / (0.66 * text.length)).toFixed(1);
    const place = `x="${whole / 2}" y="${y}" text-anchor="middle" font-size="${fitting}"`;
    return `<text ${place} ${style}>${escaped(text)}</text>`;
  };
  const panels = rows.flatMap((row, r) =>
    row.map((panel, c) => place(panel.draw(width, height), c * width, top + r * height)),
  );
  const svg = [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${whole}" height="${tall}"`,
    ` viewBox="0 0 ${whole} ${tall}" font-family="${FONT}" fill="${INK}" role="img">`,
    `<title>${escaped(title)}</title><rect width="${whole}" height="${tall}" fill="white"/>`,
    words(first, 38, 23, 'font-weight="bold"'),
    ...more.map((text, i) => words(text, 64 + i * 24, 17)),
    names.length > 0 ? place(legend(names, whole), 0, head) : "",
    ...panels,
    "</svg>\n",
  ].join("");
  // Plot counts its clips for as long as the process runs; a picture counts its own.
  const clips = [...new Set(svg.match(/plot-clip-\d+/g))];
  return svg.replace(/plot-clip-\d+/g, (id) => `clip-${clips.indexOf(id) + 1}`);
}

/** Pixels for each unit of the SVG; the tests make small pictures with it. */
const scale = () => Number(process.env.TAPEGRAD_SCALE ?? 1);

function save(name: string, content: string | Uint8Array): void {
  const folder = process.env.TAPEGRAD_OUT ?? "out";
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, name), content);
  console.log(`wrote ${join(folder, name)}`);
}

/** Writes panels, row by row, under a title as `name.svg` and `name.png`. */
export function picture(
  name: string,
  title: string,
  rows: readonly (readonly Panel[])[],
  size: Size = {},
): void {
  const svg = compose(title, rows, size);
  save(`${name}.svg`, svg);
  save(`${name}.png`, rasterize(svg, scale()).png());
}

/**
 * Writes a picture that moves as `name.gif`, and its last frame as `name.svg` and `name.png`.
 * @param moments what each frame shows, such as a step's number
 * @param frame the panels at a moment
 */
export function animation<T>(
  name: string,
  title: string,
  moments: readonly T[],
  frame: (moment: T) => readonly (readonly Panel[])[],
  size: Size = {},
): void {
  const svgs = moments.map((moment) => compose(title, frame(moment), size));
  const rasters = svgs.map((svg) => rasterize(svg, scale()));
  // The last frame rests, so that the end can be read before it starts anew.
  const delays = moments.map((_, i) => (i === moments.length - 1 ? 3000 : 100));
  save(`${name}.gif`, gif(rasters, delays));
  save(`${name}.svg`, svgs.at(-1) ?? "");
  save(`${name}.png`, rasters.at(-1)?.png() ?? new Uint8Array());
}
