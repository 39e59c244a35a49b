import fc from "fast-check";
import { describe, expect, expectTypeOf, test } from "vitest";
import {
  arange,
  data,
  Generator,
  manualSeed,
  type Tensor,
  tensor,
  zeros,
} from "../../src/index.ts";
import { readList, readNumber, readNumbers, readString } from "../support/parity/encoding.ts";
import { readFigures } from "./figures.ts";

const rng = readFigures("parity/rng.jsonl");
const datasets = readFigures("datasets.jsonl");
const naturals = (n: number) => Array.from({ length: n }, (_, i) => i);

describe("a TensorDataset", () => {
  const dataset = new data.TensorDataset(arange(6).reshape(3, 2), tensor([5, 6, 7]));

  test("has a sample a row, with one tensor each", () => {
    expect(dataset.length).toBe(3);
    const [x, y] = dataset.at(1);
    expectTypeOf(dataset.at(1)).toEqualTypeOf<[Tensor, Tensor]>();
    expect([x.tolist(), y.item()]).toEqual([[2, 3], 6]);
  });

  test("counts negative indices from the end and refuses those outside", () => {
    expect(dataset.at(-1)[1].item()).toBe(7);
    expect(() => dataset.at(3)).toThrow("index 3 is out of");
  });

  test("gives several rows at once", () => {
    const [x, y] = dataset.batch(tensor([2, 0], { dtype: "int64" }));
    expect(x.tolist()).toEqual([
      [4, 5],
      [0, 1],
    ]);
    expect(y.tolist()).toEqual([7, 5]);
  });

  test("keeps its tensors, so that a change of one shows", () => {
    const x = zeros(2);
    const own = new data.TensorDataset(x);
    x.fill_(3);
    expect(own.tensors[0]).toBe(x);
    expect(own.at(0)[0].item()).toBe(3);
  });

  test("refuses tensors that do not match, and anything else", () => {
    const make =
      (...args: unknown[]) =>
      () =>
        Reflect.construct(data.TensorDataset, args);
    expect(make()).toThrow("TensorDataset() needs at least one tensor");
    expect(make(zeros(3), zeros(4))).toThrow("Size mismatch between tensors");
    expect(make(tensor(3))).toThrow("Dimension specified as 0 but tensor has no dimensions");
    expect(make(zeros(3), [1, 2, 3])).toThrow("argument 1 is Array");
  });
});

describe("a Subset", () => {
  test("holds the samples that its indices name", () => {
    const subset = new data.Subset(["a", "b", "c", "d"], [3, 1, -1]);
    expectTypeOf(subset.at(0)).toEqualTypeOf<string>();
    expect(subset.length).toBe(3);
    expect([subset.at(0), subset.at(1), subset.at(2), subset.at(-3)]).toEqual(["d", "b", "d", "d"]);
  });

  test("of a subset names samples of the whole", () => {
    fc.assert(
      fc.property(fc.array(fc.nat(9), { minLength: 1 }), fc.array(fc.nat()), (outer, numbers) => {
        const inner = numbers.map((i) => i % outer.length);
        const subset = new data.Subset(new data.Subset(naturals(10), outer), inner);
        expect(naturals(inner.length).map((i) => subset.at(i))).toEqual(inner.map((i) => outer[i]));
      }),
    );
  });

  test("gives several rows at once where its dataset does", () => {
    const whole = new data.TensorDataset(arange(5).mul(10));
    const subset = new data.Subset(new data.Subset(whole, [4, -2, 0]), [1, 2]);
    const [rows] = subset.batch?.(tensor([1, 0, 1], { dtype: "int64" })) ?? [];
    expect(rows?.tolist()).toEqual([0, 30, 0]);
    expect(new data.Subset([1, 2], [0]).batch).toBeUndefined();
  });

  test("refuses an index outside of its dataset, or of itself", () => {
    expect(() => new data.Subset([1, 2], [0, 5])).toThrow(
      "Subset(): indices[1] is 5, out of range for a dataset of 2 samples",
    );
    expect(() => new data.Subset([1, 2], [0.5])).toThrow("indices[0] is 0.5");
    const subset = new data.Subset([1, 2], [0]);
    expect(() => subset.at(1)).toThrow("index 1 is out of range for a dataset of 1 samples");
    expect(() => Reflect.construct(data.Subset, [5, [0]])).toThrow(
      "Subset(): dataset must have a length and an at(index) method, got 5",
    );
  });
});

describe("randomSplit", () => {
  test("gives PyTorch's parts", () => {
    for (const record of [...rng("random_split"), ...datasets("random_split")]) {
      const lengths = readNumbers(record.lens ?? record.lengths);
      const wanted = readList(record.want).map(readNumbers);
      const n = record.n === undefined ? wanted.flat().length : readNumber(record.n);
      const options = { generator: new Generator().manualSeed(BigInt(readString(record.seed))) };
      const parts = data.randomSplit(naturals(n), lengths, options);
      expect(parts.map((part) => part.indices)).toEqual(wanted);
    }
  });

  test("draws from the default generator unless given one", () => {
    manualSeed(4);
    const [first] = data.randomSplit(naturals(9), [6, 3]);
    const generator = new Generator().manualSeed(4);
    const [second] = data.randomSplit(naturals(9), [6, 3], { generator });
    expect(first.indices).toEqual(second.indices);
  });

  test("gives as many parts as lengths, by type too", () => {
    const parts = data.randomSplit(naturals(4), [0.5, 0.25, 0.25]);
    expectTypeOf(parts).toEqualTypeOf<
      [data.Subset<number>, data.Subset<number>, data.Subset<number>]
    >();
    expect(parts.map((part) => part.length)).toEqual([2, 1, 1]);
  });

  test("leaves no sample out and takes none twice", () => {
    fc.assert(
      fc.property(fc.array(fc.nat(8), { minLength: 1, maxLength: 5 }), (lengths) => {
        const n = lengths.reduce((a, b) => a + b, 0);
        fc.pre(n > 1);
        const parts = data.randomSplit(naturals(n), lengths);
        expect(parts.map((part) => part.length)).toEqual(lengths);
        const all = parts.flatMap((part) => part.indices);
        expect(all.sort((a, b) => a - b)).toEqual(naturals(n));
      }),
    );
  });

  test.each([
    [[3, 3], "Sum of input lengths does not equal the length of the input dataset!"],
    [[0.5, 0.6], "Sum of input lengths does not equal the length of the input dataset!"],
    [[0.5, 0.4], "Sum of input lengths does not equal the length of the input dataset!"],
    [[], "Sum of input lengths does not equal the length of the input dataset!"],
    [[Number.NaN], "Sum of input lengths does not equal the length of the input dataset!"],
    [[1.5, -0.5], "Fraction at index 0 is not between 0 and 1"],
    [[-1, 11], "randomSplit(): lengths[0] must be a natural number, got -1"],
    [[2.5, 7.5], "randomSplit(): lengths[0] must be a natural number, got 2.5"],
  ])("refuses the lengths %j of 10 samples", (lengths, message) => {
    expect(() => data.randomSplit(naturals(10), lengths)).toThrow(message);
  });

  test("refuses an option that it does not have", () => {
    const options: object = { seed: 3 };
    expect(() => data.randomSplit([1, 2], [1, 1], options)).toThrow("unexpected option 'seed'");
  });
});
