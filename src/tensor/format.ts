import { type DType, getDefaultDtype, isFloat } from "./dtype.ts";

/** What printing needs to know of a tensor: its elements where they lie, and what follows them. */
export interface Printable {
  readonly dtype: DType;
  readonly shape: readonly number[];
  /** Strides and offset in elements of `data`, so that a summary reads only what it shows. */
  readonly strides: readonly number[];
  readonly offset: number;
  readonly data: ArrayLike<number>;
  readonly requiresGrad?: boolean;
  /** The name of the graph's node, such as "MulBackward0"; null or absent for a leaf. */
  readonly gradFn?: string | null;
}

export interface PrintOptions {
  /** Digits after the point of a floating-point number. */
  precision?: number;
  /** A tensor of more elements than this is summarized. */
  threshold?: number;
  /** How many items a summary shows at either end of a dimension. */
  edgeitems?: number;
  /** Characters a line. */
  linewidth?: number;
  /** A set of the above to start from. */
  profile?: "default" | "short" | "full";
  /** true or false forces scientific notation on or off; absent, each tensor decides. */
  sciMode?: boolean;
}

type Settings = Required<Omit<PrintOptions, "profile" | "sciMode">>;

const DEFAULT: Settings = { precision: 4, threshold: 1000, edgeitems: 3, linewidth: 80 };

const PROFILES: Record<"default" | "short" | "full", Settings> = {
  default: DEFAULT,
  short: { precision: 2, threshold: 1000, edgeitems: 2, linewidth: 80 },
  full: { precision: 4, threshold: Infinity, edgeitems: 3, linewidth: 80 },
};

// JavaScript writes at most 100 digits, and rounding half to even looks about 17 digits further.
const LIMITS: Record<keyof Settings, readonly [low: number, high: number, endless: boolean]> = {
  precision: [0, 80, false],
  threshold: [0, Number.MAX_SAFE_INTEGER, true],
  edgeitems: [1, Number.MAX_SAFE_INTEGER, false],
  linewidth: [1, Number.MAX_SAFE_INTEGER, true],
};

let settings: Settings = DEFAULT;
let forcedSciMode: boolean | undefined;

/**
 * Sets how tensors are printed, from the next one on.
 * @param options What to change; the rest stays, except `sciMode`, which returns to automatic.
 * @throws TypeError for an unknown option or profile, RangeError for a number out of range.
 */
export function setPrintoptions(options: PrintOptions): void {
  let next: Settings = settings;
  if (options.profile !== undefined) {
    if (!Object.hasOwn(PROFILES, options.profile)) {
      throw new TypeError(
        `setPrintoptions(): profile must be one of ${Object.keys(PROFILES).join(", ")}, ` +
          `got ${String(options.profile)}`,
      );
    }
    next = PROFILES[options.profile];
  }
  for (const [key, value] of Object.entries(options)) {
    if (value === undefined || key === "profile") continue;
    if (key === "sciMode") {
      if (typeof value !== "boolean") {
        throw new TypeError(`setPrintoptions(): sciMode must be a boolean, got ${String(value)}`);
      }
    } else if (isSetting(key)) {
      next = { ...next, [key]: checkedSetting(key, value) };
    } else {
      throw new TypeError(`setPrintoptions(): unknown option '${key}'`);
    }
  }
  settings = next;
  forcedSciMode = options.sciMode;
}

function isSetting(key: string): key is keyof Settings {
  return Object.hasOwn(LIMITS, key);
}

function checkedSetting(key: keyof Settings, value: unknown): number {
  const [low, high, endless] = LIMITS[key];
  if (endless && value === Infinity) return Infinity;
  if (typeof value === "number" && Number.isInteger(value) && value >= low && value <= high) {
    return value;
  }
  const wanted = high === Number.MAX_SAFE_INTEGER ? `of at least ${low}` : `from ${low} to ${high}`;
  throw new RangeError(
    `setPrintoptions(): ${key} must be an integer ${wanted}${endless ? " or Infinity" : ""}, ` +
      `got ${String(value)}`,
  );
}

