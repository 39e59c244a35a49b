import { drawAxes, MARGIN } from "../drawing/axes.ts";
import { drawPoints, drawProbability } from "../drawing/classes.ts";
import type { Frame } from "../drawing/frame.ts";
import { MapStrip } from "../drawing/maps.ts";
import { currentTheme } from "../drawing/theme.ts";
import type { Bounds, Point } from "../race/surfaces.ts";
import { h } from "../ui/dom.ts";
import { createHandle } from "../ui/handle.ts";
import { Backdrop, createStage } from "../ui/stage.ts";
import { createProbabilityTable } from "./probabilityTable.ts";
import { type ClassifierState, DRAWN_REACH } from "./state.ts";
import type { PointSet } from "./trainer.ts";
import type { Training } from "./training.ts";

export interface BoundaryView {
  readonly element: HTMLElement;
  show(training: Training, state: ClassifierState): void;
}

const LABEL =
  "Probability of class B over the plane, the line where the classes meet, and the points; the table Probability on the plane has figures";

/** The plane as the network sees it, with the points on it; where points are drawn, the pen too. */
export function createBoundaryView(options: {
  onDraw(point: Point): void;
  onResize(): void;
}): BoundaryView {
  const stage = createStage(LABEL, options.onResize);
  const strip = new MapStrip();
  const overlay = new Backdrop();
  const table = createProbabilityTable();
  let drawing = false;
  let pen: Point = { x: 0, y: 0 };
  const handle = createHandle({
    stage,
    name: "Pen",
    hint: "Arrow keys move it, Enter draws a point.",
    onMove: (point, byPointer) => {
      pen = point;
      if (drawing && byPointer) options.onDraw(point);
      options.onResize();
    },
    onPress: (point) => {
      if (drawing) options.onDraw(point);
    },
  });
  return {
    element: h("div", { class: "stack" }, stage.element, table.element),
    show(training, state) {
      drawing = state.dataset === "drawn";
      handle.element.hidden = !drawing;
      stage.canvas.classList.toggle("plain", !drawing);
      if (stage.width === 0) return;
      const theme = currentTheme();
      const { snapshot } = training;
      const points = drawing ? drawnPoints(state) : undefined;
      const bounds = drawing ? DRAWN : training.bounds;
      if (bounds === undefined) return;
      const frame = squareFrame(stage.width, stage.height, bounds);
      stage.draw((context) => {
        if (snapshot === undefined) {
          context.fillStyle = theme.background;
          context.fillRect(frame.left, frame.top, frame.width, frame.height);
        } else drawProbability(context, frame, snapshot, strip, theme);
        const { train, test } = training;
        const key = drawing ? [state.drawn, theme] : [train, test, theme];
        overlay.paint(stage, context, key, (still) => {
          drawAxes(still, frame, { x: "x", y: "y" }, theme);
          if (points !== undefined) drawPoints(still, frame, points, false, theme);
          else {
            if (test !== undefined) drawPoints(still, frame, test, true, theme);
            if (train !== undefined) drawPoints(still, frame, train, false, theme);
          }
        });
      });
      handle.place(frame, pen);
      table.show(snapshot, bounds);
    },
  };
}

const DRAWN: Bounds = { x0: -DRAWN_REACH, x1: DRAWN_REACH, y0: -DRAWN_REACH, y1: DRAWN_REACH };

function drawnPoints({ drawn }: ClassifierState): PointSet {
  return {
    x: drawn.map(({ x }) => x),
    y: drawn.map(({ y }) => y),
    labels: drawn.map(({ label }) => label),
  };
}

/** The largest square in the middle, so that circles are round. */
function squareFrame(width: number, height: number, bounds: Bounds): Frame {
  const room = {
    width: width - MARGIN.left - MARGIN.right,
    height: height - MARGIN.top - MARGIN.bottom,
  };
  const side = Math.max(20, Math.min(room.width, room.height));
  return {
    left: MARGIN.left + (room.width - side) / 2,
    top: MARGIN.top,
    width: side,
    height: side,
    bounds,
  };
}
