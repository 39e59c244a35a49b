import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { nn, ones, type Tensor, tensor, zeros } from "../../src/index.ts";
import * as arbitrary from "../support/arbitraries.ts";
import "../support/matchers.ts";

const { crossEntropy, nllLoss } = nn.functional;
const float64 = { dtype: "float64" } as const;
const classes = (values: number[] | number[][]) => tensor(values, { dtype: "int64" });

interface Sample {
  /** [N, C, d…]. */
  readonly x: Tensor;
  /** [N, d…]. */
  readonly target: Tensor;
  readonly weight: Tensor;
}

/** Logits with their classes and a weight for each class. */
const samples: fc.Arbitrary<Sample> = fc
  .tuple(
    fc.integer({ min: 1, max: 3 }),
    fc.integer({ min: 1, max: 4 }),
    arbitrary.shape({ maxDims: 2 }),
  )
  .chain(([n, c, rest]) =>
    fc.record({
      x: arbitrary.tensor({ shape: [n, c, ...rest] }),
      target: arbitrary.tensor({
        shape: [n, ...rest],
        dtype: "int64",
        domain: {
          name: "classes",
          values: (count) =>
            fc.array(fc.nat({ max: c - 1 }), { minLength: count, maxLength: count }),
        },
      }),
      weight: arbitrary.tensor({ shape: [c], domain: arbitrary.positive }),
    }),
  );

/** The loss of each sample and its weight, by an explicit loop. */
function explicit({ x, target, weight }: Sample): { losses: number[]; weights: number[] } {
  const [n, c] = x.shape as [number, number];
  const inner = target.numel() / n;
  const logits = x.toTypedArray();
  const labels = target.toTypedArray();
  const factors = weight.toTypedArray();
  const losses: number[] = [];
  const weights: number[] = [];
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < inner; j++) {
      const logit = (k: number) => logits[(i * c + k) * inner + j]!;
      let sum = 0;
      for (let k = 0; k < c; k++) sum += Math.exp(logit(k));
      const label = labels[i * inner + j]!;
      losses.push(Math.log(sum) - logit(label));
      weights.push(factors[label]!);
    }
  }
  return { losses, weights };
}

const total = (values: number[]) => values.reduce((sum, value) => sum + value, 0);

describe("crossEntropy of classes", () => {
  test("is the negative log-probability of each sample's class", () => {
    fc.assert(
      fc.property(samples, (sample) => {
        const { losses, weights } = explicit(sample);
        const { x, target, weight } = sample;
        const none = crossEntropy(x, target, { reduction: "none" });
        expect(none.shape).toEqual(target.shape);
        expect(none).toHaveValues(losses);
        const weighted = losses.map((loss, i) => loss * weights[i]!);
        expect(crossEntropy(x, target, { weight, reduction: "none" })).toHaveValues(weighted);
      }),
    );
  });

  test("reduces to the sum, or to the mean over the weights", () => {
    fc.assert(
      fc.property(samples, (sample) => {
        const { losses, weights } = explicit(sample);
        const { x, target, weight } = sample;
        const sum = total(losses.map((loss, i) => loss * weights[i]!));
        expect(crossEntropy(x, target, { weight, reduction: "sum" })).toHaveValues([sum]);
        expect(crossEntropy(x, target, { weight })).toHaveValues([sum / total(weights)]);
        expect(crossEntropy(x, target)).toHaveValues([total(losses) / losses.length]);
      }),
    );
  });

  test("is nllLoss of the log-probabilities", () => {
    fc.assert(
      fc.property(samples, ({ x, target, weight }) => {
        const logProbs = x.logSoftmax(1);
        expect(crossEntropy(x, target, { weight })).toBeCloseToTensor(
          nllLoss(logProbs, target, { weight }),
        );
      }),
    );
  });

  test("leaves out the samples of one class", () => {
    fc.assert(
      fc.property(samples, fc.nat({ max: 3 }), (sample, ignoreIndex) => {
        const { x, target } = sample;
        const { losses } = explicit(sample);
        const kept = losses.map((loss, i) =>
          target.toTypedArray()[i] === ignoreIndex ? null : loss,
        );
        const none = crossEntropy(x, target, { ignoreIndex, reduction: "none" });
        expect(none).toHaveValues(kept.map((loss) => loss ?? 0));
        const counted = kept.filter((loss) => loss !== null);
        expect(crossEntropy(x, target, { ignoreIndex })).toHaveValues([
          total(counted) / counted.length,
        ]);
      }),
    );
  });

  test("takes a single sample without a batch", () => {
    const x = tensor([1, 2, 3], float64);
    const one = crossEntropy(x, tensor(2, { dtype: "int64" }));
    expect(one).toBeCloseToTensor(crossEntropy(x.unsqueeze(0), classes([2])));
  });

  test("is exact for logits of ±1000", () => {
    const x = tensor([[1000, -1000]], { requiresGrad: true });
    expect(crossEntropy(x, classes([0])).item()).toBe(0);
    const wrong = crossEntropy(x, classes([1]));
    expect(wrong.item()).toBe(2000);
    wrong.backward();
    expect(x.grad).toHaveValues([1, -1]);
  });

  test("has no mean where no sample counts, and no gradient", () => {
    const x = ones([2, 3], { requiresGrad: true });
    const loss = crossEntropy(x, classes([-100, -100]));
    expect(loss.item()).toBeNaN();
    expect(crossEntropy(zeros(0, 3), zeros([0], { dtype: "int64" })).item()).toBeNaN();
    nllLoss(x, classes([1, 1]), { ignoreIndex: 1, reduction: "sum" }).backward();
    expect(x.grad).toHaveValues([0, 0, 0, 0, 0, 0]);
  });

  test("notices classes that were changed between forward and backward", () => {
    const x = ones([1, 3], { requiresGrad: true });
    const target = classes([1]);
    const loss = crossEntropy(x, target);
    target.fill_(2);
    expect(() => loss.backward()).toThrow("modified by an inplace operation");
  });
});

