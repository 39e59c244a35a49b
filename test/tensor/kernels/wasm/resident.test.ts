import fc from "fast-check";
import { beforeEach, describe, expect, test } from "vitest";
import {
  type DType,
  fromTypedArray,
  nn,
  noGrad,
  ones,
  type Tensor,
  where,
} from "../../../../src/index.ts";
import { countRead } from "../../../../src/tensor/home.ts";
import { getHeap, SCRATCH_BYTES } from "../../../../src/tensor/kernels/wasm/runtime.ts";
import { rawStorage, recycle, setPassing } from "../../../../src/tensor/spare.ts";
import { newStorage, type Storage } from "../../../../src/tensor/storage.ts";

const runs = Number(process.env.FC_RUNS ?? 100);

function lives(storage: Storage): boolean {
  return storage.data.buffer === getHeap()?.buffer;
}

/** Reads a storage until it is taken for a long-lived one. */
function readOften(storage: Storage): Storage {
  for (let i = 0; i < 100; i++) countRead(storage);
  return storage;
}

function settle(t: Tensor): Tensor {
  readOften(t.storage);
  return t;
}

/** Collects garbage and lets finalizers run, which give its room back. */
async function collect(): Promise<void> {
  if (globalThis.gc === undefined) throw new Error("run node with --expose-gc");
  await new Promise((resolve) => setTimeout(resolve, 0));
  globalThis.gc();
  await new Promise((resolve) => setTimeout(resolve, 0));
}

/** Runs `body` as if its results were given back, so that they take spare arrays. */
function inPassing<R>(body: () => R): R {
  const before = setPassing(true);
  try {
    return body();
  } finally {
    setPassing(before);
  }
}

/**
 * Turns spare arrays of a length over until they come from the kernels' memory, full of NaN.
 * @returns whether they do: of a length that often went lost none are taken any more.
 */
function settleSpares(dtype: "float32" | "float64", length: number): boolean {
  let spares: Storage[] = [];
  for (let turn = 0; turn < 10; turn++) {
    spares = Array.from({ length: 8 }, () => rawStorage(dtype, length));
    for (const storage of spares) {
      storage.data.fill(Number.NaN);
      recycle(storage);
    }
  }
  return spares.some(lives);
}

interface Operands {
  /** [rows, columns], of one dtype. */
  readonly a: Tensor;
  readonly b: Tensor;
  /** [columns], [rows, 1]. */
  readonly row: Tensor;
  readonly column: Tensor;
  /** [columns, columns]. */
  readonly square: Tensor;
}

