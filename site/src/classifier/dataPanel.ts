import { h } from "../ui/dom.ts";
import { numberField, selectField, switchField } from "../ui/fields.ts";
import { type ClassifierState, DATASETS, type DrawnPoint, MAX_DRAWN } from "./state.ts";

export interface DataPanel {
  readonly element: HTMLElement;
  /** The class that the next drawn point has. */
  readonly label: 0 | 1;
  show(state: ClassifierState): void;
}

/** Which points to learn: made ones, or the visitor's own. */
export function createDataPanel(
  first: ClassifierState,
  onChange: (patch: Partial<ClassifierState>) => void,
): DataPanel {
  let state = first;
  let label: 0 | 1 = 0;
  const dataset = selectField("Points", DATASETS, first.dataset, (next) => {
    const noise = DATASETS.find(({ value }) => value === next)?.noise ?? state.noise;
    onChange({ dataset: next, noise });
  });
  const points = numberField({
    label: "Number",
    value: first.points,
    min: 20,
    max: 4000,
    integer: true,
    onChange: (next) => onChange({ points: next }),
  });
  const noise = numberField({
    label: "Noise",
    value: first.noise,
    min: 0,
    max: 2,
    onChange: (next) => onChange({ noise: next }),
  });
  const seed = numberField({
    label: "Data seed",
    value: first.dataSeed,
    min: 0,
    max: 2 ** 32 - 1,
    integer: true,
    onChange: (next) => onChange({ dataSeed: next }),
  });
  const pen = switchField<"0" | "1">(
    "Class to draw",
    [
      { value: "0", text: "● Class A" },
      { value: "1", text: "■ Class B" },
    ],
    "0",
    (next) => {
      label = next === "0" ? 0 : 1;
      pen.set(next);
    },
  );
  const keep = (drawn: readonly DrawnPoint[]) => onChange({ drawn });
  const made = h("div", { class: "row" }, points.element, noise.element);
  const drawing = h(
    "div",
    { class: "stack" },
    pen.element,
    h(
      "div",
      { class: "row" },
      h("button", { type: "button", onclick: () => keep(state.drawn.slice(0, -1)) }, "Undo"),
      h("button", { type: "button", onclick: () => keep([]) }, "Clear"),
    ),
    h(
      "p",
      { class: "note" },
      `Click or drag on the picture to draw, at most ${MAX_DRAWN} points. By keyboard: focus the pen, move it with the arrow keys, press Enter.`,
    ),
  );
  return {
    element: h("div", { class: "stack" }, dataset.element, made, drawing, seed.element),
    get label() {
      return label;
    },
    show(next) {
      state = next;
      dataset.set(next.dataset);
      points.set(next.points);
      noise.set(next.noise);
      seed.set(next.dataSeed);
      made.hidden = next.dataset === "drawn";
      drawing.hidden = next.dataset !== "drawn";
    },
  };
}
