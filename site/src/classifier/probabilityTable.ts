import type { Bounds } from "../race/surfaces.ts";
import { h } from "../ui/dom.ts";
import { formatNumber } from "../ui/numbers.ts";
import { tableBox } from "../ui/tableBox.ts";
import type { Snapshot } from "./trainer.ts";

const CELLS = 5;

/** The boundary's picture as figures: probabilities on a coarse grid, filled while it is open. */
export function createProbabilityTable() {
  const head = h("tr");
  const body = h("tbody");
  const details = h(
    "details",
    {},
    h("summary", {}, "Probability on the plane as a table"),
    tableBox(
      "Probability on the plane",
      h(
        "table",
        {},
        h("caption", {}, "Probability of class B by x and y"),
        h("thead", {}, head),
        body,
      ),
    ),
  );
  let shown: Snapshot | undefined;
  let latest: readonly [Snapshot, Bounds] | undefined;
  const fill = () => {
    if (!details.open || latest === undefined || latest[0] === shown) return;
    const [snapshot, bounds] = latest;
    shown = snapshot;
    const { x0, x1, y0, y1 } = bounds;
    const places = Array.from({ length: CELLS }, (_, index) => index / (CELLS - 1));
    const xs = places.map((part) => `x = ${formatNumber(x0 + part * (x1 - x0), 3)}`);
    head.replaceChildren(h("td"), ...xs.map((text) => h("th", { scope: "col" }, text)));
    body.replaceChildren(
      ...places.toReversed().map((up) => {
        const row = Math.round(up * (snapshot.side - 1));
        const cells = places.map((across) => {
          const column = Math.round(across * (snapshot.side - 1));
          const value = snapshot.probability[row * snapshot.side + column] ?? Number.NaN;
          return h("td", { class: "figure" }, value.toFixed(3));
        });
        const name = `y = ${formatNumber(y0 + up * (y1 - y0), 3)}`;
        return h("tr", {}, h("th", { scope: "row" }, name), ...cells);
      }),
    );
  };
  details.addEventListener("toggle", fill);
  return {
    element: details,
    show(snapshot: Snapshot | undefined, bounds: Bounds) {
      latest = snapshot && [snapshot, bounds];
      fill();
    },
  };
}
