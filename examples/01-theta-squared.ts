/**
 * θ²: what four update rules make of the same slope, in 20 steps from θ = 5.
 */
import { optim, type Tensor, tensor } from "tapegrad";
import { drawCurves } from "./support/draw.ts";
import { printTable } from "./support/table.ts";

const STEPS = 20;
const lr = 0.1;

/** Follows one rule and returns θ at the start and after every step. */
function descend(rule: (params: Tensor[]) => optim.Optimizer<object>): number[] {
  const theta = tensor(5, { dtype: "float64", requiresGrad: true });
  const optimizer = rule([theta]);
  const visited = [theta.item()];
  for (let step = 0; step < STEPS; step++) {
    optimizer.zeroGrad();
    theta.square().backward();
    optimizer.step();
    visited.push(theta.item());
  }
  return visited;
}

export const thetas = {
  SGD: descend((params) => new optim.SGD(params, { lr })),
  // The averaging form, v ← 0.9 v + 0.1 g, is PyTorch's v ← 0.9 v + g at a tenth of the rate.
  Momentum: descend((params) => new optim.SGD(params, { lr: lr * (1 - 0.9), momentum: 0.9 })),
  RMSprop: descend((params) => new optim.RMSprop(params, { lr, alpha: 0.9 })),
  Adam: descend((params) => new optim.Adam(params, { lr })),
};

printTable(
  ["optimizer", `θ after ${STEPS} steps`],
  Object.entries(thetas).map(([name, theta]) => [name, theta.slice(-1)[0]?.toFixed(10)]),
);
drawCurves("01-theta-squared", "θ² from θ = 5: only momentum runs past the minimum at 0", [
  { title: "Rate 0.1", x: "step", y: "θ", series: thetas },
]);
