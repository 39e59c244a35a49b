import { describe, expect, test } from "vitest";
import * as tapegrad from "../../src/index.ts";
import { OPS } from "../support/opTable.ts";

/** What the rows stand for: a row is called by its operation, and says what is special after it. */
const COVERED = new Set(OPS.map(({ name }) => /^\w+/.exec(name)![0]));

// Methods that have no derivative to check, and why.
const WITHOUT: Readonly<Record<string, readonly string[]>> = {
  "answers no tensor": [
    "constructor backward dim isContiguous item numel registerHook retainGrad size storageOffset",
    "stride tolist toString toTypedArray",
  ],
  "answers integers or truths": [
    "all any argmax argmin eq eq_ ge ge_ gt gt_ isfinite isinf isnan le le_ logicalAnd",
    "logicalAnd_ logicalNot logicalNot_ logicalOr logicalOr_ logicalXor logicalXor_ lt lt_ ne ne_",
    "long int byte bool",
  ],
  "is for the engine alone": ["ownGrad sumTo"],
  "cuts the graph": ["detach newZeros requiresGrad_"],
  "draws at random": ["bernoulli_ normal_ uniform_"],
  "changes the precision, which finite differences would see": ["to float double typeAs"],
};

const EXEMPT = new Set(
  Object.values(WITHOUT)
    .flat()
    .flatMap((names) => names.split(" ")),
);

function methods(): string[] {
  const all = Object.getOwnPropertyDescriptors(tapegrad.Tensor.prototype);
  return Object.entries(all)
    .filter(([, { value }]) => typeof value === "function")
    .map(([name]) => name);
}

describe("the op table", () => {
  test("has a row for every method that is differentiable", () => {
    expect(methods().filter((name) => !COVERED.has(name) && !EXEMPT.has(name))).toEqual([]);
  });

  test("has a row for every function of nn.functional that is differentiable", () => {
    const known = new Set([...COVERED, "oneHot"]);
    expect(Object.keys(tapegrad.nn.functional).filter((name) => !known.has(name))).toEqual([]);
  });

  test("exempts nothing that has a row or is gone", () => {
    const there = new Set(methods());
    expect([...EXEMPT].filter((name) => COVERED.has(name) || !there.has(name))).toEqual([]);
  });

  test("has a row for every exported function of tensors that is no method", () => {
    const made =
      /^(\w+Like|arange|empty|eye|fromTypedArray|full|linspace|logspace|meshgrid|ones|rand\w*|tensor|zeros)$/;
    const plumbing =
      /^([A-Z]\w*|enableGrad|noGrad|is\w+|get\w+|set\w+|manualSeed|seed|initialSeed|logical\w+)$/;
    const names = Object.entries(tapegrad)
      .filter(([, value]) => typeof value === "function")
      .map(([name]) => name)
      .filter((name) => !made.test(name) && !plumbing.test(name));
    expect(names.filter((name) => !COVERED.has(name) && !EXEMPT.has(name))).toEqual([]);
  });

  test("names each row once", () => {
    const names = OPS.map(({ name }) => name);
    expect(names.filter((name, i) => names.indexOf(name) !== i)).toEqual([]);
  });
});
