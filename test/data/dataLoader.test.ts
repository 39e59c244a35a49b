import fc from "fast-check";
import { describe, expect, expectTypeOf, test } from "vitest";
import {
  arange,
  data,
  Generator,
  manualSeed,
  ones,
  rand,
  random,
  type Tensor,
  tensor,
} from "../../src/index.ts";
import { readList, readNumber, readNumbers, readString } from "../support/parity/encoding.ts";
import { readFigures } from "./figures.ts";

const rng = readFigures("parity/rng.jsonl");
const datasets = readFigures("datasets.jsonl");
const numbered = (n: number) => new data.TensorDataset(arange(n));

/** Whatever a loop over the loader gives, at most so many batches of it. */
function rows(loader: Iterable<readonly Tensor[]>, stop = Number.POSITIVE_INFINITY): unknown[] {
  const batches: unknown[] = [];
  for (const [batch] of loader) {
    batches.push(batch?.tolist());
    if (batches.length === stop) break;
  }
  return batches;
}

describe("PyTorch's order", () => {
  test("of three epochs under a seed, and the stream afterwards", () => {
    for (const record of rng("dataloader")) {
      const seed = BigInt(readString(record.seed));
      manualSeed(seed);
      const given = record.gen === true ? { generator: new Generator().manualSeed(seed) } : {};
      const n = readNumber(record.n);
      const loader = new data.DataLoader(numbered(n), { batchSize: 4, shuffle: true, ...given });
      for (const wanted of readList(record.want)) expect(rows(loader).flat()).toEqual(wanted);
      expect(rand(2, given).tolist()).toEqual(readNumbers(record.after));
    }
  });

  test("for every batch size, last batch and generator, also where a loop is left", () => {
    for (const record of datasets("loader")) {
      manualSeed(9);
      const given = record.own === true ? { generator: new Generator().manualSeed(10) } : {};
      const loader = new data.DataLoader(numbered(readNumber(record.n)), {
        batchSize: readNumber(record.batch_size),
        shuffle: record.shuffle === true,
        dropLast: record.drop_last === true,
        ...given,
      });
      const stop = record.stop === null ? undefined : readNumber(record.stop);
      expect(loader.length).toBe(readNumber(record.length));
      expect([rows(loader, stop), rows(loader, stop)]).toEqual(record.want);
      expect(rand(1).item()).toBe(readNumber(record.next));
      if (record.own === true) expect(rand(1, given).item()).toBe(readNumber(record.own_next));
    }
  });

  test("is drawn when the loop begins, not when the loader is made", () => {
    const loader = new data.DataLoader(numbered(20), { shuffle: true });
    manualSeed(1);
    const first = rows(loader);
    manualSeed(1);
    expect(rows(loader)).toEqual(first);
    expect(rows(loader)).not.toEqual(first);
  });
});

