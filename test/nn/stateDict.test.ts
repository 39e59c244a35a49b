import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { nn, ones, type Tensor, tensor, zeros } from "../../src/index.ts";
import "../support/matchers.ts";

class Scaled extends nn.Module {
  readonly scale = new nn.Parameter(zeros(2, 1));
  readonly count = new nn.Buffer(zeros(1));
  readonly scratch = new nn.Buffer(zeros(1), { persistent: false });
}

/** Modules of all kinds that register something, nested at random. */
const tree: fc.Arbitrary<nn.Module> = fc.letrec<{ module: nn.Module }>((tie) => ({
  module: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    fc
      .record({ i: fc.integer({ min: 1, max: 3 }), o: fc.nat({ max: 2 }), bias: fc.boolean() })
      .map(({ i, o, bias }) => new nn.Linear(i, o, { bias })),
    fc.constant(0).map(() => new Scaled()),
    fc.array(tie("module"), { maxLength: 3 }).map((modules) => new nn.ModuleList(modules)),
    fc.array(tie("module"), { maxLength: 3 }).map((list) => {
      const holder = new (class Holder extends nn.Module {
        readonly layers = list;
      })();
      return holder;
    }),
  ),
})).module;

function fillDifferently(module: nn.Module): void {
  let next = 0;
  for (const t of Object.values(module.stateDict())) {
    for (const [i] of t.toTypedArray().entries()) t.view(-1).at(i).fill_(next++);
  }
}

describe("a state dict", () => {
  test("has PyTorch's keys: parameters first, then buffers, then submodules", () => {
    class Model extends nn.Module {
      readonly net = new nn.ModuleList([new nn.Linear(2, 3), new nn.ReLU(), new Scaled()]);
      readonly mean = new nn.Buffer(zeros(1));
      readonly loss = new nn.BCEWithLogitsLoss({ weight: ones(1), posWeight: ones(1) });
      readonly bias = new nn.Parameter(zeros(1));
    }
    expect(Object.keys(new Model().stateDict())).toEqual([
      "bias",
      "mean",
      "net.0.weight",
      "net.0.bias",
      "net.2.scale",
      "net.2.count",
      "loss.weight",
      "loss.pos_weight",
    ]);
  });

  test("puts a prefix before every name", () => {
    const keys = Object.keys(new nn.Linear(1, 1).stateDict({ prefix: "model." }));
    expect(keys).toEqual(["model.weight", "model.bias"]);
  });

  test("shares its elements with the module, outside of the graph", () => {
    const layer = new nn.Linear(1, 1);
    const { weight, bias } = layer.stateDict();
    expect([weight!.requiresGrad, bias!.requiresGrad]).toEqual([false, false]);
    weight!.fill_(5);
    expect(layer.weight).toHaveValues([5]);
    expect(layer.stateDict({ keepVars: true }).weight).toBe(layer.weight);
  });

  test("has a shared parameter under all its names", () => {
    const first = new nn.Linear(1, 1);
    const second = new nn.Linear(1, 1);
    second.weight = first.weight;
    const keys = Object.keys(new nn.Sequential(first, second).stateDict());
    expect(keys).toEqual(["0.weight", "0.bias", "1.weight", "1.bias"]);
  });

  test("makes a module equal to the one that it came from", () => {
    fc.assert(
      fc.property(tree, (module) => {
        fillDifferently(module);
        const saved = Object.entries(module.stateDict()).map(([name, t]): [string, Tensor] => [
          name,
          t.clone(),
        ]);
        for (const [, t] of saved) expect(t.requiresGrad).toBe(false);
        for (const t of Object.values(module.stateDict())) t.fill_(-1);
        const result = module.loadStateDict(Object.fromEntries(saved));
        expect(result).toEqual({ missingKeys: [], unexpectedKeys: [] });
        const loaded = module.stateDict();
        expect(Object.keys(loaded)).toEqual(saved.map(([name]) => name));
        for (const [name, t] of saved) expect(loaded[name]).toEqualTensor(t);
      }),
    );
  });

  test("lists a name for every parameter that namedParameters lists", () => {
    fc.assert(
      fc.property(tree, (module) => {
        const state = module.stateDict({ keepVars: true });
        for (const [name, parameter] of module.namedParameters()) {
          expect(state[name]).toBe(parameter);
          expect(module.getParameter(name)).toBe(parameter);
        }
      }),
    );
  });
});

