import { describe, expect, test } from "vitest";
import { manualSeed, nn, optim, type Tensor, tensor, zeros } from "../../src/index.ts";
import "../support/matchers.ts";

class Block extends nn.Module {
  readonly norm = new nn.Buffer(zeros(2));
  readonly linear = new nn.Linear(2, 2);
  readonly scale = new nn.Parameter(tensor([1, 2]));
  readonly seen = new nn.Buffer(tensor(0), { persistent: false });
  readonly name = "block";
  readonly notLearned = zeros(3);
  readonly missing: nn.Parameter | null = null;
  forward(x: Tensor): Tensor {
    return this.linear.forward(x).mul(this.scale);
  }
}

class Net extends nn.Module {
  readonly blocks = [new Block(), new Block()];
  readonly gains = [new nn.Parameter(tensor(1)), [new nn.Parameter(tensor(2))]];
  readonly head = new nn.Linear(2, 1, { bias: false });
  readonly #hidden = new nn.Linear(9, 9);
  forward(x: Tensor): Tensor {
    void this.#hidden;
    return this.head.forward(this.blocks.reduce((y, block) => block.forward(y), x));
  }
}

const names = (named: readonly (readonly [string, unknown])[]) => named.map(([name]) => name);

describe("registration", () => {
  test("finds parameters, modules and arrays of them by assignment, in order of definition", () => {
    expect(names(new Net().namedParameters())).toEqual([
      "gains.0",
      "gains.1.0",
      "blocks.0.scale",
      "blocks.0.linear.weight",
      "blocks.0.linear.bias",
      "blocks.1.scale",
      "blocks.1.linear.weight",
      "blocks.1.linear.bias",
      "head.weight",
    ]);
  });

  test("finds buffers, persistent or not, and no plain tensor", () => {
    expect(names(new Block().namedBuffers())).toEqual(["norm", "seen"]);
  });

  test("lists what was assigned after construction", () => {
    class Late extends nn.Module {
      layer: nn.Linear | null = null;
    }
    const module = new Late();
    expect(module.parameters()).toHaveLength(0);
    module.layer = new nn.Linear(1, 1);
    expect(names(module.namedParameters())).toEqual(["layer.weight", "layer.bias"]);
  });

  test("forgets what was replaced by something else", () => {
    const layer = new nn.Linear(1, 1);
    layer.bias = null;
    expect(names(layer.namedParameters())).toEqual(["weight"]);
  });

  test("leaves private attributes out", () => {
    expect(names(new Net().namedModules())).not.toContain("hidden");
  });

  test("prefixes names, and stays with the module itself when asked", () => {
    const block = new Block();
    expect(names(block.namedParameters({ prefix: "a.b", recurse: false }))).toEqual(["a.b.scale"]);
    expect(block.parameters({ recurse: false })).toEqual([block.scale]);
    expect(names(block.namedBuffers({ prefix: "x" }))).toEqual(["x.norm", "x.seen"]);
    expect(block.buffers()).toEqual([block.norm, block.seen]);
  });

  test("lists a shared parameter and a shared module once, under the first name", () => {
    class Tied extends nn.Module {
      readonly first = new nn.Linear(2, 2);
      readonly second = this.first;
      readonly third = new nn.Linear(2, 2);
    }
    const tied = new Tied();
    tied.third.weight = tied.first.weight;
    expect(names(tied.namedParameters())).toEqual(["first.weight", "first.bias", "third.bias"]);
    expect(names(tied.namedModules())).toEqual(["", "first", "third"]);
    expect(names(tied.namedModules({ removeDuplicate: false }))).toEqual([
      "",
      "first",
      "second",
      "third",
    ]);
    expect(names(tied.namedChildren())).toEqual(["first", "third"]);
    expect(tied.children()).toEqual([tied.first, tied.third]);
    expect(tied.modules()).toEqual([tied, tied.first, tied.third]);
  });

  test("does not run in circles where modules refer to one another", () => {
    class Node extends nn.Module {
      other: Node | null = null;
      readonly weight = new nn.Parameter(tensor(1));
    }
    const [a, b] = [new Node(), new Node()];
    a.other = b;
    b.other = a;
    expect(names(a.namedParameters())).toEqual(["weight", "other.weight"]);
  });

  test("finds modules, parameters and buffers by name", () => {
    const net = new Net();
    expect(net.getSubmodule("blocks.1.linear")).toBe(net.blocks[1]!.linear);
    expect(net.getSubmodule("")).toBe(net);
    expect(net.getParameter("blocks.0.linear.weight")).toBe(net.blocks[0]!.linear.weight);
    expect(net.getParameter("gains.1.0")).toBe(net.parameters()[1]);
    expect(net.getBuffer("blocks.0.norm")).toBe(net.blocks[0]!.norm);
  });

  test("names the attribute that is missing or of another kind", () => {
    const net = new Net();
    expect(() => net.getSubmodule("tail.0")).toThrow("Net has no attribute `tail`");
    expect(() => net.getSubmodule("head.weight")).toThrow("`weight` is not an nn.Module");
    expect(() => net.getParameter("head.foo")).toThrow("Linear has no attribute `foo`");
    expect(() => net.getParameter("head")).toThrow("`head` is not an nn.Parameter");
    expect(() => net.getBuffer("head.weight")).toThrow("`weight` is not a buffer");
    expect(() => net.getBuffer("head")).toThrow("`head` is not a buffer");
  });
});

