import fc from "fast-check";
import { afterEach, describe, expect, test } from "vitest";
import {
  fromTypedArray,
  nn,
  noGrad,
  ones,
  optim,
  randn,
  type Tensor,
  tensor,
} from "../../../src/index.ts";
import { setWasmEnabled } from "../../../src/tensor/kernels/wasm/index.ts";
import { rawStorage, setDeferFrom, setPassing } from "../../../src/tensor/spare.ts";
import { type Program, program } from "../../support/programs.ts";

afterEach(() => {
  setDeferFrom(1);
  setWasmEnabled(true);
});

function waits(t: Tensor): boolean {
  return t.storage.pending !== null;
}

/** Runs `body` with every result computed at once. */
function atOnce<R>(body: () => R): R {
  const before = setDeferFrom(Number.POSITIVE_INFINITY);
  try {
    return body();
  } finally {
    setDeferFrom(before);
  }
}

const some = (n = 5): Tensor => tensor(Array.from({ length: n }, (_, i) => i - 1.5));

describe("a result that waits", () => {
  test("is what it would have been at once, in whatever order results are read", () => {
    const dtypes = fc.constantFrom("float32" as const, "float64" as const);
    const orders = fc.array(fc.nat(), { maxLength: 20 });
    fc.assert(
      fc.property(program({ maxSize: 4, maxSteps: 20 }), dtypes, orders, (p, dtype, order) => {
        const wanted = atOnce(() => p.results(p.inputs(dtype)).map((t) => t.toTypedArray()));
        const results = p.results(p.inputs(dtype));
        for (const i of order) results[i % results.length]!.toTypedArray();
        expect(results.map((t) => t.toTypedArray())).toEqual(wanted);
      }),
    );
  });

  test("has the gradients that it would have had at once", () => {
    // A program may change what its gradient needs, which is an error.
    const gradients = (p: Program) => {
      const inputs = p.inputs();
      const end = p.run(inputs);
      try {
        end.backward();
      } catch (error) {
        return String(error);
      }
      return inputs.map((t) => t.grad?.tolist());
    };
    fc.assert(
      fc.property(program({ maxSize: 4, maxSteps: 12 }), (p) => {
        expect(gradients(p)).toEqual(atOnce(() => gradients(p)));
      }),
    );
  });

  test("is computed with all that it is built on in one pass, which makes nothing between", () => {
    const [a, b] = [some(), some()];
    const product = a.mul(b);
    const sum = product.add(2);
    const end = sum.relu();
    expect([product, sum, end].map(waits)).toEqual([true, true, true]);
    expect(end.tolist()).toEqual([4.25, 2.25, 2.25, 4.25, 8.25]);
    expect([product, sum, end].map(waits)).toEqual([true, true, false]);
    expect(product.tolist()).toEqual([2.25, 0.25, 0.25, 2.25, 6.25]);
    expect(sum.tolist()).toEqual([4.25, 2.25, 2.25, 4.25, 8.25]);
  });

  test("takes rows and columns on the way", () => {
    const [row, column] = [tensor([1, 2, 3, 4]), tensor([[1], [2], [3]])];
    const chains: Readonly<Record<string, () => Tensor>> = {
      both: () => some(12).view(3, 4).add(row).mul(2).sub(row).mul(column),
      "rows after longer rows": () => some(12).view(2, 6).mul(some(6)).view(3, 4).add(row),
      "a row that is part of what waits, in several pieces": () =>
        ones(3000, 4).add(some(12_000).mul(2).slice(0, 0, 4)),
    };
    for (const [name, chain] of Object.entries(chains)) {
      const result = chain();
      expect(waits(result), name).toBe(true);
      expect(result.tolist(), name).toEqual(atOnce(chain).tolist());
    }
  });

  test("may be read by several steps of a chain", () => {
    const first = some().neg();
    const second = first.add(1);
    const third = second.mul(2);
    const last = first.add(third);
    expect(last.tolist()).toEqual([6.5, 3.5, 0.5, -2.5, -5.5]);
    expect([first, second, third].map(waits)).toEqual([true, true, true]);
    expect(third.mul(third).add(third).tolist()).toEqual([30, 12, 2, 0, 6]);
  });

  test("waits for arithmetic alone: functions are too dear to be computed twice", () => {
    expect(waits(some().exp())).toBe(false);
    expect(waits(some().add(1).tanh())).toBe(false);
    expect(waits(some().sigmoid().mul(2))).toBe(true);
  });

  test("waits for a few more operations at most, and not when the program has paused", async () => {
    const x = some();
    const results = Array.from({ length: 7 }, (_, i) => x.add(i));
    expect(results.map(waits)).toEqual([false, false, false, true, true, true, true]);
    await Promise.resolve();
    expect(results.some(waits)).toBe(false);
    expect(results[6]!.tolist()).toEqual([4.5, 5.5, 6.5, 7.5, 8.5]);
  });

  test("is computed now and then as a chain gets longer and longer", () => {
    let x = some();
    for (let i = 0; i < 10_000; i++) x = x.add(1);
    expect(x.tolist()).toEqual([9998.5, 9999.5, 10000.5, 10001.5, 10002.5]);
    let doubled = ones(3);
    for (let i = 0; i < 60; i++) doubled = doubled.add(doubled);
    expect(doubled.tolist()).toEqual([2 ** 60, 2 ** 60, 2 ** 60]);
  });

  test("is none where there is no kernel, and is computed though kernels were switched off", () => {
    const waiting = some().mul(2);
    setWasmEnabled(false);
    expect(waits(some().mul(2))).toBe(false);
    expect(waiting.tolist()).toEqual([-3, -1, 1, 3, 5]);
  });
});

