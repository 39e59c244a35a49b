import fc from "fast-check";
import { describe, test } from "vitest";
import type { Tensor } from "../../src/index.ts";
import { OPS } from "../support/opTable.ts";
import {
  assertBackwardIsAdditive,
  assertBackwardIsLinear,
  assertGradients,
  assertLayoutIndependent,
  assertMemoryIndependent,
  assertSecondGradients,
} from "../support/properties.ts";

// Every row draws its own shapes, broadcasts and strides; FC_RUNS searches longer.
const runs = Number(process.env.FC_RUNS ?? 100);
const [many, few] = [Math.ceil(runs / 4), Math.ceil(runs / 10)];

describe.each(OPS.map(({ name, cases }) => [name, cases] as const))("%s", (_, cases) => {
  test("has the gradient that finite differences have", () => {
    fc.assert(
      fc.property(cases, (c) => assertGradients(c)),
      { numRuns: many },
    );
  });

  test("has the second gradient that finite differences have", () => {
    fc.assert(
      fc.property(cases, (c) => assertSecondGradients(c)),
      { numRuns: few },
    );
  });

  test("gives the same on views as on copies of them", () => {
    fc.assert(
      fc.property(cases, (c) => assertLayoutIndependent(c)),
      { numRuns: many },
    );
  });

  test("gives the same in memory that was used before", () => {
    fc.assert(
      fc.property(cases, (c) => assertMemoryIndependent(c)),
      { numRuns: few },
    );
  });

  test("has for a sum the sum of the gradients", () => {
    const squares = (...inputs: Tensor[]) =>
      inputs.filter((t) => t.requiresGrad).map((t) => t.mul(t));
    fc.assert(
      fc.property(cases, (c) => assertBackwardIsAdditive(c.inputs, c.fn, squares)),
      { numRuns: few },
    );
  });

  test("is linear backward", () => {
    const factor = fc.integer({ min: -8, max: 8 }).map((i) => i / 4);
    fc.assert(
      fc.property(cases, factor, factor, (c, a, b) => assertBackwardIsLinear(c, a, b)),
      { numRuns: few },
    );
  });
});
