import type { Value } from "./encoding.ts";
import { camelCase } from "./names.ts";
import type { Parameter, Signature } from "./signatures.ts";

/** A call in our convention: positional arguments, then options by our names. */
export interface Call {
  readonly positional: readonly Argument[];
  readonly options: Readonly<Record<string, Argument>>;
}

export interface Argument {
  readonly value: Value;
  /** Whether a number here takes part in type promotion. */
  readonly operand: boolean;
  /** Whether a bool here is Python's 0 or 1. */
  readonly number: boolean;
  /** Where PyTorch's call had it: "args.0" or "kwargs.weight". */
  readonly path: string;
}

const ABSENT: Argument = { value: { kind: "none" }, operand: false, number: false, path: "" };

function argument(value: Value, path: string, parameter: Parameter | undefined): Argument {
  const { operand = false, number = false } = parameter ?? {};
  return { value, operand, number, path };
}

/**
 * PyTorch's call as ours: by the signature where there is one, else positional arguments as they
 * come and keywords as options. What is None is left out, or undefined between two others.
 */
export function arrange(
  args: readonly Value[],
  kwargs: Readonly<Record<string, Value>>,
  signature: Signature | null,
): Call {
  const options: Record<string, Argument> = {};
  const slots: Argument[] = [];
  const named = signature?.positional ?? [];
  const optional = signature?.options ?? [];

  args.forEach((value, i) => {
    const option = signature === null ? undefined : optional[i - named.length];
    const given = argument(value, `args.${i}`, option ?? named[i]);
    if (option === undefined) slots[i] = given;
    else options[camelCase(option.name)] = given;
  });
  for (const [name, value] of Object.entries(kwargs)) {
    const i = named.findIndex((p) => p.name === name);
    const given = argument(
      value,
      `kwargs.${name}`,
      named[i] ?? optional.find((p) => p.name === name),
    );
    if (i < 0) options[camelCase(name)] = given;
    else slots[i] = given;
  }

  const positional = Array.from(slots, (slot) => slot ?? ABSENT);
  while (positional.at(-1)?.value.kind === "none") positional.pop();
  const given = Object.entries(options).filter(([, argument]) => argument.value.kind !== "none");
  // Options stand behind the last parameter, also where optional ones before it are left out.
  if (given.length > 0) while (positional.length < named.length) positional.push(ABSENT);
  return { positional, options: Object.fromEntries(given) };
}
