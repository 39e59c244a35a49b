import { createOptimizerCard } from "../race/optimizerCard.ts";
import { h, setText } from "../ui/dom.ts";
import { numberField, selectField } from "../ui/fields.ts";
import {
  ACTIVATIONS,
  BATCHES,
  type ClassifierState,
  MAX_EPOCHS,
  MAX_LAYERS,
  MAX_WIDTH,
} from "./state.ts";

export interface NetworkPanel {
  readonly element: HTMLElement;
  show(state: ClassifierState): void;
  showError(message: string): void;
}

/** The network and how it is trained. */
export function createNetworkPanel(
  first: ClassifierState,
  onChange: (patch: Partial<ClassifierState>) => void,
): NetworkPanel {
  let state = first;
  const layers = h("div", { class: "options" });
  const fewer = h("button", { type: "button" }, "Remove layer");
  const more = h("button", { type: "button" }, "Add layer");
  fewer.addEventListener("click", () => onChange({ widths: state.widths.slice(0, -1) }));
  more.addEventListener("click", () =>
    onChange({ widths: [...state.widths, state.widths.at(-1) ?? 8] }),
  );
  let fields: ReturnType<typeof numberField>[] = [];
  const showWidths = (widths: readonly number[]) => {
    if (fields.length !== widths.length) {
      fields = widths.map((width, index) =>
        numberField({
          label: `Layer ${index + 1} units`,
          value: width,
          min: 1,
          max: MAX_WIDTH,
          integer: true,
          onChange: (next) =>
            onChange({ widths: state.widths.map((old, at) => (at === index ? next : old)) }),
        }),
      );
      layers.replaceChildren(...fields.map(({ element }) => element));
    }
    widths.forEach((width, index) => {
      fields[index]?.set(width);
    });
    fewer.disabled = widths.length <= 1;
    more.disabled = widths.length >= MAX_LAYERS;
  };

  const activation = selectField(
    "Activation",
    ACTIVATIONS.map((value) => ({ value, text: value })),
    first.activation,
    (next) => onChange({ activation: next }),
  );
  const batch = selectField(
    "Batch size",
    BATCHES.map((size) => ({
      value: String(size),
      text: size === 0 ? "all points" : String(size),
    })),
    String(first.batch),
    (next) => onChange({ batch: Number(next) }),
  );
  const seed = numberField({
    label: "Weight seed",
    value: first.seed,
    min: 0,
    max: 2 ** 32 - 1,
    integer: true,
    onChange: (next) => onChange({ seed: next }),
  });
  const epochs = numberField({
    label: "Epochs",
    value: first.epochs,
    min: 1,
    max: MAX_EPOCHS,
    integer: true,
    onChange: (next) => onChange({ epochs: next }),
  });
  const optimizer = h("div");
  let card = createOptimizerCard(first.optimizer, {
    onChange: (next) => onChange({ optimizer: next }),
  });
  optimizer.append(card.element);
  const error = h("p", { class: "error", role: "alert" });
  return {
    element: h(
      "div",
      { class: "stack" },
      layers,
      h("div", { class: "row" }, more, fewer),
      h("div", { class: "row" }, activation.element, batch.element),
      optimizer,
      h("div", { class: "row" }, epochs.element, seed.element),
      error,
    ),
    show(next) {
      state = next;
      showWidths(next.widths);
      activation.set(next.activation);
      batch.set(String(next.batch));
      seed.set(next.seed);
      epochs.set(next.epochs);
      if (card.kindNow() === next.optimizer.kind) card.show(next.optimizer);
      else {
        const hadFocus = card.element.contains(document.activeElement);
        card = createOptimizerCard(next.optimizer, {
          onChange: (changed) => onChange({ optimizer: changed }),
        });
        optimizer.replaceChildren(card.element);
        if (hadFocus) card.kind.focus();
      }
    },
    showError: (message) => setText(error, message),
  };
}
