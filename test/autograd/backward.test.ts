import { describe, expect, test } from "vitest";
import { add, enableGrad, exp, ones, type Tensor, tensor, zeros } from "../../src/index.ts";
import "../support/matchers.ts";

function leaf(values: number | number[] | number[][]): Tensor {
  return tensor(values, { dtype: "float64", requiresGrad: true });
}

function double(values: number | number[] | number[][]): Tensor {
  return tensor(values, { dtype: "float64" });
}

describe("backward", () => {
  test("adds the gradients that arrive by several ways", () => {
    const x = leaf(2);
    const y = x.mul(x);
    y.mul(x).add(y).backward();
    expect(x.grad).toEqualTensor(double(16));
  });

  test("starts from the gradient that is given", () => {
    const x = leaf([1, 2, 3]);
    x.pow(2).backward({ gradient: double([1, 0.5, -1]) });
    expect(x.grad).toEqualTensor(double([2, 2, -6]));
  });

  test("accumulates in the leaves from call to call", () => {
    const x = leaf([1, 2]);
    x.mul(3).sum().backward();
    x.mul(4).sum().backward();
    expect(x.grad).toEqualTensor(double([7, 7]));
  });

  test("adds up gradients of which the first to come is one number for all elements", () => {
    const x = leaf([1, 2, 3, 4]);
    const y = x.mul(2);
    y.sum().add(y.pow(2).sum()).add(y.mean()).backward();
    expect(x.grad).toEqualTensor(double([10.5, 18.5, 26.5, 34.5]));
  });

  test("adds to a gradient in place, so that whoever holds it sees the sum", () => {
    const x = leaf([1, 2]);
    x.sum().backward();
    const held = x.grad;
    x.sum().backward();
    expect(x.grad).toBe(held);
    expect(held).toEqualTensor(double([2, 2]));
  });

  test("gives no gradient to what does not require one, or was detached", () => {
    const [x, y, z] = [leaf([1]), double([2]), leaf([3])];
    x.mul(y).add(z.detach()).sum().backward();
    expect(x.grad).toEqualTensor(double([2]));
    expect(y.grad).toBeNull();
    expect(z.grad).toBeNull();
  });

  test("leaves no gradient on intermediate results unless they retain it", () => {
    const x = leaf([1, 2]);
    const [y, z] = [x.mul(2), x.mul(3)];
    z.retainGrad();
    y.mul(z).sum().backward();
    expect(y.grad).toBeNull();
    expect(z.grad).toEqualTensor(double([2, 4]));
    expect(z.retainsGrad).toBe(true);
  });

  test("sums a gradient over what was broadcast", () => {
    const [x, b, s] = [
      leaf([
        [1, 2, 3],
        [4, 5, 6],
      ]),
      leaf([1, 1, 1]),
      leaf(2),
    ];
    x.mul(s).add(b).sum().backward();
    expect(x.grad).toEqualTensor(
      double([
        [2, 2, 2],
        [2, 2, 2],
      ]),
    );
    expect(b.grad).toEqualTensor(double([2, 2, 2]));
    expect(s.grad).toEqualTensor(double(21));
  });

  test("gives a gradient the dtype of its leaf", () => {
    const [x, y] = [tensor([1, 2], { requiresGrad: true }), leaf([3, 4])];
    x.mul(y).sum().backward();
    expect(x.grad).toEqualTensor(tensor([3, 4]));
    expect(y.grad).toEqualTensor(double([1, 2]));
  });

  test("keeps to the leaves that `inputs` names", () => {
    const [x, y] = [leaf([1, 2]), leaf([3, 4])];
    x.mul(y)
      .sum()
      .backward({ inputs: [x] });
    expect(x.grad).toEqualTensor(double([3, 4]));
    expect(y.grad).toBeNull();
  });

  test("works on a leaf itself", () => {
    const x = leaf(3);
    x.backward();
    expect(x.grad).toEqualTensor(double(1));
  });

  test("passes through a scalar of one element in any shape", () => {
    const x = leaf([[2]]);
    x.mul(x).backward();
    expect(x.grad).toEqualTensor(double([[4]]));
  });

  test("works with functions as with methods", () => {
    const x = leaf([0, 1]);
    add(exp(x), x).sum().backward();
    expect(x.grad).toBeCloseToTensor(double([2, Math.E + 1]));
  });
});

