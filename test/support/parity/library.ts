import * as tapegrad from "tapegrad";
import { type DType, Tensor } from "tapegrad";
import type { Result } from "./compare.ts";
import { cotangent, type TensorFigure } from "./encoding.ts";
import { Unsupported } from "./report.ts";

export type Callable = (...args: readonly unknown[]) => unknown;

export function isCallable(value: unknown): value is Callable {
  return typeof value === "function";
}

export function isIterable(value: unknown): value is Iterable<unknown> {
  return typeof value === "object" && value !== null && Symbol.iterator in value;
}

/** A property, wherever it may come from; undefined where there is none. */
export function member(of: unknown, name: string): unknown {
  if ((typeof of !== "object" || of === null) && typeof of !== "function") return undefined;
  return Reflect.get(of, name);
}

/** What the public index has under a dotted path: "nn.functional.relu"; undefined where nothing. */
export function lookUp(path: string): unknown {
  return path.split(".").reduce<unknown>((of, name) => member(of, name), tapegrad);
}

/** What the public index has under a path, or an outcome "unsupported". */
export function need(path: string): Callable {
  const found = lookUp(path);
  if (!isCallable(found)) throw new Unsupported(`no ${path}`);
  return found;
}

/** Constructs what the public index has under a path. */
export function construct(path: string, args: readonly unknown[]): unknown {
  return Reflect.construct(need(path), args);
}

/** Calls a method of something made by the library. */
export function send(receiver: unknown, name: string, ...args: readonly unknown[]): unknown {
  const method = member(receiver, name);
  if (!isCallable(method)) throw new Unsupported(`no method ${name}`);
  return Reflect.apply(method, receiver, args);
}

const DTYPES: Readonly<Record<string, DType>> = {
  f64: "float64",
  f32: "float32",
  i64: "int64",
  i32: "int32",
  u8: "uint8",
  b: "bool",
};
const SHORT = new Map<string, string>(Object.entries(DTYPES).map(([short, long]) => [long, short]));

/** The library's dtype for a figure's. */
export function dtypeOf(short: string): DType {
  const dtype = DTYPES[short];
  if (dtype === undefined) throw new Unsupported(`no dtype ${short}`);
  return dtype;
}

/** The library's tensor for a figure: the same elements at the same strides, a leaf. */
export function toTensor(figure: TensorFigure): Tensor {
  const dtype = dtypeOf(figure.dtype);
  const { shape, strides } = figure;
  let t: Tensor;
  if (strides === null) {
    t = tapegrad.tensor(figure.data, { dtype });
    t = new Tensor(t.storage, t.offset, shape, contiguous(shape), dtype);
  } else {
    const flat: number[] = [];
    let i = 0;
    for (const position of positions(shape, strides)) flat[position] = figure.data[i++] ?? 0;
    const base = tapegrad.tensor(
      Array.from(flat, (x) => x ?? 0),
      { dtype },
    );
    t = new Tensor(base.storage, base.offset, shape, strides, dtype);
  }
  return figure.requiresGrad ? t.requiresGrad_() : t;
}

function contiguous(shape: readonly number[]): number[] {
  const strides: number[] = [];
  let step = 1;
  for (let i = shape.length - 1; i >= 0; i--) {
    strides[i] = step;
    step *= Math.max(1, shape[i] ?? 1);
  }
  return strides;
}

/** Where each element lies, in logical order. */
function* positions(
  shape: readonly number[],
  strides: readonly number[],
  start = 0,
  dim = 0,
): Generator<number> {
  const size = shape[dim];
  if (size === undefined) {
    yield start;
    return;
  }
  for (let i = 0; i < size; i++) {
    yield* positions(shape, strides, start + i * (strides[dim] ?? 0), dim + 1);
  }
}

/** The library's tensor in the figures' terms. */
export function toResult(t: Tensor): Result {
  return { dtype: SHORT.get(t.dtype) ?? t.dtype, shape: t.shape, data: t.toTypedArray() };
}

/** The gradient that flows into the k-th output. */
export function cotangentOf(output: Tensor, k: number): Tensor {
  return toTensor({
    kind: "tensor",
    dtype: toResult(output).dtype,
    shape: output.shape,
    data: [...cotangent(output.numel(), k)],
    strides: null,
    requiresGrad: false,
    inexact: false,
  });
}

/** The tensors and plain values of a result, in order: lists, and named results such as values and indices. */
export function flatten(result: unknown): unknown[] {
  if (result instanceof Tensor || typeof result !== "object" || result === null) return [result];
  if (Array.isArray(result)) return result.flatMap(flatten);
  return Object.values(result).flatMap(flatten);
}

export { Tensor };
