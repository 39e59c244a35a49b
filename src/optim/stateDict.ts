import { Tensor } from "../tensor/tensor.ts";

/** What a state dict may hold. */
export type StateValue = Tensor | number | boolean | string | null | readonly StateValue[];

/** One parameter group as it is saved: its options by PyTorch's names, its parameters by number. */
export interface SavedGroup {
  params: number[];
  [option: string]: StateValue;
}

/**
 * An optimizer's state in PyTorch's layout: what it keeps for each parameter, by the parameter's
 * place in the groups, and the groups. Names are PyTorch's own (`exp_avg`, `weight_decay`).
 */
export interface OptimizerStateDict {
  state: Record<string, Record<string, StateValue>>;
  param_groups: SavedGroup[];
}

/** `weightDecay` to `weight_decay`. */
export function snakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

/** `weight_decay` to `weightDecay`. */
export function camelCase(name: string): string {
  return name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

/**
 * Renames the entries of an options or state object for saving, in its own order.
 * @throws TypeError for a value that a state dict cannot hold.
 */
export function pack(entries: object): Record<string, StateValue> {
  const packed: Record<string, StateValue> = {};
  for (const [name, value] of Object.entries(entries)) {
    if (value === undefined) continue;
    if (!isStateValue(value)) {
      throw new TypeError(
        `stateDict(): '${name}' is neither a tensor, a number, nor a list of them`,
      );
    }
    packed[snakeCase(name)] = value;
  }
  return packed;
}

function isStateValue(value: unknown): value is StateValue {
  if (value === null || value instanceof Tensor) return true;
  if (Array.isArray(value)) return value.every(isStateValue);
  return typeof value === "number" || typeof value === "boolean" || typeof value === "string";
}

/** A value as Python prints it, for the printed form of an optimizer. */
export function pythonRepr(value: unknown): string {
  if (value === null) return "None";
  if (typeof value === "boolean") return value ? "True" : "False";
  if (typeof value === "number") return pythonNumber(value);
  if (!Array.isArray(value)) return String(value);
  const items = value.map(pythonRepr).join(", ");
  return value.length === 1 ? `(${items},)` : `(${items})`;
}

/** Python turns to an exponent, of two digits at least, below 1e-4 and from 1e16 on. */
function pythonNumber(value: number): string {
  if (Number.isNaN(value)) return "nan";
  if (!Number.isFinite(value)) return value > 0 ? "inf" : "-inf";
  const size = Math.abs(value);
  if (size === 0 || (size >= 1e-4 && size < 1e16)) return String(value);
  return value.toExponential().replace(/e([+-])(\d)$/, "e$10$2");
}
