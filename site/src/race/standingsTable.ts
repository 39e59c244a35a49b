import { h, setText } from "../ui/dom.ts";
import { formatNumber } from "../ui/numbers.ts";
import { swatch } from "../ui/swatch.ts";
import { tableBox } from "../ui/tableBox.ts";
import { type Race, type Runner, standingAt, stepsToTolerance } from "./engine.ts";
import { label } from "./optimizers.ts";
import type { Bounds } from "./surfaces.ts";

export interface StandingsView {
  readonly race: Race;
  readonly step: number;
  readonly tolerance: number;
  readonly minimum: number | undefined;
  readonly view: Bounds;
}

export interface StandingsTable {
  readonly element: HTMLElement;
  show(view: StandingsView): void;
}

/** The figures of every runner at the shown step: the data beside the map and the surface. */
export function createStandingsTable(id: string): StandingsTable {
  const toleranceHead = h("th", { scope: "col" });
  const body = h("tbody");
  const table = h(
    "table",
    { id },
    h("caption", {}, "Standings at the shown step"),
    h(
      "thead",
      {},
      h(
        "tr",
        {},
        ...["Optimizer", "x", "y", "Loss", "Gradient norm"].map((text) =>
          h("th", { scope: "col" }, text),
        ),
        toleranceHead,
        h("th", { scope: "col" }, "State"),
      ),
    ),
    body,
  );
  const element = tableBox("Standings", table);
  let rows: Row[] = [];
  let shownRace: Race | undefined;
  return {
    element,
    show(view) {
      if (view.race !== shownRace) {
        shownRace = view.race;
        rows = view.race.runners.map((runner, index) => createRow(runner, index));
        body.replaceChildren(...rows.map((row) => row.element));
      }
      const measure = view.minimum === undefined ? "gradient norm" : "loss above minimum";
      const head = `Steps to ${measure} ≤ ${formatNumber(view.tolerance)}`;
      setText(toleranceHead, head);
      for (const row of rows) row.show(view);
    },
  };
}

interface Row {
  readonly element: HTMLTableRowElement;
  show(view: StandingsView): void;
}

function createRow(runner: Runner, index: number): Row {
  const figures = Array.from({ length: 4 }, () => h("data", { value: "" }, "–"));
  const reached = h("td");
  const state = h("td");
  const element = h(
    "tr",
    {},
    h("th", { scope: "row" }, swatch(index), label(runner.config)),
    ...figures.map((figure) => h("td", { class: "figure" }, figure)),
    reached,
    state,
  );
  const reach = createReach(runner);
  return {
    element,
    show({ race, step, tolerance, minimum, view }) {
      const standing = standingAt(runner, step);
      const values = standing && [standing.x, standing.y, standing.loss, standing.gradNorm];
      figures.forEach((figure, column) => {
        const value = values?.[column];
        const exact = value === undefined ? "" : String(value);
        if (figure.value === exact) return;
        figure.value = exact;
        figure.textContent = value === undefined ? "–" : formatNumber(value);
      });
      const found = reach(tolerance, minimum);
      setText(reached, found === undefined ? (race.complete ? "not reached" : "…") : String(found));
      setText(state, describeState(runner, step, race.steps, view, found));
    },
  };
}

/** The first step within a tolerance, looked for only in what is new since the last question. */
function createReach(runner: Runner) {
  let asked: readonly [number, number | undefined] = [Number.NaN, undefined];
  let found: number | undefined;
  let searched = 0;
  return (tolerance: number, minimum: number | undefined): number | undefined => {
    if (asked[0] !== tolerance || asked[1] !== minimum) {
      asked = [tolerance, minimum];
      found = undefined;
      searched = 0;
    }
    found ??= stepsToTolerance(runner.trajectory, tolerance, minimum, searched);
    searched = runner.trajectory.loss.length;
    return found;
  };
}

function describeState(
  runner: Runner,
  step: number,
  steps: number,
  view: Bounds,
  reached: number | undefined,
): string {
  const { ending } = runner;
  if (ending?.kind === "refused") return `not started: ${ending.message}`;
  if (ending?.kind === "diverged" && step >= ending.step) {
    return `diverged at step ${ending.step}: ${ending.what}`;
  }
  const standing = standingAt(runner, step);
  if (standing === undefined) return "";
  const outside =
    standing.x < view.x0 || standing.x > view.x1 || standing.y < view.y0 || standing.y > view.y1;
  if (outside) return "outside the view";
  if (reached !== undefined && reached <= step) return "within tolerance";
  return step === steps ? "finished" : "running";
}
