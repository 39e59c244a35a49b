import { describe, expect, test } from "vitest";
import { optim, type Tensor, tensor, zerosLike } from "../../src/index.ts";
import "../support/matchers.ts";

interface Options {
  lr: number;
  beta: number;
}

interface State {
  velocity?: Tensor;
}

/** Momentum in its averaging form. */
class Momentum extends optim.Optimizer<Options, State> {
  constructor(params: optim.Params<Options>, options: Partial<Options> = {}) {
    super(params, { lr: 0.01, beta: 0.9 }, options);
  }

  protected override update(p: Tensor, grad: Tensor, state: State, { lr, beta }: Options): void {
    state.velocity ??= zerosLike(p);
    state.velocity.mul_(beta).add_(grad, { alpha: 1 - beta });
    p.sub_(state.velocity, { alpha: lr });
  }
}

function parameter(...values: number[]): Tensor {
  return tensor(values, { dtype: "float64", requiresGrad: true });
}

function run(params: readonly Tensor[], optimizer: optim.Optimizer<object>, steps: number): void {
  for (let i = 0; i < steps; i++) {
    optimizer.zeroGrad();
    for (const p of params) p.square().sum().backward();
    optimizer.step();
  }
}

describe("an optimizer of the user's own", () => {
  test("is a constructor and one update method", () => {
    const [own, built] = [parameter(5, -2), parameter(5, -2)];
    run([own], new Momentum([own], { lr: 0.1 }), 20);
    // Dampened momentum is the same average, except that it starts at the first gradient.
    const sgd = new optim.SGD([built], { lr: 0.1, momentum: 0.9, dampening: 0.9 });
    sgd.loadStateDict({
      state: { 0: { momentum_buffer: tensor([0, 0], { dtype: "float64" }) } },
      param_groups: sgd.stateDict().param_groups,
    });
    run([built], sgd, 20);
    expect(own).toBeCloseToTensor(built);
  });

  test("has groups, defaults and checks like any other", () => {
    const [a, b] = [parameter(1), parameter(1)];
    const optimizer = new Momentum([{ params: [a] }, { params: [b], beta: 0 }], { lr: 0.5 });
    expect(optimizer.paramGroups).toMatchObject([
      { lr: 0.5, beta: 0.9 },
      { lr: 0.5, beta: 0 },
    ]);
    expect(() => new Momentum([a], { lr: NaN })).toThrow("Momentum(): option 'lr' must not be NaN");
    expect(() => Reflect.construct(Momentum, [[a], { rate: 1 }])).toThrow(
      "Momentum() got an unexpected option 'rate'; its options are: lr, beta",
    );
    expect(String(new Momentum([a]))).toBe(
      "Momentum (\nParameter Group 0\n    beta: 0.9\n    lr: 0.01\n)",
    );
  });

  test("saves and resumes", () => {
    const first = parameter(5, -2);
    const optimizer = new Momentum([first], { lr: 0.1 });
    run([first], optimizer, 5);
    expect(Object.keys(optimizer.stateDict().state[0]!)).toEqual(["velocity"]);
    const second = first.detach().clone().requiresGrad_();
    const resumed = new Momentum([second]);
    resumed.loadStateDict(optimizer.stateDict());
    run([first], optimizer, 5);
    run([second], resumed, 5);
    expect(second).toEqualTensor(first);
  });

  test("may pass all its options as defaults", () => {
    class Plain extends optim.Optimizer<{ lr: number }> {
      constructor(params: optim.Params<{ lr: number }>, { lr }: { lr: number }) {
        super(params, { lr });
      }

      protected override update(p: Tensor, grad: Tensor, _: object, { lr }: { lr: number }): void {
        p.sub_(grad, { alpha: lr });
      }
    }
    const p = parameter(1);
    run([p], new Plain([p], { lr: 0.25 }), 1);
    expect(p).toHaveValues([0.5]);
  });

  test("may require an option of every group", () => {
    class Strict extends optim.Optimizer<{ lr: number }> {
      constructor(params: optim.Params<{ lr: number }>) {
        super(params, { lr: optim.required });
      }

      protected override update(): void {}
    }
    expect(() => new Strict([parameter(1)])).toThrow(
      "parameter group didn't specify a value of required optimization parameter lr",
    );
    expect(() => new Strict([{ params: [parameter(1)], lr: 1 }])).not.toThrow();
  });

  test("may keep lists and numbers, and nothing that cannot be saved", () => {
    class Historian extends optim.Optimizer<{ lr: number }, { past?: Tensor[]; seen?: unknown }> {
      constructor(params: optim.Params<{ lr: number }>) {
        super(params, { lr: 1 });
      }

      protected override update(
        p: Tensor,
        grad: Tensor,
        state: { past?: Tensor[]; seen?: unknown },
      ): void {
        state.past = [...(state.past ?? []), grad.clone()];
        if (p.numel() > 1) state.seen = new Map();
      }
    }
    const p = parameter(1);
    const optimizer = new Historian([p]);
    run([p], optimizer, 2);
    const other = new Historian([parameter(1)]);
    other.loadStateDict(optimizer.stateDict());
    const { past } = other.stateDict().state[0]!;
    expect(past).toHaveLength(2);

    const q = parameter(1, 2);
    const bad = new Historian([q]);
    run([q], bad, 1);
    expect(() => bad.stateDict()).toThrow(
      "stateDict(): 'seen' is neither a tensor, a number, nor a list of them",
    );
  });
});
