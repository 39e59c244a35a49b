import type { Value } from "./encoding.ts";
import { camelCase } from "./names.ts";
import type { Signature } from "./signatures.ts";

/** A call in our convention: positional arguments, then options by our names. */
export interface Call {
  readonly positional: readonly Argument[];
  readonly options: Readonly<Record<string, Argument>>;
}

export interface Argument {
  readonly value: Value;
  /** Whether a number here takes part in type promotion. */
  readonly operand: boolean;
  /** Where PyTorch's call had it: "args.0" or "kwargs.weight". */
  readonly path: string;
}

const ABSENT: Argument = { value: { kind: "none" }, operand: false, path: "" };

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
    const path = `args.${i}`;
    const option = signature === null ? undefined : optional[i - named.length];
    if (option !== undefined) {
      options[camelCase(option.name)] = { value, operand: option.operand, path };
    } else {
      slots[i] = { value, operand: named[i]?.operand ?? false, path };
    }
  });
  for (const [name, value] of Object.entries(kwargs)) {
    const path = `kwargs.${name}`;
    const i = named.findIndex((p) => p.name === name);
    const operand = (i < 0 ? optional.find((p) => p.name === name) : named[i])?.operand ?? false;
    if (i < 0) options[camelCase(name)] = { value, operand, path };
    else slots[i] = { value, operand, path };
  }

  const positional = Array.from(slots, (slot) => slot ?? ABSENT);
  while (positional.at(-1)?.value.kind === "none") positional.pop();
  const given = Object.entries(options).filter(([, argument]) => argument.value.kind !== "none");
  // Options stand behind the last parameter, also where optional ones before it are left out.
  if (given.length > 0) while (positional.length < named.length) positional.push(ABSENT);
  return { positional, options: Object.fromEntries(given) };
}
