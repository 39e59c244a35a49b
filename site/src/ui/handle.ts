import { type Frame, fromPixel, toPixelX, toPixelY } from "../drawing/frame.ts";
import type { Point } from "../race/surfaces.ts";
import { h } from "./dom.ts";
import { formatNumber } from "./numbers.ts";
import type { Stage } from "./stage.ts";

export interface Handle {
  readonly element: HTMLButtonElement;
  /** Puts the handle where its point is now. */
  place(frame: Frame, point: Point): void;
}

export interface HandleOptions {
  readonly stage: Stage;
  /** What the handle is, such as "Start". */
  readonly name: string;
  /** What else to say about keys. */
  readonly hint: string;
  /** @param byPointer whether a mouse, pen or finger moved it, not a key. */
  onMove(point: Point, byPointer: boolean): void;
  /** Enter, Space or a click on the handle itself. */
  onPress?(point: Point): void;
}

/** The part of the view that an arrow key moves a point by; ten times as far with Shift. */
const KEY_STEP = 0.01;

const ARROWS: Readonly<Record<string, readonly [number, number]>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, 1],
  ArrowDown: [0, -1],
};

/**
 * A point on a picture that is moved by a click, a drag or the arrow keys. A finger drags the handle
 * only, so that the rest of the picture still scrolls the page; a tap moves the point there.
 */
export function createHandle(options: HandleOptions): Handle {
  const { stage } = options;
  const element = h("button", { type: "button", class: "handle" });
  let frame: Frame | undefined;
  let point: Point = { x: 0, y: 0 };

  const follow = (event: MouseEvent) => {
    if (frame === undefined) return;
    const box = stage.canvas.getBoundingClientRect();
    const clampX = Math.min(
      frame.left + frame.width,
      Math.max(frame.left, event.clientX - box.left),
    );
    const clampY = Math.min(frame.top + frame.height, Math.max(frame.top, event.clientY - box.top));
    const { x, y } = fromPixel(frame, clampX, clampY);
    const [across, up] = [
      tidy(x, frame.bounds.x0, frame.bounds.x1),
      tidy(y, frame.bounds.y0, frame.bounds.y1),
    ];
    options.onMove({ x: across, y: up }, true);
  };
  const drag = (target: HTMLElement, event: PointerEvent) => {
    target.setPointerCapture(event.pointerId);
    const stop = () => {
      target.removeEventListener("pointermove", follow);
      target.removeEventListener("pointerup", stop);
      target.removeEventListener("pointercancel", stop);
    };
    target.addEventListener("pointermove", follow);
    target.addEventListener("pointerup", stop);
    target.addEventListener("pointercancel", stop);
  };
  stage.canvas.addEventListener("pointerdown", (event) => {
    if (event.pointerType === "touch" || event.button !== 0) return;
    follow(event);
    drag(stage.canvas, event);
  });
  stage.canvas.addEventListener("click", (event) => {
    if (event instanceof PointerEvent && event.pointerType === "touch") follow(event);
  });
  element.addEventListener("pointerdown", (event) => {
    if (event.button === 0) drag(element, event);
  });
  element.addEventListener("keydown", (event) => {
    const arrow = ARROWS[event.key];
    if (arrow === undefined || frame === undefined) return;
    event.preventDefault();
    const { x0, x1, y0, y1 } = frame.bounds;
    const reach = KEY_STEP * (event.shiftKey ? 10 : 1);
    const limit = (value: number, low: number, high: number) =>
      Math.min(high, Math.max(low, value));
    const x = tidy(limit(point.x + arrow[0] * reach * (x1 - x0), x0, x1), x0, x1);
    const y = tidy(limit(point.y + arrow[1] * reach * (y1 - y0), y0, y1), y0, y1);
    // The next key may come before this one is drawn.
    point = { x, y };
    options.onMove(point, false);
  });
  element.addEventListener("click", () => options.onPress?.(point));

  stage.element.append(element);
  return {
    element,
    place(nextFrame, nextPoint) {
      frame = nextFrame;
      point = nextPoint;
      element.style.left = `${toPixelX(frame, point.x)}px`;
      element.style.top = `${toPixelY(frame, point.y)}px`;
      const inside = point.x >= frame.bounds.x0 && point.x <= frame.bounds.x1;
      element.classList.toggle(
        "outside",
        !inside || point.y < frame.bounds.y0 || point.y > frame.bounds.y1,
      );
      element.setAttribute(
        "aria-label",
        `${options.name}: x ${formatNumber(point.x, 4)}, y ${formatNumber(point.y, 4)}. ${options.hint}`,
      );
    },
  };
}

/** Rounds to what the picture can show, so that addresses and fields stay short. */
function tidy(value: number, low: number, high: number): number {
  const digits = Math.max(0, 3 - Math.floor(Math.log10(high - low)));
  return Number(value.toFixed(Math.min(12, digits)));
}
