import { describe } from "./shape.ts";

/**
 * Refuses options that a function does not have, which would else be ignored in silence.
 * @param fn the function's or class's name, for messages.
 * @throws TypeError if `options` is no object or has a key that is not allowed.
 */
export function checkOptions(fn: string, options: object, allowed: readonly string[]): void {
  if (typeof options !== "object" || options === null || "storage" in options) {
    throw new TypeError(`${fn}(): options must be an object, got ${describe(options)}`);
  }
  for (const key in options) {
    if (allowed.includes(key)) continue;
    const known = allowed.length === 0 ? "none" : allowed.join(", ");
    throw new TypeError(`${fn}() got an unexpected option '${key}'; its options are: ${known}`);
  }
}