describe("label smoothing", () => {
  test("is the loss of the smoothed probabilities", () => {
    fc.assert(
      fc.property(
        samples,
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.constantFrom("none", "sum"),
        ({ x, target, weight }, labelSmoothing, reduction) => {
          const c = x.shape[1]!;
          const probabilities = nn.functional
            .oneHot(target, { numClasses: c })
            .double()
            .permute(
              [0, target.dim(), ...target.shape.slice(1).keys()].map((d, i) => (i < 2 ? d : d + 1)),
            );
          const options = { weight, labelSmoothing, reduction } as const;
          expect(crossEntropy(x, target, options)).toBeCloseToTensor(
            crossEntropy(x, probabilities, options),
            { rtol: 1e-9, atol: 1e-9 },
          );
        },
      ),
    );
  });

  test("leaves out ignored samples in both of its parts", () => {
    const x = tensor(
      [
        [1, 2, 3],
        [3, 1, 0],
      ],
      float64,
    );
    const options = { labelSmoothing: 0.2, weight: tensor([1, 2, 3], float64) };
    const some = crossEntropy(x, classes([2, -100]), options);
    expect(some).toBeCloseToTensor(crossEntropy(x.slice(0, 0, 1), classes([2]), options));
  });

  test("refuses parts that are none", () => {
    for (const labelSmoothing of [-0.1, 1.5, Number.NaN]) {
      const message = `label_smoothing must be between 0.0 and 1.0. Got: ${labelSmoothing}`;
      expect(() => crossEntropy(ones(1, 2), classes([0]), { labelSmoothing })).toThrow(message);
      expect(() => new nn.CrossEntropyLoss({ labelSmoothing })).toThrow(message);
    }
  });
});

describe("crossEntropy of probabilities", () => {
  test("is the mean of the losses of all classes, by their probability", () => {
    const x = tensor(
      [
        [0.5, 1, -1],
        [0, 0, 2],
      ],
      float64,
    );
    const p = tensor(
      [
        [0.2, 0.3, 0.5],
        [1, 0, 0],
      ],
      float64,
    );
    const each = x.logSoftmax(1).mul(p).sum(1).neg();
    expect(crossEntropy(x, p, { reduction: "none" })).toBeCloseToTensor(each);
    expect(crossEntropy(x, p, { reduction: "sum" })).toBeCloseToTensor(each.sum());
    expect(crossEntropy(x, p)).toBeCloseToTensor(each.mean());
  });

  test("has a gradient for the probabilities too", () => {
    const p = tensor([[0.5, 0.5]], { ...float64, requiresGrad: true });
    crossEntropy(zeros([1, 2], float64), p).backward();
    expect(p.grad).toHaveValues([Math.log(2), Math.log(2)]);
  });

  test("refuses integers and an ignored class", () => {
    expect(() => crossEntropy(ones(2, 3), ones([2, 3], { dtype: "int64" }))).toThrow(
      "Expected floating point type for target with class probabilities, got Long",
    );
    expect(() => crossEntropy(ones(2, 3), ones(2, 3), { ignoreIndex: 1 })).toThrow(
      "ignore_index is not supported for floating point target",
    );
    expect(() => crossEntropy(ones(2, 3), ones(2, 3), { weight: ones(2) })).toThrow(
      "cross_entropy: weight tensor should be defined either for all 3 classes or no classes but got weight tensor of shape: [2]",
    );
  });
});

