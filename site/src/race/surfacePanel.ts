import { ExpressionError, type Program } from "../expression/ast.ts";
import { parse } from "../expression/parser.ts";
import { print } from "../expression/print.ts";
import { h, setText, uniqueId } from "../ui/dom.ts";
import { numberField, selectField } from "../ui/fields.ts";
import { formatNumber } from "../ui/numbers.ts";
import { isView, MAX_STEPS, presetRace, type RaceState, TYPED } from "./state.ts";
import { type Bounds, SURFACES, surfaceById } from "./surfaces.ts";

export interface SurfacePanel {
  readonly element: HTMLElement;
  show(state: RaceState, program: Program): void;
  /** Says what the surface gives on the view and at the start, where that is no number. */
  showValues(values: { undefinedPart: number; atStart: number }): void;
}

export interface SurfacePanelOptions {
  readonly state: RaceState;
  /** A source that could not be read when the page opened. */
  readonly rejected: string | undefined;
  onChange(patch: Partial<RaceState>): void;
}

/** Which surface, from where, how long, and which part of the plane. */
export function createSurfacePanel(options: SurfacePanelOptions): SurfacePanel {
  const { onChange } = options;
  let state = options.state;

  const chooser = selectField(
    "Surface",
    [
      ...SURFACES.map(({ id, name }) => ({ value: id, text: name })),
      { value: TYPED, text: "Your own" },
    ],
    state.surface,
    (id) => choose(id),
  );
  const about = h("p", { class: "note" });
  const errorId = uniqueId("error");
  const sourceId = uniqueId("source");
  const source = h("textarea", {
    id: sourceId,
    rows: 2,
    spellcheck: "false",
    autocapitalize: "off",
    autocomplete: "off",
    "aria-describedby": errorId,
  });
  const error = h("div", { id: errorId, class: "error", role: "alert" });
  const reading = h("p", { class: "note reading" });
  const warning = h("p", { class: "warning", role: "alert" });

  const read = () => {
    const program = tryParse(source.value);
    showError(program);
    if (program instanceof ExpressionError) return;
    if (source.value !== state.source) onChange({ surface: TYPED, source: source.value });
  };
  const showError = (result: Program | ExpressionError) => {
    const failed = result instanceof ExpressionError;
    source.setAttribute("aria-invalid", String(failed));
    if (!failed) error.replaceChildren();
    else error.replaceChildren(...describeError(source.value, result));
  };
  let pending: ReturnType<typeof setTimeout> | undefined;
  source.addEventListener("input", () => {
    clearTimeout(pending);
    pending = setTimeout(read, 350);
  });
  source.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey) return;
    event.preventDefault();
    clearTimeout(pending);
    read();
  });

  const choose = (id: string) => {
    if (id === TYPED) {
      onChange({ surface: TYPED, source: source.value });
      source.focus();
      source.select();
      return;
    }
    const { surface, source: text, start, view, runners, steps, step, speed } = presetRace(id);
    const preset = presetRace(state.surface);
    // Optimizers that the visitor has set up stay; a surface's own are right for that surface only.
    const own = state.surface === TYPED || !sameRunners(state, preset);
    onChange({
      ...{ surface, source: text, start, view, steps, step, speed },
      ...(own ? {} : { runners }),
    });
  };

  const startX = numberField({
    label: "x",
    name: "Start x",
    value: state.start.x,
    onChange: (x) => onChange({ start: { ...state.start, x } }),
  });
  const startY = numberField({
    label: "y",
    name: "Start y",
    value: state.start.y,
    onChange: (y) => onChange({ start: { ...state.start, y } }),
  });
  const steps = numberField({
    label: "Steps",
    value: state.steps,
    min: 1,
    max: MAX_STEPS,
    integer: true,
    onChange: (next) => onChange({ steps: next, step: next }),
  });
  const tolerance = numberField({
    label: "Tolerance",
    value: state.tolerance,
    min: 0,
    onChange: (next) => onChange({ tolerance: next }),
  });
  const view = createViewFields(
    () => state.view,
    (next) => onChange({ view: next }),
  );
  const reset = h(
    "button",
    { type: "button", onclick: () => onChange(presetRace(state.surface)) },
    "This surface’s own race",
  );

  const element = h(
    "div",
    { class: "stack" },
    chooser.element,
    about,
    h("div", { class: "field" }, h("label", { for: sourceId }, "f(x, y) ="), source),
    error,
    reading,
    warning,
    h(
      "div",
      { class: "row" },
      h("span", { class: "row-label" }, "Start"),
      startX.element,
      startY.element,
    ),
    h("div", { class: "row" }, steps.element, tolerance.element),
    view.element,
    reset,
  );
  if (options.rejected !== undefined) {
    source.value = options.rejected;
    showError(tryParse(options.rejected));
  }
  return {
    element,
    show(next, program) {
      const fresh = next.source !== state.source || source.value === "";
      state = next;
      chooser.set(next.surface);
      const named = surfaceById(next.surface);
      setText(
        about,
        named?.about ??
          "Plain mathematics such as sin(x)*y + |x|, or TypeScript over tensors such as x.mul(2).add(y.square()).",
      );
      if (fresh && source.value !== next.source) {
        source.value = next.source;
        showError(program);
      }
      setText(reading, `Read as ${readBack(program)}`);
      startX.set(next.start.x);
      startY.set(next.start.y);
      startY.input.disabled = !program.uses.y;
      steps.set(next.steps);
      tolerance.set(next.tolerance);
      view.show(next.view);
      reset.hidden = named === undefined;
    },
    showValues({ undefinedPart, atStart }) {
      const parts: string[] = [];
      if (undefinedPart === 1) parts.push("This surface is NaN everywhere in the view.");
      else if (undefinedPart > 0) {
        const percent = Math.max(1, Math.round(100 * undefinedPart));
        parts.push(`NaN on ${percent} % of the view (hatched).`);
      }
      if (!Number.isFinite(atStart)) {
        parts.push(
          `f is ${formatNumber(atStart)} at the start: no gradient leads on. Move the start.`,
        );
      }
      setText(warning, parts.join(" "));
    },
  };
}

