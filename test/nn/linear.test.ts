import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  autograd,
  manualSeed,
  nn,
  ones,
  rand,
  type Tensor,
  tensor,
  zeros,
} from "../../src/index.ts";
import * as arbitrary from "../support/arbitraries.ts";
import "../support/matchers.ts";
import {
  assertGradients,
  assertLayoutIndependent,
  assertSecondGradients,
} from "../support/properties.ts";

const { linear } = nn.functional;

/** An input of any rank, a weight and a bias that go together. */
const operands = fc
  .tuple(
    arbitrary.shape({ maxDims: 2 }),
    fc.integer({ min: 1, max: 3 }),
    fc.integer({ min: 1, max: 3 }),
  )
  .chain(([lead, k, n]) => {
    const grown = { requiresGrad: true };
    return fc.tuple(
      arbitrary.tensor({ shape: [...lead, k], ...grown }),
      arbitrary.tensor({ shape: [n, k], ...grown }),
      arbitrary.tensor({ shape: [n], ...grown }),
    );
  });

const withBias = (x: Tensor, weight: Tensor, bias: Tensor) => linear(x, weight, { bias });

describe("linear", () => {
  test("is a matrix product and a sum, over any leading dimensions", () => {
    fc.assert(
      fc.property(operands, ([x, weight, bias]) => {
        const product = x.matmul(weight.t());
        expect(linear(x, weight)).toBeCloseToTensor(product);
        expect(withBias(x, weight, bias)).toBeCloseToTensor(product.add(bias));
      }),
    );
  });

  test("has the gradients of finite differences, of first and second order", () => {
    fc.assert(
      fc.property(operands, ([x, weight, bias]) => {
        const biased = { inputs: [x, weight, bias], fn: withBias };
        assertGradients(biased);
        assertSecondGradients(biased);
        assertLayoutIndependent(biased);
        assertSecondGradients({ inputs: [x, weight], fn: (a, b) => linear(a, b) });
      }),
      { numRuns: 30 },
    );
  });

  test("takes a weight that is a vector as a single output", () => {
    const x = tensor([
      [1, 2],
      [3, 4],
    ]);
    expect(linear(x, tensor([10, 1]))).toEqualTensor(tensor([12, 34]));
    expect(linear(x, tensor([10, 1]), { bias: tensor([0.5]) })).toEqualTensor(tensor([12.5, 34.5]));
  });

  test("takes a bias that broadcasts", () => {
    const weight = ones(4, 3);
    expect(linear(ones(2, 3), weight, { bias: ones(1) })).toEqualTensor(ones(2, 4).mul(4));
    expect(linear(ones(2, 3), weight, { bias: ones(2, 4) })).toEqualTensor(ones(2, 4).mul(4));
    expect(linear(ones(2, 2, 3), weight, { bias: tensor(1) })).toEqualTensor(ones(2, 2, 4).mul(4));
  });

  test("takes inputs without rows and without features", () => {
    expect(linear(zeros(0, 3), ones(2, 3), { bias: ones(2) }).shape).toEqual([0, 2]);
    expect(linear(zeros(2, 0), zeros(3, 0), { bias: ones(3) })).toEqualTensor(ones(2, 3));
  });

  test("notices a weight that was changed between forward and backward", () => {
    const layer = new nn.Linear(2, 1);
    const y = layer.forward(ones([1, 2], { requiresGrad: true }));
    nn.init.zeros_(layer.weight);
    expect(() => y.backward()).toThrow("modified by an inplace operation");
  });

  test("refuses shapes and dtypes that do not fit, in PyTorch's words", () => {
    const layer = new nn.Linear(2, 3);
    expect(() => layer.forward(ones(3, 4))).toThrow(
      "mat1 and mat2 shapes cannot be multiplied (3x4 and 2x3)",
    );
    expect(() => layer.forward(ones(4))).toThrow(
      "mat1 and mat2 shapes cannot be multiplied (1x4 and 2x3)",
    );
    expect(() => layer.forward(ones(2, 2, 4))).toThrow(
      "mat1 and mat2 shapes cannot be multiplied (4x4 and 2x3)",
    );
    expect(() => layer.forward(tensor(3))).toThrow(
      "both arguments to matmul need to be at least 1D, but they are 0D and 2D",
    );
    expect(() => layer.forward(ones([3, 2], { dtype: "float64" }))).toThrow(
      "mat1 and mat2 must have the same dtype, but got Double and Float",
    );
    expect(() => linear(ones(2, 3), ones(2, 4, 3))).toThrow(
      "t() expects a tensor with <= 2 dimensions, but self is 3D",
    );
    expect(() => linear(ones(2, 3), ones(4, 3), { bias: ones(5) })).toThrow(
      "The expanded size of the tensor (4) must match the existing size (5) at non-singleton dimension 1.  Target sizes: [2, 4].  Tensor sizes: [5]",
    );
    // @ts-expect-error a number is no tensor
    expect(() => layer.forward(3)).toThrow("linear(): argument 'input' must be Tensor, not int");
  });
});

