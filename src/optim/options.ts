import { checkOptions } from "../tensor/options.ts";
import { describe } from "../tensor/shape.ts";

/** Stands in an optimizer's defaults for an option that has none: every parameter group must set it. */
export const required: unique symbol = Symbol("required");

/** Options in which some may still be `required`. */
export type Defaults<Options> = { [K in keyof Options]: Options[K] | typeof required };

/**
 * Lays `given` over `defaults`; what is undefined counts as absent.
 * @param owner the optimizer's name, for messages.
 * @throws TypeError for an option that the defaults do not list, or of another type than its default.
 */
export function withDefaults<Options extends object>(
  owner: string,
  defaults: Defaults<Options>,
  given: object,
): Defaults<Options> {
  const merged: Defaults<Options> = { ...defaults };
  const known = new Map<string, unknown>(Object.entries(defaults));
  checkOptions(owner, given, [...known.keys()]);
  for (const [name, value] of Object.entries(given)) {
    if (value === undefined) continue;
    checkType(owner, name, value, known.get(name));
    Object.assign(merged, { [name]: value });
  }
  return merged;
}

/** Whether nothing is `required` any more. */
export function isComplete<Options extends object>(
  options: Defaults<Options>,
): options is Options & Defaults<Options> {
  return !Object.values(options).includes(required);
}

/** The first option that is still `required`. */
export function firstRequired(options: object): string | undefined {
  return Object.entries(options).find(([, value]) => value === required)?.[0];
}

/** @throws TypeError where `value` is not of its default's kind: number, boolean or list of numbers. */
export function checkType(owner: string, name: string, value: unknown, like: unknown): void {
  const wanted = kind(like);
  if (wanted !== undefined && kind(value) !== wanted) {
    const found = Array.isArray(value) ? kind(value) : describe(value);
    throw new TypeError(`${owner}(): option '${name}' must be ${wanted}, got ${found}`);
  }
}

function kind(value: unknown): string | undefined {
  if (typeof value === "number") return "a number";
  if (typeof value === "boolean") return "true or false";
  if (!Array.isArray(value)) return undefined;
  return value.every((item) => typeof item === "number")
    ? `a list of ${value.length} numbers`
    : "a list";
}

/** @throws RangeError where a number among the options is NaN. */
export function checkNotNaN(owner: string, options: object): void {
  for (const [name, value] of Object.entries(options)) {
    if (Number.isNaN(value)) throw new RangeError(`${owner}(): option '${name}' must not be NaN`);
  }
}

/**
 * Requires a number at or above 0, in PyTorch's words.
 * @param label what the message calls it, such as "learning rate".
 * @throws RangeError for a negative number, for NaN and for what is no number.
 */
export function checkNonNegative(label: string, value: number): void {
  if (typeof value !== "number" || !(value >= 0)) throw invalid(label, value);
}

/**
 * Requires a number in [0, 1), in PyTorch's words.
 * @throws RangeError for any other number and for what is no number.
 */
export function checkBelowOne(label: string, value: number): void {
  if (typeof value !== "number" || !(value >= 0 && value < 1)) throw invalid(label, value);
}

function invalid(label: string, value: unknown): RangeError {
  return new RangeError(`Invalid ${label}: ${String(value)}`);
}
