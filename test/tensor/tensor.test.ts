import { inspect } from "node:util";
import { describe, expect, test } from "vitest";
import { arange, ones, tensor, zeros } from "../../src/index.ts";
import "../support/matchers.ts";

describe("reading a tensor", () => {
  test("item gives the one element, and refuses several", () => {
    expect(tensor([[2.5]]).item()).toBe(2.5);
    expect(tensor(true).item()).toBe(1);
    expect(() => ones(2).item()).toThrow("only one element tensors can be converted");
  });

  test("toTypedArray copies the elements in logical order", () => {
    const t = arange(6).view(2, 3).t();
    const array = t.toTypedArray();
    expect([...array]).toEqual([0, 3, 1, 4, 2, 5]);
    array[0] = 9;
    expect(t.at(0, 0).item()).toBe(0);
  });

  test("iteration gives the slices of the first dimension", () => {
    const [x, y] = tensor([1, 2]);
    expect([x?.item(), y?.item()]).toEqual([1, 2]);
    expect([...arange(4).view(2, 2)].map((row) => row.tolist())).toEqual([
      [0, 1],
      [2, 3],
    ]);
    expect(() => [...tensor(1)]).toThrow("iteration over a 0-d tensor");
  });

  test("size, dim, numel, stride and isContiguous describe it", () => {
    const t = zeros(2, 3, 4).transpose(0, 2);
    expect([t.size(), t.size(-1), t.dim(), t.numel()]).toEqual([[4, 3, 2], 2, 3, 24]);
    expect([t.stride(), t.stride(0), t.isContiguous()]).toEqual([[1, 4, 12], 1, false]);
    expect(t.contiguous().isContiguous()).toBe(true);
  });

  test("console.log shows PyTorch's layout", () => {
    expect(inspect(tensor([1, 2.5]))).toBe("tensor([1.0000, 2.5000])");
    expect(inspect({ t: tensor(1, { requiresGrad: true }).mul(2) })).toBe(
      "{ t: tensor(2., grad_fn=<MulBackward0>) }",
    );
  });
});

describe("data", () => {
  test("is a detached tensor on the same elements", () => {
    const w = ones(2, { requiresGrad: true });
    w.data.mul_(3);
    expect(w.tolist()).toEqual([3, 3]);
    expect(w.data.requiresGrad).toBe(false);
  });

  test("can be replaced in a leaf, which stays the same tensor", () => {
    const w = ones(2, { requiresGrad: true });
    w.data = zeros(3, { dtype: "float64" });
    expect([w.shape, w.dtype, w.requiresGrad]).toEqual([[3], "float64", true]);
    w.sum().backward();
    expect(w.grad?.dtype).toBe("float64");
  });
});

describe("dtypes", () => {
  test("convert by truncation, and share nothing with the original", () => {
    const t = tensor([1.7, -1.7]);
    expect(t.long().tolist()).toEqual([1, -1]);
    expect(t.bool().tolist()).toEqual([true, true]);
    expect(t.float()).toBe(t);
    expect(t.double().float()).toEqualTensor(t);
    expect(() => Reflect.apply(t.to, t, ["half"])).toThrow("to(): argument 'dtype' must be one of");
  });

  test("int64 is exact up to 2^53", () => {
    const big = tensor([2 ** 53 - 1], { dtype: "int64" });
    expect(big.sub(1).item()).toBe(2 ** 53 - 2);
    expect(big.eq(2 ** 53 - 2).item()).toBe(0);
  });

  test("int32 and uint8 wrap around", () => {
    const most = tensor([2 ** 31 - 1], { dtype: "int32" });
    expect(most.add(1).item()).toBe(-(2 ** 31));
    expect(most.mul(most).item()).toBe(1);
    expect(tensor([200], { dtype: "uint8" }).add(100).item()).toBe(44);
  });
});

describe("grad", () => {
  test("takes only a tensor of the same shape and dtype", () => {
    const w = ones(2, { requiresGrad: true });
    expect(() => {
      w.grad = ones(3);
    }).toThrow("assigned grad has data of a different size");
    expect(() => {
      w.grad = ones(2, { dtype: "float64" });
    }).toThrow("assigned grad has data of a different type");
    w.grad = ones(2);
    expect(w.grad.tolist()).toEqual([1, 1]);
  });
});

test("T reverses every dimension, and is a permutation to autograd, as in PyTorch", () => {
  expect(zeros(2, 3, 4).T.shape).toEqual([4, 3, 2]);
  expect(ones(2, 3, { requiresGrad: true }).T.gradFn?.name).toBe("PermuteBackward0");
});

test("what autograd has seen drawn or filled has PyTorch's name", () => {
  const fresh = () => ones(2, { requiresGrad: true }).clone();
  expect(fresh().normal_().gradFn?.name).toBe("NormalBackward0");
  expect(fresh().uniform_().gradFn?.name).toBe("UniformBackward0");
  expect(fresh().bernoulli_().gradFn?.name).toBe("BernoulliBackward2");
  expect(fresh().fill_(1).gradFn?.name).toBe("FillBackward2");
});

test("arguments of another kind are refused by name", () => {
  const untyped = (value: unknown): never => value as never;
  const t = ones(2, 2);
  expect(() => {
    t.data = untyped(3);
  }).toThrow("data(): argument 'value' must be Tensor, not int");
  expect(() => t.typeAs(untyped(null))).toThrow("typeAs(): argument 'other' must be Tensor");
  expect(() => t.where(untyped(true), 0)).toThrow(
    "where(): argument 'condition' must be Tensor, not bool",
  );
  expect(() => t.sum(0, { keepdim: untyped(1) })).toThrow(
    "sum(): option 'keepdim' must be true or false, got 1",
  );
  expect(() => zeros(2, { requiresGrad: untyped(1) })).toThrow(
    "option 'requiresGrad' must be true or false, got 1",
  );
  expect(() => t.var(0, { correction: Number.NaN })).toThrow(
    "var(): argument 'correction' must be int, not NaN",
  );
});
