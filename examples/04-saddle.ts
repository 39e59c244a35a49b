/**
 * Leaving a saddle: three rules by hand, and the same ones from `optim`, as moving pictures.
 */
import { nn, optim, stack, type Tensor, tensor, zerosLike } from "tapegrad";
import { animatePaths, type Ground } from "./support/draw.ts";
import { printTable, sci } from "./support/table.ts";

const STEPS = 4000;
const lr = 0.005;
const start = tensor([20.75, 0.5], { dtype: "float64" });
const saddle = (x: Tensor, y: Tensor) => x.square().sub(y.square());

/** Takes the steps, and returns [x, y, z] at the start and after each. */
function visit(step: () => Tensor): Tensor {
  const points = [start, ...Array.from({ length: STEPS }, step)];
  return stack(points.map((p) => stack([p.at(0), p.at(1), saddle(p.at(0), p.at(1))])));
}

/** By hand: rules that turn a gradient into a step, and what they remember. */
class Memory {
  t = 0;
  m = zerosLike(start);
  v = zerosLike(start);
}
const rules = {
  SGD: (g: Tensor) => g,
  RMSprop: (g: Tensor, memory: Memory) => {
    memory.v = memory.v.mul(0.99).add(g.square().mul(1 - 0.99));
    return g.div(memory.v.sqrt().add(1e-8));
  },
  Adam: (g: Tensor, memory: Memory) => {
    memory.t += 1;
    memory.m = memory.m.mul(0.9).add(g.mul(1 - 0.9));
    memory.v = memory.v.mul(0.999).add(g.square().mul(1 - 0.999));
    const root = memory.v.div(1 - 0.999 ** memory.t).sqrt();
    return memory.m.div(1 - 0.9 ** memory.t).div(root.add(1e-8));
  },
};
function byHand(rule: (g: Tensor, memory: Memory) => Tensor): Tensor {
  let point = start;
  const memory = new Memory();
  return visit(() => {
    const grad = stack([point.at(0).mul(2), point.at(1).mul(-2)]);
    point = point.sub(rule(grad, memory).mul(lr));
    return point;
  });
}
export const hand = {
  SGD: byHand(rules.SGD),
  RMSprop: byHand(rules.RMSprop),
  Adam: byHand(rules.Adam),
};

/** With the library: a module whose only parameter is the point, autograd and an optimizer. */
class Point extends nn.Module {
  readonly at = new nn.Parameter(start.clone());
  forward(): Tensor {
    return saddle(this.at.at(0), this.at.at(1));
  }
}
function withOptim(rule: (params: Iterable<Tensor>) => optim.Optimizer<object>): Tensor {
  const model = new Point();
  const optimizer = rule(model.parameters());
  return visit(() => {
    optimizer.zeroGrad();
    model.forward().backward();
    optimizer.step();
    return model.at.detach().clone();
  });
}
export const library = {
  SGD: withOptim((params) => new optim.SGD(params, { lr })),
  RMSprop: withOptim((params) => new optim.RMSprop(params, { lr })),
  Adam: withOptim((params) => new optim.Adam(params, { lr })),
};

const rows = (["SGD", "RMSprop", "Adam"] as const).map((name) => {
  const digits = (value: number) => (name === "SGD" ? sci(value, 4) : value.toFixed(4));
  const last = [...library[name].at(-1).toTypedArray()].slice(0, 2).map(digits);
  const gap = hand[name].sub(library[name]).div(library[name]).abs().max().item();
  return [name, ...last, sci(gap, 0)];
});
printTable(["optimizer", "x", "y", "by hand differs by"], rows);

const labels = ["x", "y", "z = x² − y²"] as const;
const ground: Ground = { f: saddle, x: [-25, 25], y: [-30, 30], labels, turn: 140, cells: 30 };
animatePaths(
  "04-saddle-by-hand",
  "Leaving a saddle: SGD falls off at once (rules by hand)",
  ground,
  hand,
);
animatePaths("04-saddle-optim", "Leaving a saddle: SGD falls off at once (optim)", ground, library);
