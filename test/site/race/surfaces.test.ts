import { autograd, tensor } from "tapegrad";
import { describe, expect, it } from "vitest";
import { evaluate } from "../../../site/src/expression/evaluate.ts";
import { parse } from "../../../site/src/expression/parser.ts";
import { Race, standingAt } from "../../../site/src/race/engine.ts";
import { minimumOf, sampleField, valueAt } from "../../../site/src/race/field.ts";
import { SURFACES } from "../../../site/src/race/surfaces.ts";

describe("the named surfaces", () => {
  it("are the eleven that the page promises", () => {
    expect(SURFACES.map(({ name }) => name)).toEqual([
      "Rosenbrock",
      "Saddle",
      "Pathological curve",
      "θ²",
      "Himmelblau",
      "Beale",
      "Booth",
      "Rastrigin",
      "Ackley",
      "Styblinski–Tang",
      "Three-hump camel",
    ]);
  });

  // Values by the formulas in Surjanovic and Bingham, "Virtual Library of Simulation Experiments".
  it.each([
    ["rosenbrock", -1, 1, 4],
    ["saddle", 3, 2, 5],
    ["theta2", 5, 0, 25],
    ["himmelblau", 0, 0, 170],
    ["beale", 1, 1, 1.5 ** 2 + 2.25 ** 2 + 2.625 ** 2],
    ["booth", 0, 0, 74],
    ["rastrigin", 1, 2, 5],
    ["ackley", 1, 0, 20 + Math.E - 20 * Math.exp(-0.2 * Math.SQRT1_2) - Math.E],
    ["styblinski", 1, 1, -10],
    ["camel", 1, -1, 2 - 1.05 + 1 / 6],
  ])("%s at (%f, %f) is %f", (id, x, y, expected) => {
    const surface = SURFACES.find((candidate) => candidate.id === id);
    expect(valueAt(parse(surface?.source ?? ""), { x, y })).toBeCloseTo(expected, 12);
  });

  it("has the pathological curve as its sum of three parts", () => {
    const surface = SURFACES.find(({ id }) => id === "pathological");
    const expected = Math.tanh(0.5) ** 2 + 0.005 + 1 / (1 + Math.exp(2));
    expect(valueAt(parse(surface?.source ?? ""), { x: 0.5, y: -2 })).toBeCloseTo(expected, 12);
  });

  it.each(SURFACES.map((surface) => [surface.name, surface] as const))(
    "%s is smallest where it says, and its own race leads down",
    (_, surface) => {
      const program = parse(surface.source);
      const minimum = minimumOf(surface, program);
      for (const { x, y } of surface.minimizers) {
        expect(valueAt(program, { x, y })).toBeCloseTo(minimum ?? Number.NaN, 9);
        // Around Ackley's minimum the surface is a cone without a gradient at its tip.
        const [px, py] = [x + 1e-9, y].map((value) =>
          tensor(value, { dtype: "float64", requiresGrad: true }),
        );
        if (px === undefined || py === undefined || surface.id === "ackley") continue;
        const gradients = autograd.grad(evaluate(program, px, py), [px, py], { allowUnused: true });
        for (const gradient of gradients)
          expect(Math.abs(gradient?.item() ?? 0)).toBeLessThan(1e-6);
      }
      const field = sampleField(program, surface.view, 41, 41);
      if (minimum !== undefined) expect(field.low).toBeGreaterThanOrEqual(minimum - 1e-9);
      expect(field.undefinedPart).toBe(0);

      const race = new Race(program, surface.start, surface.runners, surface.steps);
      race.advance();
      for (const runner of race.runners) {
        const first = standingAt(runner, 0);
        const last = standingAt(runner, surface.steps);
        expect(runner.ending).toBeUndefined();
        expect(last?.loss).toBeLessThan(first?.loss ?? Number.NaN);
      }
    },
  );
});

describe("a field", () => {
  it("is the surface at every grid point", () => {
    const program = parse("x^2 - 3*y + sin(x*y)");
    const bounds = { x0: -1, x1: 2, y0: 0, y1: 1 };
    const { values, columns, rows, low, high } = sampleField(program, bounds, 4, 3);
    for (let row = 0; row < rows; row++) {
      for (let column = 0; column < columns; column++) {
        const expected = valueAt(program, { x: -1 + column, y: row / 2 });
        expect(values[row * columns + column]).toBeCloseTo(expected, 12);
      }
    }
    expect([low, high]).toEqual([Math.min(...values), Math.max(...values)]);
  });

  it("counts where there is no value and leaves it out of the range", () => {
    const field = sampleField(parse("log(x) + y"), { x0: -1, x1: 3, y0: 0, y1: 1 }, 5, 2);
    expect(field.undefinedPart).toBeCloseTo(0.2);
    expect(field.high).toBeCloseTo(Math.log(3) + 1);
  });
});
