import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Expression, ExpressionError } from "../../../site/src/expression/ast.ts";
import { MAX_LENGTH, parse } from "../../../site/src/expression/parser.ts";

/** An expression in prefix form, so that a test shows how it was read. */
function shape(node: Expression): string {
  switch (node.type) {
    case "number":
      return String(node.value);
    case "constant":
    case "name":
      return node.name;
    case "negate":
      return `(neg ${shape(node.operand)})`;
    case "binary":
      return `(${node.operator} ${shape(node.left)} ${shape(node.right)})`;
    case "call":
      return `(${node.name} ${node.args.map(shape).join(" ")})`;
  }
}

const read = (source: string) => shape(parse(source).result);

function failure(source: string): ExpressionError {
  try {
    parse(source);
  } catch (error) {
    if (error instanceof ExpressionError) return error;
    throw error;
  }
  throw new Error(`${source} was read without an error`);
}

describe("plain mathematics", () => {
  it.each([
    ["x + y * 2", "(+ x (* y 2))"],
    ["x - y - 1", "(- (- x y) 1)"],
    ["x / y / 2", "(/ (/ x y) 2)"],
    ["x^2^3", "(^ x (^ 2 3))"],
    ["-x^2", "(neg (^ x 2))"],
    ["2^-x", "(^ 2 (neg x))"],
    ["x ** 2 + y", "(+ (^ x 2) y)"],
    ["(1-x)^2 + 100*(y-x^2)^2", "(+ (^ (- 1 x) 2) (* 100 (^ (- y (^ x 2)) 2)))"],
    ["sin(pi x) + e", "(+ (sin (* pi x)) e)"],
    ["max(x, y) + min(x, 2)", "(+ (maximum x y) (minimum x 2))"],
    [".5x + 1e-3y", "(+ (* 0.5 x) (* 0.001 y))"],
    ["1_000 x", "(* 1000 x)"],
    ["ln(x)", "(log x)"],
  ])("reads %s as %s", (source, expected) => {
    expect(read(source)).toBe(expected);
  });

  it("reads a product without its sign, left to right", () => {
    expect(read("2x y(1 - x)")).toBe("(* (* (* 2 x) y) (- 1 x))");
    expect(read("1/2x")).toBe("(* (/ 1 2) x)");
  });

  it("reads bars as the absolute value, nested only through parentheses", () => {
    expect(read("|x - 1| + 2|y|")).toBe("(+ (abs (- x 1)) (* 2 (abs y)))");
    expect(read("|x (|y| + 1)|")).toBe("(abs (* x (+ (abs y) 1)))");
  });

  it("reads signs that a word processor writes", () => {
    expect(read("x² − 3·y³")).toBe("(- (^ x 2) (* 3 (^ y 3)))");
    expect(read("π×x")).toBe("(* pi x)");
  });
});

describe("TypeScript over tensors", () => {
  it("reads methods as the operators that they stand for", () => {
    expect(read("x.mul(2).add(y.square())")).toBe("(+ (* x 2) (square y))");
    expect(read("x.neg().sub(1).div(y).pow(3)")).toBe("(^ (/ (- (neg x) 1) y) 3)");
  });

  it("reads free functions and the Math and torch namespaces", () => {
    expect(read("sub(1, x).square()")).toBe("(square (- 1 x))");
    expect(read("x.mul(Math.PI).sin() + torch.exp(y)")).toBe("(+ (sin (* x pi)) (exp y))");
  });

  it("reads named parts, by semicolon or by line", () => {
    const program = parse("const r = x*x + y*y;\nconst s = r.sqrt()\nreturn s.sin().div(s);");
    expect(program.bindings.map(({ name, value }) => [name, shape(value)])).toEqual([
      ["r", "(+ (* x x) (* y y))"],
      ["s", "(sqrt r)"],
    ]);
    expect(shape(program.result)).toBe("(/ (sin s) s)");
    expect(program.uses).toEqual({ x: true, y: true });
  });

  it("reads an arrow function whatever its parameters are called", () => {
    expect(read("(a, b) => a.mul(b)")).toBe("(* x y)");
    expect(read("(x: Tensor, y: Tensor): Tensor => { const u = x.sub(y); return u; }")).toBe("u");
    expect(read("t => t^2")).toBe("(^ x 2)");
  });
});

