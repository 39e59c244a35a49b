import fc from "fast-check";
import { afterEach, describe, expect, test } from "vitest";
import {
  autograd,
  type DType,
  manualSeed,
  nn,
  noGrad,
  optim,
  randn,
  type Tensor,
  tensor,
} from "../../src/index.ts";
import { setWasmEnabled } from "../../src/tensor/kernels/wasm/index.ts";
import "../support/matchers.ts";

class Add extends nn.Module {
  readonly amount: number;
  constructor(amount: number) {
    super();
    this.amount = amount;
  }
  forward(x: Tensor): Tensor {
    return x.mul(10).add(this.amount);
  }
}

describe("Sequential", () => {
  test("applies its layers in order", () => {
    const model = new nn.Sequential(new Add(1), new Add(2), new Add(3));
    expect(model.forward(tensor(0)).item()).toBe(123);
    expect(new nn.Sequential().forward(tensor(4)).item()).toBe(4);
  });

  test("names layers by position, or as an object or Map names them", () => {
    const names = (model: nn.Sequential) => model.namedChildren().map(([name]) => name);
    expect(names(new nn.Sequential(new Add(1), new Add(2)))).toEqual(["0", "1"]);
    expect(names(new nn.Sequential({ first: new Add(1), second: new Add(2) }))).toEqual([
      "first",
      "second",
    ]);
    const map = new Map([
      ["b", new Add(1)],
      ["a", new Add(2)],
    ]);
    expect(names(new nn.Sequential(map))).toEqual(["b", "a"]);
    expect(new nn.Sequential(map).forward(tensor(0)).item()).toBe(12);
  });

  test("is a list of layers", () => {
    const [a, b] = [new Add(1), new Add(2)];
    const model = new nn.Sequential(a).append(b).extend([new nn.ReLU()]);
    expect(model.length).toBe(3);
    expect(model.at(0)).toBe(a);
    expect(model.at(-2)).toBe(b);
    expect([...model].slice(0, 2)).toEqual([a, b]);
    expect(() => model.at(3)).toThrow("index 3 is out of range");
    expect(() => model.at(0.5)).toThrow("index 0.5 is out of range");
  });

  test("has the parameters of its layers, before those of a subclass", () => {
    class Model extends nn.Sequential {
      readonly head = new nn.Linear(1, 1, { bias: false });
    }
    const model = new Model(new nn.Linear(1, 1));
    const names = model.namedParameters().map(([name]) => name);
    expect(names).toEqual(["0.weight", "0.bias", "head.weight"]);
  });

  test("refuses what is no layer", () => {
    // @ts-expect-error a number is no module
    expect(() => new nn.Sequential(3)).toThrow("3 is not a Module subclass");
    // @ts-expect-error a module without forward
    expect(() => new nn.Sequential(new nn.ModuleList())).toThrow(
      "Sequential: layer 0, ModuleList, has no forward method",
    );
    // @ts-expect-error a number is no list
    expect(() => new nn.Sequential().extend(3)).toThrow(
      "Sequential.extend should be called with an iterable, but got 3",
    );
  });
});

describe("ModuleList", () => {
  test("is a list of modules of one type", () => {
    const list = new nn.ModuleList([new nn.Linear(1, 2), new nn.Linear(2, 3)]);
    list.append(new nn.Linear(3, 4)).insert(0, new nn.Linear(9, 1)).insert(-1, new nn.Linear(8, 8));
    expect([...list].map((layer) => layer.inFeatures)).toEqual([9, 1, 2, 8, 3]);
    expect(list.length).toBe(5);
    expect(list.at(-1).outFeatures).toBe(4);
    expect(() => list.at(5)).toThrow("index 5 is out of range");
    expect(() => list.insert(7, new nn.Linear(1, 1))).toThrow("index 7 is out of range");
  });

  test("registers its modules under their positions", () => {
    const list = new nn.ModuleList([new nn.Linear(1, 1, { bias: false }), new nn.ReLU()]);
    expect(list.namedModules().map(([name]) => name)).toEqual(["", "0", "1"]);
    expect(Object.keys(list.stateDict())).toEqual(["0.weight"]);
  });

  test("refuses what is no module", () => {
    // @ts-expect-error a number is no module
    expect(() => new nn.ModuleList([3])).toThrow("3 is not a Module subclass");
    // @ts-expect-error a number is no list
    expect(() => new nn.ModuleList(3)).toThrow(
      "ModuleList.extend should be called with an iterable, but got 3",
    );
  });
});

