import { describe, expect, test } from "vitest";
import { type DType, ones, tensor, zeros } from "../../../src/index.ts";
import "../../support/matchers.ts";

/** What a caller without types may pass. */
const untyped = (value: unknown): never => value as never;

describe("sum, prod and cumsum", () => {
  test("keep the dtype that was asked for", () => {
    const x = tensor([3, 5]);
    for (const dtype of ["uint8", "int32", "int64", "float32", "float64"] satisfies DType[]) {
      expect(x.sum(0, { dtype }).dtype).toBe(dtype);
      expect(x.prod(0, { dtype }).dtype).toBe(dtype);
      expect(x.cumsum(0, { dtype }).dtype).toBe(dtype);
    }
    expect(x.sum(0, { dtype: "bool" }).tolist()).toBe(true);
    expect(x.prod(0, { dtype: "bool" }).tolist()).toBe(true);
    expect(() => x.cumsum(0, { dtype: "bool" })).toThrow(
      `"cumsum_out_cpu" not implemented for 'Bool'`,
    );
  });

  test("wrap around in narrow integers, to the last bit", () => {
    const x = tensor([200, 100], { dtype: "uint8" });
    expect(x.sum(0, { dtype: "uint8" }).item()).toBe(300 % 256);
    expect(x.prod(0, { dtype: "uint8" }).item()).toBe(20000 % 256);
    const odd = tensor([2147483647, 2147483647, 2147483647], { dtype: "int32" });
    expect(odd.prod(0, { dtype: "int32" }).item()).toBe(2147483647);
  });

  test("give integers no negative zero", () => {
    const product = tensor([0, -5], { dtype: "int64" }).prod();
    expect(Object.is(product.item(), 0)).toBe(true);
  });

  test("refuse a dtype or an option that there is not", () => {
    expect(() => ones(2).sum(0, { dtype: untyped("half") })).toThrow(
      "sum(): argument 'dtype' must be one of bool, uint8, int32, int64, float32, float64, not half",
    );
    expect(() => ones(2).cumsum(0, untyped({ exclusive: true }))).toThrow(
      "cumsum() got an unexpected option 'exclusive'",
    );
  });
});

describe("reductions of one dimension", () => {
  test("refuse a list, of which the gradient would be wrong", () => {
    const x = zeros(2, 3);
    for (const fn of ["prod", "any", "all", "argmax", "argmin", "max", "min"] as const) {
      expect(() => x[fn](untyped([0, 1]))).toThrow(
        `${fn}(): argument 'dim' must be int, not Array`,
      );
    }
  });

  test("say what a dimension must be", () => {
    expect(() => ones(2).sum(untyped({}))).toThrow(
      "sum(): argument 'dim' must be int or a list of ints, not Object",
    );
    expect(() => ones(2).mean(untyped("0"))).toThrow("mean(): argument 'dim' must be int");
  });
});

describe("gradFn", () => {
  test("tells a reduction of some dimensions from one of all, as PyTorch does", () => {
    const x = ones(2, 3, { requiresGrad: true });
    expect([x.sum(), x.sum(0)].map((t) => t.gradFn?.name)).toEqual([
      "SumBackward0",
      "SumBackward1",
    ]);
    expect([x.mean(), x.mean(0)].map((t) => t.gradFn?.name)).toEqual([
      "MeanBackward0",
      "MeanBackward1",
    ]);
    expect([x.prod(), x.prod(0)].map((t) => t.gradFn?.name)).toEqual([
      "ProdBackward0",
      "ProdBackward1",
    ]);
  });
});
