import { expect } from "vitest";
import type { Tensor } from "../../src/tensor/tensor.ts";
import {
  isList,
  isObject,
  type Json,
  readList,
  readNumber,
  type TensorFigure,
} from "../support/parity/encoding.ts";
import { camelCase } from "../support/parity/names.ts";

export { readFigures } from "../random/figures.ts";

/** A record's Python options by our names, with null (None) left out. */
export function camelCased(json: Json | undefined): Record<string, unknown> {
  if (!isObject(json)) throw new TypeError(`not an object: ${JSON.stringify(json)}`);
  const given = Object.entries(json).filter(([, value]) => value !== null);
  return Object.fromEntries(given.map(([key, value]) => [camelCase(key), value]));
}

/** How many samples a record asks for: in all, or one number a shape. */
export function readCount(json: Json | undefined): number | number[] {
  return isList(json) ? readList(json).map(readNumber) : readNumber(json);
}

/**
 * Expects float64 points within 2e-15 of what is wanted, because NumPy's sine, cosine and logarithm
 * differ from V8's in the last place (and between processors), and as float32 exactly, but where a
 * coordinate cancels to less than that last place.
 */
export function expectPoints(
  found: Tensor | undefined,
  wanted: Pick<TensorFigure, "shape" | "data">,
): void {
  expect(found?.dtype).toBe("float64");
  expect(found?.shape).toEqual(wanted.shape);
  const values = found?.toTypedArray() ?? [];
  for (const [i, want] of wanted.data.entries()) {
    const x = values[i]!;
    const bound = 2e-15 * Math.max(1, Math.abs(want));
    expect(Math.abs(x - want), `element ${i}`).toBeLessThanOrEqual(bound);
    if (Math.abs(want) > 1e-15) expect(Math.fround(x), `element ${i}`).toBe(Math.fround(want));
  }
}

/** Expects int64 labels, exactly. */
export function expectLabels(found: Tensor | undefined, wanted: readonly number[]): void {
  expect(found?.dtype).toBe("int64");
  expect(found?.tolist()).toEqual(wanted);
}
