import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { nn, ones, type Tensor, tensor, zeros } from "../../src/index.ts";
import * as arbitrary from "../support/arbitraries.ts";
import "../support/matchers.ts";

const F = nn.functional;
const float64 = { dtype: "float64" } as const;
const int64 = { dtype: "int64" } as const;

/** Two or more tensors of one shape, one from each domain. */
function alike(...domains: arbitrary.Domain[]): fc.Arbitrary<Tensor[]> {
  return arbitrary
    .shape({ minSize: 0 })
    .chain((shape) => fc.tuple(...domains.map((domain) => arbitrary.tensor({ shape, domain }))));
}

const PAIRS: readonly {
  readonly name: string;
  readonly loss: (x: Tensor, y: Tensor, options?: nn.functional.LossOptions) => Tensor;
  readonly domains: [arbitrary.Domain, arbitrary.Domain];
  readonly element: (x: number, y: number) => number;
}[] = [
  {
    name: "mseLoss",
    loss: F.mseLoss,
    domains: [arbitrary.real, arbitrary.real],
    element: (x, y) => (x - y) ** 2,
  },
  {
    name: "l1Loss",
    loss: F.l1Loss,
    domains: [arbitrary.real, arbitrary.real],
    element: (x, y) => Math.abs(x - y),
  },
  {
    name: "binaryCrossEntropy",
    loss: F.binaryCrossEntropy,
    domains: [arbitrary.unit, arbitrary.unit],
    element: (x, y) => -y * Math.log(x) - (1 - y) * Math.log(1 - x),
  },
  {
    name: "binaryCrossEntropyWithLogits",
    loss: F.binaryCrossEntropyWithLogits,
    domains: [arbitrary.real, arbitrary.unit],
    element: (x, y) => y * Math.log(1 + Math.exp(-x)) + (1 - y) * Math.log(1 + Math.exp(x)),
  },
];

describe.each(PAIRS)("$name", ({ loss, domains, element }) => {
  test("is its formula for every element", () => {
    fc.assert(
      fc.property(alike(...domains), ([x, y]) => {
        const [a, b] = [x!.toTypedArray(), y!.toTypedArray()];
        const expected = Array.from(a, (value, i) => element(value, b[i]!));
        const none = loss(x!, y!, { reduction: "none" });
        expect(none.shape).toEqual(x!.shape);
        expect(none).toHaveValues(expected);
      }),
    );
  });

  test("reduces to the sum or the mean of its elements", () => {
    fc.assert(
      fc.property(alike(...domains), ([x, y]) => {
        const none = loss(x!, y!, { reduction: "none" });
        expect(loss(x!, y!, { reduction: "sum" })).toBeCloseToTensor(none.sum());
        expect(loss(x!, y!)).toBeCloseToTensor(none.mean());
        expect(loss(x!, y!, { reduction: "mean" })).toEqualTensor(loss(x!, y!));
      }),
    );
  });

  test("refuses a reduction that there is not", () => {
    // @ts-expect-error not a reduction
    expect(() => loss(ones(1), ones(1), { reduction: "avg" })).toThrow(
      "avg is not a valid value for reduction",
    );
  });

  test("refuses what is no tensor, and unknown options", () => {
    // @ts-expect-error a number is no tensor
    expect(() => loss(ones(1), 1)).toThrow("argument 'target' must be Tensor, not int");
    // @ts-expect-error a list is no tensor
    expect(() => loss([1], ones(1))).toThrow("argument 'input' must be Tensor, not Array");
    // @ts-expect-error a misspelt option
    expect(() => loss(ones(1), ones(1), { reduce: true })).toThrow("unexpected option 'reduce'");
  });
});

