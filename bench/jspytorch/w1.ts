import { torch } from "js-pytorch";
import type { Setup } from "../workloads.ts";
import type { Tensor } from "./network.ts";

export const setup: Setup = (params) => {
  if (params.kind !== "rosenbrock") return "another workload";
  const parameter = (value: number): Tensor => torch.tensor([value], true);
  let [x, y] = [parameter(0), parameter(0)];
  let optimizer = new torch.optim.Adam([x, y]);
  let last = 0;
  return {
    steps: params.steps,
    reset() {
      [x, y] = [parameter(-1), parameter(1)];
      optimizer = new torch.optim.Adam([x, y], 0.01, 0, [0.9, 0.999], 1e-8);
    },
    step() {
      const loss = x
        .neg()
        .add(1)
        .pow(2)
        .add(y.sub(x.pow(2)).pow(2).mul(100));
      loss.backward();
      optimizer.step();
      optimizer.zero_grad();
      last = loss.data[0];
    },
    check: () => [x.data[0], y.data[0], last],
  };
};
