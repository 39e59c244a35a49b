import { readNumber } from "../link.ts";
import { h, uniqueId } from "./dom.ts";

export interface NumberField {
  readonly element: HTMLElement;
  readonly input: HTMLInputElement;
  /** Shows a value, unless the visitor is writing that very number. */
  set(value: number): void;
}

export interface NumberFieldOptions {
  readonly label: string;
  readonly value: number;
  readonly min?: number;
  readonly max?: number;
  readonly integer?: boolean;
  /** The accessible name where the visible label is too short to stand alone. */
  readonly name?: string;
  onChange(value: number): void;
}

/** A labelled number; what is no number within the limits is marked and not passed on. */
export function numberField(options: NumberFieldOptions): NumberField {
  const { label, value, min = Number.NEGATIVE_INFINITY, max = Number.POSITIVE_INFINITY } = options;
  const id = uniqueId("number");
  const input = h("input", {
    id,
    type: "text",
    // The decimal keypad of some phones has no minus.
    inputmode: min >= 0 ? "decimal" : undefined,
    autocomplete: "off",
    spellcheck: "false",
    value: String(value),
    "aria-label": options.name,
  });
  const read = () => {
    const number = readNumber(input.value.trim().replace("−", "-").replace(",", "."));
    if (number === undefined || number < min || number > max) return undefined;
    return options.integer === true && !Number.isInteger(number) ? undefined : number;
  };
  input.addEventListener("input", () => {
    const number = read();
    input.setAttribute("aria-invalid", String(number === undefined));
    if (number !== undefined) options.onChange(number);
  });
  let shown = value;
  const set = (next: number) => {
    shown = next;
    if (read() !== next) input.value = String(next);
    input.setAttribute("aria-invalid", "false");
  };
  // What was left unreadable returns to the value in force.
  input.addEventListener("blur", () => set(read() ?? shown));
  const element = h("div", { class: "field" }, h("label", { for: id }, label), input);
  return { element, input, set };
}

export interface SelectField<Value extends string> {
  readonly element: HTMLElement;
  readonly select: HTMLSelectElement;
  set(value: Value): void;
}

/** A labelled choice from a list. */
export function selectField<Value extends string>(
  label: string,
  choices: readonly { readonly value: Value; readonly text: string }[],
  value: Value,
  onChange: (value: Value) => void,
): SelectField<Value> {
  const id = uniqueId("select");
  const select = h(
    "select",
    { id },
    ...choices.map((choice) => h("option", { value: choice.value }, choice.text)),
  );
  select.value = value;
  select.addEventListener("change", () => {
    const choice = choices[select.selectedIndex];
    if (choice !== undefined) onChange(choice.value);
  });
  const element = h("div", { class: "field" }, h("label", { for: id }, label), select);
  return {
    element,
    select,
    set: (next) => {
      select.value = next;
    },
  };
}

export interface CheckField {
  readonly element: HTMLElement;
  readonly input: HTMLInputElement;
  set(value: boolean): void;
}

/** A labelled tick box. */
export function checkField(
  label: string,
  value: boolean,
  onChange: (value: boolean) => void,
): CheckField {
  const input = h("input", { type: "checkbox" });
  input.checked = value;
  input.addEventListener("change", () => onChange(input.checked));
  return {
    element: h("label", { class: "check" }, input, label),
    input,
    set: (next) => {
      input.checked = next;
    },
  };
}

/** A group of buttons of which one is pressed. */
export function switchField<Value extends string>(
  label: string,
  choices: readonly { readonly value: Value; readonly text: string }[],
  value: Value,
  onChange: (value: Value) => void,
): { readonly element: HTMLElement; set(value: Value): void } {
  const buttons = choices.map((choice) =>
    h("button", { type: "button", onclick: () => onChange(choice.value) }, choice.text),
  );
  const set = (next: Value) => {
    buttons.forEach((button, index) => {
      button.setAttribute("aria-pressed", String(choices[index]?.value === next));
    });
  };
  set(value);
  return {
    element: h("div", { class: "switch", role: "group", "aria-label": label }, ...buttons),
    set,
  };
}