describe("losses of two tensors", () => {
  test("never broadcast", () => {
    const [column, row] = [ones(2, 1), ones(2)];
    const warning =
      "Using a target size (torch.Size([2])) that is different to the input size (torch.Size([2, 1])). This will likely lead to incorrect results due to broadcasting. Please ensure they have the same size.";
    expect(() => F.mseLoss(column, row)).toThrow(warning);
    expect(() => F.l1Loss(column, row)).toThrow(warning);
    expect(() => F.mseLoss(ones(3), row)).toThrow(
      "The size of tensor a (3) must match the size of tensor b (2) at non-singleton dimension 0",
    );
    expect(() => F.binaryCrossEntropy(column, row)).toThrow(
      "Using a target size (torch.Size([2])) that is different to the input size (torch.Size([2, 1])) is deprecated. Please ensure they have the same size.",
    );
    expect(() => F.binaryCrossEntropyWithLogits(column, row)).toThrow(
      "Target size (torch.Size([2])) must be the same as input size (torch.Size([2, 1]))",
    );
  });

  test("promote dtypes where PyTorch does", () => {
    expect(F.mseLoss(ones(2), ones([2], float64)).dtype).toBe("float64");
    expect(F.mseLoss(ones(2), ones([2], int64)).dtype).toBe("float32");
    expect(F.l1Loss(ones(2), ones([2], int64)).dtype).toBe("float32");
    expect(F.binaryCrossEntropyWithLogits(ones(2), ones([2], float64)).dtype).toBe("float64");
    const x = ones([2], { requiresGrad: true });
    F.mseLoss(x, zeros([2], float64)).backward();
    expect(x.grad).toEqualTensor(ones(2));
  });

  test("refuse dtypes where PyTorch does", () => {
    const whole = ones([2], int64);
    expect(() => F.mseLoss(whole, whole)).toThrow(`"mse_cpu" not implemented for 'Long'`);
    expect(() => F.binaryCrossEntropy(ones(2), whole)).toThrow(
      "Found dtype Long but expected Float",
    );
    expect(() => F.binaryCrossEntropy(whole, whole)).toThrow(
      `"binary_cross_entropy" not implemented for 'Long'`,
    );
    expect(() => F.binaryCrossEntropyWithLogits(ones(2), whole)).toThrow(
      "result type Float can't be cast to the desired output type Long",
    );
    expect(() => F.binaryCrossEntropyWithLogits(ones(2), whole.bool())).toThrow(
      "Subtraction, the `-` operator, with a bool tensor is not supported.",
    );
  });

  test("have a mean of NaN and a sum of 0 where there is nothing", () => {
    for (const { loss } of PAIRS) {
      expect(loss(zeros(0), zeros(0)).item()).toBeNaN();
      expect(loss(zeros(0), zeros(0), { reduction: "sum" }).item()).toBe(0);
    }
  });
});

describe("binary cross entropy of logits", () => {
  test.each(["float32", "float64"] as const)("is exact at ±1000 in %s", (dtype) => {
    const x = tensor([1000, -1000, 1000, -1000, 0], { dtype, requiresGrad: true });
    const y = tensor([0, 0, 1, 1, 0], { dtype });
    const loss = F.binaryCrossEntropyWithLogits(x, y, { reduction: "none" });
    expect(loss).toHaveValues([1000, 0, 0, 1000, Math.log(2)], { rtol: 1e-7, atol: 0 });
    loss.sum().backward();
    expect(x.grad).toHaveValues([1, 0, 0, -1, 0.5], { rtol: 0, atol: 0 });
    const weighted = F.binaryCrossEntropyWithLogits(x, y, {
      posWeight: tensor(3, { dtype }),
      reduction: "none",
    });
    expect(weighted).toHaveValues([1000, 0, 0, 3000, Math.log(2)], { rtol: 1e-7, atol: 0 });
  });

  test("keeps what the sigmoid would round away", () => {
    const x = tensor([40], float64);
    const loss = F.binaryCrossEntropyWithLogits(x, ones([1], float64));
    expect(loss).toHaveValues([Math.exp(-40)], { rtol: 1e-10, atol: 0 });
  });

  test("passes NaN on", () => {
    const loss = F.binaryCrossEntropyWithLogits(tensor([Number.NaN]), ones(1));
    expect(loss.item()).toBeNaN();
  });

  test("is that of the sigmoid's probabilities", () => {
    fc.assert(
      fc.property(alike(arbitrary.real, arbitrary.unit), ([x, y]) => {
        const expected = F.binaryCrossEntropy(x!.sigmoid(), y!, { reduction: "none" });
        const loss = F.binaryCrossEntropyWithLogits(x!, y!, { reduction: "none" });
        expect(loss).toBeCloseToTensor(expected, { rtol: 1e-9 });
      }),
    );
  });

  test("counts the positive part by posWeight and all by weight", () => {
    const x = tensor([[0.5, -1]], float64);
    const y = tensor([[0.25, 1]], float64);
    const [weight, posWeight] = [tensor([2, 3], float64), tensor([4, 5], float64)];
    const positive = x.neg().exp().log1p();
    const negative = x.exp().log1p();
    const expected = posWeight.mul(y).mul(positive).add(y.neg().add(1).mul(negative)).mul(weight);
    const options = { weight, posWeight, reduction: "none" } as const;
    expect(F.binaryCrossEntropyWithLogits(x, y, options)).toBeCloseToTensor(expected);
    expect(new nn.BCEWithLogitsLoss({ weight, posWeight }).forward(x, y)).toBeCloseToTensor(
      expected.mean(),
    );
  });

  test("refuses weights that would enlarge the input", () => {
    const wide = ones(3, 2);
    const message = "output with shape [2] doesn't match the broadcast shape [3, 2]";
    for (const options of [{ weight: wide }, { posWeight: wide }]) {
      expect(() => F.binaryCrossEntropyWithLogits(ones(2), ones(2), options)).toThrow(message);
    }
    expect(() => F.binaryCrossEntropyWithLogits(ones(2), ones(2), { weight: ones(3) })).toThrow(
      "The size of tensor a (2) must match the size of tensor b (3) at non-singleton dimension 0",
    );
  });
});

