import { Unsupported } from "../report.ts";
import type { Arg, Block, Expr, Param, Statement } from "./syntax.ts";
import { type Token, tokenize } from "./tokens.ts";

const COMPARISONS = ["==", "!=", "<", ">", "<=", ">=", "in", "is"];
const CONSTANTS: Readonly<Record<string, boolean | null>> = {
  True: true,
  False: false,
  None: null,
};
/** Operators of one level, the loosest first. */
const LEVELS: readonly (readonly string[])[] = [
  ["|"],
  ["^"],
  ["&"],
  ["+", "-"],
  ["*", "/", "//", "%", "@"],
];

/** A recursive-descent parser for the part of Python that short scripts use. */
class Parser {
  readonly #tokens: readonly Token[];
  #at = 0;

  constructor(source: string) {
    this.#tokens = tokenize(source);
  }

  get #token(): Token {
    return this.#tokens[this.#at] ?? { kind: "end", text: "" };
  }

  #isKind(kind: Token["kind"]): boolean {
    return this.#token.kind === kind;
  }

  #is(text: string): boolean {
    const { kind } = this.#token;
    return (kind === "op" || kind === "name") && this.#token.text === text;
  }

  #accept(text: string): boolean {
    if (!this.#is(text)) return false;
    this.#at++;
    return true;
  }

  #expect(text: string): void {
    if (!this.#accept(text)) throw new SyntaxError(`wanted "${text}", got "${this.#token.text}"`);
  }

  #take(kind: Token["kind"]): string {
    const token = this.#token;
    if (token.kind !== kind) throw new SyntaxError(`wanted ${kind}, got "${token.text}"`);
    this.#at++;
    return token.text;
  }

  program(): Block {
    const body: Statement[] = [];
    while (this.#token.kind !== "end") body.push(...this.#statement());
    return body;
  }

  expressionOnly(): Expr {
    const value = this.#tuple();
    if (this.#token.kind === "newline") this.#at++;
    this.#take("end");
    return value;
  }

  #block(): Block {
    this.#expect(":");
    if (!this.#isKind("newline")) return this.#simpleLine();
    this.#take("newline");
    this.#take("indent");
    const body: Statement[] = [];
    while (!this.#isKind("dedent")) body.push(...this.#statement());
    this.#take("dedent");
    return body;
  }

  #simpleLine(): Statement[] {
    const statement = this.#simple();
    this.#take("newline");
    return [statement];
  }

  #statement(): Statement[] {
    // Decorators (staticmethod, no_grad) change nothing that these scripts look at.
    while (this.#accept("@")) {
      this.#tuple();
      this.#take("newline");
    }
    if (this.#accept("for")) {
      const target = this.#targets();
      this.#expect("in");
      return [{ kind: "for", target, source: this.#tuple(), body: this.#block() }];
    }
    if (this.#accept("while")) {
      return [{ kind: "while", test: this.#expression(), body: this.#block() }];
    }
    if (this.#is("if")) return [this.#conditional()];
    if (this.#accept("with")) {
      const context = this.#expression();
      const name = this.#accept("as") ? this.#take("name") : null;
      return [{ kind: "with", context, as: name, body: this.#block() }];
    }
    if (this.#accept("def")) {
      const name = this.#take("name");
      this.#expect("(");
      const params = this.#params(")");
      this.#expect(")");
      return [{ kind: "def", name, params, body: this.#block() }];
    }
    if (this.#accept("class")) {
      const name = this.#take("name");
      let base: Expr | null = null;
      if (this.#accept("(")) {
        if (!this.#is(")")) base = this.#expression();
        this.#expect(")");
      }
      return [{ kind: "class", name, base, body: this.#block() }];
    }
    return this.#simpleLine();
  }

  #conditional(): Statement {
    this.#at++;
    const test = this.#expression();
    const yes = this.#block();
    if (this.#is("elif")) return { kind: "if", test, yes, no: [this.#conditional()] };
    return { kind: "if", test, yes, no: this.#accept("else") ? this.#block() : [] };
  }

  #simple(): Statement {
    if (this.#accept("pass")) return { kind: "pass" };
    if (this.#accept("return")) {
      return { kind: "return", value: this.#token.kind === "newline" ? null : this.#tuple() };
    }
    if (this.#accept("del")) return { kind: "delete", target: this.#tuple() };
    if (this.#accept("import") || this.#accept("from")) {
      while (this.#token.kind !== "newline") this.#at++;
      return { kind: "pass" };
    }
    const first = this.#tuple();
    const { kind, text } = this.#token;
    if (kind === "op" && /^(\*\*|\/\/|[-+*/%@])=$/.test(text)) {
      this.#at++;
      return { kind: "augment", target: first, op: text.slice(0, -1), value: this.#tuple() };
    }
    if (!this.#is("=")) return { kind: "expression", value: first };
    const parts = [first];
    while (this.#accept("=")) parts.push(this.#tuple());
    const value = parts.pop() ?? first;
    return { kind: "assign", targets: parts, value };
  }

  /** Names to assign to, up to `in`. */
  #targets(): Expr {
    const items = [this.#postfix()];
    let tuple = false;
    while (this.#accept(",")) {
      tuple = true;
      if (!this.#is("in")) items.push(this.#postfix());
    }
    return tuple ? { kind: "tuple", items } : items[0]!;
  }

  #params(end: string): Param[] {
    const params: Param[] = [];
    while (!this.#is(end)) {
      const name = this.#take("name");
      params.push({ name, fallback: this.#accept("=") ? this.#expression() : null });
      if (!this.#accept(",")) break;
    }
    return params;
  }

  /** An expression, or several with commas between them. */
  #tuple(): Expr {
    const first = this.#starred();
    if (!this.#is(",")) return first;
    const items = [first];
    while (this.#accept(",")) {
      const { kind, text } = this.#token;
      if (kind === "newline" || kind === "end" || (kind === "op" && "=)]}:".includes(text))) break;
      items.push(this.#starred());
    }
    return { kind: "tuple", items };
  }

  #starred(): Expr {
    return this.#accept("*") ? { kind: "star", of: this.#expression() } : this.#expression();
  }

  #expression(): Expr {
    if (this.#accept("lambda")) {
      const params = this.#params(":");
      this.#expect(":");
      return { kind: "lambda", params, body: this.#expression() };
    }
    const value = this.#or();
    if (!this.#accept("if")) return value;
    const test = this.#or();
    this.#expect("else");
    return { kind: "if", test, yes: value, no: this.#expression() };
  }

  #or(): Expr {
    const items = [this.#and()];
    while (this.#accept("or")) items.push(this.#and());
    return items.length === 1 ? items[0]! : { kind: "or", items };
  }

  #and(): Expr {
    const items = [this.#not()];
    while (this.#accept("and")) items.push(this.#not());
    return items.length === 1 ? items[0]! : { kind: "and", items };
  }

  #not(): Expr {
    if (this.#accept("not")) return { kind: "unary", op: "not", of: this.#not() };
    const first = this.#binary(0);
    const rest: [string, Expr][] = [];
    while ([...COMPARISONS, "not"].some((op) => this.#is(op))) {
      let op = this.#token.text;
      this.#at++;
      if (op === "not") {
        this.#expect("in");
        op = "not in";
      } else if (op === "is" && this.#accept("not")) {
        op = "is not";
      }
      rest.push([op, this.#binary(0)]);
    }
    return rest.length === 0 ? first : { kind: "compare", first, rest };
  }

  #binary(level: number): Expr {
    const operators = LEVELS[level];
    if (operators === undefined) return this.#unary();
    let left = this.#binary(level + 1);
    while (this.#token.kind === "op" && operators.includes(this.#token.text)) {
      const op = this.#token.text;
      this.#at++;
      left = { kind: "binary", op, left, right: this.#binary(level + 1) };
    }
    return left;
  }

  #unary(): Expr {
    for (const op of ["-", "+", "~"]) {
      if (this.#accept(op)) return { kind: "unary", op, of: this.#unary() };
    }
    const left = this.#postfix();
    // A power binds tighter than a sign before it, looser than one behind it.
    return this.#accept("**") ? { kind: "binary", op: "**", left, right: this.#unary() } : left;
  }

  #postfix(): Expr {
    let value = this.#atom();
    for (;;) {
      if (this.#accept(".")) {
        value = { kind: "attribute", of: value, name: this.#take("name") };
      } else if (this.#accept("(")) {
        value = { kind: "call", of: value, args: this.#args() };
      } else if (this.#accept("[")) {
        const items = [this.#index()];
        let tuple = false;
        while (this.#accept(",")) {
          tuple = true;
          if (!this.#is("]")) items.push(this.#index());
        }
        this.#expect("]");
        const index: Expr = tuple ? { kind: "tuple", items } : items[0]!;
        value = { kind: "item", of: value, index };
      } else {
        return value;
      }
    }
  }

  #index(): Expr {
    const bound = (): Expr | null =>
      this.#is(":") || this.#is(",") || this.#is("]") ? null : this.#expression();
    const first = bound();
    if (!this.#is(":")) return first ?? { kind: "constant", value: null };
    const bounds = [first];
    while (this.#accept(":")) bounds.push(bound());
    return { kind: "slice", bounds };
  }

  #args(): Arg[] {
    const args: Arg[] = [];
    while (!this.#is(")")) {
      const next = this.#tokens[this.#at + 1];
      if (this.#token.kind === "name" && next?.kind === "op" && next.text === "=") {
        const name = this.#take("name");
        this.#expect("=");
        args.push({ name, value: this.#expression() });
      } else {
        args.push({ name: null, value: this.#comprehended(this.#starred()) });
      }
      if (!this.#accept(",")) break;
    }
    this.#expect(")");
    return args;
  }

  /** `item for target in source if test`, where that follows. */
  #comprehended(item: Expr): Expr {
    if (!this.#accept("for")) return item;
    const target = this.#targets();
    this.#expect("in");
    const source = this.#or();
    const tests: Expr[] = [];
    while (this.#accept("if")) tests.push(this.#or());
    return { kind: "comprehension", item, target, source, tests };
  }

  #atom(): Expr {
    const { kind, text } = this.#token;
    this.#at++;
    if (kind === "int") return { kind: "int", value: BigInt(text) };
    if (kind === "float") return { kind: "float", value: Number(text) };
    if (kind === "string") return { kind: "string", value: text };
    if (kind === "name") {
      const constant = CONSTANTS[text];
      if (constant !== undefined) return { kind: "constant", value: constant };
      return { kind: "name", id: text };
    }
    if (text === ".") {
      this.#expect(".");
      this.#expect(".");
      return { kind: "constant", value: "..." };
    }
    if (text === "(") return this.#parenthesized();
    if (text === "[") {
      if (this.#accept("]")) return { kind: "list", items: [] };
      const inner = this.#comprehended(this.#tuple());
      this.#expect("]");
      if (inner.kind === "comprehension") return inner;
      // A tuple in brackets is a list; one in parentheses inside the brackets was made by them.
      return {
        kind: "list",
        items: inner.kind === "tuple" && !PARENTHESIZED.has(inner) ? inner.items : [inner],
      };
    }
    if (text === "{") return this.#dict();
    throw new SyntaxError(`unexpected "${text}"`);
  }

  #parenthesized(): Expr {
    if (this.#accept(")")) return { kind: "tuple", items: [] };
    const inner = this.#comprehended(this.#tuple());
    this.#expect(")");
    if (inner.kind === "tuple") PARENTHESIZED.add(inner);
    return inner;
  }

  #dict(): Expr {
    const entries: [Expr, Expr][] = [];
    while (!this.#is("}")) {
      const key = this.#expression();
      this.#expect(":");
      entries.push([key, this.#expression()]);
      if (!this.#accept(",")) break;
    }
    this.#expect("}");
    return { kind: "dict", entries };
  }
}

const PARENTHESIZED = new WeakSet<Expr>();

/**
 * A program as statements.
 * @throws Unsupported for Python that is not read here.
 */
export function parse(source: string): Block {
  return reading(() => new Parser(source).program());
}

/** A single expression; throws as `parse`. */
export function parseExpression(source: string): Expr {
  return reading(() => new Parser(source).expressionOnly());
}

function reading<T>(read: () => T): T {
  try {
    return read();
  } catch (thrown) {
    if (thrown instanceof SyntaxError) throw new Unsupported(`Python: ${thrown.message}`);
    throw thrown;
  }
}
