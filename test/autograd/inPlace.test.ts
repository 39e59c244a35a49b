import { describe, expect, test } from "vitest";
import { noGrad, ones, type Tensor, tensor, zeros } from "../../src/index.ts";
import "../support/matchers.ts";

function leaf(values: number | number[] | number[][]): Tensor {
  return tensor(values, { dtype: "float64", requiresGrad: true });
}

function double(values: number | number[] | number[][]): Tensor {
  return tensor(values, { dtype: "float64" });
}

const MODIFIED =
  "one of the variables needed for gradient computation has been modified by an inplace operation";

describe("an in-place operation on a result", () => {
  test("has the gradient of the operation itself", () => {
    const x = leaf([-1, 2]);
    const y = x.mul(1);
    y.mul_(3);
    y.relu_();
    y.sum().backward();
    expect(x.grad).toEqualTensor(double([0, 3]));
  });

  test("hands on the gradients of everything that goes into it", () => {
    const [x, w] = [leaf([1, 2]), leaf([3, 4])];
    x.mul(1).mul_(w).sum().backward();
    expect(x.grad).toEqualTensor(double([3, 4]));
    expect(w.grad).toEqualTensor(double([1, 2]));
  });

  test("knows its own operand's value before the change", () => {
    const x = leaf([2, 3]);
    const y = x.mul(1);
    y.mul_(y);
    y.sum().backward();
    expect(x.grad).toEqualTensor(double([4, 6]));
  });

  test("knows the values before the change of views of its operand too", () => {
    const x = leaf([2, 3]);
    const y = x.mul(1);
    y.mul_(y.view(2));
    y.sum().backward();
    expect(x.grad).toEqualTensor(double([4, 6]));

    const m = leaf([
      [1, 2],
      [3, 4],
    ]);
    const n = m.mul(1);
    n.t().addcmul_(n, n);
    n.sum().backward();
    // Each element is added to once, by its own square.
    expect(m.grad).toEqualTensor(
      double([
        [3, 5],
        [7, 9],
      ]),
    );
  });

  test("makes a tensor without gradient part of the graph", () => {
    const [buffer, w] = [zeros(2, { dtype: "float64" }), leaf([1, 2])];
    buffer.add_(w);
    expect(buffer.requiresGrad).toBe(true);
    expect(buffer.isLeaf).toBe(false);
    buffer.mul(buffer).sum().backward();
    expect(w.grad).toEqualTensor(double([2, 4]));
  });

  test("cuts the gradient of what it overwrites", () => {
    const [x, w] = [leaf([1, 2]), leaf([3, 4])];
    const y = x.mul(1);
    y.copy_(w);
    y.sum().backward();
    expect(x.grad).toEqualTensor(double([0, 0]));
    expect(w.grad).toEqualTensor(double([1, 1]));
  });

  test("counts as a version of its storage", () => {
    const y = ones(3);
    expect(y.version).toBe(0);
    y.add_(1);
    y.at(0).mul_(2);
    y.detach().zero_();
    expect(y.version).toBe(3);
  });
});

