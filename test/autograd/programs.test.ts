import fc from "fast-check";
import { describe, test } from "vitest";
import { autograd } from "../../src/index.ts";
import { program } from "../support/programs.ts";
import { assertAlike, assertGradients, assertSecondGradients } from "../support/properties.ts";

const runs = Number(process.env.FC_RUNS ?? 100);

/** A program whose own in-place steps spoil what backward needs is refused, which is right. */
function unlessSpoilt(body: () => void): void {
  try {
    body();
  } catch (error) {
    const spoilt = error instanceof Error && error.message.includes("modified by an inplace");
    fc.pre(!spoilt);
    throw error;
  }
}

describe("random programs with views and in-place operations", () => {
  test("have the gradients that finite differences have", () => {
    fc.assert(
      fc.property(program(), (p) =>
        unlessSpoilt(() => assertGradients({ inputs: p.inputs(), fn: (...x) => p.run(x) })),
      ),
      { numRuns: runs * 4 },
    );
  });

  test("have the second gradients that finite differences have", () => {
    fc.assert(
      fc.property(program({ maxSteps: 5 }), (p) =>
        unlessSpoilt(() => assertSecondGradients({ inputs: p.inputs(), fn: (...x) => p.run(x) })),
      ),
      { numRuns: runs },
    );
  });

  test("have gradients that add up over programs", () => {
    fc.assert(
      fc.property(program(), program(), (p, q) => {
        fc.pre(p.inputShapes.join() === q.inputShapes.join());
        unlessSpoilt(() => {
          const inputs = p.inputs();
          const of = (run: typeof p) => autograd.grad(run.run(inputs), inputs);
          const [gp, gq] = [of(p), of(q)];
          const both = autograd.grad(p.run(inputs).add(q.run(inputs)), inputs);
          assertAlike(
            both,
            gp.map((g, i) => g.add(gq[i]!)),
            "gradient",
          );
        });
      }),
      { numRuns: runs },
    );
  });
});
