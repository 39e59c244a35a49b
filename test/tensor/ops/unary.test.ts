import { describe, expect, test } from "vitest";
import { full, nn, ones } from "../../../src/index.ts";

// Above 96 elements the vector kernels compute, in a Linear before a ReLU the matrix product does.
describe("relu", () => {
  test.each([1, 200])("keeps the sign of a zero and NaN, in %s elements", (n) => {
    expect(Object.is(full([n], -0).relu().at(0).item(), -0)).toBe(true);
    expect(full([n], Number.NaN).relu().at(-1).item()).toBeNaN();
    expect(full([n], -1).relu().sum().item()).toBe(0);
  });

  test("keeps them behind a linear layer as well", () => {
    const linear = new nn.Linear(1, 200);
    linear.bias!.data.zero_();
    linear.weight.data.fill_(-1e-30);
    const layers = [linear, new nn.ReLU()] as const;
    for (const x of [1e-30, 1, Number.NaN]) {
      const fused = new nn.Sequential(...layers).forward(full([8, 1], x));
      const apart = layers[1].forward(linear.forward(full([8, 1], x)));
      expect(fused.tolist()).toEqual(apart.tolist());
    }
  });
});

test("only a leaf's requiresGrad can be set", () => {
  const y = ones(2, { requiresGrad: true }).mul(2);
  const message = "you can only change requires_grad flags of leaf variables.";
  expect(() => {
    y.requiresGrad = true;
  }).toThrow(message);
  expect(() => {
    y.requiresGrad = false;
  }).toThrow(message);
  expect(y.requiresGrad_()).toBe(y);
});

test("what no machine has memory for says so", () => {
  expect(() => ones(1e15)).toThrow(
    "can't allocate memory: you tried to allocate 4000000000000000 bytes",
  );
});
