import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { optim, Tensor, tensor, zeros } from "../../src/index.ts";
import { camelCase, snakeCase } from "../../src/optim/stateDict.ts";
import "../support/matchers.ts";

type Kind = (params: optim.Params, options?: object) => optim.Optimizer<{ lr: number }>;

const KINDS: readonly (readonly [string, Kind])[] = [
  ["SGD", (params, options) => new optim.SGD(params, { lr: 0.01, ...options })],
  ["RMSprop", (params, options) => new optim.RMSprop(params, options)],
  ["Adam", (params, options) => new optim.Adam(params, options)],
  ["AdamW", (params, options) => new optim.AdamW(params, options)],
];

/** Each kind with options, drawn from those that PyTorch accepts. */
const settings = fc.constantFrom(...KINDS).chain(([name, make]) => {
  const maybe = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined });
  const part = fc.double({ min: 0, max: 0.99, noNaN: true });
  const flag = fc.boolean();
  const common = { lr: maybe(fc.double({ min: 1e-4, max: 0.1, noNaN: true })), maximize: flag };
  const own: Record<string, fc.Arbitrary<object>> = {
    SGD: fc.record({ ...common, momentum: part, dampening: part, weightDecay: part }),
    RMSprop: fc.record({ ...common, alpha: part, centered: fc.constant(false), momentum: part }),
    Adam: fc.record({ ...common, betas: fc.tuple(part, part), amsgrad: flag, weightDecay: part }),
    AdamW: fc.record({ ...common, betas: fc.tuple(part, part), amsgrad: flag, weightDecay: part }),
  };
  return fc.record({
    make: fc.constant(make),
    options: own[name]!.map((options) =>
      Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)),
    ),
  });
});

const dtypes = fc.constantFrom("float64", "float32");

function start(dtype: "float64" | "float32"): Tensor[] {
  return [
    [0.5, -1.5, 2],
    [[1.25], [-0.25]],
  ].map((values) => tensor(values, { dtype, requiresGrad: true }));
}

function run(params: readonly Tensor[], optimizer: optim.Optimizer<object>, steps: number): void {
  for (let i = 0; i < steps; i++) {
    optimizer.zeroGrad();
    // One parameter has a gradient in every other step only.
    params[0]!.sin().sum().backward();
    if (i % 2 === 0) params[1]!.square().sum().backward();
    optimizer.step();
  }
}

test("a resumed run equals a straight run", () => {
  fc.assert(
    fc.property(settings, dtypes, fc.nat({ max: 5 }), ({ make, options }, dtype, steps) => {
      const straight = start(dtype);
      const first = make(straight, options);
      run(straight, first, steps * 2);

      const resumed = straight.map((p) => p.detach().clone().requiresGrad_());
      const second = make(resumed);
      second.loadStateDict(first.stateDict());
      run(straight, first, 4);
      run(resumed, second, 4);
      for (const [i, p] of resumed.entries()) expect(p).toEqualTensor(straight[i]!);
    }),
  );
});

test("a state dict comes back as it was loaded", () => {
  fc.assert(
    fc.property(settings, dtypes, ({ make, options }, dtype) => {
      const params = start(dtype);
      const optimizer = make(params, options);
      run(params, optimizer, 3);
      const saved = optimizer.stateDict();
      const other = make(start(dtype));
      other.loadStateDict(saved);
      const again = other.stateDict();
      expect(again.param_groups).toEqual(saved.param_groups);
      expect(Object.keys(again.state)).toEqual(Object.keys(saved.state));
      for (const [id, packed] of Object.entries(saved.state)) {
        expect(Object.keys(again.state[id]!)).toEqual(Object.keys(packed));
        for (const [name, value] of Object.entries(packed)) {
          if (!(value instanceof Tensor)) throw new TypeError(`${name} is no tensor`);
          expect(again.state[id]![name]).toEqualTensor(value);
        }
      }
    }),
  );
});

test("names go from camel to snake case and back", () => {
  const words = fc.array(fc.stringMatching(/^[a-z][a-z0-9]*$/), { minLength: 1, maxLength: 4 });
  fc.assert(
    fc.property(words, (list) => {
      const snake = list.join("_");
      expect(snakeCase(camelCase(snake))).toBe(snake);
    }),
  );
});

describe("stateDict", () => {
  test("has PyTorch's layout and names", () => {
    const [a, b] = start("float64");
    const optimizer = new optim.Adam([{ params: [a!] }, { params: [b!], weightDecay: 0.5 }]);
    a!.sum().backward();
    optimizer.step();
    const { state, param_groups } = optimizer.stateDict();
    const group = {
      lr: 1e-3,
      betas: [0.9, 0.999],
      eps: 1e-8,
      weight_decay: 0,
      amsgrad: false,
      maximize: false,
    };
    expect(param_groups).toEqual([
      { ...group, params: [0] },
      { ...group, weight_decay: 0.5, params: [1] },
    ]);
    expect(Object.keys(param_groups[0]!).at(-1)).toBe("params");
    expect(Object.keys(state)).toEqual(["0"]);
    expect(Object.keys(state[0]!)).toEqual(["step", "exp_avg", "exp_avg_sq"]);
    expect(state[0]!.step).toEqualTensor(tensor(1, { dtype: "float32" }));
    expect(state[0]!.exp_avg).toBeCloseToTensor(tensor([0.1, 0.1, 0.1], { dtype: "float64" }));
  });

  test("numbers parameters through all groups", () => {
    const groups = [[zeros(1), zeros(1)], [zeros(1)], [zeros(1), zeros(1)]];
    const optimizer = new optim.RMSprop(groups.map((params) => ({ params })));
    expect(optimizer.stateDict().param_groups.map(({ params }) => params)).toEqual([
      [0, 1],
      [2],
      [3, 4],
    ]);
  });

  test("holds the optimizer's own tensors", () => {
    const params = start("float64");
    const optimizer = new optim.SGD(params, { lr: 0.1, momentum: 0.9 });
    run(params, optimizer, 1);
    const { momentum_buffer: buffer } = optimizer.stateDict().state[0]!;
    expect(buffer).toBe(optimizer.state.get(params[0]!)!.momentumBuffer);
  });
});

