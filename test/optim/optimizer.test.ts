import { describe, expect, test } from "vitest";
import { isGradEnabled, noGrad, optim, type Tensor, tensor, zerosLike } from "../../src/index.ts";
import "../support/matchers.ts";

function leaf(...values: number[]): Tensor {
  return tensor(values, { dtype: "float64", requiresGrad: true });
}

function withGrad(p: Tensor, ...grad: number[]): Tensor {
  p.grad = tensor(grad, { dtype: p.dtype });
  return p;
}

describe("parameters", () => {
  test("are taken from any iterable of tensors", () => {
    const [a, b] = [leaf(1), leaf(2)];
    for (const params of [
      [a, b],
      new Set([a, b]),
      new Map([
        ["w", a],
        ["b", b],
      ] as const).values(),
    ]) {
      const taken = new optim.SGD(params, { lr: 1 }).paramGroups[0]!.params;
      expect(taken.map((p) => [a, b].indexOf(p))).toEqual([0, 1]);
    }
  });

  test("come in groups whose options replace the defaults", () => {
    const [a, b, c] = [withGrad(leaf(1), 1), withGrad(leaf(1), 1), withGrad(leaf(1), 1)];
    const optimizer = new optim.SGD(
      [{ params: [a] }, { params: b, lr: 0.5 }, { params: [c], lr: 0.25, maximize: true }],
      { lr: 0.125 },
    );
    optimizer.step();
    expect([a, b, c].map((p) => p.at(0).item())).toEqual([0.875, 0.5, 1.25]);
    expect(optimizer.paramGroups.map(({ lr }) => lr)).toEqual([0.125, 0.5, 0.25]);
  });

  test("may be added later", () => {
    const [a, b] = [withGrad(leaf(1), 1), withGrad(leaf(1), 1)];
    const optimizer = new optim.SGD([a], { lr: 0.5 });
    optimizer.addParamGroup({ params: [b], lr: 0.25 });
    optimizer.step();
    expect([a, b].map((p) => p.at(0).item())).toEqual([0.5, 0.75]);
  });

  test("follow a learning rate that is changed in their group", () => {
    const p = withGrad(leaf(1), 1);
    const optimizer = new optim.SGD([p], { lr: 0.5 });
    optimizer.paramGroups[0]!.lr = 0.25;
    optimizer.step();
    expect(p.at(0).item()).toBe(0.75);
  });

  test("without a gradient stay, and keep no state", () => {
    const [a, b] = [withGrad(leaf(1), 1), leaf(1)];
    const optimizer = new optim.Adam([a, b], { lr: 0.5 });
    optimizer.step();
    expect(b.at(0).item()).toBe(1);
    expect(optimizer.state.has(a)).toBe(true);
    expect(optimizer.state.size).toBe(1);
  });

  test("that are frozen are passed over", () => {
    const frozen = tensor([1]);
    new optim.SGD([frozen], { lr: 1 }).step();
    expect(frozen.item()).toBe(1);
  });

  test("may be results of operations that retain their gradient", () => {
    const kept = leaf(1).mul(2);
    kept.retainGrad();
    expect(() => new optim.SGD([kept], { lr: 1 })).not.toThrow();
  });

  test.each([
    ["an empty list", () => [], "optimizer got an empty parameter list"],
    [
      "a tensor instead of a list",
      () => tensor([1], { requiresGrad: true }),
      "params argument given to the optimizer should be an iterable of Tensors or dicts, but got torch.FloatTensor",
    ],
    ["a result of an operation", () => [leaf(1).mul(2)], "can't optimize a non-leaf Tensor"],
    [
      "a tensor twice in one group",
      () => {
        const p = leaf(1);
        return [p, p];
      },
      "optimizer contains a parameter group with duplicate parameters",
    ],
    [
      "a tensor in two groups",
      () => {
        const p = leaf(1);
        return [{ params: [p] }, { params: [p] }];
      },
      "some parameters appear in more than one parameter group",
    ],
  ])("throw for %s", (_, params, message) => {
    expect(() => new optim.SGD(params(), { lr: 0.1 })).toThrow(message);
  });

  test.each([
    [
      "a number in the list",
      [1],
      "optimizer can only optimize Tensors, but one of the params is number",
    ],
    [
      "a list in the list",
      [[leaf(1)]],
      "optimizer can only optimize Tensors, but one of the params is Array",
    ],
    [
      "a group after a tensor",
      [leaf(1), { params: [leaf(1)] }],
      "optimizer can only optimize Tensors, but one of the params is Object",
    ],
    ["a tensor after a group", [{ params: [leaf(1)] }, leaf(1)], "param group must be a dict"],
    ["a group without parameters", [{ lr: 1 }], "but got undefined"],
    ["null", null, "should be an iterable of Tensors or dicts, but got null"],
    ["a number", 3, "should be an iterable of Tensors or dicts, but got number"],
    ["a string", "ab", "should be an iterable of Tensors or dicts, but got string"],
  ])("throw for %s, which only a program without types can give", (_, params, message) => {
    expect(() => Reflect.construct(optim.SGD, [params, { lr: 0.1 }])).toThrow(message);
  });
});

