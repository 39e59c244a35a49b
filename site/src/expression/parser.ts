import {
  type BinaryOperator,
  type Binding,
  type Expression,
  ExpressionError,
  type Program,
  type Span,
} from "./ast.ts";
import { FUNCTIONS, functionNamed, OPERATOR_METHODS } from "./functions.ts";
import { type Token, tokenize } from "./lexer.ts";
import { CONSTANTS, isReserved, NAMESPACES, unknown } from "./names.ts";

/** Longest source that is read: enough for any surface, and no burden on the page. */
export const MAX_LENGTH = 2000;
const MAX_DEPTH = 120;

/**
 * Reads a surface f(x, y), written as plain mathematics (`(1-x)^2 + 100*(y-x^2)^2`, `2x`, `|x|`,
 * `x²`) or as TypeScript over tensors (`x.sub(1).square().add(y.mul(2))`, with `const` lines and
 * an arrow function around it). Nothing is evaluated as code.
 * @param source at most 2,000 characters.
 * @throws ExpressionError with a message and the place in the source.
 */
export function parse(source: string): Program {
  if (source.length > MAX_LENGTH) {
    throw new ExpressionError(`longer than ${MAX_LENGTH} characters`, {
      start: MAX_LENGTH,
      end: source.length,
    });
  }
  return new Parser(source).program();
}

class Parser {
  private readonly source: string;
  private readonly tokens: readonly Token[];
  private position = 0;
  private depth = 0;
  private openBars = 0;
  private readonly bindings: Binding[] = [];
  /** Names in scope, each with the variables that it depends on. */
  private readonly scope = new Map<string, { readonly x: boolean; readonly y: boolean }>();
  /** An arrow function may call its parameters what it likes. */
  private readonly variables = new Map<string, "x" | "y">();

  constructor(source: string) {
    this.source = source;
    this.tokens = tokenize(source);
  }

  program(): Program {
    if (this.atEnd) throw this.error("write an expression in x and y");
    this.readParameters();
    const braced = this.accept("{");
    this.readBindings();
    if (this.current.text === "return") this.position++;
    const result = this.expression();
    while (this.accept(";"));
    if (braced) this.expect("}", "to close the function body");
    while (this.accept(";"));
    if (!this.atEnd) throw this.unexpected();
    const uses = this.dependencies(result);
    if (!uses.x && !uses.y) {
      throw new ExpressionError("depends on neither x nor y, so there is no surface to descend", {
        start: 0,
        end: this.source.length,
      });
    }
    return { source: this.source, bindings: this.bindings, result, uses };
  }

  // ---- tokens

  private get current(): Token {
    const token = this.tokens[Math.min(this.position, this.tokens.length - 1)];
    if (token === undefined) throw new Error("the token list is never empty");
    return token;
  }

  private get atEnd(): boolean {
    return this.current.type === "end";
  }

  private accept(symbol: string): boolean {
    if (this.current.type !== "symbol" || this.current.text !== symbol) return false;
    this.position++;
    return true;
  }

  private expect(symbol: string, purpose: string): void {
    if (this.accept(symbol)) return;
    throw this.error(`expected '${symbol}' ${purpose}, found ${describe(this.current)}`);
  }

  private error(message: string, span: Span = this.current.span): ExpressionError {
    return new ExpressionError(message, span);
  }

  private unexpected(): ExpressionError {
    const token = this.current;
    const before = this.tokens[this.position - 1];
    if (token.type === "number" && before?.type === "number") {
      return this.error("expected an operator between two numbers");
    }
    if (token.text === ")") return this.error("this ')' has no '(' before it");
    if (token.text === "=" || token.text === "=>") {
      return this.error(`'${token.text}' does not belong here; name a part with: const r = …;`);
    }
    return this.error(`expected an operator, found ${describe(token)}`);
  }

  private spanFrom(start: number): Span {
    return { start, end: this.tokens[this.position - 1]?.span.end ?? start };
  }

  // ---- an arrow function around the expression: (x: Tensor, y: Tensor): Tensor => …

  private readParameters(): void {
    if (!this.tokens.some((token) => token.text === "=>")) return;
    const names: Token[] = [];
    if (this.accept("(")) {
      do {
        names.push(this.parameter());
        if (this.accept(":")) this.typeName();
      } while (this.accept(","));
      this.expect(")", "after the parameters");
      if (this.accept(":")) this.typeName();
    } else {
      names.push(this.parameter());
    }
    this.expect("=>", "after the parameters");
    if (names.length > 2) {
      throw this.error("a surface takes x and y, not more", names[2]?.span);
    }
    const targets = ["x", "y"] as const;
    names.forEach((token, index) => {
      const target = targets[index];
      if (target === undefined) return;
      if (this.variables.has(token.text)) {
        throw this.error(`'${token.text}' is named twice`, token.span);
      }
      this.variables.set(token.text, target);
    });
  }