describe("what the result depends on", () => {
  it("follows the variables through named parts", () => {
    expect(parse("x^2").uses).toEqual({ x: true, y: false });
    expect(parse("const a = y; const b = a*2; b^2").uses).toEqual({ x: false, y: true });
  });

  it("refuses a constant surface", () => {
    expect(failure("const a = x; 3").message).toContain("depends on neither x nor y");
  });
});

describe("an expression that cannot be read", () => {
  it.each([
    ["", 0, "write an expression in x and y"],
    ["x +", 3, "the expression ends too early"],
    ["(x + y", 6, "expected ')' to close the '(' at character 1, found the end"],
    ["x + y)", 5, "this ')' has no '(' before it"],
    ["x + * y", 4, "expected a number, x, y or '(', found '*'"],
    ["x + 2 3", 6, "expected an operator between two numbers"],
    ["x # y", 2, "unexpected character '#'"],
    ["sinn(x)", 0, "unknown function 'sinn'; did you mean sin?"],
    ["x.sqare()", 2, "unknown method 'sqare'; did you mean square?"],
    ["x + z", 4, "unknown name 'z'; known are x, y, pi, e"],
    ["xy", 0, "unknown name 'xy'; write x*y"],
    ["sin x", 0, "sin needs its argument in parentheses: sin(…)"],
    ["sin(x, y)", 0, "sin takes 1 argument, not 2"],
    ["max(x)", 0, "max takes 2 arguments, not 1"],
    ["x = 2", 2, "'=' does not belong here; name a part with: const r = …;"],
    ["const x = y; x", 6, "'x' already means something else"],
    ["const r = x r + 1", 12, "unknown name 'r'; known are x, y, pi, e"],
    ["(x, y, z) => x", 7, "a surface takes x and y, not more"],
    ["x.add(y, { alpha: 2 })", 9, "options in {…} are not read here"],
    ["||x| - 1|", 1, "write abs(…) for one absolute value inside another"],
    ["window.alert(x)", 0, "unknown name 'window'; known are x, y, pi, e"],
    ["x.constructor(y)", 2, "unknown method 'constructor'"],
    ["toString(x)", 0, "unknown function 'toString'"],
  ])("%s fails at character %i: %s", (source, start, message) => {
    const error = failure(source);
    expect(error.message).toContain(message);
    expect(error.span.start).toBe(start);
  });

  it("points at the whole misused part", () => {
    expect(failure("1 + foo(x)").span).toEqual({ start: 4, end: 7 });
  });

  it("stops at a length and at a depth, before the stack does", () => {
    expect(failure("x".padEnd(MAX_LENGTH + 1)).message).toContain("longer than");
    expect(failure(`${"(".repeat(900)}x${")".repeat(900)}`).message).toContain("nested more than");
    expect(failure(`${"-".repeat(1500)}x`).message).toContain("nested more than");
    expect(() => parse(`${"x+".repeat(900)}x`)).not.toThrow();
  });

  it("always gives a place inside the source", () => {
    const piece = fc.constantFrom(
      ..."xy123+-*/^()|,.;= ",
      "sin",
      "const ",
      "=>",
      "π",
      "\n",
      "{",
      "}",
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 20 }), (pieces) => {
        const source = pieces.join("");
        try {
          parse(source);
        } catch (error) {
          if (!(error instanceof ExpressionError)) throw error;
          expect(error.span.start).toBeGreaterThanOrEqual(0);
          expect(error.span.start).toBeLessThanOrEqual(error.span.end);
          expect(error.span.end).toBeLessThanOrEqual(source.length);
        }
      }),
    );
  });
});
