import { h, setText } from "../ui/dom.ts";
import { formatNumber } from "../ui/numbers.ts";
import { tableBox } from "../ui/tableBox.ts";
import type { Training } from "./training.ts";

const ROWS = ["Epoch", "Train loss", "Test loss", "Train accuracy", "Test accuracy"] as const;

/** The run's present figures. */
export function createFigures() {
  const cells = ROWS.map(() => h("data", { value: "" }, "–"));
  const element = h(
    "table",
    { id: "training-figures" },
    h("caption", {}, "Training figures"),
    h("thead", {}, h("tr", {}, ...ROWS.map((name) => h("th", { scope: "col" }, name)))),
    h("tbody", {}, h("tr", {}, ...cells.map((cell) => h("td", { class: "figure" }, cell)))),
  );
  // The page's status says it aloud.
  const warning = h("p", { class: "warning" });
  return {
    element: h("div", { class: "stack" }, tableBox("Figures", element), warning),
    show(training: Training) {
      figuresOf(training).forEach(({ exact, text }, index) => {
        const cell = cells[index];
        if (cell === undefined || cell.value === exact) return;
        cell.value = exact;
        cell.textContent = text;
      });
      setText(warning, divergence(training) ?? "");
    },
  };
}

/** The figures in a sentence. */
export function figuresInWords(training: Training): string {
  const [, ...figures] = figuresOf(training);
  return `${figures.map(({ name, text }) => `${name} ${text}`).join(", ")}.`;
}

/** Says where the loss stopped being a number, if it did. */
export function divergence({ epoch, trainLosses }: Training): string | undefined {
  const loss = trainLosses.at(-1);
  if (loss === undefined || Number.isFinite(loss)) return undefined;
  return `Diverged at epoch ${epoch}: the train loss is ${formatNumber(loss)}. Try a smaller rate.`;
}

function figuresOf({ epoch, trainLosses, testLosses, snapshot, test }: Training) {
  const values = [
    epoch,
    trainLosses.at(-1),
    test && testLosses.at(-1),
    snapshot?.trainAccuracy,
    test && snapshot?.testAccuracy,
  ];
  return ROWS.map((name, index) => {
    const value = values[index];
    if (value === undefined) return { name, exact: "", text: "–" };
    const text = index >= 3 ? `${(100 * value).toFixed(1)} %` : formatNumber(value);
    return { name, exact: String(value), text };
  });
}
