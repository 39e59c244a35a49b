import { describe, expect, test } from "vitest";
import { optim, type Tensor, tensor } from "../../src/index.ts";

/** The loss at the parameters. */
type Problem = (params: readonly Tensor[]) => Tensor;

/** (1 - x)² + 100 (y - x²)², least at (1, 1) in a narrow bent valley. */
const rosenbrock: Problem = ([p]) => {
  const [x, y] = [p!.at(0), p!.at(1)];
  return x.neg().add(1).square().add(y.sub(x.square()).square().mul(100));
};

/** (x - 3)² + (y + 1)² / 2, least at (3, -1). */
const parabola: Problem = ([p]) => {
  const [x, y] = [p!.at(0).sub(3), p!.at(1).add(1)];
  return x.square().add(y.square().div(2));
};

type Make = (params: Tensor[], lr: number) => optim.Optimizer<object>;

// Each optimizer with the rates that suit a round bowl and a narrow bent valley.
const OPTIMIZERS: readonly (readonly [string, Make, bowl: number, valley: number])[] = [
  ["SGD", (p, lr) => new optim.SGD(p, { lr }), 0.1, 2e-3],
  ["SGD with momentum", (p, lr) => new optim.SGD(p, { lr, momentum: 0.9 }), 0.02, 5e-4],
  [
    "SGD with Nesterov momentum",
    (p, lr) => new optim.SGD(p, { lr, momentum: 0.9, nesterov: true }),
    0.02,
    5e-4,
  ],
  ["RMSprop", (p, lr) => new optim.RMSprop(p, { lr }), 0.01, 2e-3],
  ["centered RMSprop", (p, lr) => new optim.RMSprop(p, { lr, centered: true }), 0.005, 5e-4],
  ["RMSprop with momentum", (p, lr) => new optim.RMSprop(p, { lr, momentum: 0.5 }), 0.005, 1e-3],
  ["Adam", (p, lr) => new optim.Adam(p, { lr }), 0.05, 0.02],
  ["AMSGrad", (p, lr) => new optim.Adam(p, { lr, amsgrad: true }), 0.1, 0.02],
  ["AdamW", (p, lr) => new optim.AdamW(p, { lr, weightDecay: 1e-5 }), 0.05, 0.02],
];

function descend(problem: Problem, start: number[], make: Make, lr: number, steps: number) {
  const p = tensor(start, { dtype: "float64", requiresGrad: true });
  const optimizer = make([p], lr);
  for (let i = 0; i < steps; i++) {
    optimizer.zeroGrad();
    problem([p]).backward();
    optimizer.step();
  }
  return { p, loss: problem([p]).item() };
}

describe.each(OPTIMIZERS)("%s", (_, make, bowl, valley) => {
  test("reaches the bottom of a parabola", () => {
    const { p } = descend(parabola, [0, 0], make, bowl, 1000);
    expect(p.at(0).item()).toBeCloseTo(3, 1);
    expect(p.at(1).item()).toBeCloseTo(-1, 1);
  });

  test("comes down Rosenbrock's valley", () => {
    const { loss } = descend(rosenbrock, [-1.2, 1], make, valley, 3000);
    expect(loss).toBeLessThan(0.05);
  });

  test("climbs where it is told to maximize, as far as it descends the negated function", () => {
    const options = { lr: bowl, maximize: true };
    const up = tensor([0, 0], { dtype: "float64", requiresGrad: true });
    const down = tensor([0, 0], { dtype: "float64", requiresGrad: true });
    const [climber, descender] = [make([up], bowl), make([down], bowl)];
    climber.loadStateDict({
      state: {},
      param_groups: climber.stateDict().param_groups.map((g) => ({ ...g, maximize: true })),
    });
    expect(climber.paramGroups[0]).toMatchObject(options);
    for (let i = 0; i < 10; i++) {
      up.grad = down.grad = null;
      parabola([up]).neg().backward();
      parabola([down]).backward();
      climber.step();
      descender.step();
    }
    expect(up.tolist()).toEqual(down.tolist());
  });
});
