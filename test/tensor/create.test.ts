import { afterEach, describe, expect, test } from "vitest";
import {
  arange,
  empty,
  eye,
  fromTypedArray,
  full,
  fullLike,
  linspace,
  logspace,
  manualSeed,
  meshgrid,
  ones,
  rand,
  randint,
  randintLike,
  randLike,
  randn,
  randperm,
  setDefaultDtype,
  tensor,
  zeros,
  zerosLike,
} from "../../src/index.ts";
import "../support/matchers.ts";

afterEach(() => setDefaultDtype("float32"));

describe("tensor", () => {
  test("reads nested lists of any depth, row by row", () => {
    const t = tensor([[[1, 2]], [[3, 4]], [[5, 6]]]);
    expect(t.shape).toEqual([3, 1, 2]);
    expect(t.tolist()).toEqual([[[1, 2]], [[3, 4]], [[5, 6]]]);
    expect(t.dtype).toBe("float32");
  });

  test("makes booleans bool, and typed arrays what they are", () => {
    expect(tensor([true, false]).dtype).toBe("bool");
    expect(tensor(new Int32Array([1, 2])).dtype).toBe("int32");
    expect(tensor(new Float64Array([1, 2])).dtype).toBe("float64");
    expect(tensor(3).shape).toEqual([]);
    expect(tensor([[], []]).shape).toEqual([2, 0]);
  });

  test("names the path where lists are ragged", () => {
    expect(() => tensor([[1, 2], [3]])).toThrow(
      "expected sequence of length 2 at dim 1 (got 1) in data[1]",
    );
    expect(() =>
      tensor([
        [1, 2],
        [3, [4]],
      ]),
    ).toThrow("data[1][1] is a list");
  });

  test("converts to integer dtypes as a cast does", () => {
    expect(tensor([1.9, -1.9], { dtype: "int64" }).tolist()).toEqual([1, -1]);
    expect(tensor(new Float64Array([300, -1]), { dtype: "uint8" }).tolist()).toEqual([44, 255]);
    expect(tensor([-1], { dtype: "uint8" }).tolist()).toEqual([255]);
    expect(tensor([0, 0.5], { dtype: "bool" }).tolist()).toEqual([false, true]);
  });

  test("refuses numbers that an integer dtype cannot hold", () => {
    for (const [value, dtype] of [
      [300, "uint8"],
      [-0.5, "uint8"],
      [2 ** 31, "int32"],
      [Number.NaN, "int64"],
    ] as const) {
      expect(() => tensor([value], { dtype })).toThrow(
        `value cannot be converted to type ${dtype} without overflow: ${value}`,
      );
    }
    expect(() => full([2], 300, { dtype: "uint8" })).toThrow(
      "value cannot be converted to type uint8_t without overflow",
    );
    expect(() => full([2], 1e300)).toThrow("value cannot be converted to type float");
    expect(() => zeros(2, { dtype: "int32" }).fill_(Number.NaN)).toThrow(
      "value cannot be converted to type int without overflow: NaN",
    );
    expect(full([2], Infinity).tolist()).toEqual([Infinity, Infinity]);
  });

  test("says what it got that is no data", () => {
    const untyped = (value: unknown): never => value as never;
    expect(() => tensor(untyped(null))).toThrow(
      "tensor(): data must be a number, a boolean or a list, not null",
    );
    expect(() => full(untyped(3), 1)).toThrow(
      "full(): argument 'size' must be a list of integers, not 3",
    );
    expect(() => zerosLike(untyped([1]))).toThrow(
      "zerosLike(): argument 'input' must be Tensor, not Array",
    );
    expect(() => zeros(1).newZeros([-2])).toThrow(
      "Trying to create tensor with negative dimension -2: [-2]",
    );
    expect(() => zeros(1).newZeros([2], { dtype: untyped("half") })).toThrow(
      "newZeros(): argument 'dtype' must be one of",
    );
    expect(() => fromTypedArray(untyped(null))).toThrow("argument 'data' must be a Float32Array");
    expect(() => fromTypedArray(new Float32Array(2), [-1, -2])).toThrow("negative dimension -1");
    expect(() => rand(2, { generator: untyped({}) })).toThrow(
      "option 'generator' must be a Generator, got object",
    );
    expect(() => arange(untyped("3"))).toThrow(
      'arange() takes one to three numbers and options, got ("3")',
    );
    expect(() => linspace(untyped("0"), 1, 2)).toThrow(
      "linspace(): argument 'start' must be a number, not \"0\"",
    );
  });

  test("refuses gradients of integers and options that it does not have", () => {
    expect(() => tensor([1], { dtype: "int64", requiresGrad: true })).toThrow(
      "Only Tensors of floating point and complex dtype can require gradients",
    );
    const misspelt = { requireGrad: true };
    expect(() => Reflect.apply(tensor, null, [[1], misspelt])).toThrow(
      "unexpected option 'requireGrad'",
    );
    const wrong = { dtype: "float16" };
    expect(() => Reflect.apply(tensor, null, [[1], wrong])).toThrow(
      "argument 'dtype' must be one of",
    );
  });

  test("follows the default dtype", () => {
    setDefaultDtype("float64");
    expect(tensor([0.5]).dtype).toBe("float64");
    expect(zeros(2).dtype).toBe("float64");
    expect(arange(0, 1, 0.5).dtype).toBe("float64");
    expect(() => Reflect.apply(setDefaultDtype, null, ["int64"])).toThrow(
      "only floating-point types are supported as the default type",
    );
  });
});

