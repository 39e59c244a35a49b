import { describe } from "../tensor/shape.ts";

/** @throws TypeError if an option that is given is neither true nor false. */
export function checkFlags<O extends object>(fn: string, options: O, names: (keyof O)[]): void {
  for (const name of names) {
    const value: unknown = options[name];
    if (value === undefined || typeof value === "boolean") continue;
    throw new TypeError(
      `${fn}(): option '${String(name)}' must be true or false, got ${describe(value)}`,
    );
  }
}

/** @throws TypeError or RangeError if `value` is no integer of at least 0. */
export function checkSize(fn: string, argument: string, value: number): void {
  if (!Number.isInteger(value)) {
    throw new TypeError(
      `${fn}(): argument '${argument}' must be an integer, got ${describe(value)}`,
    );
  }
  if (value < 0) {
    throw new RangeError(`${fn}(): argument '${argument}' must not be negative, got ${value}`);
  }
}

/** @throws TypeError or RangeError if `value` is no number or NaN. */
export function checkNumber(fn: string, argument: string, value: number): void {
  if (typeof value !== "number") {
    throw new TypeError(`${fn}(): argument '${argument}' must be a number, got ${describe(value)}`);
  }
  if (Number.isNaN(value)) throw new RangeError(`${fn}(): argument '${argument}' must not be NaN`);
}

/** @throws TypeError or RangeError if `p` is no number from 0 to 1. */
export function checkProbability(fn: string, p: number): void {
  checkNumber(fn, "p", p);
  if (p < 0 || p > 1) {
    throw new RangeError(`dropout probability has to be between 0 and 1, but got ${p}`);
  }
}

/** @throws RangeError if `value` is no number from 0 to 1. */
export function checkSmoothing(value: number): void {
  if (!(typeof value === "number" && value >= 0 && value <= 1)) {
    throw new RangeError(`label_smoothing must be between 0.0 and 1.0. Got: ${String(value)}`);
  }
}
