import { createLineChart } from "../drawing/lineChart.ts";
import { h, setText } from "../ui/dom.ts";
import { checkField } from "../ui/fields.ts";
import { formatNumber } from "../ui/numbers.ts";
import { tableBox } from "../ui/tableBox.ts";
import type { Race } from "./engine.ts";
import { lossChart } from "./lossData.ts";

export interface LossPanel {
  readonly element: HTMLElement;
  show(view: LossView): void;
  repaint(): void;
}

export interface LossView {
  readonly race: Race;
  readonly labels: readonly string[];
  readonly step: number;
  readonly log: boolean;
  readonly minimum: number | undefined;
}

const TABLE_ROWS = 10;

/** Loss against step as a chart, with a table of the same beside it. */
export function createLossPanel(onLog: (log: boolean) => void): LossPanel {
  const chart = createLineChart("Loss against step; the table Loss by step has the figures");
  const log = checkField("Logarithmic", true, onLog);
  const note = h("p", { class: "note" });
  const head = h("tr");
  const body = h("tbody");
  const details = h(
    "details",
    {},
    h("summary", {}, "Loss by step as a table"),
    tableBox(
      "Loss by step",
      h("table", {}, h("caption", {}, "Loss by step"), h("thead", {}, head), body),
    ),
  );
  let tableKey = "";
  let latest: LossView | undefined;
  const fillTable = () => {
    if (!details.open || latest === undefined) return;
    const { race, labels, step } = latest;
    const key = JSON.stringify([
      labels,
      step,
      race.computed,
      race.runners.map(({ trajectory }) => trajectory.loss[1]),
    ]);
    if (key === tableKey) return;
    tableKey = key;
    head.replaceChildren(...["Step", ...labels].map((text) => h("th", { scope: "col" }, text)));
    body.replaceChildren(...sampleSteps(step).map((at) => lossRow(race, at)));
  };
  details.addEventListener("toggle", fillTable);
  return {
    element: h(
      "div",
      { class: "stack" },
      h("div", { class: "row spread" }, log.element, note),
      chart.element,
      details,
    ),
    show(view) {
      latest = view;
      log.set(view.log);
      const data = lossChart(view.race, view.labels, view.step, view.log, view.minimum);
      chart.show(data);
      setText(note, data.leftOut ? `Not shown: ${data.yLabel} ≤ 0` : "");
      fillTable();
    },
    repaint: chart.repaint,
  };
}

/** A few steps spread over the run, its first and its last among them. */
function sampleSteps(last: number): number[] {
  const steps = Array.from({ length: TABLE_ROWS + 1 }, (_, index) =>
    Math.round((index / TABLE_ROWS) * last),
  );
  return [...new Set(steps)];
}

function lossRow(race: Race, step: number): HTMLTableRowElement {
  const cells = race.runners.map(({ trajectory }) => {
    const loss = trajectory.loss[step];
    return h("td", { class: "figure" }, loss === undefined ? "–" : formatNumber(loss));
  });
  return h("tr", {}, h("th", { scope: "row" }, String(step)), ...cells);
}
