import { autograd, tensor } from "tapegrad";
import { describe, expect, it } from "vitest";
import { evaluate } from "../../../site/src/expression/evaluate.ts";
import { FUNCTIONS } from "../../../site/src/expression/functions.ts";
import { parse } from "../../../site/src/expression/parser.ts";

const at = (source: string, x: number, y: number) =>
  evaluate(parse(source), tensor(x, { dtype: "float64" }), tensor(y, { dtype: "float64" })).item();

describe("the value of an expression", () => {
  it.each<[string, number]>([
    ["x + 2*y - 3", 1.5 + 2 * 0.25 - 3],
    ["1 - x", 1 - 1.5],
    ["2 / y", 8],
    ["2^x", 2 ** 1.5],
    ["x^2 ^ 0.5", 1.5 ** (2 ** 0.5)],
    ["-x^2", -2.25],
    ["(-x)^2", 2.25],
    ["|y - x|", 1.25],
    ["pi*x + e", Math.PI * 1.5 + Math.E],
    ["max(x, y) - min(x, 2)", 0],
    ["x.sub(1).square().mul(y)", 0.0625],
    ["const a = 2; const b = a*x; b + y", 3.25],
    ["relu(-x) + sign(x) + sqrt(4)*x", 4],
  ])("%s at (1.5, 0.25) is %f", (source, expected) => {
    expect(at(source, 1.5, 0.25)).toBeCloseTo(expected, 12);
  });

  it("says NaN where the mathematics has no value", () => {
    expect(at("log(x)", -1, 0)).toBeNaN();
    expect(at("1/x", 0, 0)).toBe(Number.POSITIVE_INFINITY);
  });
});

describe("every operator of the language", () => {
  it.each<[string, number, number]>([
    ["x + y", 1, 1],
    ["3 - x*y", -0.4, -0.7],
    ["x / y", 1 / 0.4, -0.7 / 0.4 ** 2],
    ["2 / (x + y)", -2 / 1.1 ** 2, -2 / 1.1 ** 2],
    ["x^3 + y", 3 * 0.7 ** 2, 1],
    ["2^x + y", 2 ** 0.7 * Math.LN2, 1],
    ["x^y", 0.4 * 0.7 ** -0.6, 0.7 ** 0.4 * Math.log(0.7)],
    ["-x*y", -0.4, -0.7],
  ])("%s has its gradient to the last digits of float64", (source, byX, byY) => {
    const program = parse(source);
    const point = tensor([0.7, 0.4], { dtype: "float64", requiresGrad: true });
    const [gradient] = autograd.grad(evaluate(program, point.at(0), point.at(1)), [point]);
    expect(gradient?.at(0).item()).toBeCloseTo(byX, 13);
    expect(gradient?.at(1).item()).toBeCloseTo(byY, 13);
  });
});

describe("every function of the language", () => {
  it.each(Object.entries(FUNCTIONS))("%s has the library's gradient", (name, { arity }) => {
    const program = parse(arity === 1 ? `${name}(x + y)` : `${name}(x, y)`);
    const point = tensor([0.7, 0.4], { dtype: "float64", requiresGrad: true });
    const f = (p: typeof point) => evaluate(program, p.at(0), p.at(1));
    expect(autograd.gradcheck(f, [point])).toBe(true);
  });
});
