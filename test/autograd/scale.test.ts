import { describe, expect, test } from "vitest";
import { autograd, type Tensor, tensor } from "../../src/index.ts";
import "../support/matchers.ts";

function leaf(value: number): Tensor {
  return tensor(value, { dtype: "float64", requiresGrad: true });
}

/** How often each of `results` was reached by a backward pass from the last one. */
function visits(results: readonly Tensor[]): number[] {
  const counts = results.map(() => 0);
  for (const [i, t] of results.entries()) {
    t.registerHook((g) => {
      counts[i]!++;
      return g;
    });
  }
  results.at(-1)!.backward();
  return counts;
}

describe("backward", () => {
  test("goes through a chain of 100,000 operations", () => {
    const x = leaf(1);
    let y = x;
    for (let i = 0; i < 100_000; i++) y = y.mul(i % 2 === 0 ? 2 : 0.5);
    y.backward();
    expect(x.grad!.item()).toBe(1);
  });

  test("goes through a chain of 100,000 operations to one input of many", () => {
    const x = leaf(1);
    let y = x;
    for (let i = 0; i < 100_000; i++) y = y.add(1);
    const [g] = autograd.grad(y, [x]);
    expect(g!.item()).toBe(1);
  });

  test("evaluates each operation of a chain of diamonds once", () => {
    const x = leaf(1);
    const results: Tensor[] = [];
    let y = x;
    // 2^60 ways lead back to x.
    for (let i = 0; i < 60; i++) {
      y = y.add(y.mul(1));
      results.push(y);
    }
    expect(visits(results)).toEqual(results.map(() => 1));
    expect(x.grad!.item()).toBe(2 ** 60);
  });

  test("evaluates each operation of a lattice once", () => {
    const x = leaf(1);
    const results: Tensor[] = [];
    let layer = Array.from({ length: 4 }, () => x.mul(1));
    for (let depth = 0; depth < 30; depth++) {
      const sum = layer.reduce((a, b) => a.add(b)).div(4);
      layer = layer.map((t) => t.mul(0.5).add(sum.mul(0.5)));
      results.push(...layer);
    }
    const top = layer.reduce((a, b) => a.add(b));
    results.push(top);
    expect(visits(results)).toEqual(results.map(() => 1));
    expect(x.grad!.item()).toBeCloseTo(4, 10);
  });

  test("waits for every way to an operation, however long", () => {
    const x = leaf(3);
    const y = x.mul(1);
    let long = y;
    for (let i = 0; i < 50; i++) long = long.add(0);
    const results = [y, y.add(long)];
    expect(visits(results)).toEqual([1, 1]);
    expect(x.grad!.item()).toBe(2);
  });

  test("sums the gradients of a tensor that is used 10,000 times", () => {
    const x = leaf(1);
    let total = x.mul(0);
    for (let i = 0; i < 10_000; i++) total = total.add(x);
    total.backward();
    expect(x.grad!.item()).toBe(10_000);
  });
});