  private parameter(): Token {
    const token = this.current;
    if (token.type !== "name") throw this.error("expected a parameter's name");
    this.position++;
    return token;
  }

  private typeName(): void {
    if (this.current.text !== "Tensor") throw this.error("expected the type Tensor");
    this.position++;
  }

  // ---- const name = expression;

  private readBindings(): void {
    while (this.current.text === "const" || this.current.text === "let") {
      this.position++;
      const token = this.current;
      const name = token.text;
      if (token.type !== "name") throw this.error("expected a name after const");
      if (this.variable(name) !== undefined || this.scope.has(name) || isReserved(name)) {
        throw this.error(`'${name}' already means something else`);
      }
      this.position++;
      if (this.accept(":")) this.typeName();
      this.expect("=", "after the name");
      const value = this.expression();
      if (!this.current.afterNewline) this.expect(";", "after the value of a const");
      while (this.accept(";"));
      this.bindings.push({ name, value });
      this.scope.set(name, this.dependencies(value));
    }
  }

  private variable(name: string): "x" | "y" | undefined {
    if (this.variables.size > 0) return this.variables.get(name);
    return name === "x" || name === "y" ? name : undefined;
  }

  private dependencies(node: Expression): { readonly x: boolean; readonly y: boolean } {
    switch (node.type) {
      case "number":
      case "constant":
        return { x: false, y: false };
      case "name":
        return this.scope.get(node.name) ?? { x: node.name === "x", y: node.name === "y" };
      case "negate":
        return this.dependencies(node.operand);
      case "binary":
        return union(this.dependencies(node.left), this.dependencies(node.right));
      case "call":
        return node.args.map((arg) => this.dependencies(arg)).reduce(union);
    }
  }

  // ---- expressions, loosest first

  private expression(): Expression {
    if (++this.depth > MAX_DEPTH) throw this.error(`nested more than ${MAX_DEPTH} levels deep`);
    const start = this.current.span.start;
    let left = this.term();
    for (let operator = this.operator("+", "-"); operator; operator = this.operator("+", "-")) {
      left = { type: "binary", operator, left, right: this.term(), span: this.spanFrom(start) };
    }
    this.depth--;
    return left;
  }

  private operator(...symbols: readonly BinaryOperator[]): BinaryOperator | undefined {
    return symbols.find((symbol) => this.accept(symbol));
  }

  private term(): Expression {
    const start = this.current.span.start;
    let left = this.signed();
    for (;;) {
      const operator = this.operator("*", "/") ?? (this.startsFactor() ? "*" : undefined);
      if (operator === undefined) return left;
      left = { type: "binary", operator, left, right: this.signed(), span: this.spanFrom(start) };
    }
  }

  /** Whether a product is meant without its sign, as in `2x` and `x(1 - x)`. */
  private startsFactor(): boolean {
    const { type, text, afterNewline } = this.current;
    if (type === "name") return !afterNewline;
    return text === "(" || (text === "|" && this.openBars === 0);
  }

  private signed(): Expression {
    const start = this.current.span.start;
    if (++this.depth > MAX_DEPTH) throw this.error(`nested more than ${MAX_DEPTH} levels deep`);
    let node: Expression;
    if (this.accept("-")) {
      node = { type: "negate", operand: this.signed(), span: this.spanFrom(start) };
    } else if (this.accept("+")) {
      node = this.signed();
    } else {
      node = this.power();
    }
    this.depth--;
    return node;
  }

  private power(): Expression {
    const start = this.current.span.start;
    const left = this.postfix();
    if (!this.accept("^")) return left;
    // Right-associative, and -x^2 is -(x^2), as in mathematics.
    return {
      type: "binary",
      operator: "^",
      left,
      right: this.signed(),
      span: this.spanFrom(start),
    };
  }

  private postfix(): Expression {
    const start = this.current.span.start;
    let node = this.primary();
    while (this.accept(".")) node = this.method(node, start);
    return node;
  }

  private method(receiver: Expression, start: number): Expression {
    const token = this.current;
    const name = token.text;
    if (token.type !== "name") throw this.error("expected a method's name after '.'");
    this.position++;
    const operator = Object.hasOwn(OPERATOR_METHODS, name) ? OPERATOR_METHODS[name] : undefined;
    if (operator !== undefined) {
      const [right] = this.args(name, 1, token.span);
      if (right === undefined) throw this.error(`${name} takes 1 argument`, token.span);
      return { type: "binary", operator, left: receiver, right, span: this.spanFrom(start) };
    }
    if (name === "neg") {
      this.args(name, 0, token.span);
      return { type: "negate", operand: receiver, span: this.spanFrom(start) };
    }
    const called = functionNamed(name);
    if (called === undefined) {
      const known = [...Object.keys(FUNCTIONS), ...Object.keys(OPERATOR_METHODS), "neg"];
      throw this.error(unknown("method", name, known), token.span);
    }
    const rest = this.args(name, FUNCTIONS[called].arity - 1, token.span);
    return { type: "call", name: called, args: [receiver, ...rest], span: this.spanFrom(start) };
  }