describe("loading", () => {
  const layer = () => new nn.Linear(2, 3);

  test("casts to the dtype of the module and keeps its parameters", () => {
    const module = layer();
    const { weight } = module;
    module.loadStateDict({
      weight: ones([3, 2], { dtype: "float64" }),
      bias: ones([3], { dtype: "int64" }),
    });
    expect(module.weight).toBe(weight);
    expect(weight).toEqualTensor(ones(3, 2));
    expect(module.bias).toEqualTensor(ones(3));
    expect(weight.requiresGrad).toBe(true);
  });

  test("takes a scalar that was saved as a vector of one", () => {
    class Temperature extends nn.Module {
      readonly value = new nn.Parameter(tensor(0));
    }
    const module = new Temperature();
    module.loadStateDict({ value: tensor([4]) });
    expect(module.value.item()).toBe(4);
  });

  test("reports a size that differs, in PyTorch's words", () => {
    expect(() => layer().loadStateDict({ weight: ones(2, 2), bias: ones(3) })).toThrow(
      new Error(
        "Error(s) in loading state_dict for Linear:\n\tsize mismatch for weight: copying a param with shape torch.Size([2, 2]) from checkpoint, the shape in current model is torch.Size([3, 2]).",
      ),
    );
  });

  test("reports all that is missing, unexpected or of another size at once", () => {
    expect(() => layer().loadStateDict({ weight: ones(2, 2), x: ones(3), y: ones(3) })).toThrow(
      new Error(
        'Error(s) in loading state_dict for Linear:\n\tMissing key(s) in state_dict: "bias". \n\tUnexpected key(s) in state_dict: "x", "y". \n\tsize mismatch for weight: copying a param with shape torch.Size([2, 2]) from checkpoint, the shape in current model is torch.Size([3, 2]).',
      ),
    );
  });

  test("names nested keys in full", () => {
    const model = new nn.Sequential(new nn.Linear(1, 1), new nn.ReLU());
    const state = { "0.weight": ones(1, 1), "1.x": ones(1), "7.x": ones(1), "0": ones(1) };
    expect(model.loadStateDict(state, { strict: false })).toEqual({
      missingKeys: ["0.bias"],
      unexpectedKeys: ["0", "7.x", "1.x"],
    });
    expect(model.getParameter("0.weight")).toHaveValues([1]);
  });

  test("leaves the module as it was where something does not fit", () => {
    const module = layer();
    const before = module.weight.detach().clone();
    expect(() => module.loadStateDict({ weight: ones(3, 2), bias: ones(4) })).toThrow("bias");
    expect(() => module.loadStateDict({ weight: ones(3, 2) })).toThrow("Missing key(s)");
    expect(module.weight).toEqualTensor(before);
  });

  test("refuses sizes that differ even where keys may", () => {
    const state = { weight: ones(2, 2) };
    expect(() => layer().loadStateDict(state, { strict: false })).toThrow("size mismatch");
  });

  test("refuses what is no state dict, no tensor or no option", () => {
    // @ts-expect-error a number is no state dict
    expect(() => layer().loadStateDict(3)).toThrow("Expected state_dict to be dict-like, got 3.");
    // @ts-expect-error a tensor is no state dict
    expect(() => layer().loadStateDict(ones(1))).toThrow(
      "Expected state_dict to be dict-like, got Tensor.",
    );
    // @ts-expect-error a number is no tensor
    expect(() => layer().loadStateDict({ weight: 3, bias: ones(3) })).toThrow(
      'While copying the parameter named "weight", expected Tensor or Tensor-like object from checkpoint but received 3',
    );
    // @ts-expect-error a misspelt option
    expect(() => layer().loadStateDict({}, { strikt: false })).toThrow(
      "loadStateDict() got an unexpected option 'strikt'; its options are: strict",
    );
  });
});