describe("an in-place operation on a view", () => {
  test("changes the base's gradient where the view is", () => {
    const x = leaf([
      [1, 1, 1],
      [1, 1, 1],
    ]);
    const y = x.mul(1);
    y.at(0).mul_(5);
    y.sum().backward();
    expect(y).toHaveValues([5, 5, 5, 1, 1, 1]);
    expect(x.grad).toEqualTensor(
      double([
        [5, 5, 5],
        [1, 1, 1],
      ]),
    );
  });

  test("reaches the base through a chain of views", () => {
    const x = leaf([
      [1, 2, 3],
      [4, 5, 6],
    ]);
    const y = x.mul(1);
    y.t().slice(0, 0, 3, 2).at(1).mul_(10);
    y.sum().backward();
    expect(y).toHaveValues([1, 2, 30, 4, 5, 60]);
    expect(x.grad).toEqualTensor(
      double([
        [1, 1, 10],
        [1, 1, 10],
      ]),
    );
  });

  test("fills a buffer row by row", () => {
    const [buffer, w] = [zeros(2, 2, { dtype: "float64" }), leaf([1, 2])];
    buffer.at(0).copy_(w.mul(w));
    buffer.at(1).copy_(w);
    buffer
      .mul(
        double([
          [1, 10],
          [100, 1000],
        ]),
      )
      .sum()
      .backward();
    expect(w.grad).toEqualTensor(double([102, 1040]));
  });

  test("makes the view itself part of the new history", () => {
    const [buffer, w] = [zeros(2, { dtype: "float64" }), leaf(3)];
    const view = buffer.at(0);
    view.add_(w);
    expect([view.requiresGrad, view.isLeaf, buffer.requiresGrad]).toEqual([true, false, true]);
    view.mul(view).backward();
    expect(w.grad).toEqualTensor(double(6));
  });

  test("shows in views that were taken before it", () => {
    const x = leaf([1, 2]);
    const y = x.mul(1);
    const [first, all] = [y.at(0), y.slice(0)];
    y.mul_(3);
    first.mul(first).add(all.sum()).backward();
    // (3x₀)² + 3x₀ + 3x₁
    expect(x.grad).toEqualTensor(double([21, 3]));
  });

  test("of a base without gradient shows in views that were taken before it", () => {
    const [buffer, w] = [zeros(2, 2, { dtype: "float64" }), leaf([1, 2])];
    const view = buffer.at(0);
    buffer.add_(w);
    view.mul(view).sum().backward();
    expect(w.grad).toEqualTensor(double([2, 4]));
  });

  test("leaves alone what the view does not show", () => {
    const x = leaf([1, 2, 3]);
    const y = x.exp();
    const z = y.mul(1);
    z.slice(0, 1).zero_();
    z.sum().backward();
    expect(x.grad).toBeCloseToTensor(double([Math.E, 0, 0]));
  });
});

describe("backward throws where a tensor that it needs was changed", () => {
  test("as an operation's input", () => {
    const x = leaf([1, 2]);
    const y = x.mul(1);
    const z = y.mul(y);
    y.add_(1);
    expect(() => z.sum().backward()).toThrow(MODIFIED);
  });

  test("as an operation's result", () => {
    const y = leaf([1, 2]).exp();
    y.add_(1);
    expect(() => y.sum().backward()).toThrow(MODIFIED);
  });

  test("and names it, its versions and who needs it", () => {
    const x = leaf([1, 2]);
    const y = x.mul(1);
    const z = y.sin();
    y.add_(1);
    y.add_(1);
    expect(() => z.sum().backward()).toThrow(
      /: \[float64 \[2\]\], which is output 0 of AddBackward0, is at version 2; expected version 0 instead, needed by SinBackward0\./,
    );
  });

  test("through a view of it", () => {
    const y = leaf([1, 2]).mul(1);
    const z = y.mul(y);
    y.at(0).add_(1);
    expect(() => z.sum().backward()).toThrow(MODIFIED);
  });

  test("through its base", () => {
    const y = leaf([1, 2]).mul(1);
    const z = y.at(0).square();
    y.add_(1);
    expect(() => z.backward()).toThrow(MODIFIED);
  });

  test("through a detached tensor on the same elements", () => {
    const y = leaf([1, 2]).mul(1);
    const z = y.mul(y);
    y.detach().add_(1);
    expect(() => z.sum().backward()).toThrow(MODIFIED);
  });

  test("behind noGrad, as an optimizer changes parameters", () => {
    const [x, w] = [leaf([1, 2]), leaf([3, 4])];
    const loss = x.mul(w).sum();
    noGrad(() => w.sub_(1));
    expect(() => loss.backward()).toThrow(MODIFIED);
  });

  test("but not where only its shape was needed", () => {
    const x = leaf([1, 2]);
    const y = x.mul(1);
    const z = y.sum();
    y.add_(1);
    z.backward();
    expect(x.grad).toEqualTensor(double([1, 1]));
  });

  test("but not for a part of the graph that is not gone through", () => {
    const [x, w] = [leaf([1, 2]), leaf([3, 4])];
    const y = x.mul(1);
    const unused = y.sin();
    y.add_(w);
    y.sum().backward();
    expect(unused.requiresGrad).toBe(true);
    expect(x.grad).toEqualTensor(double([1, 1]));
  });
});

