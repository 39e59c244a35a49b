import fc from "fast-check";
import { describe, expect, expectTypeOf, test } from "vitest";
import { arange, data, random, type Tensor, tensor } from "../../src/index.ts";
import { readList, readNumber, readNumbers, readTensor } from "../support/parity/encoding.ts";
import { camelCased, expectLabels, expectPoints, readFigures } from "./figures.ts";

const rng = readFigures("parity/rng.jsonl");
const datasets = readFigures("datasets.jsonl");

// The records' options are data, which no signature can check.
const splitBy = (...args: unknown[]): Tensor[] =>
  Reflect.apply(data.trainTestSplit, undefined, args);

/** A matrix of labels is a tensor here, whose dtype decides on the order of its classes. */
function stratifyOf({ stratify }: Record<string, unknown>): object {
  if (!Array.isArray(stratify) || !Array.isArray(stratify[0])) return {};
  const rows: (number | boolean)[][] = stratify;
  const fractions = rows.length === 24 && rows[0]?.length === 1;
  const dtype = typeof rows[0]?.[0] === "boolean" ? "bool" : fractions ? "float64" : "int64";
  return { stratify: tensor(rows, { dtype }) };
}

describe("scikit-learn's split", () => {
  test("with and without classes to keep", () => {
    for (const record of rng("tts")) {
      const n = readNumber(record.n);
      const stratify = record.y === null ? {} : { stratify: tensor(readNumbers(record.y)).long() };
      const [train, test] = data.trainTestSplit(arange(n), {
        testSize: readNumber(record.test_size),
        randomState: readNumber(record.seed),
        ...stratify,
      });
      expect([train.tolist(), test.tolist()]).toEqual(record.want);
    }
  });

  test("for every way to give sizes and classes", () => {
    for (const record of datasets("split")) {
      const given = camelCased(record.options);
      const options = { ...given, ...stratifyOf(given) };
      const [train, test] = splitBy(arange(readNumber(record.n)), options);
      const found = [train?.tolist(), test?.tolist()];
      expect(found, JSON.stringify(record.options)).toEqual(record.want);
    }
  });

  test("of the README's example", () => {
    const [record] = datasets("tutorial");
    const wanted = readList(record?.want).map(readTensor);
    const [X, y] = data.makeCircles(1000, { noise: 0.03, randomState: 42 });
    const [xTrain, xTest, yTrain, yTest] = data.trainTestSplit(X, y, {
      stratify: y,
      testSize: 0.3,
      randomState: 42,
    });
    expectPoints(xTrain, wanted[0]!);
    expectPoints(xTest, wanted[1]!);
    expectLabels(yTrain, wanted[2]!.data);
    expectLabels(yTest, wanted[3]!.data);
  });
});

describe("a split", () => {
  test("gives two tensors for each, by type too", () => {
    const x = arange(8);
    const one = data.trainTestSplit(x);
    const two = data.trainTestSplit(x, x, { randomState: 1 });
    const list: Tensor[] = [x, x, x];
    const many = data.trainTestSplit(...list);
    expectTypeOf(one).toEqualTypeOf<[train: Tensor, test: Tensor]>();
    expectTypeOf(two[3]).toEqualTypeOf<Tensor>();
    expectTypeOf(many).toEqualTypeOf<Tensor[]>();
    expect([one.length, two.length, many.length]).toEqual([2, 4, 6]);
  });

  test("takes the same rows of every tensor, whatever its shape and dtype", () => {
    const x = arange(12).reshape(6, 2).float();
    const y = arange(6);
    const [xTrain, xTest, yTrain, yTest] = data.trainTestSplit(x, y, { randomState: 3 });
    const firsts = (rows: Tensor) => Array.from(rows, (row) => row.at(0).item() / 2);
    expect(firsts(xTrain)).toEqual(yTrain.tolist());
    expect(firsts(xTest)).toEqual(yTest.tolist());
    expect([xTrain.dtype, yTrain.dtype]).toEqual(["float32", "int64"]);
  });

  test("leaves no row out and takes none twice, of the sizes asked for", () => {
    const sizes = fc.tuple(
      fc.integer({ min: 2, max: 60 }),
      fc.double({ min: 0.02, max: 0.98, noNaN: true }),
    );
    fc.assert(
      fc.property(sizes, fc.nat(), fc.boolean(), ([n, testSize], randomState, shuffle) => {
        fc.pre(Math.ceil(testSize * n) < n);
        const [train, test] = data.trainTestSplit(arange(n), { testSize, randomState, shuffle });
        expect(test.numel()).toBe(Math.ceil(testSize * n));
        const rows = [...train.toTypedArray(), ...test.toTypedArray()];
        expect(rows.sort((a, b) => a - b)).toEqual(arange(n).tolist());
      }),
    );
  });

  test("keeps the shares of classes to within one row", () => {
    const labels = fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 24, maxLength: 60 });
    fc.assert(
      fc.property(labels, fc.nat(), (list, randomState) => {
        const classes = [...new Set(list)];
        const count = (of: Iterable<number>, label: number) =>
          [...of].filter((x) => x === label).length;
        fc.pre(classes.every((label) => count(list, label) > 1));
        const y = tensor(list).long();
        const [train, test] = data.trainTestSplit(y, { stratify: y, randomState, testSize: 0.4 });
        expect(train.numel() + test.numel()).toBe(list.length);
        for (const label of classes) {
          const share = (count(list, label) * train.numel()) / list.length;
          expect(Math.abs(count(train.toTypedArray(), label) - share)).toBeLessThan(1);
        }
      }),
    );
  });

  test("takes labels as a list, too", () => {
    const list = [3, 1, 3, 1, 1, 3, 1, 3];
    const options = { testSize: 4, randomState: 5 };
    const x = arange(8);
    const [, fromTensor] = data.trainTestSplit(x, { ...options, stratify: tensor(list) });
    const [, fromList] = data.trainTestSplit(x, { ...options, stratify: list });
    expect(fromList.tolist()).toEqual(fromTensor.tolist());
  });

  test("goes on with a RandomState from where it stands", () => {
    const randomState = new random.RandomState(1);
    const x = arange(30);
    const [first] = data.trainTestSplit(x, { randomState });
    const [second] = data.trainTestSplit(x, { randomState });
    expect(first.tolist()).toEqual(data.trainTestSplit(x, { randomState: 1 })[0].tolist());
    expect(second.tolist()).not.toEqual(first.tolist());
  });

  test("of many rows does not overflow the stack", () => {
    const y = arange(200_000).float().lt(50_000).long();
    const [train] = data.trainTestSplit(y, { stratify: y, randomState: 0 });
    expect(train.sum().item()).toBe(37_500);
  });
});

