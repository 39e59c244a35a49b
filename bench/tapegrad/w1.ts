import { optim, sub, type Tensor, tensor } from "tapegrad";
import type { Setup } from "../workloads.ts";

const scalar = (value: number): Tensor => tensor(value, { dtype: "float64", requiresGrad: true });

export const setup: Setup = (params) => {
  if (params.kind !== "rosenbrock") return "another workload";
  let [x, y] = [scalar(0), scalar(0)];
  let optimizer = new optim.Adam([x, y]);
  let last = 0;
  return {
    steps: params.steps,
    reset() {
      [x, y] = [scalar(-1), scalar(1)];
      optimizer = new optim.Adam([x, y], { lr: 0.01 });
    },
    step() {
      optimizer.zeroGrad();
      const loss = sub(1, x)
        .pow(2)
        .add(y.sub(x.pow(2)).pow(2).mul(100));
      loss.backward();
      optimizer.step();
      last = loss.item();
    },
    check: () => [x.item(), y.item(), last],
  };
};
