import { describe, expect, test } from "vitest";
import { autograd, stack, type Tensor, tensor } from "../../src/index.ts";
import "../support/matchers.ts";

function leaf(values: number | number[]): Tensor {
  return tensor(values, { dtype: "float64", requiresGrad: true });
}

function double(values: number | number[] | number[][]): Tensor {
  return tensor(values, { dtype: "float64" });
}

describe("autograd.grad", () => {
  test("answers gradients and leaves the leaves alone", () => {
    const [x, y] = [leaf([1, 2]), leaf([3, 4])];
    const [gx, gy] = autograd.grad(x.mul(y).sum(), [x, y]);
    expect(gx).toEqualTensor(double([3, 4]));
    expect(gy).toEqualTensor(double([1, 2]));
    expect([x.grad, y.grad]).toEqual([null, null]);
  });

  test("takes one input as well as a list", () => {
    const x = leaf(3);
    const [g] = autograd.grad(x.mul(x), x);
    expect(g).toEqualTensor(double(6));
  });

  test("finds the gradient of an intermediate result, and goes no further", () => {
    const x = leaf(3);
    const y = x.mul(2);
    let passed = false;
    x.registerHook((g) => {
      passed = true;
      return g;
    });
    const [g] = autograd.grad(y.mul(y), [y]);
    expect(g).toEqualTensor(double(12));
    expect(passed).toBe(false);
  });

  test("finds gradients of a tensor and of what it was made from together", () => {
    const x = leaf(3);
    const y = x.mul(2);
    const [gx, gy] = autograd.grad(y.mul(x), [x, y]);
    expect(gx).toEqualTensor(double(12));
    expect(gy).toEqualTensor(double(3));
  });

  test("sums over several outputs, each with a gradient to start from", () => {
    const x = leaf([1, 2]);
    const [g] = autograd.grad([x.mul(2), x.pow(2).sum()], [x], {
      gradOutputs: [double([10, 100]), double(1)],
    });
    expect(g).toEqualTensor(double([22, 204]));
  });

  test("answers null for an unused input where that is allowed", () => {
    const [x, w] = [leaf(1), leaf(1)];
    const [g, none] = autograd.grad(x.mul(2), [x, w], { allowUnused: true });
    expect(g).toEqualTensor(double(2));
    expect(none).toBeNull();
  });

  test("throws for an unused input where that is not allowed", () => {
    const [x, w] = [leaf(1), leaf(1)];
    expect(() => autograd.grad(x.mul(2), [x, w])).toThrow(
      "One of the differentiated Tensors appears to not have been used in the graph. Set allowUnused: true if this is the desired behavior.",
    );
  });

  test("throws for an input that does not require gradients", () => {
    expect(() => autograd.grad(leaf(1).mul(2), [double(1)])).toThrow(
      "One of the differentiated Tensors does not require grad",
    );
  });

  test("throws for an output of many elements without a gradient to start from", () => {
    const x = leaf([1, 2]);
    expect(() => autograd.grad(x.mul(2), [x])).toThrow(
      "grad can be implicitly created only for scalar outputs",
    );
  });

  test("frees the graph unless it is retained", () => {
    const x = leaf([1, 2]);
    const y = x.exp().sum();
    autograd.grad(y, [x], { retainGraph: true });
    autograd.grad(y, [x]);
    expect(() => autograd.grad(y, [x])).toThrow("a second time");
  });
});

describe("gradients of gradients", () => {
  test("go as deep as wanted", () => {
    const x = leaf(0.7);
    let y = x.sin().mul(x.exp());
    const found: number[] = [];
    for (let order = 1; order <= 4; order++) {
      const [g] = autograd.grad(y, [x], { createGraph: true });
      y = g!;
      found.push(y.item());
    }
    // The derivatives of e^x sin x are 2^(n/2) e^x sin(x + n pi/4).
    for (const [i, value] of found.entries()) {
      const n = i + 1;
      expect(value).toBeCloseTo(
        2 ** (n / 2) * Math.exp(0.7) * Math.sin(0.7 + (n * Math.PI) / 4),
        12,
      );
    }
  });

  test("give a Hessian, row by row", () => {
    const x = leaf([1, 2]);
    const [a, b] = [x.at(0), x.at(1)];
    const y = a.pow(2).mul(b).add(b.mul(a).sin());
    const [g] = autograd.grad(y, [x], { createGraph: true });
    const rows = [0, 1].map((i) => {
      const [row] = autograd.grad(g!.at(i), [x], { retainGraph: true });
      return row!;
    });
    const [s, c] = [Math.sin(2), Math.cos(2)];
    expect(stack(rows)).toBeCloseToTensor(
      double([
        [4 - 4 * s, 2 + c - 2 * s],
        [2 + c - 2 * s, -s],
      ]),
    );
  });

  test("give the product of a Hessian and a vector", () => {
    const x = leaf([1, -1, 2]);
    const v = double([1, 2, -1]);
    const [g] = autograd.grad(x.pow(3).sum(), [x], { createGraph: true });
    const [hv] = autograd.grad(g!.mul(v).sum(), [x]);
    expect(hv).toBeCloseToTensor(double([6, -12, -12]));
  });

  test("flow through a gradient penalty into the leaves", () => {
    const [x, w] = [leaf(2), leaf(3)];
    const [g] = autograd.grad(w.mul(x).mul(x), [x], { createGraph: true });
    g!.mul(g!).backward();
    // (2wx)², by w: 8wx².
    expect(w.grad).toEqualTensor(double(96));
  });

  test("reach the gradient that the pass was started from", () => {
    const [x, seed] = [leaf([1, 2]), leaf([3, 4])];
    const [g] = autograd.grad(x.mul(x), [x], { gradOutputs: [seed], createGraph: true });
    g!.sum().backward();
    expect(seed.grad).toEqualTensor(double([2, 4]));
    expect(x.grad).toEqualTensor(double([6, 8]));
  });
});

test("gradients of nothing, and a gradient that is its own tensor, are refused", () => {
  const x = leaf([1, 2]);
  expect(() => autograd.grad(x.sum(), [])).toThrow("grad requires non-empty inputs.");
  expect(() => x.sum().backward({ inputs: [] })).toThrow(
    "'inputs' argument to backward() cannot be empty.",
  );
  expect(() => {
    x.grad = x;
  }).toThrow("can't assign Variable as its own grad");
});