describe("binary cross entropy of probabilities", () => {
  test("holds its logarithms at -100", () => {
    const x = tensor([0, 1, 0, 1], { requiresGrad: true });
    const loss = F.binaryCrossEntropy(x, tensor([1, 0, 0, 1]), { reduction: "none" });
    expect(loss).toHaveValues([100, 100, 0, 0]);
    loss.sum().backward();
    expect(x.grad).toHaveValues([-1e12, 1e12, 0, 0], { rtol: 1e-6 });
  });

  test("weights its elements", () => {
    const [x, y] = [tensor([[0.25, 0.5]]), tensor([[1, 0]])];
    const loss = F.binaryCrossEntropy(x, y, { weight: tensor([2, 0]), reduction: "none" });
    expect(loss).toHaveValues([2 * Math.log(4), 0]);
    expect(new nn.BCELoss({ weight: tensor([2, 0]) }).forward(x, y).item()).toBeCloseTo(
      Math.log(4),
    );
  });

  test("refuses what is no probability", () => {
    for (const value of [-0.1, 1.1, Number.NaN, Infinity]) {
      expect(() => F.binaryCrossEntropy(tensor([0.5, value]), ones(2))).toThrow(
        "all elements of input should be between 0 and 1",
      );
    }
    const strided = tensor([0.5, 7, 0.5, 7]).slice(0, 0, null, 2);
    expect(F.binaryCrossEntropy(strided, ones(2)).item()).toBeCloseTo(Math.log(2));
  });

  test("refuses a weight that would have a gradient", () => {
    const weight = ones([2], { requiresGrad: true });
    expect(() => F.binaryCrossEntropy(ones(2), ones(2), { weight })).toThrow(
      "not differentiable with respect to argument 'weight'",
    );
  });
});

describe("the modules", () => {
  test("hand their options to the functions of their name", () => {
    const [x, y] = [tensor([0.25, 0.5]), tensor([1, 0])];
    const sum = { reduction: "sum" } as const;
    expect(new nn.MSELoss(sum).forward(x, y)).toEqualTensor(F.mseLoss(x, y, sum));
    expect(new nn.L1Loss(sum).forward(x, y)).toEqualTensor(F.l1Loss(x, y, sum));
    expect(new nn.BCELoss(sum).forward(x, y)).toEqualTensor(F.binaryCrossEntropy(x, y, sum));
    expect(new nn.BCEWithLogitsLoss(sum).forward(x, y)).toEqualTensor(
      F.binaryCrossEntropyWithLogits(x, y, sum),
    );
  });

  test("refuse unknown options and reductions at once", () => {
    // @ts-expect-error a misspelt option
    expect(() => new nn.MSELoss({ reduce: "mean" })).toThrow(
      "MSELoss() got an unexpected option 'reduce'; its options are: reduction",
    );
    // @ts-expect-error not an option of this loss
    expect(() => new nn.BCELoss({ posWeight: ones(1) })).toThrow(
      "BCELoss() got an unexpected option 'posWeight'; its options are: reduction, weight",
    );
    // @ts-expect-error not a reduction
    expect(() => new nn.L1Loss({ reduction: "avg" })).toThrow(
      "avg is not a valid value for reduction",
    );
    // @ts-expect-error a number is no tensor
    expect(() => new nn.BCELoss({ weight: 2 })).toThrow("(Tensor or null required)");
  });

  test("print without their options, as PyTorch's do", () => {
    expect(String(new nn.BCEWithLogitsLoss({ posWeight: ones(1) }))).toBe("BCEWithLogitsLoss()");
  });
});