  private args(name: string, count: number, span: Span): Expression[] {
    this.expect("(", `after ${name}`);
    const args: Expression[] = [];
    if (!this.accept(")")) {
      do {
        if (this.current.text === "{") throw this.error("options in {…} are not read here");
        args.push(this.expression());
      } while (this.accept(","));
      this.expect(")", `to close ${name}(`);
    }
    if (args.length !== count) {
      const wanted = `${count} argument${count === 1 ? "" : "s"}`;
      throw this.error(`${name} takes ${wanted}, not ${args.length}`, {
        start: span.start,
        end: this.spanFrom(span.start).end,
      });
    }
    return args;
  }

  private primary(): Expression {
    const token = this.current;
    if (token.type === "number") {
      this.position++;
      return { type: "number", value: token.value, span: token.span };
    }
    if (token.type === "name") return this.named(token);
    if (this.accept("(")) {
      const barsOutside = this.openBars;
      this.openBars = 0;
      const inner = this.expression();
      this.openBars = barsOutside;
      this.expect(")", `to close the '(' at character ${token.span.start + 1}`);
      return inner;
    }
    if (token.text === "|") return this.absolute(token);
    if (token.type === "end") throw this.error("the expression ends too early");
    throw this.error(`expected a number, x, y or '(', found ${describe(token)}`);
  }

  private absolute(bar: Token): Expression {
    // Inside a pair of bars the next bar closes it; |x|y|z| has no other reading without it.
    if (this.openBars > 0) throw this.error("write abs(…) for one absolute value inside another");
    this.position++;
    this.openBars++;
    const inner = this.expression();
    this.openBars--;
    this.expect("|", `to close the '|' at character ${bar.span.start + 1}`);
    return { type: "call", name: "abs", args: [inner], span: this.spanFrom(bar.span.start) };
  }

  private named(token: Token): Expression {
    const name = token.text;
    this.position++;
    if (NAMESPACES.has(name)) {
      this.expect(".", `after ${name}`);
      const member = this.current;
      if (member.type !== "name") throw this.error(`expected a name after ${name}.`);
      return this.named(member);
    }
    const variable = this.variable(name);
    if (variable !== undefined) return { type: "name", name: variable, span: token.span };
    if (this.scope.has(name)) return { type: "name", name, span: token.span };
    const called = functionNamed(name);
    if (called !== undefined) return this.call(name, FUNCTIONS[called].arity, called, token.span);
    const operator = Object.hasOwn(OPERATOR_METHODS, name) ? OPERATOR_METHODS[name] : undefined;
    if (operator !== undefined) return this.operatorCall(name, operator, token.span);
    const constant = Object.hasOwn(CONSTANTS, name) ? CONSTANTS[name] : undefined;
    if (constant !== undefined) return { type: "constant", name: constant, span: token.span };
    throw this.error(this.unknownName(name), token.span);
  }

  private call(written: string, arity: number, name: string, span: Span): Expression {
    if (this.current.text !== "(") {
      throw this.error(`${written} needs its argument in parentheses: ${written}(…)`, span);
    }
    const args = this.args(written, arity, span);
    return { type: "call", name, args, span: this.spanFrom(span.start) };
  }

  private operatorCall(name: string, operator: BinaryOperator, span: Span): Expression {
    const [left, right] = this.args(name, 2, span);
    if (left === undefined || right === undefined) throw this.error(`${name} takes 2 arguments`);
    return { type: "binary", operator, left, right, span: this.spanFrom(span.start) };
  }

  private unknownName(name: string): string {
    if (/^[xy]{2,}$/.test(name)) return `unknown name '${name}'; write ${[...name].join("*")}`;
    if (this.current.text === "(") return unknown("function", name, Object.keys(FUNCTIONS));
    return unknown("name", name, [...this.scope.keys(), ...Object.keys(FUNCTIONS)], "x, y, pi, e");
  }
}

function union(a: { x: boolean; y: boolean }, b: { x: boolean; y: boolean }) {
  return { x: a.x || b.x, y: a.y || b.y };
}

function describe(token: Token): string {
  return token.type === "end" ? "the end" : `'${token.text}'`;
}
