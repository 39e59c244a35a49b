import fc from "fast-check";
import { tensor } from "tapegrad";
import { describe, expect, it } from "vitest";
import { evaluate } from "../../../site/src/expression/evaluate.ts";
import { parse } from "../../../site/src/expression/parser.ts";
import { type Language, print } from "../../../site/src/expression/print.ts";

const write = (source: string, language: Language) => print(parse(source), language).result;

describe("an expression in another language", () => {
  it.each([
    [
      "(1-x)^2 + 100*(y-x^2)^2",
      "sub(1, x).pow(2).add(y.sub(x.pow(2)).pow(2).mul(100))",
      "(1 - x) ** 2 + 100 * (y - x ** 2) ** 2",
    ],
    ["-x^2 / (y + 1)", "x.pow(2).neg().div(y.add(1))", "-x ** 2 / (y + 1)"],
    ["(-x)^2", "x.neg().pow(2)", "(-x) ** 2"],
    ["x - (y - 1)", "x.sub(y.sub(1))", "x - (y - 1)"],
    ["2^x^2", "pow(2, x.pow(2))", "2 ** x ** 2"],
    ["exp(2*pi*x)", "x.mul(2 * Math.PI).exp()", "torch.exp(2 * math.pi * x)"],
    ["sqrt(2)*|x|", `x.abs().mul(${Math.SQRT2})`, `${Math.SQRT2} * torch.abs(x)`],
    [
      "max(x, 0)",
      'x.maximum(tensor(0, { dtype: "float64" }))',
      "torch.maximum(x, torch.tensor(0, dtype=torch.float64))",
    ],
    ["log(0) + x", "x.add(-Infinity)", 'float("-Infinity") + x'],
  ])("%s", (source, typescript, pytorch) => {
    expect(write(source, "typescript")).toBe(typescript);
    expect(write(source, "pytorch")).toBe(pytorch);
  });

  it("keeps named parts, and names the free functions to import", () => {
    const printed = print(parse("const r = 1/x; const a = 2; a^r"), "typescript");
    expect(printed.bindings).toEqual([
      { name: "r", code: "div(1, x)" },
      { name: "a", code: "2" },
    ]);
    expect(printed.result).toBe("pow(a, r)");
    expect(printed.imports).toEqual(["div", "pow"]);
  });

  it("has the same value when it is read again", () => {
    const { source } = fc.letrec<{ source: string }>((tie) => ({
      source: fc.oneof(
        { depthSize: "small", withCrossShrink: true },
        fc.constantFrom("x", "y", "2", "0.5", "pi"),
        fc
          .tuple(tie("source"), fc.constantFrom("+", "-", "*", "/", "^"), tie("source"))
          .map(([left, operator, right]) => `(${left}) ${operator} (${right})`),
        tie("source").map((inner) => `-(${inner})`),
        fc
          .tuple(fc.constantFrom("sin", "exp", "abs", "square", "tanh"), tie("source"))
          .map(([name, inner]) => `${name}(${inner})`),
        fc.tuple(tie("source"), tie("source")).map(([a, b]) => `max(${a}, ${b})`),
      ),
    }));
    const value = (text: string) =>
      evaluate(
        parse(text),
        tensor(0.7, { dtype: "float64" }),
        tensor(1.3, { dtype: "float64" }),
      ).item();
    fc.assert(
      fc.property(source, (text) => {
        const whole = `${text} + 0*x`;
        const expected = value(whole);
        expect(value(write(whole, "mathematics"))).toBe(expected);
        const { result } = print(parse(whole), "typescript");
        if (
          !result.includes("tensor(") &&
          !result.includes("Infinity") &&
          !result.includes("NaN")
        ) {
          expect(value(result)).toBe(expected);
        }
      }),
    );
  });
});