describe("options", () => {
  const make = (kind: "SGD" | "RMSprop" | "Adam" | "AdamW", options: unknown) => () =>
    Reflect.construct(optim[kind], [[leaf(1)], options]);

  test.each([
    ["SGD", { lr: -0.1 }, "Invalid learning rate: -0.1"],
    ["SGD", { lr: NaN }, "Invalid learning rate: NaN"],
    ["SGD", { lr: "0.1" }, "Invalid learning rate: 0.1"],
    ["SGD", { lr: 0.1, momentum: -1 }, "Invalid momentum value: -1"],
    ["SGD", { lr: 0.1, weightDecay: -1 }, "Invalid weight_decay value: -1"],
    ["SGD", { lr: 0.1, dampening: NaN }, "SGD(): option 'dampening' must not be NaN"],
    [
      "SGD",
      { lr: 0.1, nesterov: true },
      "Nesterov momentum requires a momentum and zero dampening",
    ],
    [
      "SGD",
      { lr: 0.1, nesterov: true, momentum: 0.9, dampening: 0.1 },
      "Nesterov momentum requires a momentum and zero dampening",
    ],
    ["RMSprop", { lr: -1 }, "Invalid learning rate: -1"],
    ["RMSprop", { eps: -1 }, "Invalid epsilon value: -1"],
    ["RMSprop", { momentum: -1 }, "Invalid momentum value: -1"],
    ["RMSprop", { weightDecay: -1 }, "Invalid weight_decay value: -1"],
    ["RMSprop", { alpha: -1 }, "Invalid alpha value: -1"],
    ["RMSprop", { alpha: NaN }, "Invalid alpha value: NaN"],
    ["Adam", { lr: -1 }, "Invalid learning rate: -1"],
    ["Adam", { eps: NaN }, "Invalid epsilon value: NaN"],
    ["Adam", { betas: [1, 0.9] }, "Invalid beta parameter at index 0: 1"],
    ["Adam", { betas: [0.9, -0.1] }, "Invalid beta parameter at index 1: -0.1"],
    ["Adam", { weightDecay: -1 }, "Invalid weight_decay value: -1"],
    ["Adam", { betas: 0.9 }, "Adam(): option 'betas' must be a list of 2 numbers, got 0.9"],
    [
      "Adam",
      { betas: [0.9] },
      "Adam(): option 'betas' must be a list of 2 numbers, got a list of 1 numbers",
    ],
    ["Adam", { amsgrad: 1 }, "Adam(): option 'amsgrad' must be true or false, got 1"],
    ["Adam", { eps: null }, "Adam(): option 'eps' must be a number, got null"],
    ["AdamW", { lr: -1 }, "Invalid learning rate: -1"],
    ["AdamW", { betas: [0.9, NaN] }, "Invalid beta parameter at index 1: NaN"],
    [
      "Adam",
      { weight_decay: 0.1 },
      "Adam() got an unexpected option 'weight_decay'; its options are: lr, betas, eps, weightDecay, amsgrad, maximize",
    ],
    ["SGD", 0.1, "SGD(): options must be an object, got 0.1"],
    ["SGD", {}, "parameter group didn't specify a value of required optimization parameter lr"],
  ] as const)("%s refuses %j", (kind, options, message) => {
    expect(make(kind, options)).toThrow(message);
  });

  test("are checked in every group", () => {
    expect(() => new optim.Adam([{ params: [leaf(1)], lr: -3 }])).toThrow(
      "Invalid learning rate: -3",
    );
    expect(() => Reflect.construct(optim.Adam, [[{ params: [leaf(1)], rho: 1 }]])).toThrow(
      "Adam() got an unexpected option 'rho'",
    );
  });

  test("that are undefined take their default", () => {
    const options = { lr: undefined, eps: 1e-3 };
    const optimizer = Reflect.construct(optim.Adam, [[leaf(1)], options]);
    expect(optimizer.paramGroups[0]).toMatchObject({ lr: 1e-3, eps: 1e-3 });
  });

  test("that every group sets need no default", () => {
    const optimizer = new optim.SGD([{ params: [leaf(1)], lr: 0.5 }]);
    expect(optimizer.paramGroups[0]!.lr).toBe(0.5);
    expect(() => optimizer.addParamGroup({ params: [leaf(1)] })).toThrow(
      "parameter group didn't specify a value of required optimization parameter lr",
    );
  });

  test("of PyTorch are the defaults", () => {
    const p = [leaf(1)];
    expect(new optim.SGD(p, { lr: 1 }).defaults).toEqual({
      lr: 1,
      momentum: 0,
      dampening: 0,
      weightDecay: 0,
      nesterov: false,
      maximize: false,
    });
    expect(new optim.RMSprop(p).defaults).toMatchObject({ lr: 1e-2, alpha: 0.99, eps: 1e-8 });
    const adam = { lr: 1e-3, betas: [0.9, 0.999], eps: 1e-8, amsgrad: false, maximize: false };
    expect(new optim.Adam(p).defaults).toEqual({ ...adam, weightDecay: 0 });
    expect(new optim.AdamW(p).defaults).toEqual({ ...adam, weightDecay: 1e-2 });
  });
});

