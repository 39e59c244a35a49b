/** Names that mean something, and what is said of one that means nothing. */
import { functionNamed, nearestName, OPERATOR_METHODS } from "./functions.ts";

// A part's name also appears in the snippets, so it is no word of either language.
const WORDS = new Set(
  (
    "and as assert async await break case catch class const continue debugger def default del " +
    "delete do elif else enum except export extends false finally for from function global if " +
    "implements import in instanceof interface is lambda let math new nonlocal not null or " +
    "package pass private protected public raise return static super switch tensor this throw " +
    "true try typeof var void while with yield None True False"
  ).split(" "),
);
/** What a function's name may be preceded by. */
export const NAMESPACES: ReadonlySet<string> = new Set(["Math", "torch", "tapegrad"]);

export const CONSTANTS: Readonly<Record<string, "pi" | "e">> = {
  pi: "pi",
  π: "pi",
  PI: "pi",
  e: "e",
  E: "e",
};

/** Whether a name is taken already, and can be no variable. */
export function isReserved(name: string): boolean {
  return (
    functionNamed(name) !== undefined ||
    Object.hasOwn(OPERATOR_METHODS, name) ||
    Object.hasOwn(CONSTANTS, name) ||
    NAMESPACES.has(name) ||
    WORDS.has(name) ||
    name === "x" ||
    name === "y"
  );
}

/** The message for a name that is none of those known. */
export function unknown(
  kind: string,
  name: string,
  known: readonly string[],
  also?: string,
): string {
  const nearest = nearestName(name, known);
  if (nearest !== undefined) return `unknown ${kind} '${name}'; did you mean ${nearest}?`;
  return `unknown ${kind} '${name}'; known are ${also ?? known.join(", ")}`;
}
