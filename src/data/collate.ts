import { fromTypedArray, tensor } from "../tensor/create.ts";
import type { TypedArray } from "../tensor/dtype.ts";
import { isTensor } from "../tensor/make.ts";
import { stack } from "../tensor/ops/join.ts";
import { describe } from "../tensor/shape.ts";
import type { Tensor } from "../tensor/tensor.ts";

/** What becomes of a sample's type when samples are collated. */
export type Collated<T> = T extends Tensor | TypedArray | number | boolean
  ? Tensor
  : T extends string
    ? string[]
    : T extends readonly unknown[] | object
      ? { -readonly [K in keyof T]: Collated<T[K]> }
      : never;

/**
 * Puts samples together, as torch.utils.data.default_collate: tensors and typed arrays are stacked,
 * numbers and booleans become a tensor (numbers of the default float type), strings a list; lists and
 * objects are collated entry by entry.
 * @throws TypeError for a sample of another type, RangeError for lists that differ in length.
 */
export function defaultCollate<T>(samples: readonly T[]): Collated<T>;
export function defaultCollate(samples: readonly unknown[]): unknown {
  if (samples.length === 0) throw new RangeError("defaultCollate(): there is no sample to collate");
  const [first] = samples;
  if (samples.every(isTensor)) return stack(samples);
  if (samples.every(isTypedArray)) return stack(samples.map((row) => fromTypedArray(row.slice())));
  if (samples.every((x) => typeof x === "boolean")) return tensor(samples);
  if (samples.every((x) => typeof x === "number")) return tensor(samples);
  if (samples.every((x) => typeof x === "string")) return [...samples];
  if (samples.every(isList)) {
    const { length } = samples[0]!;
    if (samples.some((list) => list.length !== length)) {
      throw new RangeError("each element in list of batch should be of equal size");
    }
    return Array.from({ length }, (_, i) => defaultCollate(samples.map((list) => list[i])));
  }
  if (samples.every(isRecord)) {
    const keys = Object.keys(samples[0]!);
    return Object.fromEntries(
      keys.map((key) => [key, defaultCollate(samples.map((record) => record[key]))]),
    );
  }
  const odd = samples.find((x) => typeof x !== typeof first) ?? first;
  throw new TypeError(
    `defaultCollate: batch must contain tensors, typed arrays, numbers, booleans, strings, lists or objects, all of one kind; found ${describe(odd)}`,
  );
}

function isTypedArray(value: unknown): value is TypedArray {
  return (
    value instanceof Float32Array ||
    value instanceof Float64Array ||
    value instanceof Int32Array ||
    value instanceof Uint8Array
  );
}

function isList(value: unknown): value is readonly unknown[] {
  return Array.isArray(value);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !isTensor(value);
}
