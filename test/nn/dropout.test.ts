import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { manualSeed, nn, ones, rand, tensor, zeros } from "../../src/index.ts";
import "../support/matchers.ts";

const { dropout } = nn.functional;

describe("dropout", () => {
  test("keeps an element with probability 1 - p, scaled by its inverse", () => {
    fc.assert(
      fc.property(fc.nat(), fc.double({ min: 0.05, max: 0.95, noNaN: true }), (seed, p) => {
        manualSeed(seed);
        const mask = ones([4, 5], { dtype: "float64" }).bernoulli_(1 - p);
        manualSeed(seed);
        const dropped = dropout(ones([4, 5], { dtype: "float64" }), { p });
        expect(dropped).toBeCloseToTensor(mask.div(1 - p));
      }),
    );
  });

  test("keeps the mean, about", () => {
    manualSeed(0);
    const mean = dropout(ones(20_000), { p: 0.2 }).mean().item();
    expect(Math.abs(mean - 1)).toBeLessThan(0.02);
  });

  test("passes gradients where it passes values", () => {
    manualSeed(5);
    const x = rand([50], { requiresGrad: true });
    const y = dropout(x, { p: 0.5 });
    y.sum().backward();
    const scale = y.detach().ne(0).mul(2).float();
    expect(x.grad).toEqualTensor(scale);
    expect(scale.sum().item()).toBeGreaterThan(0);
  });

  test("draws in logical order, however the input lies", () => {
    manualSeed(9);
    const straight = dropout(ones(3, 4));
    manualSeed(9);
    expect(dropout(ones(4, 3).t())).toEqualTensor(straight);
  });

  test("hands its input on and draws nothing where there is nothing to drop", () => {
    const x = ones(3);
    manualSeed(2);
    const next = rand(1);
    manualSeed(2);
    expect(dropout(x, { p: 0 })).toBe(x);
    expect(dropout(x, { training: false })).toBe(x);
    expect(dropout(x, { p: 1 })).toEqualTensor(zeros(3));
    expect(rand(1)).toEqualTensor(next);
  });

  test("has a gradient of zero where all is dropped", () => {
    const x = ones([2], { requiresGrad: true });
    dropout(x, { p: 1 }).sum().backward();
    expect(x.grad).toHaveValues([0, 0]);
  });

  test("refuses integers, and a probability that is none", () => {
    expect(() => dropout(ones([2], { dtype: "int64" }))).toThrow(
      "result type Float can't be cast to the desired output type Long",
    );
    for (const p of [-0.5, 1.5]) {
      const message = `dropout probability has to be between 0 and 1, but got ${p}`;
      expect(() => dropout(ones(2), { p })).toThrow(message);
      expect(() => new nn.Dropout(p)).toThrow(message);
    }
    expect(() => new nn.Dropout(Number.NaN)).toThrow("Dropout(): argument 'p' must not be NaN");
    // @ts-expect-error a misspelt option
    expect(() => dropout(ones(2), { train: false })).toThrow(
      "dropout() got an unexpected option 'train'; its options are: p, training",
    );
  });
});

describe("Dropout", () => {
  test("drops while training and hands on in evaluation mode", () => {
    const layer = new nn.Dropout(0.5);
    const x = ones(100);
    manualSeed(4);
    const dropped = layer.forward(x);
    expect(dropped.eq(0).sum().item()).toBeGreaterThan(20);
    manualSeed(4);
    expect(layer.forward(x)).toEqualTensor(dropped);
    expect(layer.eval().forward(x)).toBe(x);
    expect(new nn.Sequential(layer).train().forward(x)).not.toBe(x);
  });
});

describe("the other layers", () => {
  const x = tensor([
    [-1, 0.5],
    [2, 0],
  ]);

  test("do what the functions of their name do", () => {
    expect(new nn.ReLU().forward(x)).toEqualTensor(x.relu());
    expect(new nn.Tanh().forward(x)).toEqualTensor(x.tanh());
    expect(new nn.Sigmoid().forward(x)).toEqualTensor(x.sigmoid());
    expect(new nn.Softmax(0).forward(x)).toEqualTensor(x.softmax(0));
    expect(new nn.LogSoftmax(-1).forward(x)).toEqualTensor(x.logSoftmax(1));
    expect(new nn.Identity().forward(x)).toBe(x);
    expect(nn.functional.softmax(x, 1, { dtype: "float64" }).dtype).toBe("float64");
  });

  test("flatten all dimensions but the batch, or those that they are told", () => {
    const batch = zeros(2, 3, 4, 5);
    expect(new nn.Flatten().forward(batch).shape).toEqual([2, 60]);
    expect(new nn.Flatten(0, 1).forward(batch).shape).toEqual([6, 4, 5]);
    expect(new nn.Flatten(-2).forward(batch).shape).toEqual([2, 3, 20]);
    expect(() => new nn.Flatten().forward(zeros(3))).toThrow(
      "Dimension out of range (expected to be in range of [-1, 0], but got 1)",
    );
  });

  test("refuse what is no tensor", () => {
    for (const layer of [new nn.ReLU(), new nn.Tanh(), new nn.Sigmoid(), new nn.Softmax(0)]) {
      // @ts-expect-error a list is no tensor
      expect(() => layer.forward([1])).toThrow("argument 'input' must be Tensor, not Array");
    }
  });
});

describe("oneHot", () => {
  const { oneHot } = nn.functional;
  const classes = tensor([0, 2], { dtype: "int64" });

  test("marks each class with a 1", () => {
    expect(oneHot(classes)).toEqualTensor(
      tensor(
        [
          [1, 0, 0],
          [0, 0, 1],
        ],
        { dtype: "int64" },
      ),
    );
    expect(oneHot(classes.unsqueeze(1), { numClasses: 4 }).shape).toEqual([2, 1, 4]);
    expect(oneHot(zeros([0], { dtype: "int64" }), { numClasses: 3 }).shape).toEqual([0, 3]);
    expect(oneHot(classes.at(1))).toEqualTensor(tensor([0, 0, 1], { dtype: "int64" }));
  });

  test("refuses classes that there are not", () => {
    expect(() => oneHot(classes, { numClasses: 2 })).toThrow(
      "Class values must be smaller than num_classes.",
    );
    expect(() => oneHot(classes.sub(1))).toThrow("Class values must be non-negative.");
    expect(() => oneHot(classes.float())).toThrow("one_hot is only applicable to index tensor.");
    expect(() => oneHot(zeros([0], { dtype: "int64" }))).toThrow(
      "Can not infer total number of classes from empty tensor.",
    );
    expect(() => oneHot(classes, { numClasses: 2.5 })).toThrow("must be an integer, got 2.5");
  });
});
