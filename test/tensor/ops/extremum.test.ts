import { describe, expect, test } from "vitest";
import { argmax, max, tensor, zeros } from "../../../src/index.ts";
import "../../support/matchers.ts";

describe("max and min along a dimension", () => {
  test("record one node, which sends the gradient to the first of equals", () => {
    const x = tensor(
      [
        [1, 5, 5],
        [7, 2, 7],
      ],
      { requiresGrad: true },
    );
    const { values, indices } = max(x, 1);
    expect(values.gradFn?.name).toBe("MaxBackward0");
    expect(x.min(0, { keepdim: true }).values.gradFn?.name).toBe("MinBackward0");
    expect([values.tolist(), indices.tolist()]).toEqual([
      [5, 7],
      [1, 0],
    ]);
    values.sum().backward();
    expect(x.grad?.tolist()).toEqual([
      [0, 1, 0],
      [1, 0, 0],
    ]);
  });

  test("name the function where a dimension holds nothing", () => {
    expect(() => zeros(0).max(0)).toThrow("max(): Expected reduction dim 0 to have non-zero size.");
    expect(() => zeros(0).argmax()).toThrow(
      "argmax(): Expected reduction dim to be specified for input.numel() == 0.",
    );
    expect(() => zeros(2, 0).amin()).toThrow(
      "amin(): Expected reduction dim to be specified for input.numel() == 0. Specify the reduction dim with the 'dim' argument.",
    );
    expect(zeros(2, 0).max(0).values.shape).toEqual([0]);
  });
});

test("argmax refuses bools, as PyTorch does", () => {
  expect(() => argmax(tensor([true, false]))).toThrow(`"argmax_cpu" not implemented for 'Bool'`);
  expect(tensor([false, true]).max(0).indices.item()).toBe(1);
});
