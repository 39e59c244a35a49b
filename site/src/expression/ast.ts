/** Where a piece of the source stands: `start` inclusive, `end` exclusive, in characters. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

export type BinaryOperator = "+" | "-" | "*" | "/" | "^";

/** An expression over `x`, `y` and the program's own constants. */
export type Expression =
  | { readonly type: "number"; readonly value: number; readonly span: Span }
  | { readonly type: "constant"; readonly name: "pi" | "e"; readonly span: Span }
  | { readonly type: "name"; readonly name: string; readonly span: Span }
  | { readonly type: "negate"; readonly operand: Expression; readonly span: Span }
  | {
      readonly type: "binary";
      readonly operator: BinaryOperator;
      readonly left: Expression;
      readonly right: Expression;
      readonly span: Span;
    }
  | {
      readonly type: "call";
      readonly name: string;
      readonly args: readonly Expression[];
      readonly span: Span;
    };

export interface Binding {
  readonly name: string;
  readonly value: Expression;
}

/** What a surface is: named intermediate results, then one expression. */
export interface Program {
  readonly source: string;
  readonly bindings: readonly Binding[];
  readonly result: Expression;
  /** Whether the result depends on the variable, through the bindings too. */
  readonly uses: { readonly x: boolean; readonly y: boolean };
}

/** An expression that cannot be read, with the place in the source to look at. */
export class ExpressionError extends Error {
  override readonly name = "ExpressionError";
  readonly span: Span;

  constructor(message: string, span: Span) {
    super(message);
    this.span = span;
  }
}
