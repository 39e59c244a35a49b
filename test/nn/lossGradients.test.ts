import fc from "fast-check";
import { describe, test } from "vitest";
import { nn, type Tensor, tensor } from "../../src/index.ts";
import * as arbitrary from "../support/arbitraries.ts";
import {
  assertGradients,
  assertLayoutIndependent,
  assertSecondGradients,
  type Case,
} from "../support/properties.ts";

const F = nn.functional;
const { real, separated, unit, positive } = arbitrary;
const reductions = fc.constantFrom<nn.functional.Reduction>("none", "mean", "sum");
const grown = { requiresGrad: true };
const small = { maxDims: 2, maxSize: 3 };
const CLASSES = tensor([1, 0, 1], { dtype: "int64" });
const FACTOR = tensor(1.5, { dtype: "float64" });
const WEIGHT = tensor([0.5, 2], { dtype: "float64" });

/** A loss of tensors of one shape, one from each domain, all of which require gradients. */
function alike(
  domains: readonly arbitrary.Domain[],
  loss: (reduction: nn.functional.Reduction) => (...inputs: Tensor[]) => Tensor,
): fc.Arbitrary<Case> {
  const inputs = arbitrary
    .shape(small)
    .chain((shape) =>
      fc.tuple(...domains.map((domain) => arbitrary.tensor({ shape, domain, ...grown }))),
    );
  return fc
    .tuple(inputs, reductions)
    .map(([list, reduction]) => ({ inputs: list, fn: loss(reduction) }));
}

/** A loss of logits [N, C, d…] and classes [N, d…]. */
function ofClasses(
  loss: (options: nn.functional.CrossEntropyLossOptions) => (x: Tensor, y: Tensor) => Tensor,
  smoothing: readonly number[],
): fc.Arbitrary<Case> {
  return fc
    .tuple(
      fc.integer({ min: 1, max: 3 }),
      fc.integer({ min: 1, max: 3 }),
      arbitrary.shape({ maxDims: 1 }),
    )
    .chain(([n, c, rest]) => {
      const index = (count: number) =>
        fc.array(fc.integer({ min: -1, max: c - 1 }), { minLength: count, maxLength: count });
      return fc.record({
        x: arbitrary.tensor({ shape: [n, c, ...rest], ...grown }),
        y: arbitrary.tensor({
          shape: [n, ...rest],
          dtype: "int64",
          domain: { name: "classes", values: index },
        }),
        weight: fc.option(arbitrary.tensor({ shape: [c], domain: positive })),
        // A mean over no sample at all is NaN, which has no differences.
        reduction: fc.constantFrom<nn.functional.Reduction>("none", "sum"),
        labelSmoothing: fc.constantFrom(...smoothing),
      });
    })
    .map(({ x, y, ...options }) => {
      const fn = loss({ ...options, ignoreIndex: -1 });
      return { inputs: [x], fn: (input) => fn(input!, y) };
    });
}

const CASES: readonly (readonly [string, fc.Arbitrary<Case>])[] = [
  ["mseLoss", alike([real, real], (reduction) => (x, y) => F.mseLoss(x!, y!, { reduction }))],
  [
    "l1Loss",
    alike([separated(0), separated(1)], (reduction) => (x, y) => F.l1Loss(x!, y!, { reduction })),
  ],
  [
    "binaryCrossEntropy",
    alike([unit, unit], (reduction) => (x, y) => F.binaryCrossEntropy(x!, y!, { reduction })),
  ],
  [
    "binaryCrossEntropy with a weight",
    alike(
      [unit, unit],
      (reduction) => (x, y) => F.binaryCrossEntropy(x!, y!, { reduction, weight: FACTOR }),
    ),
  ],
  [
    "binaryCrossEntropyWithLogits",
    alike(
      [real, unit],
      (reduction) => (x, y) => F.binaryCrossEntropyWithLogits(x!, y!, { reduction }),
    ),
  ],
  [
    "binaryCrossEntropyWithLogits with weights",
    alike(
      [real, unit, positive, positive],
      (reduction) => (x, y, weight, posWeight) =>
        F.binaryCrossEntropyWithLogits(x!, y!, {
          reduction,
          weight: weight!,
          posWeight: posWeight!,
        }),
    ),
  ],
  [
    "nllLoss",
    ofClasses(
      ({ labelSmoothing: _, ...options }) =>
        (x, y) =>
          F.nllLoss(x, y, options),
      [0],
    ),
  ],
  [
    "crossEntropy of classes",
    ofClasses((options) => (x, y) => F.crossEntropy(x, y, options), [0, 0.3]),
  ],
  [
    "crossEntropy of a mean over weights",
    arbitrary.tensor({ shape: [3, 2], ...grown }).map((x) => ({
      inputs: [x],
      fn: (input: Tensor) =>
        F.crossEntropy(input, CLASSES, { weight: WEIGHT, labelSmoothing: 0.1 }),
    })),
  ],
  [
    "crossEntropy of probabilities",
    fc
      .tuple(
        arbitrary.shape({ minDims: 1, maxDims: 3, maxSize: 3 }),
        reductions,
        fc.constantFrom(0, 0.2),
      )
      .chain(([shape, reduction, labelSmoothing]) =>
        fc
          .tuple(
            arbitrary.tensor({ shape, ...grown }),
            arbitrary.tensor({ shape, domain: unit, ...grown }),
          )
          .map(([x, y]) => ({
            inputs: [x, y],
            fn: (a: Tensor, b: Tensor) => F.crossEntropy(a, b, { reduction, labelSmoothing }),
          })),
      ),
  ],
];

describe.each(CASES)("%s", (_, cases) => {
  test("has the gradients of finite differences", () => {
    fc.assert(
      fc.property(cases, (one) => assertGradients(one)),
      { numRuns: 40 },
    );
  });

  test("has the second gradients of finite differences", () => {
    fc.assert(
      fc.property(cases, (one) => assertSecondGradients(one)),
      { numRuns: 20 },
    );
  });

  test("does not depend on how its inputs lie in memory", () => {
    fc.assert(
      fc.property(cases, (one) => assertLayoutIndependent(one)),
      { numRuns: 40 },
    );
  });
});
