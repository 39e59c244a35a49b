/** Anything that a line of figures may hold. */
export type Json = null | boolean | number | string | readonly Json[] | JsonObject;
export interface JsonObject {
  readonly [key: string]: Json;
}

/** A recorded tensor: its elements in logical, row-major order. */
export interface TensorFigure {
  readonly kind: "tensor";
  /** PyTorch's short name: f64, f32, i64, …, also for dtypes that the library lacks. */
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly data: readonly number[];
  /** Only where the tensor was not contiguous. */
  readonly strides: readonly number[] | null;
  readonly requiresGrad: boolean;
  /** An integer beyond ±2^53 was rounded to fit a number. */
  readonly inexact: boolean;
}

/** A recorded argument or result, with Python's types told apart. */
export type Value =
  | TensorFigure
  /** `float` tells Python's 2.0 from its 2. */
  | { readonly kind: "number"; readonly value: number; readonly float: boolean }
  | { readonly kind: "bool"; readonly value: boolean }
  | { readonly kind: "string"; readonly value: string }
  | { readonly kind: "none" }
  | { readonly kind: "list"; readonly items: readonly Value[]; readonly tuple: boolean }
  | { readonly kind: "slice"; readonly bounds: readonly (number | null)[] }
  | { readonly kind: "ellipsis" }
  | { readonly kind: "dtype"; readonly name: string }
  | { readonly kind: "dict"; readonly entries: Readonly<Record<string, Value>> }
  /** Something of the library's own, where a call is not recorded but made by a script. */
  | { readonly kind: "live"; readonly value: unknown };

const WORDS: Readonly<Record<string, number>> = { nan: NaN, inf: Infinity, "-inf": -Infinity };

export function isObject(json: Json | undefined): json is JsonObject {
  return json !== null && typeof json === "object" && !isList(json);
}

export function isList(json: Json | undefined): json is readonly Json[] {
  return Array.isArray(json);
}

/** A number, one of the words for what is not finite, or "i<digits>". */
export function readNumber(json: Json | undefined): number {
  if (typeof json === "number") return json;
  if (typeof json === "boolean") return Number(json);
  if (typeof json === "string") {
    const word = WORDS[json];
    if (word !== undefined) return word;
    if (/^i-?\d+$/.test(json)) return Number(json.slice(1));
  }
  throw new TypeError(`not a number: ${JSON.stringify(json)}`);
}

export function readNumbers(json: Json | undefined): number[] {
  if (!isList(json)) throw new TypeError(`not a list of numbers: ${JSON.stringify(json)}`);
  return json.map(readNumber);
}

/** Every number in nested lists, in order. */
export function flatNumbers(json: Json | undefined): number[] {
  return isList(json) ? json.flatMap(flatNumbers) : [readNumber(json)];
}

export function readString(json: Json | undefined): string {
  if (typeof json !== "string") throw new TypeError(`not a string: ${JSON.stringify(json)}`);
  return json;
}

export function readList(json: Json | undefined): readonly Json[] {
  if (!isList(json)) throw new TypeError(`not a list: ${JSON.stringify(json)}`);
  return json;
}

export function readObject(json: Json | undefined): JsonObject {
  if (!isObject(json)) throw new TypeError(`not an object: ${JSON.stringify(json)}`);
  return json;
}

export function readTensor(json: Json | undefined): TensorFigure {
  const o = readObject(json);
  const data = readList(o.d);
  return {
    kind: "tensor",
    dtype: readString(o.dt),
    shape: readNumbers(o.sh),
    data: data.map(readNumber),
    strides: o.st === undefined ? null : readNumbers(o.st),
    requiresGrad: o.rg === 1,
    inexact: data.some((x) => typeof x === "string" && x.startsWith("i") && x !== "inf"),
  };
}

/** One argument or result. */
export function readValue(json: Json | undefined): Value {
  if (json === undefined || json === null) return { kind: "none" };
  if (typeof json === "boolean") return { kind: "bool", value: json };
  if (typeof json === "number") {
    return { kind: "number", value: json, float: !Number.isInteger(json) };
  }
  if (typeof json === "string") {
    if (/^i-?\d+$/.test(json)) return { kind: "number", value: readNumber(json), float: false };
    return { kind: "string", value: json };
  }
  if (isList(json)) return { kind: "list", items: json.map(readValue), tuple: false };
  if ("dt" in json) return readTensor(json);
  if ("tuple" in json) {
    return { kind: "list", items: readList(json.tuple).map(readValue), tuple: true };
  }
  if ("slice" in json) {
    const bounds = readList(json.slice).map((x) => (x === null ? null : readNumber(x)));
    return { kind: "slice", bounds };
  }
  if ("ellipsis" in json) return { kind: "ellipsis" };
  if ("dtype" in json) return { kind: "dtype", name: readString(json.dtype) };
  if ("f" in json) return { kind: "number", value: readNumber(json.f), float: true };
  if ("dict" in json) return { kind: "dict", entries: readEntries(json.dict) };
  throw new TypeError(`unknown encoding ${JSON.stringify(json).slice(0, 80)}`);
}

export function readEntries(json: Json | undefined): Record<string, Value> {
  if (json === undefined || json === null) return {};
  return Object.fromEntries(Object.entries(readObject(json)).map(([k, v]) => [k, readValue(v)]));
}

/** The tensors in a value, in order. */
export function tensorsIn(value: Value): TensorFigure[] {
  if (value.kind === "tensor") return [value];
  if (value.kind === "list") return value.items.flatMap(tensorsIn);
  if (value.kind === "dict") return Object.values(value.entries).flatMap(tensorsIn);
  return [];
}

/** Every dtype that a value names, of tensors and of dtype arguments. */
export function dtypesIn(value: Value): string[] {
  if (value.kind === "dtype") return [value.name];
  if (value.kind === "list") return value.items.flatMap(dtypesIn);
  if (value.kind === "dict") return Object.values(value.entries).flatMap(dtypesIn);
  return value.kind === "tensor" ? [value.dtype] : [];
}

/** The gradient that flows into the k-th output: exact in float32, and so never stored. */
export function cotangent(length: number, k: number): Float64Array {
  return Float64Array.from(
    { length },
    (_, i) => (((i * 7919 + k * 104729 + 12345) % 1009) - 504) / 256,
  );
}

/** The records of a file of JSON lines. */
export function readLines(text: string): JsonObject[] {
  const records: JsonObject[] = [];
  for (const line of text.split("\n")) {
    if (line.trim() === "") continue;
    const json: Json = JSON.parse(line);
    records.push(readObject(json));
  }
  return records;
}