describe("fromTypedArray", () => {
  test("shares the array: changes of either show in the other", () => {
    const data = new Float32Array([1, 2, 3, 4]);
    const t = fromTypedArray(data, [2, 2]);
    data[3] = 40;
    t.at(0, 0).fill_(10);
    expect(t.tolist()).toEqual([
      [10, 2],
      [3, 40],
    ]);
    expect(data[0]).toBe(10);
  });

  test("takes a Float64Array of integers as int64, and no dtype that the array cannot hold", () => {
    expect(fromTypedArray(new Float64Array([1, 2]), [2], { dtype: "int64" }).dtype).toBe("int64");
    expect(() => fromTypedArray(new Float32Array(2), [2], { dtype: "int64" })).toThrow(
      "a Float32Array cannot hold int64 elements",
    );
    expect(() => fromTypedArray(new Float32Array(2), [3])).toThrow(
      "shape [3] is invalid for an array of 2 elements",
    );
  });
});

describe("filled tensors", () => {
  test("take sizes one by one or as a list, options last", () => {
    expect(zeros(2, 3).shape).toEqual([2, 3]);
    expect(ones([2, 3], { dtype: "int64" }).tolist()).toEqual([
      [1, 1, 1],
      [1, 1, 1],
    ]);
    expect(empty(2, { dtype: "bool" }).dtype).toBe("bool");
    expect(zeros().shape).toEqual([]);
    expect(() => zeros(-1)).toThrow("Trying to create tensor with negative dimension -1: [-1]");
    expect(() => zeros(1.5)).toThrow("argument 'size' must be integers, but found 1.5");
  });

  test("full gives the default float type for a number, bool for a boolean", () => {
    expect(full([2], 3).dtype).toBe("float32");
    expect(full([2], true).tolist()).toEqual([true, true]);
    expect(fullLike(zeros(2, { dtype: "int32" }), 7).tolist()).toEqual([7, 7]);
    expect(zerosLike(ones(2, 2, { dtype: "float64" })).dtype).toBe("float64");
  });

  test("eye has ones on its diagonal", () => {
    expect(eye(2, 3).tolist()).toEqual([
      [1, 0, 0],
      [0, 1, 0],
    ]);
    expect(eye(2, { dtype: "int64" }).dtype).toBe("int64");
  });
});