/**
 * Text of a tensor in PyTorch's own layout, character by character.
 * @param source Elements, shape and what stands in the suffix.
 * @param defaultDtype The floating dtype that needs no suffix.
 */
export function formatTensor(source: Printable, defaultDtype: DType = getDefaultDtype()): string {
  const { dtype, shape } = source;
  const numel = shape.reduce((n, size) => n * size, 1);
  const suffixes: string[] = [];
  if (numel === 0 && shape.length !== 1) suffixes.push(`size=${tuple(shape)}`);
  // Without elements nothing tells an integer or boolean tensor from a floating one.
  const implied = dtype === defaultDtype || (numel > 0 && (dtype === "int64" || dtype === "bool"));
  if (!implied) suffixes.push(`dtype=torch.${dtype}`);
  if (source.gradFn != null) suffixes.push(`grad_fn=<${source.gradFn}>`);
  else if (source.requiresGrad === true) suffixes.push("requires_grad=True");

  const prefix = "tensor(";
  return withSuffixes(prefix + elementsText(source, numel, prefix.length), suffixes, prefix.length);
}

/** A shape as Python writes a tuple. */
function tuple(shape: readonly number[]): string {
  return shape.length === 1 ? `(${shape[0]},)` : `(${shape.join(", ")})`;
}

function withSuffixes(text: string, suffixes: readonly string[], indent: number): string {
  let out = text;
  // One more than the line's length: PyTorch counts so.
  let lineLength = text.length - text.lastIndexOf("\n") + 1;
  for (const suffix of suffixes) {
    if (lineLength + suffix.length + 2 > settings.linewidth) {
      out += `,\n${" ".repeat(indent)}${suffix}`;
      lineLength = indent + suffix.length;
    } else {
      out += `, ${suffix}`;
      lineLength += suffix.length + 2;
    }
  }
  return `${out})`;
}

function elementsText(source: Printable, numel: number, indent: number): string {
  if (numel === 0) return "[]";
  const { shape, strides, data } = source;
  const summarize = numel > settings.threshold;

  /** The indices of a dimension that are shown, with null where the dots go. */
  const shown = (size: number): (number | null)[] => {
    const edge = settings.edgeitems;
    if (!summarize || size <= 2 * edge) return Array.from({ length: size }, (_, i) => i);
    const head = Array.from({ length: edge }, (_, i) => i);
    return [...head, null, ...head.map((i) => size - edge + i)];
  };

  const values: number[] = [];
  const collect = (dim: number, position: number): void => {
    const size = shape[dim];
    if (size === undefined) {
      values.push(data[position] ?? Number.NaN);
      return;
    }
    for (const i of shown(size)) {
      if (i !== null) collect(dim + 1, position + i * (strides[dim] ?? 0));
    }
  };
  collect(0, source.offset);

  const { format, width } = chooseFormat(source.dtype, values);
  let next = 0;
  const padded = (): string => format(values[next++] ?? Number.NaN).padStart(width);
  const perLine = (column: number): number =>
    Math.max(1, Math.floor((settings.linewidth - column) / (width + 2)));

  const render = (dim: number, column: number): string => {
    const size = shape[dim];
    if (size === undefined) return padded();
    const rest = shape.length - dim;
    if (rest > 1) {
      const parts = shown(size).map((i) => (i === null ? "..." : render(dim + 1, column + 1)));
      return `[${parts.join(`,${"\n".repeat(rest - 1)}${" ".repeat(column + 1)}`)}]`;
    }
    const items = shown(size).map((i) => (i === null ? " ..." : padded()));
    const step = perLine(column);
    const lines: string[] = [];
    for (let i = 0; i < items.length; i += step) lines.push(items.slice(i, i + step).join(", "));
    return `[${lines.join(`,\n${" ".repeat(column + 1)}`)}]`;
  };
  return render(0, indent);
}