describe("the graph", () => {
  test("can be gone through again where it is retained", () => {
    const x = leaf([1, 2]);
    const y = x.mul(x).sum();
    y.backward({ retainGraph: true });
    y.backward();
    expect(x.grad).toEqualTensor(double([4, 8]));
  });

  test("throws when it is gone through again and is not retained", () => {
    const x = leaf([1, 2]);
    const y = x.mul(x).sum();
    y.backward();
    expect(() => y.backward()).toThrow(
      "Trying to backward through the graph a second time (or directly access saved tensors after they have already been freed)",
    );
    expect(() => y.backward()).toThrow("retainGraph: true");
  });

  test("throws for a part that another backward has freed", () => {
    const x = leaf([1, 2]);
    const shared = x.exp();
    shared.sum().backward();
    expect(() => shared.mul(2).sum().backward()).toThrow(
      "Trying to backward through the graph a second time",
    );
  });

  test("can be gone through again where it has nothing saved to free", () => {
    const x = leaf([1, 2]);
    const y = x.add(1).sum();
    y.backward();
    y.backward();
    expect(x.grad).toEqualTensor(double([2, 2]));
  });

  test("records a gradient's own graph on demand", () => {
    const x = leaf([0.5, 1, 2]);
    x.pow(3).sum().backward({ createGraph: true });
    const first = x.grad!;
    expect(first.requiresGrad).toBe(true);
    expect(first).toBeCloseToTensor(double([0.75, 3, 12]));
    x.grad = null;
    first.sum().backward();
    expect(x.grad).toBeCloseToTensor(double([3, 6, 12]));
  });

  test("records none for a plain gradient", () => {
    const x = leaf([1, 2]);
    x.mul(x).sum().backward();
    expect(x.grad!.requiresGrad).toBe(false);
    expect(x.grad!.gradFn).toBeNull();
  });

  test("shows itself in isLeaf, requiresGrad and gradFn", () => {
    const [x, c] = [leaf([1]), double([1])];
    const y = x.mul(c);
    expect([x.isLeaf, c.isLeaf, y.isLeaf]).toEqual([true, true, false]);
    expect([x.requiresGrad, c.requiresGrad, y.requiresGrad]).toEqual([true, false, true]);
    expect([x.gradFn, c.gradFn, y.gradFn?.name]).toEqual([null, null, "MulBackward0"]);
    expect(y.gradFn!.nextFunctions.map(([node]) => node?.name ?? null)).toEqual([
      "AccumulateGrad",
      null,
    ]);
  });

  test("is not made by operations whose result cannot be differentiated", () => {
    const x = leaf([1, 2]);
    for (const t of [x.gt(1), x.argmax(), x.long(), x.max(0).indices]) {
      expect(t.requiresGrad).toBe(false);
      expect(t.isLeaf).toBe(true);
    }
  });
});

describe("a gradient's memory", () => {
  test("is not shared between two leaves", () => {
    const [a, b] = [leaf([1, 2]), leaf([3, 4])];
    a.add(b).sum().backward();
    a.grad!.zero_();
    expect(b.grad).toEqualTensor(double([1, 1]));
  });

  test("is not that of the gradient that the caller gave", () => {
    const [a, seed] = [leaf([1, 2]), double([5, 6])];
    a.add(0).backward({ gradient: seed });
    a.grad!.zero_();
    expect(seed).toEqualTensor(double([5, 6]));
    a.backward({ gradient: seed });
    a.backward({ gradient: seed });
    expect(seed).toEqualTensor(double([5, 6]));
    expect(a.grad).toEqualTensor(double([10, 12]));
  });

  test("is not that of a parameter or of a saved tensor", () => {
    const [a, b] = [leaf([1, 2]), leaf([3, 4])];
    const loss = a.mul(b).sum();
    loss.backward({ retainGraph: true });
    a.grad!.fill_(9);
    b.grad!.fill_(9);
    expect(a).toEqualTensor(double([1, 2]).requiresGrad_());
    expect(b).toEqualTensor(double([3, 4]).requiresGrad_());
  });

  test("holds an element for every index, however it came about", () => {
    const x = leaf([1, 2, 3]);
    x.sum().backward();
    x.grad!.at(0).fill_(7);
    expect(x.grad).toEqualTensor(double([7, 1, 1]));
  });

  test("is dense where a view's gradient was transposed", () => {
    const x = leaf([
      [1, 2, 3],
      [4, 5, 6],
    ]);
    x.t()
      .mul(
        double([
          [1, 2],
          [3, 4],
          [5, 6],
        ]),
      )
      .sum()
      .backward();
    expect(x.grad).toEqualTensor(
      double([
        [1, 3, 5],
        [2, 4, 6],
      ]),
    );
    x.grad!.mul_(2);
    expect(x.grad).toEqualTensor(
      double([
        [2, 6, 10],
        [4, 8, 12],
      ]),
    );
  });

  test("is not shared between a retained gradient and the leaf's", () => {
    const x = leaf([1, 2]);
    const y = x.add(1);
    y.retainGrad();
    y.sum().backward();
    x.grad!.zero_();
    expect(y.grad).toEqualTensor(double([1, 1]));
  });
});