describe("bad arguments throw scikit-learn's errors:", () => {
  const x = arange(20).reshape(10, 2);
  const y = tensor([0, 0, 0, 0, 0, 1, 1, 1, 1, 1]).long();
  const pairs = [0, 0, 1, 1, 2, 2, 3, 3, 4, 4];
  const { NaN: nan } = Number;
  const sizes = (name: string, size: number) =>
    `${name}=${size} should be either positive and smaller than the number of samples 10 or a float in the (0, 1) range`;
  const cases: readonly [message: string, ...args: unknown[]][] = [
    ["At least one array required as input"],
    ["At least one array required as input", { testSize: 0.2 }],
    ["Found input variables with inconsistent numbers of samples: [10, 5]", x, y.slice(0, 0, 5)],
    ["Singleton array 3 cannot be considered a valid collection", tensor(3)],
    ["trainTestSplit() takes tensors, then one options object, but got Array", [1, 2], x],
    ["trainTestSplit() got an unexpected option 'test_size'", x, { test_size: 0.3 }],
    [sizes("testSize", 1.5), x, { testSize: 1.5 }],
    [sizes("testSize", 0), x, { testSize: 0 }],
    [sizes("testSize", -1), x, { testSize: -1 }],
    [sizes("testSize", 10), x, { testSize: 10 }],
    [sizes("trainSize", 12), x, { trainSize: 12 }],
    [sizes("trainSize", -0.5), x, { trainSize: -0.5 }],
    ["Invalid value for testSize: NaN", x, { testSize: nan }],
    ['Invalid value for trainSize: "a"', x, { trainSize: "a" }],
    [
      "The sum of testSize and trainSize = 1.2, should be in the (0, 1) range. Reduce testSize and/or trainSize.",
      x,
      { testSize: 0.6, trainSize: 0.6 },
    ],
    [
      "The sum of trainSize and testSize = 12, should be smaller than the number of samples 10. Reduce testSize and/or trainSize.",
      x,
      { testSize: 6, trainSize: 6 },
    ],
    ["The sum of trainSize and testSize = 11", x, { testSize: 6, trainSize: 0.5 }],
    [
      "With nSamples=1, testSize=0.25 and trainSize=undefined, the resulting train set will be empty. Adjust any of the aforementioned parameters.",
      x.slice(0, 0, 1),
    ],
    ["With nSamples=10, testSize=0.99", x, { testSize: 0.99 }],
    ["With nSamples=10, testSize=undefined and trainSize=0.05", x, { trainSize: 0.05 }],
    [
      "Stratified train/test split is not implemented for shuffle=false",
      x,
      { shuffle: false, stratify: y },
    ],
    [
      "Found input variables with inconsistent numbers of samples: [10, 5]",
      x,
      { stratify: y.slice(0, 0, 5) },
    ],
    [
      "The least populated class in y has only 1 member, which is too few. The minimum number of groups for any class cannot be less than 2.",
      x,
      { stratify: [0, 1, 1, 1, 1, 1, 1, 1, 1, 1] },
    ],
    [
      "The testSize = 3 should be greater or equal to the number of classes = 5",
      x,
      { stratify: pairs, testSize: 3 },
    ],
    [
      "The trainSize = 3 should be greater or equal to the number of classes = 5",
      x,
      { stratify: pairs, trainSize: 3 },
    ],
    ["Found array with dim 3.", x, { stratify: x.reshape(10, 2, 1) }],
    ["Singleton array 3 cannot be considered a valid collection", x, { stratify: tensor(3) }],
    ["Input y contains NaN", x, { stratify: y.float().div(0) }],
    ["stratify must hold numbers or strings, not both", x, { stratify: [1, "a", 1, "a"] }],
    ["stratify must hold numbers or strings, but has null", x, { stratify: [null] }],
    ["Seed must be between 0 and 2**32 - 1", x, { randomState: -1 }],
    ['"a" cannot be used to seed a numpy.random.RandomState', x, { randomState: "a" }],
  ];

  test.each(cases)("%s", (message, ...args) => {
    expect(() => splitBy(...args)).toThrow(message);
  });
});
