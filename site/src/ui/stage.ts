import { h } from "./dom.ts";

export interface Stage {
  /** Holds the canvas and whatever lies over it. */
  readonly element: HTMLElement;
  readonly canvas: HTMLCanvasElement;
  /** Size of the picture in CSS pixels. */
  readonly width: number;
  readonly height: number;
  /** Pixels of the canvas in a CSS pixel. */
  readonly density: number;
  draw(paint: (context: CanvasRenderingContext2D) => void): void;
}

/**
 * A canvas that follows its place's size and the screen's density.
 * @param label what the picture shows, for those who do not see it.
 * @param onResize called when the picture must be painted anew.
 */
export function createStage(label: string, onResize: () => void): Stage {
  const canvas = h("canvas", { role: "img", "aria-label": label });
  const element = h("div", { class: "stage" }, canvas);
  let width = 0;
  let height = 0;
  let density = 1;
  const observer = new ResizeObserver(() => {
    const box = element.getBoundingClientRect();
    const next = [Math.round(box.width), Math.round(box.height), Math.min(3, devicePixelRatio)];
    const [w = 0, hgt = 0, d = 1] = next;
    if (w === 0 || hgt === 0 || (w === width && hgt === height && d === density)) return;
    [width, height, density] = [w, hgt, d];
    canvas.width = Math.round(w * d);
    canvas.height = Math.round(hgt * d);
    onResize();
  });
  observer.observe(element);
  return {
    element,
    canvas,
    get width() {
      return width;
    },
    get height() {
      return height;
    },
    get density() {
      return density;
    },
    draw(paint) {
      const context = canvas.getContext("2d");
      if (context === null || width === 0) return;
      context.setTransform(density, 0, 0, density, 0, 0);
      context.clearRect(0, 0, width, height);
      paint(context);
    },
  };
}

/** Keeps a painted picture and paints it again only when its key or size changes. */
export class Backdrop {
  private readonly canvas = document.createElement("canvas");
  private key: readonly unknown[] = [];

  /** Puts the picture on the stage, painting it first where anything in `key` is new. */
  paint(
    stage: Stage,
    context: CanvasRenderingContext2D,
    key: readonly unknown[],
    paint: (context: CanvasRenderingContext2D) => void,
  ): void {
    const whole = [...key, stage.width, stage.height, stage.density];
    if (whole.length !== this.key.length || whole.some((part, index) => part !== this.key[index])) {
      this.key = whole;
      this.canvas.width = stage.canvas.width;
      this.canvas.height = stage.canvas.height;
      const own = this.canvas.getContext("2d");
      if (own === null) return;
      own.setTransform(stage.density, 0, 0, stage.density, 0, 0);
      paint(own);
    }
    context.drawImage(this.canvas, 0, 0, stage.width, stage.height);
  }
}