describe("step", () => {
  test("records nothing, and bumps no gradient", () => {
    const p = withGrad(leaf(1, 2), 1, 1);
    const grad = p.grad;
    new optim.Adam([p]).step();
    expect(p.isLeaf).toBe(true);
    expect(p.grad).toBe(grad);
    expect(p.grad).toHaveValues([1, 1]);
  });

  test("answers undefined without a closure", () => {
    expect(new optim.SGD([leaf(1)], { lr: 1 }).step()).toBeUndefined();
  });

  test("calls a closure with recording on, even inside noGrad, and answers its loss", () => {
    const p = leaf(3);
    const optimizer = new optim.SGD([p], { lr: 0.5 });
    const loss = noGrad(() =>
      optimizer.step(() => {
        optimizer.zeroGrad();
        const value = p.square().sum();
        value.backward();
        return value;
      }),
    );
    expect(loss.item()).toBe(9);
    expect(p).toHaveValues([0]);
    expect(isGradEnabled()).toBe(true);
  });

  test("leaves recording as it was when a closure throws", () => {
    const optimizer = new optim.SGD([leaf(3)], { lr: 0.5 });
    expect(() =>
      optimizer.step(() => {
        throw new Error("no loss today");
      }),
    ).toThrow("no loss today");
    expect(isGradEnabled()).toBe(true);
  });

  test("refuses an async closure", () => {
    const optimizer = new optim.SGD([leaf(3)], { lr: 0.5 });
    expect(() => optimizer.step(async () => 1)).toThrow(
      "step(): the closure must be synchronous, but it returned a Promise",
    );
  });

  test("makes a graph that needs the old values throw", () => {
    const p = leaf(3);
    const loss = p.square().sum();
    loss.backward({ retainGraph: true });
    new optim.SGD([p], { lr: 0.5 }).step();
    expect(() => loss.backward()).toThrow("has been modified by an inplace operation");
  });

  test("keeps to the parameter's own elements where it is a view of others", () => {
    const base = zerosLike(leaf(0, 0, 0, 0));
    const p = base.slice(0, 0, 4, 2).detach().requiresGrad_();
    p.grad = tensor([1, 2], { dtype: "float64" });
    new optim.SGD([p], { lr: 1, momentum: 0.5 }).step();
    expect(base).toHaveValues([-1, 0, -2, 0]);
  });
});

describe("zeroGrad", () => {
  test("drops the gradients", () => {
    const p = withGrad(leaf(1), 1);
    new optim.SGD([p], { lr: 1 }).zeroGrad();
    expect(p.grad).toBeNull();
  });

  test("fills them with zeros if asked to keep them", () => {
    const [p, q] = [withGrad(leaf(1), 1), leaf(1)];
    const grad = p.grad;
    new optim.SGD([p, q], { lr: 1 }).zeroGrad({ setToNull: false });
    expect(p.grad).toBe(grad);
    expect(p.grad).toHaveValues([0]);
    expect(q.grad).toBeNull();
  });

  test("cuts a gradient that it keeps from its graph", () => {
    const p = leaf(2);
    p.pow(3).sum().backward({ createGraph: true });
    expect(p.grad!.requiresGrad).toBe(true);
    new optim.SGD([p], { lr: 1 }).zeroGrad({ setToNull: false });
    expect(p.grad!.requiresGrad).toBe(false);
    expect(p.grad).toHaveValues([0]);
  });
});

test("prints its groups in PyTorch's layout", () => {
  const optimizer = new optim.Adam(
    [{ params: [leaf(1)] }, { params: [leaf(1)], lr: 0.5, eps: 1e-20, betas: [0, 0.25] }],
    { amsgrad: true },
  );
  expect(String(optimizer)).toBe(`Adam (
Parameter Group 0
    amsgrad: True
    betas: (0.9, 0.999)
    eps: 1e-08
    lr: 0.001
    maximize: False
    weight_decay: 0

Parameter Group 1
    amsgrad: True
    betas: (0, 0.25)
    eps: 1e-20
    lr: 0.5
    maximize: False
    weight_decay: 0
)`);
});

test("says which argument it cannot use", () => {
  const untyped = (value: unknown): never => value as never;
  const optimizer = new optim.SGD([leaf(1)], { lr: 1 });
  expect(() => optimizer.step(untyped(3))).toThrow(
    "step(): argument 'closure' must be a function, not 3",
  );
  expect(() => optimizer.zeroGrad(untyped({ setToNone: true }))).toThrow(
    "zeroGrad() got an unexpected option 'setToNone'; its options are: setToNull",
  );
  for (const dict of [
    null,
    {},
    { state: null, param_groups: [] },
    { state: {}, param_groups: [3] },
  ]) {
    expect(() => optimizer.loadStateDict(untyped(dict))).toThrow(
      "loadStateDict(): expected { state, param_groups } as stateDict() gives it",
    );
  }
});
