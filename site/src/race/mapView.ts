import { drawMoving, drawStill, type Scene, sceneFrame } from "../drawing/scene.ts";
import { currentTheme } from "../drawing/theme.ts";
import { createHandle } from "../ui/handle.ts";
import { Backdrop, createStage } from "../ui/stage.ts";
import type { Race } from "./engine.ts";
import type { Point } from "./surfaces.ts";

export interface MapView {
  readonly element: HTMLElement;
  show(view: { scene: Scene; race: Race; start: Point; step: number; name: string }): void;
}

export interface MapViewOptions {
  onStart(start: Point): void;
  onResize(): void;
}

/** The surface from above with the runs on it, or the curve where it has one variable only. */
export function createMapView(options: MapViewOptions): MapView {
  const stage = createStage("Map", options.onResize);
  const backdrop = new Backdrop();
  let start: Point = { x: 0, y: 0 };
  let isCurve = false;
  const handle = createHandle({
    stage,
    name: "Start",
    hint: "Arrow keys move it, with Shift further.",
    onMove: ({ x, y }) => options.onStart({ x, y: isCurve ? start.y : y }),
  });
  return {
    element: stage.element,
    show(view) {
      const { scene, race, step } = view;
      start = view.start;
      isCurve = scene.cut === undefined;
      if (stage.width === 0) return;
      const theme = currentTheme();
      const frame = sceneFrame(scene, stage.width, stage.height);
      stage.draw((context) => {
        backdrop.paint(stage, context, [scene, theme], (still) =>
          drawStill(still, frame, scene, theme),
        );
        drawMoving(context, frame, scene, race, start, step, theme);
      });
      const height = race.runners.find(({ trajectory }) => trajectory.loss.length > 0)?.trajectory
        .loss[0];
      handle.place(frame, isCurve ? { x: start.x, y: height ?? scene.bounds.y0 } : start);
      const kind = isCurve ? "Curve" : "Contour map";
      const label = `${kind} of ${view.name} with the paths of ${race.runners.length} optimizers up to step ${step}; the table Standings has the figures`;
      if (stage.canvas.getAttribute("aria-label") !== label) {
        stage.canvas.setAttribute("aria-label", label);
      }
    },
  };
}