describe("ranges", () => {
  test("of integers are int64, others the default float type", () => {
    expect(arange(3)).toMatchObject({ dtype: "int64" });
    expect(arange(1, 7, 2).tolist()).toEqual([1, 3, 5]);
    expect(arange(1, 0, -0.25).tolist()).toEqual([1, 0.75, 0.5, 0.25]);
    expect(() => arange(1, 5, -1)).toThrow(
      "upper bound and larger bound inconsistent with step sign",
    );
    expect(() => arange(1, 5, 0)).toThrow("step must be nonzero");
  });

  test("linspace and logspace include both ends", () => {
    expect(linspace(0, 1, 5).tolist()).toEqual([0, 0.25, 0.5, 0.75, 1]);
    expect(logspace(0, 2, 3).tolist()).toEqual([1, 10, 100]);
    expect(logspace(0, 3, 4, { base: 2 }).tolist()).toEqual([1, 2, 4, 8]);
    expect(linspace(3, 9, 1).tolist()).toEqual([3]);
    expect(() => linspace(0, 1, -1)).toThrow("number of steps must be non-negative");
  });

  test("meshgrid follows ij order, or xy if asked", () => {
    const [a, b] = meshgrid([arange(2), arange(3)]);
    expect(a!.tolist()).toEqual([
      [0, 0, 0],
      [1, 1, 1],
    ]);
    expect(b!.at(0).tolist()).toEqual([0, 1, 2]);
    const [x] = meshgrid([arange(2), arange(3)], { indexing: "xy" });
    expect(x!.shape).toEqual([3, 2]);
  });
});

describe("random tensors", () => {
  test("repeat after the same seed and keep to their ranges and dtypes", () => {
    manualSeed(7);
    const first = [rand(3), randn(20), randint(5, [4]), randperm(6)];
    manualSeed(7);
    const again = [rand(3), randn(20), randint(5, [4]), randperm(6)];
    first.forEach((t, i) => {
      expect(again[i]).toEqualTensor(t);
    });
    expect(first[2]!.dtype).toBe("int64");
    expect([...first[3]!.toTypedArray()].sort((x, y) => x - y)).toEqual([0, 1, 2, 3, 4, 5]);
    expect(() => randint(5, 5, [2])).toThrow("random_ expects 'from' to be less than 'to'");
  });

  test("like a transposed one are drawn in its memory order", () => {
    manualSeed(3);
    const plain = rand(2, 3);
    manualSeed(3);
    expect(randLike(zeros(2, 3).t()).t()).toEqualTensor(plain);
  });
});

describe("dtypes that are not what a function draws or counts in", () => {
  test("are refused by rand and randn, as in PyTorch", () => {
    expect(() => rand(2, { dtype: "int64" })).toThrow(
      "\"check_uniform_bounds\" not implemented for 'Long'",
    );
    expect(() => randn(2, { dtype: "int32" })).toThrow(
      "\"normal_kernel_cpu\" not implemented for 'Int'",
    );
    expect(() => randint(5, [2], { dtype: "bool" })).toThrow("to - 1 is out of bounds for bool: 4");
    expect(() => randperm(300, { dtype: "uint8" })).toThrow("without overflow: 300");
    expect(() => arange(2, { dtype: "bool" })).toThrow("\"arange_cpu\" not implemented for 'Bool'");
  });

  test("count in whole steps, as PyTorch cuts the bounds", () => {
    expect(arange(10, 0, -3.3, { dtype: "int64" }).tolist()).toEqual([10, 7, 4, 1]);
    expect(arange(1.5, 4, { dtype: "int64" }).tolist()).toEqual([1, 2, 3]);
    expect(arange(0.5, { dtype: "int64" }).shape).toEqual([0]);
    expect(() => arange(0, 1, 0.1, { dtype: "int64" })).toThrow("step must be nonzero");
    expect(linspace(-1.5, 2.5, 4, { dtype: "int32" }).tolist()).toEqual([-1, 0, 1, 2]);
  });
});

test("randintLike draws in memory order", () => {
  manualSeed(3);
  const plain = randint(100, [2, 3]);
  manualSeed(3);
  const turned = randintLike(zeros(2, 3, { dtype: "int64" }).t(), 100);
  expect(turned.t().tolist()).toEqual(plain.tolist());
});