describe("Linear", () => {
  test("starts uniform within 1 over the square root of its inputs", () => {
    manualSeed(1);
    const layer = new nn.Linear(16, 100);
    for (const parameter of layer.parameters()) {
      const values = [...parameter.toTypedArray()];
      expect(Math.max(...values.map(Math.abs))).toBeLessThanOrEqual(0.25);
      expect(Math.max(...values)).toBeGreaterThan(0.2);
      expect(Math.min(...values)).toBeLessThan(-0.2);
    }
  });

  test("draws its weight as kaimingUniform_ does and then its bias, and draws anew when asked", () => {
    const sizes = fc.integer({ min: 1, max: 40 });
    fc.assert(
      fc.property(sizes, sizes, fc.nat(), (inputs, outputs, seed) => {
        manualSeed(seed);
        const layer = new nn.Linear(inputs, outputs);
        manualSeed(seed);
        const weight = nn.init.kaimingUniform_(zeros(outputs, inputs), { a: Math.sqrt(5) });
        const b = 1 / Math.sqrt(inputs);
        const bias = nn.init.uniform_(zeros(outputs), { a: -b, b });
        expect(layer.weight.detach()).toEqualTensor(weight);
        expect(layer.bias!.detach()).toEqualTensor(bias);
        layer.resetParameters();
        expect(layer.weight.detach()).not.toEqualTensor(weight);
      }),
    );
  });

  test("may go without a bias, and be of another dtype", () => {
    const layer = new nn.Linear(2, 1, { bias: false, dtype: "float64" });
    expect(layer.bias).toBeNull();
    expect(layer.weight.dtype).toBe("float64");
    expect(layer.parameters()).toHaveLength(1);
  });

  test("may have no inputs or no outputs", () => {
    expect(new nn.Linear(0, 2).forward(zeros(3, 0)).shape).toEqual([3, 2]);
    expect(new nn.Linear(2, 0).forward(zeros(3, 2)).shape).toEqual([3, 0]);
  });

  test("refuses sizes and options that are none", () => {
    expect(() => new nn.Linear(-1, 3)).toThrow(
      "Linear(): argument 'inFeatures' must not be negative, got -1",
    );
    expect(() => new nn.Linear(3, 1.5)).toThrow(
      "Linear(): argument 'outFeatures' must be an integer, got 1.5",
    );
    expect(() => new nn.Linear(Number.NaN, 3)).toThrow("must be an integer, got NaN");
    // @ts-expect-error a misspelt option
    expect(() => new nn.Linear(1, 1, { biased: false })).toThrow(
      "Linear() got an unexpected option 'biased'; its options are: bias, dtype",
    );
    // @ts-expect-error a number is no set of options
    expect(() => new nn.Linear(1, 1, 1)).toThrow("Linear(): options must be an object, got 1");
  });
});

test("a network's gradients pass gradcheck through its layers and loss", () => {
  manualSeed(0);
  const net = new nn.Sequential(
    new nn.Linear(3, 4),
    new nn.Tanh(),
    new nn.Flatten(),
    new nn.Linear(4, 1),
    new nn.Sigmoid(),
  ).double();
  const x = rand([5, 3], { dtype: "float64", requiresGrad: true });
  const y = rand([5, 1], { dtype: "float64" });
  const loss = new nn.BCELoss();
  const inputs = [x, ...net.parameters()];
  expect(autograd.gradcheck(() => loss.forward(net.forward(x), y), inputs)).toBe(true);
});
