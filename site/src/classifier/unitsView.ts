import type { MapStrip } from "../drawing/maps.ts";
import { currentTheme } from "../drawing/theme.ts";
import { drawUnits, unitsHeight } from "../drawing/units.ts";
import { h } from "../ui/dom.ts";
import { formatNumber } from "../ui/numbers.ts";
import { createStage } from "../ui/stage.ts";
import { tableBox } from "../ui/tableBox.ts";
import type { ClassifierState } from "./state.ts";
import type { Snapshot } from "./trainer.ts";
import type { Training } from "./training.ts";

/** What each hidden unit answers over the plane, as maps and as a table. */
export function createUnitsView(onResize: () => void) {
  const stage = createStage(
    "Activation of each hidden unit over the plane; the table Hidden units has figures",
    onResize,
  );
  stage.element.classList.add("units");
  const body = h("tbody");
  const heads = ["Unit", "Smallest", "Mean", "Largest"].map((text) =>
    h("th", { scope: "col" }, text),
  );
  const details = h(
    "details",
    {},
    h("summary", {}, "Hidden units as a table"),
    tableBox(
      "Hidden units",
      h(
        "table",
        {},
        h("caption", {}, "Activation of each hidden unit over the plane"),
        h("thead", {}, h("tr", {}, ...heads)),
        body,
      ),
    ),
  );
  const strips: MapStrip[] = [];
  let latest: Snapshot | undefined;
  let shown: Snapshot | undefined;
  const fill = () => {
    if (!details.open || latest === undefined || latest === shown) return;
    shown = latest;
    body.replaceChildren(...unitRows(latest));
  };
  details.addEventListener("toggle", fill);
  return {
    element: h(
      "div",
      { class: "stack" },
      h(
        "p",
        { class: "note" },
        "Each unit’s output over the plane, on its own scale: orange above zero, blue below.",
      ),
      stage.element,
      details,
    ),
    show({ snapshot, failed }: Training, { widths }: ClassifierState) {
      stage.element.hidden = failed;
      if (stage.width > 0) stage.element.style.height = `${unitsHeight(widths, stage.width)}px`;
      latest = snapshot;
      if (snapshot !== undefined) {
        stage.draw((context) => drawUnits(context, snapshot, strips, stage.width, currentTheme()));
      }
      fill();
    },
  };
}

function unitRows({ side, layers }: Snapshot): HTMLTableRowElement[] {
  const size = side * side;
  return layers.flatMap((maps, layer) =>
    Array.from({ length: maps.length / size }, (_, unit) => {
      const values = maps.subarray(unit * size, (unit + 1) * size);
      const mean = values.reduce((sum, value) => sum + value, 0) / size;
      const figures = [Math.min(...values), mean, Math.max(...values)];
      return h(
        "tr",
        {},
        h("th", { scope: "row" }, `Layer ${layer + 1}, unit ${unit + 1}`),
        ...figures.map((value) => h("td", { class: "figure" }, formatNumber(value, 4))),
      );
    }),
  );
}
