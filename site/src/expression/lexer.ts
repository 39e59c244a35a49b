import { ExpressionError, type Span } from "./ast.ts";

export type TokenType = "number" | "name" | "symbol" | "end";

export interface Token {
  readonly type: TokenType;
  readonly text: string;
  readonly value: number;
  readonly span: Span;
  /** Whether a line ends just before it: a name on a new line starts a statement. */
  readonly afterNewline: boolean;
}

const NUMBER = /(?:\d[\d_]*\.?\d*|\.\d+)(?:[eE][+-]?\d+)?/y;
const NAME = /[\p{L}_][\p{L}\p{Nd}_]*/uy;
const SPACE = /\s+/y;

// Longer symbols first, so that "**" is not read as two products.
const SYMBOLS = ["=>", "**", ..."+-*/^()|,.;:={}"];

// What people paste from a paper or a word processor, and what it stands for.
const LOOKALIKES: Readonly<Record<string, string>> = {
  "−": "-",
  "–": "-",
  "·": "*",
  "×": "*",
  "÷": "/",
};

const SUPERSCRIPTS = "⁰¹²³⁴⁵⁶⁷⁸⁹";

function matchAt(pattern: RegExp, source: string, index: number): string | undefined {
  pattern.lastIndex = index;
  return pattern.exec(source)?.[0];
}

/**
 * Cuts a source into tokens; the last one has type "end".
 * @throws ExpressionError for a character that the language does not have.
 */
export function tokenize(source: string): readonly Token[] {
  const tokens: Token[] = [];
  let afterNewline = false;
  const push = (type: TokenType, text: string, start: number, end: number, value = Number.NaN) => {
    tokens.push({ type, text, value, span: { start, end }, afterNewline });
    afterNewline = false;
  };

  let index = 0;
  while (index < source.length) {
    const space = matchAt(SPACE, source, index);
    if (space !== undefined) {
      index += space.length;
      afterNewline ||= space.includes("\n");
      continue;
    }
    const number = matchAt(NUMBER, source, index);
    if (number !== undefined) {
      const end = index + number.length;
      push("number", number, index, end, Number(number.replaceAll("_", "")));
      index = end;
      continue;
    }
    const name = matchAt(NAME, source, index);
    if (name !== undefined) {
      push("name", name, index, index + name.length);
      index += name.length;
      continue;
    }
    const character = String.fromCodePoint(source.codePointAt(index) ?? 0);
    const digit = SUPERSCRIPTS.indexOf(character);
    if (digit >= 0) {
      push("symbol", "^", index, index + 1);
      push("number", String(digit), index, index + 1, digit);
      index += 1;
      continue;
    }
    const symbol =
      LOOKALIKES[character] ?? SYMBOLS.find((candidate) => source.startsWith(candidate, index));
    if (symbol === undefined) {
      throw new ExpressionError(`unexpected character '${character}'`, {
        start: index,
        end: index + character.length,
      });
    }
    const end = index + (character in LOOKALIKES ? character.length : symbol.length);
    push("symbol", symbol === "**" ? "^" : symbol, index, end);
    index = end;
  }
  push("end", "the end", source.length, source.length);
  return tokens;
}
