import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "vitest";
import { type Raster, rasterize } from "../../examples/support/raster.ts";
import { type Run, SCALE } from "./run.ts";

/** The size that the root of an SVG states. */
function sizeOf(svg: string): { width: number; height: number } {
  const [, width, height] = /^<svg [^>]*?width="(\d+)" height="(\d+)"/.exec(svg) ?? [];
  return { width: Number(width), height: Number(height) };
}

/** The words that an SVG shows. */
export function wordsOf(svg: string): string[] {
  return [...svg.matchAll(/<text[^>]*>([^<]*)<\/text>/g)].map(([, words = ""]) => words);
}

/** How many pixels two pictures of one size do not share. */
function differing(a: Raster, b: Raster): number {
  let count = 0;
  for (let i = 0; i < a.pixels.length; i += 4) {
    if ([0, 1, 2].some((c) => a.pixels[i + c] !== b.pixels[i + c])) count++;
  }
  return count;
}

/** The points that a path or a list of points goes through. */
function pointsIn(text: string): [number, number][] {
  const numbers = (text.match(/-?\d+(?:\.\d+)?(?:e-?\d+)?/g) ?? []).map(Number);
  return Array.from({ length: numbers.length / 2 }, (_, i) => [
    numbers[2 * i] ?? Number.NaN,
    numbers[2 * i + 1] ?? Number.NaN,
  ]);
}

/** The panels inside a picture, as the text of their elements. */
function panelsOf(svg: string): string[] {
  const inner = svg.slice(svg.indexOf(">") + 1);
  return [...inner.matchAll(/<svg [^>]*>(?:(?!<svg).)*?<\/svg>/gs)].map(([panel]) => panel);
}

/** The ends of the axes of a panel: its frame, or all of a panel in space. */
function frameOf(panel: string): { left: number; top: number; right: number; bottom: number } {
  const frame = /<rect [^>]*aria-label="frame"[^>]*>/.exec(panel)?.[0];
  const tag = frame ?? /<svg [^>]*>/.exec(panel)?.[0] ?? "";
  const read = (name: string) => Number(new RegExp(` ${name}="([\\d.]+)"`).exec(tag)?.[1]);
  const [left, top] = frame === undefined ? [0, 0] : [read("x"), read("y")];
  return { left, top, right: left + read("width"), bottom: top + read("height") };
}

/** The points of every line of a panel, by the line's name. */
function linesOf(panel: string): Map<string, [number, number][]> {
  const lines = new Map<string, [number, number][]>();
  const flat = /aria-description="line of ([^"]+)"[^>]*><path d="([^"]*)"/g;
  const inSpace = /<polyline points="([^"]*)"[^>]*class="line of ([^"]+)"/g;
  for (const [, name = "", d = ""] of panel.matchAll(flat)) lines.set(name, pointsIn(d));
  for (const [, points = "", name = ""] of panel.matchAll(inSpace)) {
    lines.set(name, [...(lines.get(name) ?? []), ...pointsIn(points)]);
  }
  return lines;
}

/** Fails unless every line lies inside the axes of its panel; returns the names of the lines. */
export function expectLinesInside(svg: string): Set<string> {
  const names = new Set<string>();
  for (const panel of panelsOf(svg)) {
    const { left, top, right, bottom } = frameOf(panel);
    for (const [name, points] of linesOf(panel)) {
      names.add(name);
      expect(points.length, `points of ${name}`).toBeGreaterThan(1);
      const outside = points.filter(
        ([x, y]) => !(x >= left - 0.5 && x <= right + 0.5 && y >= top - 0.5 && y <= bottom + 0.5),
      );
      expect(outside, `points of ${name} outside of the axes`).toEqual([]);
    }
  }
  return names;
}

/**
 * Fails unless an example wrote a picture as SVG and as PNG, of one size, with its words drawn and
 * its lines inside the axes.
 * @param words some that have to be there: a title, labels
 * @param lines the names of all lines
 */
export function expectPicture(
  { folder }: Run<unknown>,
  name: string,
  words: readonly string[],
  lines: readonly string[],
): void {
  const svg = readFileSync(join(folder, `${name}.svg`), "utf8");
  const png = readFileSync(join(folder, `${name}.png`));
  expect(png.subarray(0, 8)).toEqual(Buffer.from("\x89PNG\r\n\x1a\n", "latin1"));
  const { width, height } = sizeOf(svg);
  expect(width).toBeGreaterThanOrEqual(600);
  expect(Math.abs(png.readUInt32BE(16) - width * SCALE)).toBeLessThanOrEqual(1);
  expect(Math.abs(png.readUInt32BE(20) - height * SCALE)).toBeLessThanOrEqual(1);

  expect(wordsOf(svg)).toEqual(expect.arrayContaining([...words]));
  expect([...expectLinesInside(svg)].sort()).toEqual([...lines].sort());
  // Without a font all words would be missing from the PNG, and nothing else would tell.
  const mute = svg.replace(/<text[^>]*>[^<]*<\/text>/g, "");
  const drawn = differing(rasterize(svg, SCALE), rasterize(mute, SCALE));
  expect(drawn, "pixels of words").toBeGreaterThan(10 * words.join("").length);
}

/** The sizes and delays of a GIF's frames, read block by block. */
function gifFrames(gif: Buffer): { width: number; height: number; delays: number[] } {
  const size = { width: gif.readUInt16LE(6), height: gif.readUInt16LE(8) };
  const delays: number[] = [];
  const tableBytes = (flags: number) => (flags & 0x80 ? 3 * 2 ** ((flags & 7) + 1) : 0);
  let at = 13 + tableBytes(gif.readUInt8(10));
  while (gif[at] !== 0x3b) {
    if (gif[at] === 0x21) {
      if (gif[at + 1] === 0xf9) delays.push(gif.readUInt16LE(at + 4) * 10);
      at += 2;
    } else if (gif[at] === 0x2c) {
      at += 11 + tableBytes(gif.readUInt8(at + 9));
    } else {
      throw new Error(`byte ${at} of the GIF starts no block`);
    }
    while (gif.readUInt8(at) !== 0) at += gif.readUInt8(at) + 1;
    at++;
  }
  return { ...size, delays };
}

/** Fails unless an example wrote a moving picture, at most ten seconds long, and its last frame. */
export function expectAnimation(
  example: Run<unknown>,
  name: string,
  frames: number,
  words: readonly string[],
  lines: readonly string[],
): void {
  expectPicture(example, name, words, lines);
  const gif = readFileSync(join(example.folder, `${name}.gif`));
  const png = readFileSync(join(example.folder, `${name}.png`));
  expect(gif.subarray(0, 6).toString("latin1")).toBe("GIF89a");
  const { width, height, delays } = gifFrames(gif);
  expect([width, height]).toEqual([png.readUInt32BE(16), png.readUInt32BE(20)]);
  expect(delays).toHaveLength(frames);
  expect(Math.max(...delays)).toBe(delays.at(-1));
  expect(delays.reduce((a, b) => a + b)).toBeLessThan(10_000);
}
