import { GradTensor, parameter } from "deepbox/ndarray";
import { Adam } from "deepbox/optim";
import type { Setup } from "../workloads.ts";

const scalar = (value: number) => GradTensor.scalar(value, { dtype: "float64" });

export const setup: Setup = (params) => {
  if (params.kind !== "rosenbrock") return "another workload";
  const [one, hundred] = [scalar(1), scalar(100)];
  let x = one;
  let y = one;
  let optimizer = new Adam([parameter(0)]);
  let last = 0;
  return {
    steps: params.steps,
    reset() {
      x = parameter(-1, { dtype: "float64" });
      y = parameter(1, { dtype: "float64" });
      optimizer = new Adam([x, y], { lr: 0.01 });
    },
    step() {
      optimizer.zeroGrad();
      const loss = one
        .sub(x)
        .pow(2)
        .add(hundred.mul(y.sub(x.pow(2)).pow(2)));
      loss.backward();
      optimizer.step();
      last = Number(loss.data[0]);
    },
    check: () => [Number(x.data[0]), Number(y.data[0]), last],
  };
};
