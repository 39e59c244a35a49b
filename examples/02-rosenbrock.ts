/**
 * Rosenbrock's valley: in 1000 steps plain descent creeps, momentum and Adam get through.
 */
import { optim, sub, type Tensor, tensor } from "tapegrad";
import { column, drawCurves, drawPaths, eachAndAll, type Ground } from "./support/draw.ts";
import { printTable, sci } from "./support/table.ts";

const STEPS = 1000;

/** (1 − x)² + 100 (y − x²)², at one point or at a whole grid of them. */
function rosenbrock(x: Tensor, y: Tensor): Tensor {
  return sub(1, x)
    .pow(2)
    .add(y.sub(x.pow(2)).pow(2).mul(100));
}

/** Walks from (−1, 1) and returns [x, y, f(x, y)] at the start and after every step. */
function walk(rule: (params: Tensor[]) => optim.Optimizer<object>): number[][] {
  const point = tensor([-1, 1], { dtype: "float64", requiresGrad: true });
  const optimizer = rule([point]);
  return Array.from({ length: STEPS + 1 }, () => {
    const loss = rosenbrock(point.at(0), point.at(1));
    const row = [...point.toTypedArray(), loss.item()];
    optimizer.zeroGrad();
    loss.backward();
    optimizer.step();
    return row;
  });
}

export const paths = {
  SGD: walk((params) => new optim.SGD(params, { lr: 1e-3 })),
  Momentum: walk((params) => new optim.SGD(params, { lr: 1e-3, momentum: 0.9 })),
  Adam: walk((params) => new optim.Adam(params, { lr: 1e-2 })),
};

printTable(
  ["optimizer", "x", "y", "f(x, y)"],
  Object.entries(paths).map(([name, path]) => {
    const [x = 0, y = 0, loss = 0] = path.at(-1) ?? [];
    return [name, x.toFixed(4), y.toFixed(4), sci(loss, 6)];
  }),
);

const ground: Ground = {
  f: rosenbrock,
  x: [-2, 2],
  y: [-1, 3],
  labels: ["x", "y", "f(x, y)"],
  levels: [0.1, 0.3, 1, 3, 10, 30, 100, 300, 1000],
  minimum: [1, 1],
};
drawPaths(
  "02-rosenbrock-paths",
  "Rosenbrock's valley: 1000 steps from the circle to the star",
  ground,
  eachAndAll(paths),
);

const losses = { x: "step", y: "f(x, y)", series: column(paths, 2) };
drawCurves("02-rosenbrock-loss", "Rosenbrock's valley: Adam starts later and ends lower", [
  { title: "Linear axis", ...losses },
  { title: "Logarithmic axis", ...losses, log: true },
]);