describe("classes and weights that do not fit", () => {
  const zerosOf = (...shape: number[]) => zeros(shape, { dtype: "int64" });
  test.each<[string, Tensor, Tensor, string]>([
    ["a class too high", ones(2, 3), classes([0, 3]), "Target 3 is out of bounds."],
    ["a class too low", ones(2, 3), classes([0, -1]), "Target -1 is out of bounds."],
    [
      "another batch",
      ones(2, 3),
      zerosOf(3),
      "Expected input batch_size (2) to match target batch_size (3).",
    ],
    [
      "two classes a sample",
      ones(2, 3),
      zerosOf(2, 2),
      "0D or 1D target tensor expected, multi-target not supported",
    ],
    [
      "a batch for a single sample",
      ones(3),
      zerosOf(1),
      "size mismatch (got input: [3], target: [1])",
    ],
    ["too few dimensions", ones(2, 3, 4), zerosOf(2), "Expected target size [2, 4], got [2]"],
    ["another size", ones(2, 3, 4), zerosOf(2, 2), "Expected target size [2, 4], got [2, 2]"],
    [
      "an image's other size",
      ones(2, 3, 2, 2),
      zerosOf(2, 2, 3),
      "size mismatch (got input: [2, 3, 2, 2] , target: [2, 2, 3]",
    ],
    [
      "an image without a dimension",
      ones(2, 3, 2, 2),
      zerosOf(2, 2),
      "only batches of spatial targets supported (3D tensors) but got targets of dimension: 2",
    ],
    ["float classes", ones(2, 3), ones(2), "expected scalar type Long but found Float"],
    [
      "int32 classes",
      ones(2, 3),
      zeros([2], { dtype: "int32" }),
      "expected scalar type Long but found Int",
    ],
  ])("%s", (_, input, target, message) => {
    expect(() => crossEntropy(input, target)).toThrow(message);
    expect(() => nllLoss(input, target)).toThrow(message);
  });

  test("weights of another number, shape or dtype", () => {
    const check = (weight: Tensor) => () => crossEntropy(ones(2, 3), classes([0, 1]), { weight });
    expect(check(ones(2))).toThrow(
      "weight tensor should be defined either for all 3 classes or no classes but got weight tensor of shape: [2]",
    );
    expect(check(ones(3, 1))).toThrow("but got weight tensor of shape: [3, 1]");
    expect(check(ones([3], float64))).toThrow("expected scalar type Float but found Double");
    expect(check(ones([3], { requiresGrad: true }))).toThrow(
      "The function 'crossEntropy' is not differentiable with respect to argument 'weight'. This input cannot have requiresGrad true.",
    );
  });

  test("scalars and integers as input", () => {
    expect(() => nllLoss(tensor(1), tensor(0, { dtype: "int64" }))).toThrow(
      "Expected 1 or more dimensions (got 0)",
    );
    expect(() => crossEntropy(ones([2, 3], { dtype: "int64" }), classes([0, 1]))).toThrow(
      "not implemented for 'Long'",
    );
  });
});

describe("the modules", () => {
  test("hand their options on", () => {
    const x = tensor(
      [
        [1, 2, 3],
        [3, 1, 0],
      ],
      float64,
    );
    const target = classes([2, 1]);
    const weight = tensor([1, 2, 3], float64);
    const options = { weight, ignoreIndex: 1, reduction: "sum" } as const;
    expect(new nn.NLLLoss(options).forward(x, target)).toEqualTensor(nllLoss(x, target, options));
    const smooth = { ...options, labelSmoothing: 0.1 };
    expect(new nn.CrossEntropyLoss(smooth).forward(x, target)).toEqualTensor(
      crossEntropy(x, target, smooth),
    );
    expect(Object.keys(new nn.CrossEntropyLoss(options).stateDict())).toEqual(["weight"]);
  });

  test("refuse unknown options", () => {
    // @ts-expect-error not an option of this loss
    expect(() => new nn.NLLLoss({ labelSmoothing: 0.1 })).toThrow(
      "NLLLoss() got an unexpected option 'labelSmoothing'; its options are: reduction, weight, ignoreIndex",
    );
    expect(() => crossEntropy(ones(1, 2), classes([0]), { ignoreIndex: Number.NaN })).toThrow(
      "crossEntropy(): argument 'ignoreIndex' must not be NaN",
    );
  });
});
