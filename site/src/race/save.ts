import {
  type PictureSettings,
  paintPictureGround,
  paintPictureStep,
  pictureSize,
} from "./picture.ts";

const FRAMES = 60;
const FRAME_MS = 60;
const LAST_FRAME_MS = 2000;
/** Sharper than the screen needs, for print and slides. */
const PNG_DENSITY = 2;

/** The race at one step as a PNG file. */
export async function savePng(settings: PictureSettings, step: number): Promise<Blob> {
  const { width, height } = pictureSize(settings.race);
  const { canvas, context } = createCanvas(width * PNG_DENSITY, height * PNG_DENSITY);
  context.scale(PNG_DENSITY, PNG_DENSITY);
  paintPictureGround(context, settings);
  paintPictureStep(context, settings, step);
  return canvas.convertToBlob({ type: "image/png" });
}

/**
 * The race from start to end as an animated GIF.
 * @param onProgress told the part that is done, from 0 to 1; the page stays alive in between.
 */
export async function saveGif(
  settings: PictureSettings,
  onProgress: (part: number) => void,
): Promise<Blob> {
  const { applyPalette, GIFEncoder, quantize } = await import("gifenc");
  const { width, height } = pictureSize(settings.race);
  const { context } = createCanvas(width, height);
  const { canvas: ground, context: groundContext } = createCanvas(width, height);
  paintPictureGround(groundContext, settings);
  const paint = (step: number) => {
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.drawImage(ground, 0, 0);
    paintPictureStep(context, settings, step);
    return context.getImageData(0, 0, width, height).data;
  };

  // The last frame has every colour; one entry stays free to mean "as before".
  const { steps } = settings.race;
  const palette = quantize(paint(steps), 255);
  const transparent = palette.length;
  palette.push([0, 0, 0]);
  const gif = GIFEncoder();
  const count = Math.min(FRAMES, steps + 1);
  let previous: Uint8Array | undefined;
  for (let frame = 0; frame < count; frame++) {
    const step = Math.round((frame / Math.max(1, count - 1)) * steps);
    const index = applyPalette(paint(step), palette.slice(0, transparent));
    const last = frame === count - 1;
    const delay = last ? LAST_FRAME_MS : FRAME_MS;
    if (previous === undefined) gif.writeFrame(index, width, height, { palette, delay });
    else {
      const changed = sameAs(previous, index, transparent);
      gif.writeFrame(changed, width, height, {
        delay,
        transparent: true,
        transparentIndex: transparent,
        dispose: 1,
      });
    }
    previous = index;
    onProgress((frame + 1) / count);
    await new Promise((resolve) => setTimeout(resolve));
  }
  gif.finish();
  return new Blob([gif.bytes()], { type: "image/gif" });
}

/** The frame with everything that the previous one already shows left transparent. */
function sameAs(previous: Uint8Array, index: Uint8Array, transparent: number): Uint8Array {
  return index.map((value, at) => (value === previous[at] ? transparent : value));
}

function createCanvas(width: number, height: number) {
  const canvas = new OffscreenCanvas(width, height);
  const context = canvas.getContext("2d", { willReadFrequently: true });
  if (context === null) throw new Error("this browser has no 2D canvas");
  return { canvas, context };
}

/** Hands a file to the visitor's downloads. */
export function download(blob: Blob, name: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}
