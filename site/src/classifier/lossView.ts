import { createLineChart } from "../drawing/lineChart.ts";
import { h } from "../ui/dom.ts";
import { checkField } from "../ui/fields.ts";
import { formatNumber } from "../ui/numbers.ts";
import { swatch } from "../ui/swatch.ts";
import { tableBox } from "../ui/tableBox.ts";
import type { ClassifierState } from "./state.ts";
import type { Training } from "./training.ts";

const TABLE_ROWS = 10;
const MAX_SAMPLES = 1500;

/** Both losses against epoch, as a chart and as a table. */
export function createLossView(onLog: (log: boolean) => void) {
  const chart = createLineChart(
    "Train and test loss against epoch; the table Losses by epoch has the figures",
  );
  const log = checkField("Logarithmic", false, onLog);
  const body = h("tbody");
  const heads = ["Epoch", "Train loss", "Test loss"].map((text) => h("th", { scope: "col" }, text));
  const details = h(
    "details",
    {},
    h("summary", {}, "Losses by epoch as a table"),
    tableBox(
      "Losses by epoch",
      h(
        "table",
        {},
        h("caption", {}, "Losses by epoch"),
        h("thead", {}, h("tr", {}, ...heads)),
        body,
      ),
    ),
  );
  let latest: Training | undefined;
  let shownEpoch = -1;
  const fill = () => {
    if (!details.open || latest === undefined || latest.trainLosses.length === shownEpoch) return;
    const { trainLosses, testLosses } = latest;
    shownEpoch = trainLosses.length;
    const epochs = Array.from({ length: TABLE_ROWS }, (_, index) =>
      Math.max(1, Math.round(((index + 1) / TABLE_ROWS) * trainLosses.length)),
    );
    const figure = (value: number | undefined) =>
      h(
        "td",
        { class: "figure" },
        value === undefined || Number.isNaN(value) ? "–" : formatNumber(value),
      );
    body.replaceChildren(
      ...[...new Set(epochs)]
        .filter((epoch) => epoch <= trainLosses.length)
        .map((epoch) =>
          h(
            "tr",
            {},
            h("th", { scope: "row" }, String(epoch)),
            figure(trainLosses[epoch - 1]),
            figure(testLosses[epoch - 1]),
          ),
        ),
    );
  };
  details.addEventListener("toggle", fill);
  const legend = h(
    "div",
    { class: "row note" },
    h("span", {}, swatch(0), "Train"),
    h("span", {}, swatch(1), "Test"),
  );
  return {
    element: h(
      "div",
      { class: "stack" },
      h("div", { class: "row spread" }, legend, log.element),
      chart.element,
      details,
    ),
    show(training: Training, { epochs, logLoss }: ClassifierState) {
      latest = training;
      log.set(logLoss);
      chart.show(chartData(training, epochs, logLoss));
      fill();
    },
    repaint: chart.repaint,
  };
}

function chartData({ trainLosses, testLosses }: Training, epochs: number, log: boolean) {
  const count = trainLosses.length;
  const stride = Math.max(1, Math.ceil(count / MAX_SAMPLES));
  const x: number[] = [];
  for (let epoch = 1; epoch <= count; epoch += stride) x.push(epoch);
  if (count > 0 && x.at(-1) !== count) x.push(count);
  const pick = (losses: readonly number[]) =>
    x.map((epoch) => {
      const loss = losses[epoch - 1];
      return loss === undefined || !Number.isFinite(loss) || (log && loss <= 0) ? null : loss;
    });
  const lines = [
    { label: "Train", style: 0, values: pick(trainLosses) },
    { label: "Test", style: 1, values: pick(testLosses) },
  ];
  const shown = lines.flatMap(({ values }) => values.filter((value) => value !== null));
  return {
    x,
    lines,
    xRange: [0, Math.max(epochs, count)] as const,
    yRange: range(shown, log),
    log,
    xLabel: "epoch",
    yLabel: "loss",
  };
}

function range(values: readonly number[], log: boolean): readonly [number, number] {
  const low = values.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
  const high = values.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
  if (low > high) return log ? [0.01, 1] : [0, 1];
  if (!log) return [0, 1.05 * high];
  const bottom = 10 ** Math.floor(Math.log10(low));
  return [bottom, Math.max(10 ** Math.ceil(Math.log10(high) + 1e-9), bottom * 10)];
}