interface Format {
  readonly format: (value: number) => string;
  readonly width: number;
}

/** One format for all shown values: integers, whole floats ("1."), fixed or scientific. */
function chooseFormat(dtype: DType, values: readonly number[]): Format {
  if (!isFloat(dtype)) {
    const format = dtype === "bool" ? boolText : integerText;
    return { format, width: widest(values, format) };
  }
  const finite = values.filter((v) => Number.isFinite(v) && v !== 0);
  // Zeros, infinities and nan alone print as whole numbers, even where sciMode is forced.
  if (finite.length === 0) return { format: wholeText, width: 1 };

  const { precision } = settings;
  let smallest = Infinity;
  let largest = 0;
  for (const v of finite) {
    smallest = Math.min(smallest, Math.abs(v));
    largest = Math.max(largest, Math.abs(v));
  }
  const whole = finite.every(Number.isInteger);
  const wide = largest / smallest > 1000 || largest > 1e8 || (!whole && smallest < 1e-4);
  const fixed = whole ? wholeText : (v: number) => fixedText(v, precision);
  const scientific = (v: number): string => scientificText(v, precision);
  // PyTorch measures before it applies sciMode, so that a forced mode keeps the automatic width.
  const width = widest(finite, wide ? scientific : fixed);
  return { format: (forcedSciMode ?? wide) ? scientific : fixed, width };
}

function widest(values: readonly number[], format: (value: number) => string): number {
  return values.reduce((width, v) => Math.max(width, format(v).length), 1);
}

function boolText(value: number): string {
  return value === 0 ? "False" : "True";
}

function integerText(value: number): string {
  if (Number.isSafeInteger(value) || !Number.isInteger(value)) return String(value);
  return BigInt(value).toString();
}

function wholeText(value: number): string {
  return Number.isFinite(value) ? `${fixedText(value, 0)}.` : nonFiniteText(value);
}

function nonFiniteText(value: number): string {
  if (Number.isNaN(value)) return "nan";
  return value > 0 ? "inf" : "-inf";
}

function sign(value: number): string {
  return value < 0 || Object.is(value, -0) ? "-" : "";
}

/** `value` with `digits` digits after the point, as C and Python print it. */
function fixedText(value: number, digits: number): string {
  if (!Number.isFinite(value)) return nonFiniteText(value);
  const size = Math.abs(value);
  // toFixed turns to exponents here, where every number is an integer.
  if (size >= 1e21) {
    return `${sign(value)}${BigInt(size)}${digits > 0 ? `.${"0".repeat(digits)}` : ""}`;
  }
  return sign(value) + halfToEven(size, digits, (n) => size.toFixed(n));
}

/** `value` in scientific notation, the exponent signed and of two digits at least. */
function scientificText(value: number, digits: number): string {
  if (!Number.isFinite(value)) return nonFiniteText(value);
  const size = Math.abs(value);
  const rounded = halfToEven(size, digits, (n) => size.toExponential(n));
  const [mantissa = "", exponent = ""] = rounded.split("e");
  return `${sign(value)}${mantissa}e${exponent[0]}${exponent.slice(1).padStart(2, "0")}`;
}

/**
 * JavaScript rounds a tie up, Python to the even digit: 0.03125 is 0.0313 here and 0.0312 there.
 * A tie is a number that ends in a 5 just behind the last digit wanted.
 */
function halfToEven(size: number, digits: number, write: (digits: number) => string): string {
  const up = write(digits);
  if (size === 0) return up;
  const [longer = "", exponent] = write(digits + 1).split("e");
  if (!longer.endsWith("5")) return up;
  const [exact = ""] = write(100).split("e");
  if (!/^0*$/.test(exact.slice(longer.length))) return up;
  const down = longer.slice(0, -1).replace(/\.$/, "");
  if (Number(down.at(-1)) % 2 === 1) return up;
  return exponent === undefined ? down : `${down}e${exponent}`;
}
