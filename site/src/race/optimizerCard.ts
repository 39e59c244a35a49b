import { h, setText } from "../ui/dom.ts";
import { checkField, numberField, selectField } from "../ui/fields.ts";
import { formatNumber } from "../ui/numbers.ts";
import { swatch } from "../ui/swatch.ts";
import {
  label,
  OPTIMIZERS,
  type OptimizerKind,
  type OptionInfo,
  optimizerInfo,
  optionOf,
  type RunnerConfig,
} from "./optimizers.ts";

const KINDS = OPTIMIZERS.map(({ kind }) => ({ value: kind, text: kind }));
/** Ends of the rate's slider, as powers of ten. */
const RATE_DECADES = [-5, 2] as const;

/** One optimizer's settings as a card. */
export interface OptimizerCard {
  readonly element: HTMLElement;
  readonly kind: HTMLSelectElement;
  readonly remove: HTMLButtonElement;
  kindNow(): OptimizerKind;
  show(config: RunnerConfig): void;
  showError(message: string): void;
}

interface OptionField {
  readonly key: string;
  readonly element: HTMLElement;
  show(value: number | boolean): void;
}

function optionField(
  info: OptionInfo,
  value: number | boolean,
  onChange: (value: number | boolean) => void,
): OptionField {
  const { key, label: text } = info;
  if (typeof value === "boolean") {
    const field = checkField(text, value, onChange);
    return { key, element: field.element, show: (next) => field.set(next === true) };
  }
  const field = numberField({ label: text, value, onChange });
  return { key, element: field.element, show: (next) => field.set(Number(next)) };
}

export interface OptimizerCardOptions {
  /** Which series style it has, where it is one of several. */
  readonly series?: number;
  onChange(config: RunnerConfig): void;
  onRemove?(): void;
}

/** Makes a card for one kind of optimizer: its rate, and its options folded away. */
export function createOptimizerCard(
  first: RunnerConfig,
  { series, onChange, onRemove }: OptimizerCardOptions,
): OptimizerCard {
  let config = first;
  const change = (key: string, value: number | boolean) =>
    onChange({ kind: config.kind, options: { ...config.options, [key]: value } });

  const kind = selectField("Optimizer", KINDS, first.kind, (next) => {
    // Only the rate means the same to every optimizer.
    onChange({ kind: next, options: { lr: Number(optionOf(config, "lr")) } });
  });
  const rate = numberField({
    label: "Rate",
    value: Number(optionOf(first, "lr")),
    onChange: (value) => change("lr", value),
  });
  const slider = h("input", {
    type: "range",
    min: RATE_DECADES[0],
    max: RATE_DECADES[1],
    step: 0.05,
    "aria-label": "Rate, logarithmic",
  });
  slider.addEventListener("input", () => {
    change("lr", Number((10 ** Number(slider.value)).toPrecision(2)));
  });

  const fields = optimizerInfo(first.kind)
    .options.filter(({ key }) => key !== "lr")
    .map((info) => optionField(info, optionOf(first, info.key), (next) => change(info.key, next)));
  const title = h("span", { class: "card-title" });
  const remove = h(
    "button",
    { type: "button", class: "icon-button", hidden: onRemove === undefined },
    "✕",
  );
  remove.addEventListener("click", () => onRemove?.());
  const error = h("p", { class: "error", role: "alert" });
  const legend = h(
    "div",
    { class: "card-head" },
    series === undefined ? null : swatch(series),
    title,
    remove,
  );
  const element = h(
    "div",
    { class: "card", role: "group" },
    legend,
    h("div", { class: "card-row" }, kind.element, rate.element),
    slider,
    h(
      "details",
      {},
      h("summary", {}, "Options"),
      h("div", { class: "options" }, ...fields.map((field) => field.element)),
    ),
    error,
  );
  const show = (next: RunnerConfig) => {
    config = next;
    const name = label(next);
    setText(title, name);
    element.setAttribute("aria-label", name);
    remove.setAttribute("aria-label", `Remove ${name}`);
    remove.title = "Remove";
    const lr = Number(optionOf(next, "lr"));
    rate.set(lr);
    slider.value = String(Math.log10(Math.max(lr, 10 ** RATE_DECADES[0])));
    slider.setAttribute("aria-valuetext", formatNumber(lr));
    for (const field of fields) field.show(optionOf(next, field.key));
  };
  show(first);
  return {
    element,
    kind: kind.select,
    remove,
    kindNow: () => config.kind,
    show,
    showError: (message) => setText(error, message),
  };
}
