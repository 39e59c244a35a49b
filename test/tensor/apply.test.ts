import { describe, expect, test } from "vitest";
import { arange, noGrad, ones, tensor, zeros } from "../../src/index.ts";
import "../support/matchers.ts";

const leaf = (...values: number[]) => tensor(values, { requiresGrad: true, dtype: "float64" });

describe("in-place operations", () => {
  test("write into the tensor itself and through a view into its base", () => {
    const t = zeros(2, 3);
    const same = t.add_(1);
    expect(same).toBe(t);
    t.at(1).mul_(5);
    t.slice(1, 0, 2).sub_(1);
    t.t().diagonal().fill_(9);
    expect(t.tolist()).toEqual([
      [9, 0, 1],
      [4, 9, 5],
    ]);
  });

  test("refuse a result of another shape", () => {
    expect(() => ones(3).add_(ones(2, 3))).toThrow(
      "output with shape [3] doesn't match the broadcast shape [2, 3]",
    );
  });

  test("refuse a result of a higher category of dtype", () => {
    expect(() => arange(3).add_(0.5)).toThrow(
      "result type Float can't be cast to the desired output type Long",
    );
    const wide = ones(2).add_(ones(2, { dtype: "float64" }));
    expect(wide.dtype).toBe("float32");
  });

  test("refuse a tensor in which elements repeat", () => {
    expect(() => ones(1).expand(3).add_(1)).toThrow(
      "more than one element of the written-to tensor refers to a single memory location",
    );
  });

  test("read an overlapping operand before it changes", () => {
    const t = arange(4).view(2, 2);
    t.add_(t.t());
    expect(t.tolist()).toEqual([
      [0, 3],
      [3, 6],
    ]);
    const line = arange(5);
    line.slice(0, 1).add_(line.slice(0, 0, 4));
    expect(line.tolist()).toEqual([0, 1, 3, 5, 7]);
  });

  test("change nothing where they throw", () => {
    const t = ones(2);
    const { version } = t;
    expect(() => t.add_(ones(3))).toThrow();
    expect(() => t.uniform_(2, 1)).toThrow("uniform_ expects to return a [from, to) range");
    expect([t.version, t.tolist()]).toEqual([version, [1, 1]]);
  });
});

describe("in-place operations and gradients", () => {
  test("a leaf that requires grad refuses, and so does a view of it", () => {
    const w = leaf(1, 2);
    expect(() => w.add_(1)).toThrow(
      "a leaf Variable that requires grad is being used in an in-place operation.",
    );
    expect(() => w.at(0).fill_(1)).toThrow(
      "a view of a leaf Variable that requires grad is being used in an in-place operation.",
    );
    noGrad(() => w.add_(1));
    expect(w.tolist()).toEqual([2, 3]);
  });

  test("a saved tensor that was changed throws at backward", () => {
    const w = leaf(1, 2);
    const y = w.mul(2);
    const z = y.square().sum();
    y.add_(1);
    expect(() => z.backward()).toThrow(
      "one of the variables needed for gradient computation has been modified by an inplace operation: [float64 [2]], which is output 0 of AddBackward0, is at version 1; expected version 0 instead",
    );
  });

  test("the overwritten value is kept where its derivative needs it", () => {
    const w = leaf(1, 2);
    const y = w.mul(1);
    y.sin_().mul_(w);
    y.sum().backward();
    const expected = w.detach().cos().mul(w.detach()).add(w.detach().sin());
    expect(w.grad).toBeCloseToTensor(expected);
  });

  test("a view of a tensor that is no leaf rebases the history of its base", () => {
    const w = leaf(3, 4);
    const base = zeros(2, 2, { dtype: "float64" });
    const row = base.at(0);
    const other = base.t();
    row.add_(w);
    expect(base.gradFn?.name).toBe("CopySlices");
    expect([base.requiresGrad, row.requiresGrad, other.requiresGrad]).toEqual([true, true, true]);
    other.square().sum().backward();
    expect(w.grad?.tolist()).toEqual([6, 8]);
  });

  test("what a view overwrites gets no gradient", () => {
    const w = leaf(1, 2, 3);
    const y = w.mul(2);
    y.slice(0, 1).zero_();
    y.sum().backward();
    expect(w.grad?.tolist()).toEqual([2, 0, 0]);
  });

  test("one of several views refuses, and a view made without recording too", () => {
    const y = leaf(1, 2).mul(2);
    const [first] = y.unbind();
    expect(() => first!.mul_(2)).toThrow(
      "Output 0 of UnbindBackward0 is a view and is being modified inplace.",
    );
    const quiet = noGrad(() => y.at(0));
    expect(() => quiet.mul_(2)).toThrow("A view was created in no_grad mode");
  });

  test("backward of an in-place chain can be differentiated again", () => {
    const w = leaf(0.5, 1.5);
    const y = w.mul(1);
    y.at(0).mul_(w.at(1));
    y.square().sum().backward({ createGraph: true });
    const g = w.grad!;
    w.grad = null;
    g.sum().backward();
    // f = (ab)² + b²: f_aa + f_ab = 2b² + 4ab and f_ba + f_bb = 4ab + 2a² + 2.
    expect(w.grad).toHaveValues([2 * 2.25 + 4 * 0.75, 4 * 0.75 + 2 * 0.25 + 2]);
  });
});