describe("registration by name", () => {
  class Empty extends nn.Module {}

  test("takes parameters, modules and buffers", () => {
    const module = new Empty();
    const buffer = zeros(2);
    module.registerParameter("weight", new nn.Parameter(zeros(1)));
    module.registerModule("layer", new nn.ReLU());
    module.registerBuffer("mean", buffer);
    module.registerBuffer("count", zeros(1), { persistent: false });
    module.registerBuffer("none", null);
    expect(names(module.namedParameters())).toEqual(["weight"]);
    expect(names(module.namedModules())).toEqual(["", "layer"]);
    expect(names(module.namedBuffers())).toEqual(["mean", "count"]);
    expect(Object.keys(module.stateDict())).toEqual(["weight", "mean"]);
    expect(module.getBuffer("mean")).toBe(buffer);
  });

  test("keeps an attribute a buffer when another tensor is assigned to it", () => {
    class Running extends nn.Module {
      declare mean: Tensor;
      constructor() {
        super();
        this.registerBuffer("mean", zeros(2));
      }
    }
    const module = new Running();
    module.mean = module.mean.add(1);
    expect(module.stateDict().mean).toHaveValues([1, 1]);
  });

  test("replaces what it registered before", () => {
    const module = new Empty();
    module.registerParameter("w", null);
    module.registerParameter("w", new nn.Parameter(zeros(1)));
    module.registerParameter("w", new nn.Parameter(zeros(2)));
    module.registerBuffer("b", zeros(1));
    module.registerBuffer("b", zeros(3));
    expect(module.getParameter("w").shape).toEqual([2]);
    expect(module.getBuffer("b").shape).toEqual([3]);
  });

  test("refuses names that cannot be told apart in a state dict", () => {
    const layer = new nn.Linear(1, 1);
    expect(() => layer.registerParameter("a.b", null)).toThrow(`parameter name can't contain "."`);
    expect(() => layer.registerBuffer("", null)).toThrow(`buffer name can't be empty string ""`);
    expect(() => layer.registerModule("a.b", new nn.ReLU())).toThrow(
      `module name can't contain ".", got: a.b`,
    );
    expect(() => layer.registerBuffer("forward", zeros(1))).toThrow(
      "attribute 'forward' already exists",
    );
    expect(() => layer.registerBuffer("weight", zeros(1))).toThrow(
      "attribute 'weight' already exists",
    );
    // @ts-expect-error a number is no name
    expect(() => layer.registerBuffer(3, null)).toThrow("buffer name should be a string. Got 3");
  });

  test("refuses values of another kind", () => {
    const module = new Empty();
    // @ts-expect-error a plain tensor is no parameter
    expect(() => module.registerParameter("x", zeros(1))).toThrow(
      "cannot assign 'Tensor' object to parameter 'x' (nn.Parameter or null required)",
    );
    // @ts-expect-error a number is no tensor
    expect(() => module.registerBuffer("x", 3)).toThrow(
      "cannot assign '3' object to buffer 'x' (Tensor or null required)",
    );
    // @ts-expect-error a number is no module
    expect(() => module.registerModule("x", 3)).toThrow("3 is not a Module subclass");
  });
});