describe("an in-place operation throws", () => {
  test("on a leaf that requires gradients", () => {
    expect(() => leaf([1, 2]).add_(1)).toThrow(
      "a leaf Variable that requires grad is being used in an in-place operation.",
    );
  });

  test("on a view of such a leaf", () => {
    expect(() => leaf([1, 2]).at(0).fill_(1)).toThrow(
      "a view of a leaf Variable that requires grad is being used in an in-place operation.",
    );
  });

  test.each([
    ["unbind", (y: Tensor) => y.unbind()[0]!],
    ["split", (y: Tensor) => y.split(1)[0]!],
    ["chunk", (y: Tensor) => y.chunk(2)[0]!],
    ["iteration", (y: Tensor) => [...y][0]!],
  ])("on one of the views that %s gives at once", (_, part) => {
    expect(() => part(leaf([1, 2]).mul(1)).mul_(2)).toThrow(
      "is a view and is being modified inplace. This view is the output of a function that returns multiple views.",
    );
  });

  test("on a view that was made inside noGrad", () => {
    const y = leaf([1, 2]).mul(1);
    const view = noGrad(() => y.slice(0, 0, 1));
    expect(() => view.mul_(2)).toThrow(
      "A view was created in no_grad mode and is being modified inplace with grad mode enabled.",
    );
    expect(() => noGrad(() => view.mul_(2))).not.toThrow();
  });

  test("on a tensor that names an element twice", () => {
    expect(() => ones(1).expand(3).add_(1)).toThrow(
      "unsupported operation: more than one element of the written-to tensor refers to a single memory location. Please clone() the tensor before performing the operation.",
    );
  });

  test("where the result would be larger", () => {
    expect(() => ones(2).add_(ones(3, 2))).toThrow(
      "output with shape [2] doesn't match the broadcast shape [3, 2]",
    );
  });

  test("where the result would be of a higher kind of number", () => {
    expect(() => ones(2, { dtype: "int64" }).add_(1.5)).toThrow(
      "result type Float can't be cast to the desired output type Long",
    );
  });

  test("and leaves elements, version and graph as they were", () => {
    const x = leaf([1, 2]);
    expect(() => x.at(0).fill_(7)).toThrow();
    expect(() => x.mul_(7)).toThrow();
    expect(x).toHaveValues([1, 2]);
    expect(x.version).toBe(0);
    x.mul(x).sum().backward();
    expect(x.grad).toEqualTensor(double([2, 4]));
  });
});

describe("without recording", () => {
  test("a leaf that requires gradients may be changed", () => {
    const x = leaf([1, 2]);
    noGrad(() => x.mul_(2));
    expect(x).toHaveValues([2, 4]);
    expect([x.isLeaf, x.requiresGrad]).toEqual([true, true]);
  });

  test("a result keeps its history", () => {
    const x = leaf([1, 2]);
    const y = x.mul(3);
    noGrad(() => y.add_(1));
    y.sum().backward();
    expect(x.grad).toEqualTensor(double([3, 3]));
  });

  test("data changes a leaf behind autograd's back", () => {
    const x = leaf([1, 2]);
    x.data.fill_(5);
    expect(x).toHaveValues([5, 5]);
    expect(x.isLeaf).toBe(true);
  });
});

describe("grad", () => {
  test("takes a tensor of the same shape and dtype, or null", () => {
    const x = leaf([1, 2]);
    x.grad = double([3, 4]);
    x.sum().backward();
    expect(x.grad).toEqualTensor(double([4, 5]));
    x.grad = null;
    expect(x.grad).toBeNull();
  });

  test.each([
    ["another shape", zeros(3, { dtype: "float64" }), "assigned grad has data of a different size"],
    ["another dtype", zeros(2), "assigned grad has data of a different type"],
    ["a number", 3, "assigned grad expected to be a Tensor or null but got number"],
  ])("refuses %s", (_, value, message) => {
    expect(() => Reflect.set(leaf([1, 2]), "grad", value)).toThrow(message);
  });
});

describe("a gradient that was asked for", () => {
  test("is that of what the tensor holds after an in-place operation", () => {
    const y = leaf([1, 1]).mul(1);
    y.retainGrad();
    y.mul_(2);
    y.sum().backward();
    expect(y.grad?.tolist()).toEqual([1, 1]);
  });
});

describe("a view made without recording", () => {
  test("is refused once its base has changed, and left alone while recording is off", () => {
    const p = leaf([1, 2]);
    const v = noGrad(() => {
      const first = p.at(0);
      p.mul_(2);
      return first.add_(1);
    });
    expect(v.item()).toBe(3);
    expect(() => v.mul(2)).toThrow(
      "A view was created in no_grad mode and its base or another view of its base has been modified inplace",
    );
  });
});