/** Every kind of kernel, on operands as they lie, views of them, and in place. */
const STEPS: Readonly<Record<string, (o: Operands) => Tensor | readonly Tensor[]>> = {
  add: ({ a, b }) => a.add(b),
  "add of a row and a column": ({ a, row, column }) => a.add(row).mul(column),
  "add of a number": ({ a }) => a.add(0.1).mul(3),
  comparison: ({ a, b, row }) => where(a.gt(b).logicalAnd(a.le(row)), a, row),
  exp: ({ a }) => a.exp(),
  "sin, which leaves large arguments to the plain loop": ({ a }) => a.mul(1e6).sin(),
  "sin in place": ({ a }) => a.mul_(1e6).sin_(),
  sigmoid: ({ a }) => a.sigmoid(),
  "add in place": ({ a, b }) => a.add_(b, { alpha: 0.3 }),
  "add of itself in place": ({ a }) => a.mul_(a).add_(a),
  "a row in place": ({ a, row }) => a.mul_(row),
  "a column in place": ({ a, column }) => a.add_(column),
  "a transpose in place": ({ square }) => square.add_(square.t()),
  "addcmul and addcdiv in place": ({ a, b }) => a.addcmul_(b, b).addcdiv_(b, b.square().add(1)),
  "the middle in place": ({ a, b }) => {
    const n = a.shape[0]! - 2;
    a.narrow(0, 1, n).mul_(b.narrow(0, 0, n));
    return a;
  },
  "the middle of all elements in place": ({ a }) => {
    a.view(-1)
      .narrow(0, 3, a.numel() - 7)
      .exp_();
    return a;
  },
  sums: ({ a }) => [a.sum(), a.sum(0), a.sum(1), a.mean(1)],
  "sum of a part": ({ a }) => a.narrow(0, 1, a.shape[0]! - 1).sum(1),
  extremes: ({ a }) => [a.amax(1), a.amin(1), a.amax()],
  softmax: ({ a }) => [a.softmax(1), a.logSoftmax(1)],
  "rows times columns": ({ a, b }) => a.mm(b.t()),
  "columns times rows": ({ a, b }) => a.t().mm(b),
  "both turned": ({ a, square }) => square.t().mm(a.t()),
  "a matrix and a square": ({ a, square }) => a.mm(square),
  "a part of a matrix": ({ a, square }) =>
    a.narrow(1, 1, a.shape[1]! - 1).mm(square.narrow(0, 0, a.shape[1]! - 1)),
  "a matrix times a vector": ({ a, row, column }) => [
    a.mv(row),
    a.mm(row.unsqueeze(1)),
    column.t().mm(a),
    row.unsqueeze(0).mm(square(row)),
  ],
  linear: ({ a, b, column }) => {
    const bias = column.flatten();
    return [nn.functional.linear(a, b, { bias }), nn.functional.linear(b.narrow(0, 0, 1), a)];
  },
  "a linear layer and a ReLU": ({ a }) => {
    const model = new nn.Sequential(
      new nn.Linear(a.shape[1]!, 24, { dtype: a.dtype }),
      new nn.ReLU(),
      new nn.Linear(24, 1, { dtype: a.dtype }),
    );
    model.parameters().forEach((p, k) => {
      const n = p.numel();
      const values = Float64Array.from({ length: n }, (_, i) => Math.sin(i + k));
      p.data = fromTypedArray(values).to(a.dtype).view(p.shape);
    });
    return model.forward(a);
  },
};

/** A matrix of which a vector is the first column. */
function square(row: Tensor): Tensor {
  return row.unsqueeze(1).mul(row.unsqueeze(0).add(1));
}

function make(
  dtype: DType,
  rows: number,
  columns: number,
  seed: number,
  place: (t: Tensor) => Tensor,
): Operands {
  const fill = (n: number, k: number, shape: readonly number[]) => {
    const values = Float64Array.from({ length: n }, (_, i) => 2 * Math.sin(seed + k + i * 1.7));
    return place(fromTypedArray(values).to(dtype).clone().view(shape));
  };
  return {
    a: fill(rows * columns, 0, [rows, columns]),
    b: fill(rows * columns, 1, [rows, columns]),
    row: fill(columns, 2, [columns]),
    column: fill(rows, 3, [rows, 1]),
    square: fill(columns * columns, 4, [columns, columns]),
  };
}

const asList = (result: Tensor | readonly Tensor[]): readonly Tensor[] =>
  "storage" in result ? [result] : result;

/** A result that no spare memory can hold: whoever reads it must not see it change. */
const elements = (t: Tensor) => [...t.toTypedArray()];

const sizes = fc.record({
  dtype: fc.constantFrom("float32" as const, "float64" as const),
  rows: fc.integer({ min: 12, max: 70 }),
  columns: fc.oneof(fc.integer({ min: 11, max: 70 }), fc.constantFrom(64, 128, 256)),
  seed: fc.integer({ min: 0, max: 1000 }),
});

