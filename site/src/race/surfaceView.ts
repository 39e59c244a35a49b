import type { Surface3D, View3D } from "../drawing/surface3d.ts";
import { h } from "../ui/dom.ts";

export interface SurfaceView {
  readonly element: HTMLElement;
  show(view: View3D, name: string): void;
}

export interface SurfaceViewOptions {
  onCamera(turn: number, tilt: number): void;
  onReady(): void;
}

/** Degrees that the landscape turns by for a pixel of dragging. */
const DRAG = 0.4;

/** The surface in 3D. Its drawing library is loaded only when it is first shown. */
export function createSurfaceView(options: SurfaceViewOptions): SurfaceView {
  const place = h("div", { class: "stage" });
  const slider = (label: string, max: number) =>
    h("input", { type: "range", min: 0, max, step: 1, "aria-label": label });
  const turn = slider("Turn", 360);
  const tilt = slider("Tilt", 90);
  const element = h(
    "div",
    { class: "surface-view" },
    place,
    h(
      "div",
      { class: "row camera" },
      h("span", { "aria-hidden": "true" }, "Turn"),
      turn,
      h("span", { "aria-hidden": "true" }, "Tilt"),
      tilt,
    ),
  );
  const moved = () => options.onCamera(Number(turn.value), Number(tilt.value));
  turn.addEventListener("input", moved);
  tilt.addEventListener("input", moved);

  let picture: Surface3D | undefined;
  let loading = false;
  const load = async () => {
    loading = true;
    const { Surface3D: Picture } = await import("../drawing/surface3d.ts");
    try {
      picture = new Picture();
    } catch {
      place.replaceChildren(
        h(
          "p",
          { class: "warning" },
          "This browser draws no WebGL, so there is no 3D here. The map shows the same race.",
        ),
      );
      return;
    }
    const { canvas } = picture;
    canvas.setAttribute("role", "img");
    place.replaceChildren(canvas);
    let size = "";
    new ResizeObserver(() => {
      const { width, height } = place.getBoundingClientRect();
      if (width < 1 || height < 1 || size === `${width} ${height}`) return;
      size = `${width} ${height}`;
      picture?.resize(Math.round(width), Math.round(height));
      options.onReady();
    }).observe(place);
    canvas.addEventListener("pointerdown", (event) => {
      canvas.setPointerCapture(event.pointerId);
      const [startTurn, startTilt] = [Number(turn.value), Number(tilt.value)];
      const move = (next: PointerEvent) => {
        const turned = startTurn - (next.clientX - event.clientX) * DRAG;
        const tilted = startTilt + (next.clientY - event.clientY) * DRAG;
        options.onCamera(
          ((Math.round(turned) % 360) + 360) % 360,
          Math.min(90, Math.max(0, Math.round(tilted))),
        );
      };
      const stop = () => {
        canvas.removeEventListener("pointermove", move);
        canvas.removeEventListener("pointerup", stop);
        canvas.removeEventListener("pointercancel", stop);
      };
      canvas.addEventListener("pointermove", move);
      canvas.addEventListener("pointerup", stop);
      canvas.addEventListener("pointercancel", stop);
    });
  };
  return {
    element,
    show(view, name) {
      turn.value = String(view.turn);
      tilt.value = String(view.tilt);
      turn.setAttribute("aria-valuetext", `${view.turn} degrees`);
      tilt.setAttribute("aria-valuetext", `${view.tilt} degrees`);
      if (picture === undefined) {
        if (!loading) void load();
        return;
      }
      picture.show(view);
      const label = `${name} as a surface in 3D with the paths of ${view.race.runners.length} optimizers up to step ${view.step}; the table Standings has the figures`;
      if (picture.canvas.getAttribute("aria-label") !== label)
        picture.canvas.setAttribute("aria-label", label);
    },
  };
}