describe("loadStateDict", () => {
  function adam(count: number): optim.Adam {
    return new optim.Adam(Array.from({ length: count }, () => zeros(1, { requiresGrad: true })));
  }

  test("copies the tensors", () => {
    const params = start("float64");
    const optimizer = new optim.SGD(params, { lr: 0.1, momentum: 0.9 });
    run(params, optimizer, 1);
    const other = new optim.SGD(start("float64"), { lr: 1 });
    const saved = optimizer.stateDict();
    other.loadStateDict(saved);
    const before = optimizer.state.get(params[0]!)!.momentumBuffer!.clone();
    run(params, optimizer, 1);
    expect(other.stateDict().state[0]!.momentum_buffer).toEqualTensor(before);
  });

  test("casts to the parameter's dtype, but not the step", () => {
    const params = start("float64");
    const optimizer = new optim.Adam(params);
    run(params, optimizer, 1);
    const other = new optim.Adam(start("float32"));
    other.loadStateDict(optimizer.stateDict());
    const { step, exp_avg: average } = other.stateDict().state[0]!;
    expect(step).toEqualTensor(tensor(1, { dtype: "float32" }));
    expect(average instanceof Tensor && average.dtype).toBe("float32");
  });

  test("takes a step that is a plain number, as PyTorch's RMSprop wrote it once", () => {
    const optimizer = new optim.RMSprop(start("float64"));
    const { param_groups } = optimizer.stateDict();
    optimizer.loadStateDict({ state: { 0: { step: 7 } }, param_groups });
    expect(optimizer.stateDict().state[0]!.step).toEqualTensor(tensor(7, { dtype: "float32" }));
  });

  test("carries options along that the library does not know", () => {
    const optimizer = adam(1);
    const saved = optimizer.stateDict();
    saved.param_groups[0]!.initial_lr = 0.5;
    saved.param_groups[0]!.foreach = null;
    optimizer.loadStateDict(saved);
    expect(optimizer.paramGroups[0]).toMatchObject({ initialLr: 0.5, foreach: null });
    expect(optimizer.stateDict().param_groups[0]).toMatchObject({ initial_lr: 0.5, foreach: null });
  });

  test("takes a switch that the saved group does not have for off", () => {
    const optimizer = new optim.SGD(start("float64"), { lr: 1, maximize: true });
    const saved = optimizer.stateDict();
    const { maximize: _, ...older } = saved.param_groups[0]!;
    optimizer.loadStateDict({ ...saved, param_groups: [older] });
    expect(optimizer.paramGroups[0]!.maximize).toBe(false);
  });

  test("changes the groups that are there", () => {
    const optimizer = adam(1);
    const group = optimizer.paramGroups[0]!;
    const saved = new optim.Adam([zeros(1)], { lr: 0.5 }).stateDict();
    optimizer.loadStateDict(saved);
    expect(optimizer.paramGroups[0]).toBe(group);
    expect(group.lr).toBe(0.5);
  });

  test.each([
    [
      "another number of groups",
      () => new optim.Adam([{ params: [zeros(1)] }, { params: [zeros(1)] }]).stateDict(),
      "loaded state dict has a different number of parameter groups",
    ],
    [
      "a group of another size",
      () => adam(2).stateDict(),
      "loaded state dict contains a parameter group that doesn't match the size of optimizer's group",
    ],
    [
      "another optimizer's options",
      () => new optim.SGD([zeros(1)], { lr: 1 }).stateDict(),
      "loadStateDict(): parameter group 0 has no 'betas'; was it saved by another kind of optimizer than Adam?",
    ],
    [
      "an option of another type",
      () => {
        const saved = adam(1).stateDict();
        return { ...saved, param_groups: [{ ...saved.param_groups[0]!, lr: "fast" }] };
      },
      "loadStateDict(): option 'lr' must be a number, got \"fast\"",
    ],
    [
      "an option out of range",
      () => {
        const saved = adam(1).stateDict();
        return { ...saved, param_groups: [{ ...saved.param_groups[0]!, lr: -1 }] };
      },
      "Invalid learning rate: -1",
    ],
    [
      "a state of a parameter that no group has",
      () => ({ ...adam(1).stateDict(), state: { 4: { step: 1 } } }),
      "loaded state dict has a state for parameter 4, which is in no group",
    ],
  ])("throws for %s, and changes nothing", (_, saved, message) => {
    const optimizer = adam(1);
    const before = optimizer.stateDict();
    expect(() => optimizer.loadStateDict(saved())).toThrow(message);
    expect(optimizer.stateDict()).toEqual(before);
  });
});