describe("what a waiting result is computed from", () => {
  const changes: Readonly<Record<string, (x: Tensor) => void>> = {
    "an operation in place": (x) => x.add_(1),
    "a copy into it": (x) => x.copy_(ones(5)),
    "a fill": (x) => x.zero_(),
    "random numbers": (x) => x.normal_(),
    "a change through a view": (x) => x.slice(0, 1, 3).mul_(7),
    "a change of what it is detached from": (x) => x.detach().sub_(3),
    "other elements in its place": (x) => {
      x.data = ones(5);
    },
    "an optimizer's step": (x) => {
      x.requiresGrad_();
      x.grad = ones(5);
      new optim.Adam([x], { lr: 0.1 }).step();
      x.requiresGrad_(false);
    },
  };
  for (const [name, change] of Object.entries(changes)) {
    test(`stays as it was for it under ${name}`, () => {
      const x = some();
      const between = x.mul(2);
      const end = between.add(x);
      change(x);
      expect(end.tolist()).toEqual([-4.5, -1.5, 1.5, 4.5, 7.5]);
      expect(between.tolist()).toEqual([-3, -1, 1, 3, 5]);
    });

    test(`stays as it was under ${name} for what a chain has passed`, () => {
      const x = some();
      const between = x.mul(2);
      expect(between.add(x).tolist()).toEqual([-4.5, -1.5, 1.5, 4.5, 7.5]);
      expect(waits(between)).toBe(true);
      change(x);
      expect(between.tolist()).toEqual([-3, -1, 1, 3, 5]);
    });
  }

  test("may itself be changed while it waits", () => {
    const x = some();
    const between = x.mul(2);
    const end = between.add(1);
    between.zero_();
    expect(end.tolist()).toEqual([-2, 0, 2, 4, 6]);
    expect(between.tolist()).toEqual([0, 0, 0, 0, 0]);
    expect(x.tolist()).toEqual([-1.5, -0.5, 0.5, 1.5, 2.5]);
  });

  test("is copied once at most: what changes is read at once from then on", () => {
    const x = some();
    const between = x.mul(2);
    between.add(1).tolist();
    x.add_(1);
    expect(waits(x.mul(3))).toBe(false);
    expect(between.tolist()).toEqual([-3, -1, 1, 3, 5]);
  });

  test("is not copied where what waits can be computed before it changes", () => {
    const x = some();
    const [before, read] = [x.mul(2), x.mul(4)];
    read.tolist();
    x.add_(1);
    expect(before.tolist()).toEqual([-3, -1, 1, 3, 5]);
    const after = x.mul(2);
    expect(waits(after)).toBe(true);
    expect(after.tolist()).toEqual([-1, 1, 3, 5, 7]);
  });

  test("is read at once where the user can write to it", () => {
    const array = Float32Array.of(1, 2, 3);
    const doubled = fromTypedArray(array, [3]).mul(2);
    array.fill(9);
    expect(doubled.tolist()).toEqual([2, 4, 6]);
  });

  test("serves no other result while it is needed", () => {
    const length = 1213;
    const network = new nn.Sequential(new nn.Tanh(), new nn.ReLU());
    const x = randn(length);
    const wanted = x.tanh().relu().tolist();
    const waiting = noGrad(() => network.forward(x));
    expect(waits(waiting)).toBe(true);
    const before = setPassing(true);
    for (let i = 0; i < 50; i++) rawStorage("float32", length).data.fill(Number.NaN);
    setPassing(before);
    expect(waiting.tolist()).toEqual(wanted);
  });
});
