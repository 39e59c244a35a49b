import { CanvasTexture, Sprite, SpriteMaterial, SRGBColorSpace } from "three";
import type { Field } from "../race/field.ts";
import type { HeightScale } from "../race/levels.ts";
import { formatNumber } from "../ui/numbers.ts";
import { FONT } from "./axes.ts";
import type { Canvas2D } from "./marks.ts";
import type { Theme } from "./theme.ts";

/** Height of the box that the surface fills, where its floor is 2 by 2. */
export const BOX_HEIGHT = 1;

/** Names and ends of the three axes, in words that always face the visitor. */
export class AxisLabels {
  readonly sprites: readonly Sprite[];

  constructor(field: Field, scale: HeightScale, theme: Theme) {
    const { bounds, low, high } = field;
    const text = (value: number) => formatNumber(value, 3);
    const top = `f = ${text(high)}${scale.kind === "linear" ? "" : ", log"}`;
    this.sprites = [
      ...["x", text(bounds.x0), text(bounds.x1)],
      ...["y", text(bounds.y0), text(bounds.y1)],
      ...[text(low), top],
    ].map((label) => textSprite(label, theme));
  }

  /** Moves the labels to those edges of the box that face the camera, so that nothing hides them. */
  face(azimuth: number): void {
    const front = Math.cos(azimuth) >= 0 ? -1.2 : 1.2;
    const side = Math.sin(azimuth) >= 0 ? 1.2 : -1.2;
    // The corner furthest to the left: its direction is against the camera's right hand.
    const left = [-Math.sign(Math.cos(azimuth) || 1), -Math.sign(Math.sin(azimuth) || 1)] as const;
    const places: readonly (readonly [number, number, number])[] = [
      [0, front, 0],
      [-0.9, front, 0],
      [0.9, front, 0],
      [side, 0, 0],
      [side, -0.9, 0],
      [side, 0.9, 0],
      [left[0] * 1.1, left[1] * 1.1, 0.08],
      [left[0], left[1], BOX_HEIGHT + 0.1],
    ];
    places.forEach(([x, y, z], index) => {
      this.sprites[index]?.position.set(x, y, z);
    });
  }
}

function textSprite(text: string, theme: Theme): Sprite {
  return picture((context) => {
    context.font = `20px ${FONT}`;
    context.textAlign = "center";
    context.textBaseline = "middle";
    context.lineWidth = 4;
    context.lineJoin = "round";
    context.strokeStyle = theme.background;
    context.strokeText(text, 128, 32);
    context.fillStyle = theme.text;
    context.fillText(text, 128, 32);
  }, 256);
}

/** A flat picture in space, the same size at any distance. */
export function picture(paint: (context: Canvas2D) => void, width = 64): Sprite {
  const canvas = document.createElement("canvas");
  const density = 2;
  canvas.width = width * density;
  canvas.height = 64 * density;
  const context = canvas.getContext("2d");
  if (context !== null) {
    context.scale(density, density);
    paint(context);
  }
  const map = new CanvasTexture(canvas);
  map.colorSpace = SRGBColorSpace;
  const sprite = new Sprite(new SpriteMaterial({ map, depthTest: false, sizeAttenuation: false }));
  const scale = 0.0022;
  sprite.scale.set((width * scale) / 2, (64 * scale) / 2, 1);
  sprite.renderOrder = 3;
  return sprite;
}