describe("backward throws", () => {
  test("for a tensor of many elements without a gradient to start from", () => {
    expect(() => leaf([1, 2]).mul(2).backward()).toThrow(
      "grad can be implicitly created only for scalar outputs",
    );
  });

  test("for a tensor that requires no gradient", () => {
    expect(() => ones(1).backward()).toThrow(
      "element 0 of tensors does not require grad and does not have a grad_fn",
    );
  });

  test("for a gradient of another shape", () => {
    expect(() =>
      leaf([1, 2, 3])
        .mul(2)
        .backward({ gradient: ones(2) }),
    ).toThrow(
      "Mismatch in shape: grad_output[0] has a shape of torch.Size([2]) and output[0] has a shape of torch.Size([3]).",
    );
  });

  test("for no inputs at all", () => {
    expect(() => leaf(1).mul(2).backward({ inputs: [] })).toThrow(
      "'inputs' argument to backward() cannot be empty.",
    );
  });

  test("for an unknown option", () => {
    const call = () => Reflect.apply(leaf(1).backward, leaf(1), [{ retain_graph: true }]);
    expect(call).toThrow("backward() got an unexpected option 'retain_graph'");
  });

  test("and leaves the graph fit for another try", () => {
    const x = leaf([1, 2]);
    const y = x.mul(x);
    expect(() => y.backward()).toThrow();
    y.backward({ gradient: ones(2, { dtype: "float64" }) });
    expect(x.grad).toEqualTensor(double([2, 4]));
  });
});

describe("requiresGrad_", () => {
  test("makes a leaf gather gradients, and stops it again", () => {
    const x = double([1, 2]).requiresGrad_();
    expect(x.requiresGrad).toBe(true);
    expect(x.requiresGrad_(false).requiresGrad).toBe(false);
    expect(x.mul(2).requiresGrad).toBe(false);
  });

  test("throws for integers", () => {
    expect(() => zeros(2, { dtype: "int64" }).requiresGrad_()).toThrow(
      "only Tensors of floating point dtype can require gradients",
    );
    expect(() => tensor([1, 2], { dtype: "int64", requiresGrad: true })).toThrow(
      "Only Tensors of floating point and complex dtype can require gradients",
    );
  });

  test("throws when a result is to stop requiring gradients", () => {
    expect(() => leaf([1]).mul(2).requiresGrad_(false)).toThrow(
      "you can only change requires_grad flags of leaf variables.",
    );
  });

  test("does nothing to a result that requires gradients already", () => {
    const y = leaf([1]).mul(2);
    expect(y.requiresGrad_()).toBe(y);
  });
});

describe("hooks", () => {
  test("see the whole gradient once, and may replace it", () => {
    const x = leaf([1, 2]);
    const y = x.mul(1);
    const seen: number[][] = [];
    y.registerHook((g) => {
      seen.push([...g.toTypedArray()]);
      return g.mul(10);
    });
    y.mul(2).add(y).sum().backward();
    expect(seen).toEqual([[3, 3]]);
    expect(x.grad).toEqualTensor(double([30, 30]));
  });

  test("can be taken away again", () => {
    const x = leaf([1, 2]);
    const remove = x.registerHook((g) => g.mul(10));
    x.pow(2).sum().backward();
    expect(x.grad).toEqualTensor(double([20, 40]));
    remove();
    x.grad = null;
    x.pow(2).sum().backward();
    expect(x.grad).toEqualTensor(double([2, 4]));
  });

  test("may run a backward pass of their own", () => {
    const x = leaf([1, 2]);
    const y = x.mul(3);
    const other = leaf(5);
    y.registerHook((g) => {
      enableGrad(() => other.mul(other).backward());
      return g;
    });
    y.mul(y).sum().backward();
    expect(x.grad).toEqualTensor(double([18, 36]));
    expect(other.grad).toEqualTensor(double(10));
  });

  test("may go back through the very graph that is being gone through", () => {
    const x = leaf(2);
    const y = x.mul(x);
    const z = y.mul(y);
    let inner = true;
    y.registerHook((g) => {
      if (inner) {
        inner = false;
        z.backward({ retainGraph: true });
      }
      return g;
    });
    z.backward({ retainGraph: true });
    // d(x^4)/dx = 32, once from the inner pass and once from the outer.
    expect(x.grad).toEqualTensor(double(64));
  });
});
