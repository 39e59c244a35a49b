import { createRequire } from "node:module";
import { Resvg } from "@resvg/resvg-js";

export interface Raster {
  readonly width: number;
  readonly height: number;
  /** Red, green, blue and alpha of every pixel, row by row. */
  readonly pixels: Uint8Array;
  png(): Uint8Array;
}

/** What we use of gifenc, which brings no types and is not a module of the newer kind. */
interface Gifenc {
  GIFEncoder(): {
    writeFrame(
      index: Uint8Array,
      width: number,
      height: number,
      options: {
        palette?: number[][];
        transparent: boolean;
        transparentIndex: number;
        delay: number;
        dispose: number;
      },
    ): void;
    finish(): void;
    bytes(): Uint8Array;
  };
  quantize(rgba: Uint8Array, maxColors: number): number[][];
  applyPalette(rgba: Uint8Array, palette: number[][]): Uint8Array;
}

const require = createRequire(import.meta.url);
const gifenc: Gifenc = require("gifenc");

// A rasterizer without a font drops every word and says nothing, so the font comes with us.
const fontFiles = ["DejaVuSans.ttf", "DejaVuSans-Bold.ttf"].map((file) =>
  require.resolve(`dejavu-fonts-ttf/ttf/${file}`),
);

/**
 * Paints an SVG on white.
 * @param scale pixels for each unit of the SVG
 */
export function rasterize(svg: string, scale = 1): Raster {
  const image = new Resvg(svg, {
    background: "white",
    fitTo: { mode: "zoom", value: scale },
    font: { loadSystemFonts: false, fontFiles, defaultFontFamily: "DejaVu Sans" },
  }).render();
  return {
    width: image.width,
    height: image.height,
    pixels: image.pixels,
    png: () => image.asPng(),
  };
}

/**
 * Encodes frames as a GIF that repeats for ever.
 * @param delays how long each frame stays, in milliseconds
 */
export function gif(frames: readonly Raster[], delays: readonly number[]): Uint8Array {
  const first = frames[0];
  const last = frames.at(-1);
  if (!first || !last) throw new RangeError("gif: needs at least one frame");
  // One palette for all frames, or colours would flicker; colour 0 is kept for "as before".
  const both = new Uint8Array(first.pixels.length + last.pixels.length);
  both.set(first.pixels);
  both.set(last.pixels, first.pixels.length);
  const palette = [[255, 255, 255], ...gifenc.quantize(both, 255)];
  const encoder = gifenc.GIFEncoder();
  let before: Uint8Array | null = null;
  frames.forEach((frame, i) => {
    const now = gifenc.applyPalette(frame.pixels, palette.slice(1)).map((index) => index + 1);
    const old = before;
    const changes = old ? now.map((index, at) => (index === old[at] ? 0 : index)) : now;
    encoder.writeFrame(changes, frame.width, frame.height, {
      ...(i === 0 ? { palette } : {}),
      transparent: old !== null,
      transparentIndex: 0,
      delay: delays[i] ?? 100,
      dispose: 1,
    });
    before = now;
  });
  encoder.finish();
  return encoder.bytes();
}