// A Linear and the ReLU behind it run as one; nobody can tell.
describe("a Linear and a ReLU in a Sequential", () => {
  afterEach(() => {
    setWasmEnabled(true);
  });

  const size = fc.integer({ min: 1, max: 40 });
  const sizes = fc.tuple(size, size, size, fc.boolean());
  const dtypes = fc.constantFrom<DType>("float32", "float64");

  test.each([true, false])(
    "have the bits and gradients of the layers one by one, vector kernels: %s",
    (vectors) => {
      fc.assert(
        fc.property(sizes, dtypes, fc.boolean(), ([rows, k, n, batch], dtype, bias) => {
          setWasmEnabled(vectors);
          const layers = [
            new nn.Linear(k, n, { bias, dtype }),
            new nn.ReLU(),
            new nn.Linear(n, n, { bias, dtype }),
            new nn.ReLU(),
          ];
          const [x, again] = [0, 1].map(() => randn(batch ? [2, rows, k] : [rows, k], { dtype }));
          again!.copy_(x!);
          const model = new nn.Sequential(...layers);
          const found = model.forward(x!.requiresGrad_());
          const expected = layers.reduce((h, layer) => layer.forward(h), again!.requiresGrad_());
          expect(found).toEqualTensor(expected);
          found.pow(2).sum().backward();
          const grads = model.parameters().map((p) => p.grad!);
          model.zeroGrad();
          expected.pow(2).sum().backward();
          for (const [i, p] of model.parameters().entries())
            expect(grads[i]).toEqualTensor(p.grad!);
          expect(x!.grad).toEqualTensor(again!.grad!);
        }),
        { numRuns: 40 },
      );
    },
  );

  test("are recorded as two operations", () => {
    const model = new nn.Sequential(new nn.Linear(3, 5), new nn.ReLU());
    const { gradFn } = model.forward(randn(2, 3));
    expect(gradFn?.name).toBe("ReluBackward0");
    expect(gradFn?.nextFunctions[0]?.[0]?.name).toBe("AddmmBackward0");
  });

  test("pass NaN on and can be differentiated twice", () => {
    const model = new nn.Sequential(new nn.Linear(1, 40), new nn.ReLU());
    expect(
      model
        .forward(tensor([[Number.NaN]]))
        .isnan()
        .all()
        .item(),
    ).toBe(1);
    const x = tensor([[0.5]], { requiresGrad: true });
    const out = model.forward(x).pow(2).sum();
    const [first] = autograd.grad(out, [x], { createGraph: true });
    const [second] = autograd.grad(first!, [x]);
    expect(second!.item()).toBeGreaterThan(0);
  });

  test("run one by one where either is a class of the user's own, or was changed", () => {
    class Loud extends nn.ReLU {
      override forward(x: Tensor): Tensor {
        return super.forward(x).add(1);
      }
    }
    class Shifted extends nn.Linear {
      override forward(x: Tensor): Tensor {
        return super.forward(x).sub(100);
      }
    }
    const x = randn(2, 3);
    const linear = new nn.Linear(3, 3);
    const loud = new nn.Sequential(linear, new Loud()).forward(x);
    expect(loud.amin().item()).toBeGreaterThanOrEqual(1);
    const shifted = new nn.Sequential(new Shifted(3, 3), new nn.ReLU()).forward(x);
    expect(shifted).toEqualTensor(x.mul(0));
    linear.forward = () => x;
    expect(new nn.Sequential(linear, new nn.ReLU()).forward(x)).toEqualTensor(x.relu());
  });
});