describe("the whole tree", () => {
  test("switches between training and evaluation", () => {
    const net = new Net();
    expect(net.modules().every((module) => module.training)).toBe(true);
    expect(net.eval()).toBe(net);
    expect(net.modules().some((module) => module.training)).toBe(false);
    net.blocks[0]!.train();
    expect(net.modules().filter((module) => module.training)).toHaveLength(2);
    // @ts-expect-error the mode is no boolean
    expect(() => net.train("yes")).toThrow("training mode is expected to be boolean");
  });

  test("respects a submodule that overrides train", () => {
    class Frozen extends nn.Linear {
      override train(): this {
        return super.train(false);
      }
    }
    const model = new nn.Sequential(new Frozen(1, 1), new nn.ReLU()).train();
    expect([...model].map((module) => module.training)).toEqual([false, true]);
  });

  test("applies a function to the children first", () => {
    const order: string[] = [];
    new nn.Sequential(new nn.ReLU(), new nn.Tanh()).apply((m) => order.push(m.constructor.name));
    expect(order).toEqual(["ReLU", "Tanh", "Sequential"]);
  });

  test("drops gradients, or fills them with zeros", () => {
    const layer = new nn.Linear(2, 1, { bias: false });
    const backward = () =>
      layer
        .forward(tensor([[1, 2]]))
        .sum()
        .backward();
    backward();
    const { grad } = layer.weight;
    layer.zeroGrad({ setToNull: false });
    expect(layer.weight.grad).toHaveValues([0, 0]);
    expect(grad).toHaveValues([0, 0]);
    backward();
    expect(layer.weight.grad).toHaveValues([1, 2]);
    layer.zeroGrad();
    expect(layer.weight.grad).toBeNull();
  });

  test("freezes parameters", () => {
    const layer = new nn.Linear(1, 1).requiresGrad_(false);
    expect(layer.forward(tensor([[1]])).requiresGrad).toBe(false);
    layer.bias!.requiresGrad_();
    layer.forward(tensor([[1]])).backward();
    expect(layer.weight.grad).toBeNull();
    expect(layer.bias!.grad).toHaveValues([1]);
  });

  test("casts floating-point parameters, gradients and buffers and nothing else", () => {
    class Counter extends nn.Module {
      readonly weight = new nn.Parameter(tensor([0.5]));
      readonly count = new nn.Buffer(zeros([1], { dtype: "int64" }));
      readonly mean = new nn.Buffer(tensor([0.25]), { persistent: false });
      readonly list = [new nn.Buffer(tensor([0.75]))];
      constructor() {
        super();
        this.registerBuffer("plain", tensor([1.5]));
      }
    }
    const module = new Counter();
    const { weight } = module;
    weight.mul(3).backward();
    module.double();
    expect(module.weight).toBe(weight);
    expect(weight).toEqualTensor(tensor([0.5], { dtype: "float64" }));
    expect(weight.grad).toEqualTensor(tensor([3], { dtype: "float64" }));
    expect(module.buffers().map((buffer) => buffer.dtype)).toEqual([
      "int64",
      "float64",
      "float64",
      "float64",
    ]);
    expect(Object.keys(module.stateDict())).toEqual(["weight", "count", "list.0", "plain"]);
    weight.mul(2).backward();
    expect(weight.grad).toEqualTensor(tensor([5], { dtype: "float64" }));
    module.float();
    expect(weight.dtype).toBe("float32");
  });

  test("casting leaves a tensor that the user holds as it was", () => {
    const posWeight = tensor([2]);
    const loss = new nn.BCEWithLogitsLoss({ posWeight }).double();
    expect([posWeight.dtype, loss.posWeight!.dtype]).toEqual(["float32", "float64"]);
  });

  test("an optimizer made before a cast goes on with the same parameters", () => {
    const layer = new nn.Linear(1, 1, { bias: false });
    nn.init.ones_(layer.weight);
    const optimizer = new optim.SGD(layer.parameters(), { lr: 0.5 });
    layer.double();
    layer.forward(tensor([[1]], { dtype: "float64" })).backward();
    optimizer.step();
    expect(layer.weight).toEqualTensor(tensor([[0.5]], { dtype: "float64" }));
  });

  test("a graph recorded before a cast refuses to go backward", () => {
    const layer = new nn.Linear(1, 1);
    const x = tensor([[1]], { requiresGrad: true });
    const y = layer.forward(x);
    layer.double();
    expect(() => y.backward()).toThrow("modified by an inplace operation");
  });

  test("refuses to cast to integers", () => {
    expect(() => new nn.Linear(1, 1).to("int64")).toThrow(
      "nn.Module.to only accepts floating point or complex dtypes, but got desired dtype=int64",
    );
  });

  test("refuses unknown options", () => {
    const layer = new nn.Linear(1, 1);
    const wrong: object = { prefixes: "" };
    for (const call of [
      () => layer.namedParameters(wrong),
      () => layer.namedBuffers(wrong),
      () => layer.namedModules(wrong),
      () => layer.stateDict(wrong),
      () => layer.loadStateDict({}, wrong),
      () => layer.zeroGrad(wrong),
      () => layer.registerBuffer("x", null, wrong),
    ]) {
      expect(call).toThrow("unexpected option 'prefixes'");
    }
  });
});

test("options that are neither true nor false are refused", () => {
  const layer = new nn.Linear(1, 1);
  // @ts-expect-error no flag
  expect(() => layer.zeroGrad({ setToNull: "no" })).toThrow(
    `zeroGrad(): option 'setToNull' must be true or false, got "no"`,
  );
  // @ts-expect-error no flag
  expect(() => new nn.Linear(1, 1, { bias: null })).toThrow(
    "Linear(): option 'bias' must be true or false, got null",
  );
  // @ts-expect-error no dtype
  expect(() => new nn.Linear(1, 1, { dtype: "float16" })).toThrow(
    "argument 'dtype' must be one of",
  );
});

test("the same seed makes the same model", () => {
  const build = () => {
    manualSeed(7);
    return new Net().parameters();
  };
  const [first, second] = [build(), build()];
  for (const [i, parameter] of first.entries()) expect(parameter).toEqualTensor(second[i]!);
});

test("apply and Flatten say which argument they cannot use", () => {
  const untyped = (value: unknown): never => value as never;
  expect(() => new nn.ReLU().apply(untyped(3))).toThrow(
    "apply(): argument 'fn' must be a function, not 3",
  );
  expect(() => new nn.Flatten(untyped({}))).toThrow(
    "Flatten(): argument 'startDim' must be int, not Object",
  );
});