// First, while it is empty: what the others leave there would break it into pieces.
describe("the kernels' memory", () => {
  test.each([
    ["float32", 1024],
    ["float64", 640],
  ] as const)("lies behind what the largest products of %s use", (dtype, n) => {
    // The first room there is, right behind.
    const storage = newStorage(dtype, 300);
    storage.data.fill(7);
    readOften(storage);
    expect(storage.data.byteOffset).toBeLessThan(SCRATCH_BYTES + 2 ** 16);
    const m = ones(n + 8, n + 8, { dtype });
    for (const [a, b] of [
      [m, m],
      [m.t(), m],
      [m, m.t()],
      [m.t(), m.t()],
    ] as const) {
      expect(a.mm(b).sum().item()).toBe((n + 8) ** 3);
    }
    expect(storage.data.every((x) => x === 7)).toBe(true);
  });

  test.each(["float32", "float64", "int64"] as const)(
    "takes a %s storage that is read often, elements and all",
    (dtype) => {
      const storage = newStorage(dtype, 300);
      storage.data.forEach((_, i) => {
        storage.data[i] = i * i;
      });
      const before = storage.data;
      readOften(storage);
      expect(lives(storage)).toBe(true);
      expect(storage.data).not.toBe(before);
      expect([...storage.data]).toEqual([...before]);
    },
  );

  test("takes none that is read a few times, that is small or of another kind", () => {
    const seldom = newStorage("float32", 300);
    for (let i = 0; i < 8; i++) countRead(seldom);
    expect(lives(seldom)).toBe(false);
    expect(lives(readOften(newStorage("float32", 100)))).toBe(false);
    expect(lives(readOften(newStorage("float32", 4)))).toBe(false);
    expect(lives(readOften(newStorage("bool", 300)))).toBe(false);
  });

  test("takes no array that belongs to the user", () => {
    const data = new Float32Array(300).fill(2);
    const x = fromTypedArray(data);
    for (let i = 0; i < 100; i++) x.mul(2);
    expect(x.storage.data).toBe(data);
    x.add_(1);
    expect(data[299]).toBe(3);
  });

  test("takes arrays of a length that keeps coming back, a bounded number of them", () => {
    const arrays = new Set<object>();
    inPassing(() => {
      for (let i = 0; i < 1000; i++) {
        const storage = rawStorage("float32", 1213);
        if (lives(storage)) {
          // One in the hands of a user does not come back.
          arrays.add(storage.data);
          recycle(newStorage("float32", 1213));
        } else recycle(storage);
      }
    });
    expect(arrays.size).toBeGreaterThan(0);
    expect(arrays.size).toBeLessThan(50);
  });

  test("leaves arrays on the heap where it is full", () => {
    const bytes = getHeap()!.residentBytes;
    const large = readOften(newStorage("float64", bytes / 8 + 1));
    expect(lives(large)).toBe(false);
  });

  test("gets room back when its owner is gone", async () => {
    // Twice as much in all as there is room for.
    const part = getHeap()!.residentBytes / 8 / 8;
    for (let owner = 0; owner < 16; owner++) {
      let found = false;
      for (let i = 0; i < 20 && !found; i++) {
        await collect();
        found = lives(readOften(newStorage("float64", part)));
      }
      expect(found).toBe(true);
    }
  });
});

describe("tensors in the kernels' memory", () => {
  beforeEach(collect);

  test.each(Object.entries(STEPS))("%s gives what it gives on the heap", (_, step) => {
    let settled = 0;
    fc.assert(
      fc.property(sizes, ({ dtype, rows, columns, seed }) => {
        const onHeap = make(dtype, rows, columns, seed, (t) => t);
        const expected = noGrad(() => asList(step(onHeap)).map(elements));
        const there = make(dtype, rows, columns, seed, settle);
        expect(lives(there.a.storage)).toBe(true);
        const found = inPassing(() => {
          const lengths = [rows * columns, rows * rows, columns * columns, rows * 24];
          for (const length of lengths) if (settleSpares(dtype, length)) settled++;
          return noGrad(() => asList(step(there)).map(elements));
        });
        expect(found).toEqual(expected);
      }),
      { numRuns: Math.ceil(runs / 5) },
    );
    expect(settled).toBeGreaterThan(0);
  });
});
