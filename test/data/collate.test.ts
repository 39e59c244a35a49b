import { describe, expect, expectTypeOf, test } from "vitest";
import { data, type Tensor, tensor, zeros } from "../../src/index.ts";

describe("collating", () => {
  test("stacks tensors and typed arrays", () => {
    const stacked = data.defaultCollate([tensor([1, 2]), tensor([3, 4])]);
    expectTypeOf(stacked).toEqualTypeOf<Tensor>();
    expect(stacked.tolist()).toEqual([
      [1, 2],
      [3, 4],
    ]);
    const rows = data.defaultCollate([Int32Array.of(1, 2), Int32Array.of(3, 4)]);
    expect([rows.dtype, rows.shape]).toEqual(["int32", [2, 2]]);
  });

  test("makes tensors of numbers and booleans, and lists of strings", () => {
    const numbers = data.defaultCollate([1, 2.5]);
    expect([numbers.dtype, numbers.tolist()]).toEqual(["float32", [1, 2.5]]);
    const flags = data.defaultCollate([true, false]);
    expect([flags.dtype, flags.tolist()]).toEqual(["bool", [true, false]]);
    expectTypeOf(data.defaultCollate(["a", "b"])).toEqualTypeOf<string[]>();
    expect(data.defaultCollate(["a", "b"])).toEqual(["a", "b"]);
  });

  test("works on lists and objects entry by entry, to any depth", () => {
    const sample = (x: number): [Tensor, string, { y: number; z: [number] }] => [
      tensor(x),
      `${x}`,
      { y: x, z: [x] },
    ];
    const [a, b, { y, z }] = data.defaultCollate([sample(1), sample(2)]);
    expectTypeOf(b).toEqualTypeOf<string[]>();
    expectTypeOf(z).toEqualTypeOf<[Tensor]>();
    expect([a.tolist(), b, y.tolist(), z[0].tolist()]).toEqual([
      [1, 2],
      ["1", "2"],
      [1, 2],
      [1, 2],
    ]);
  });

  test("refuses samples that do not go together", () => {
    const collate =
      (...samples: unknown[]) =>
      () =>
        Reflect.apply(data.defaultCollate, undefined, [samples]);
    expect(collate([1, 2], [3])).toThrow("each element in list of batch should be of equal size");
    expect(collate(zeros(2), zeros(3))).toThrow(
      "stack expects each tensor to be equal size, but got [2] at entry 0 and [3] at entry 1",
    );
    expect(collate(null, null)).toThrow("defaultCollate: batch must contain tensors");
    expect(collate(1, "a")).toThrow('found "a"');
    expect(collate()).toThrow("there is no sample to collate");
  });
});