function tryParse(source: string): Program | ExpressionError {
  try {
    return parse(source);
  } catch (error) {
    if (error instanceof ExpressionError) return error;
    throw error;
  }
}

function readBack(program: Program): string {
  const { bindings, result } = print(program, "mathematics");
  return [...bindings.map(({ name, code }) => `${name} = ${code}`), result].join("; ");
}

function sameRunners(a: RaceState, b: RaceState): boolean {
  return JSON.stringify(a.runners) === JSON.stringify(b.runners);
}

/** The message, and the line of the source with the misread part underlined. */
function describeError(source: string, { message, span }: ExpressionError): Node[] {
  const lineStart = source.lastIndexOf("\n", span.start - 1) + 1;
  const lineEnd = source.indexOf("\n", lineStart);
  const line = source.slice(lineStart, lineEnd < 0 ? undefined : lineEnd);
  const from = span.start - lineStart;
  const length = Math.max(1, Math.min(span.end, lineStart + line.length) - span.start);
  const place = `Character ${span.start + 1}: `;
  const pointer = `${line}\n${" ".repeat(from)}${"^".repeat(length)}`;
  return [h("p", {}, place + message), h("pre", { "aria-hidden": "true" }, pointer)];
}

interface ViewFields {
  readonly element: HTMLElement;
  show(view: Bounds): void;
}

const ENDS = [
  ["x0", "x from"],
  ["x1", "x to"],
  ["y0", "y from"],
  ["y1", "y to"],
] as const;

function createViewFields(current: () => Bounds, onChange: (view: Bounds) => void): ViewFields {
  const fields = ENDS.map(([key, label]) =>
    numberField({
      label,
      value: current()[key],
      onChange: (value) => {
        const next = { ...current(), [key]: value };
        if (isView(next)) onChange(next);
      },
    }),
  );
  const zoom = (factor: number) => {
    const { x0, x1, y0, y1 } = current();
    const around = (low: number, high: number) => {
      const half = ((high - low) / 2) * factor;
      return [(low + high) / 2 - half, (low + high) / 2 + half].map((end) =>
        Number(end.toPrecision(6)),
      );
    };
    const [[nx0 = x0, nx1 = x1], [ny0 = y0, ny1 = y1]] = [around(x0, x1), around(y0, y1)];
    const next = { x0: nx0, x1: nx1, y0: ny0, y1: ny1 };
    if (isView(next)) onChange(next);
  };
  const element = h(
    "details",
    {},
    h("summary", {}, "View"),
    h("div", { class: "options" }, ...fields.map((field) => field.element)),
    h(
      "div",
      { class: "row" },
      h("button", { type: "button", onclick: () => zoom(0.5) }, "Zoom in"),
      h("button", { type: "button", onclick: () => zoom(2) }, "Zoom out"),
    ),
  );
  return {
    element,
    show(view) {
      ENDS.forEach(([key], index) => {
        fields[index]?.set(view[key]);
      });
    },
  };
}