describe("a loader", () => {
  test("gives each batch the dataset's tensors, by type too", () => {
    const x = arange(10).reshape(5, 2);
    const loader = new data.DataLoader(new data.TensorDataset(x, ones(5)), { batchSize: 2 });
    expectTypeOf(loader).toEqualTypeOf<data.DataLoader<[Tensor, Tensor], [Tensor, Tensor]>>();
    const shapes: unknown[] = [];
    for (const [a, b] of loader) shapes.push([a.shape, b.shape]);
    expect(shapes).toEqual([
      [[2, 2], [2]],
      [[2, 2], [2]],
      [[1, 2], [1]],
    ]);
    expect([loader.length, loader.batchSize, loader.dropLast]).toEqual([3, 2, false]);
  });

  test("gives copies: a batch changed in place leaves the dataset alone", () => {
    const x = arange(4).float();
    for (const [batch] of new data.DataLoader(new data.TensorDataset(x), { batchSize: 4 })) {
      batch.zero_();
    }
    expect(x.tolist()).toEqual([0, 1, 2, 3]);
  });

  test("gives every sample once an epoch, in batches of the size asked for", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 40 }),
        fc.integer({ min: 1, max: 12 }),
        fc.boolean(),
        (n, batchSize, shuffle) => {
          const batches: number[][] = [];
          for (const [batch] of new data.DataLoader(numbered(n), { batchSize, shuffle })) {
            batches.push([...batch.toTypedArray()]);
          }
          const all = batches.flat();
          expect(shuffle ? all.sort((a, b) => a - b) : all).toEqual(arange(n).tolist());
          for (const batch of batches.slice(0, -1)) expect(batch).toHaveLength(batchSize);
        },
      ),
    );
  });

  test("loops over an array and over any object with a length and at", () => {
    const words = ["a", "b", "c"];
    const loader = new data.DataLoader(words, { batchSize: 2 });
    expectTypeOf(loader).toEqualTypeOf<data.DataLoader<string, string[]>>();
    expect([...loader]).toEqual([["a", "b"], ["c"]]);
    const squares: data.Dataset<{ x: number }> = { length: 3, at: (i) => ({ x: i * i }) };
    const found = [...new data.DataLoader(squares, { batchSize: 3 })].map(({ x }) => x.tolist());
    expect(found).toEqual([[0, 1, 4]]);
  });

  test("puts samples together with collateFn, also where the dataset has a short cut", () => {
    const loader = new data.DataLoader(numbered(3), {
      batchSize: 2,
      collateFn: (samples) => samples.map(([x]) => x.item()).join(),
    });
    expectTypeOf(loader).toEqualTypeOf<data.DataLoader<[Tensor], string>>();
    expect([...loader]).toEqual(["0,1", "2"]);
  });

  test("follows a sampler, whose negative numbers count from the end", () => {
    const sampler = [2, 0, -1, 2, 1];
    const loader = new data.DataLoader(numbered(3), { batchSize: 2, sampler });
    expect(rows(loader)).toEqual([[2, 0], [2, 2], [1]]);
    expect(loader.length).toBe(3);
    const dropping = new data.DataLoader(numbered(3), { batchSize: 2, sampler, dropLast: true });
    expect(rows(dropping)).toEqual([
      [2, 0],
      [2, 2],
    ]);
    expect(dropping.length).toBe(2);
  });

  test("asks a sampler for its numbers anew in every loop", () => {
    let loops = 0;
    const sampler = {
      *[Symbol.iterator]() {
        loops += 1;
        yield loops;
      },
    };
    const loader = new data.DataLoader(numbered(3), { sampler });
    expect([rows(loader), rows(loader)]).toEqual([[[1]], [[2]]]);
    expect(() => loader.length).toThrow("the sampler has no length");
  });

  test("goes through a part of a dataset", () => {
    const [train] = data.randomSplit(numbered(6), [4, 2], { generator: new Generator() });
    const loader = new data.DataLoader(train, { batchSize: 3 });
    expect(rows(loader).flat()).toEqual([...train.indices]);
  });

  test("of no samples gives no batch", () => {
    expect([...new data.DataLoader([])]).toEqual([]);
    expect(new data.DataLoader([]).length).toBe(0);
  });

  test("does not disturb a loop that is under way by another one", () => {
    const loader = new data.DataLoader(numbered(4), { shuffle: true });
    manualSeed(2);
    const alone = rows(loader);
    manualSeed(2);
    const outer: unknown[] = [];
    for (const [batch] of loader) {
      outer.push(batch.tolist());
      expect(rows(loader)).toHaveLength(4);
    }
    expect(outer).toEqual(alone);
  });
});

describe("bad arguments throw PyTorch's errors:", () => {
  const cases: readonly [message: string, dataset: unknown, options?: object][] = [
    ["batchSize should be a positive integer value, but got batchSize=0", [1], { batchSize: 0 }],
    [
      "batchSize should be a positive integer value, but got batchSize=1.5",
      [1],
      { batchSize: 1.5 },
    ],
    ["dropLast should be a boolean value, but got dropLast=3", [1], { dropLast: 3 }],
    ['shuffle should be a boolean value, but got shuffle="yes"', [1], { shuffle: "yes" }],
    ["numSamples should be a positive integer value, but got numSamples=0", [], { shuffle: true }],
    ["sampler option is mutually exclusive with shuffle", [1], { sampler: [0], shuffle: true }],
    [
      "generator must be a Generator, got RandomState",
      [1],
      { generator: new random.RandomState(1) },
    ],
    ["DataLoader() got an unexpected option 'numWorkers'", [1], { numWorkers: 2 }],
    ["dataset must have a length and an at(index) method, got 5", 5],
    ["dataset must have a length and an at(index) method, got Tensor", tensor([1, 2])],
  ];

  test.each(cases)("%s", (message, dataset, options = {}) => {
    expect(() => Reflect.construct(data.DataLoader, [dataset, options])).toThrow(message);
  });

  test("a sampler's number outside of the dataset", () => {
    const loader = new data.DataLoader([1, 2], { sampler: [0, 7] });
    expect(() => [...loader]).toThrow(
      "the sampler gave 7, out of range for a dataset of 2 samples",
    );
  });
});