describe("a Sequential's memory", () => {
  const layers = () => [
    new nn.Linear(7, 33),
    new nn.ReLU(),
    new nn.Linear(33, 33),
    new nn.Tanh(),
    new nn.Linear(33, 33),
    new nn.Sigmoid(),
    new nn.Linear(33, 1),
  ];

  /** The same layers one by one, holding every result, so that no memory is used again. */
  class Holding extends nn.Module {
    readonly layers = new nn.ModuleList(layers());
    readonly held: { readonly tensor: Tensor; readonly before: number[] }[] = [];

    forward(x: Tensor): Tensor {
      for (const layer of this.layers) {
        x = layer.forward(x);
        this.held.push({ tensor: x, before: [...x.toTypedArray()] });
      }
      return x;
    }
  }

  test("serves again without a trace in the figures", () => {
    manualSeed(5);
    const plain = new Holding();
    const sequential = new nn.Sequential(...layers());
    sequential.parameters().forEach((p, i) => {
      noGrad(() => p.copy_(plain.parameters()[i]!));
    });
    const [x, y] = [randn(60, 7), randn(60, 1)];
    const train = (model: nn.Sequential | Holding) => {
      const optimizer = new optim.Adam(model.parameters(), { lr: 0.01 });
      const criterion = new nn.MSELoss();
      const seen: number[] = [];
      for (let step = 0; step < 120; step++) {
        optimizer.zeroGrad();
        const loss = criterion.forward(model.forward(x), y);
        // Twice, as with two losses on one graph.
        if (step % 3 === 0) loss.backward({ retainGraph: true });
        loss.backward();
        optimizer.step();
        const test = noGrad(() => criterion.forward(model.forward(x), y));
        seen.push(loss.item(), test.item());
      }
      return seen;
    };
    const expected = train(plain);
    expect(train(sequential)).toEqual(expected);
    for (const { tensor: t, before } of plain.held) expect([...t.toTypedArray()]).toEqual(before);
  });

  test("is not given up while a recorded backward pass may need it", () => {
    manualSeed(6);
    const model = new nn.Sequential(...layers());
    const x = randn(60, 7, { requiresGrad: true });
    const second = () => {
      const [g] = autograd.grad([model.forward(x).sum()], [x], {
        createGraph: true,
        retainGraph: false,
      });
      return g!;
    };
    for (let i = 0; i < 40; i++) model.forward(x).sum().backward();
    const g = second();
    for (let i = 0; i < 40; i++) model.forward(x).sum().backward();
    const again = second();
    expect([...g.toTypedArray()]).toEqual([...again.toTypedArray()]);
  });

  test("is not given up while the graph of a gradient has it saved", () => {
    manualSeed(7);
    const model = new nn.Sequential(...layers());
    const x = randn(60, 7);
    const weights = model.parameters();
    // The last layer but one saves its input for the gradient's graph, which outlives the loss's.
    const [inner, last] = [weights[4]!, weights[6]!];
    const mixed = (between: (loss: Tensor) => void) => {
      const loss = model.forward(x).sum();
      const [g] = autograd.grad([loss], [inner], { createGraph: true });
      between(loss);
      for (let i = 0; i < 5; i++) model.forward(x.mul(2)).sum().backward();
      return autograd.grad([g!.sum()], [last])[0]!.toTypedArray();
    };
    const expected = mixed(() => {});
    expect([...mixed((loss) => loss.backward())]).toEqual([...expected]);
  });

  test("that a layer of the user's own has seen is left alone", () => {
    const seen: { tensor: Tensor; before: number[] }[] = [];
    class Peek extends nn.Module {
      forward(t: Tensor): Tensor {
        seen.push({ tensor: t, before: [...t.toTypedArray()] });
        return t;
      }
    }
    const between = layers().flatMap((layer) => [layer, new Peek()]);
    const model = new nn.Sequential(new Peek(), ...between);
    const x = randn(60, 7);
    for (let step = 0; step < 80; step++) {
      model.forward(x).sum().backward();
      noGrad(() => model.forward(x));
    }
    for (const { tensor: t, before } of seen) expect([...t.toTypedArray()]).toEqual(before);
  });
});
