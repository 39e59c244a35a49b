import { type Array as Arr, numpy as np } from "@jax-js/jax";
import type { Setup } from "../workloads.ts";
import { adam, free, fresh, type Params, type State } from "./train.ts";

const scalar = (value: number): Arr => np.array(value, { dtype: np.float64 });

function rosenbrock([x, y]: Params, one: Arr, hundred: Arr): Arr {
  const a = np.square(one.sub(x!.ref));
  const b = np.square(y!.sub(np.square(x!)));
  return a.add(hundred.mul(b));
}

export const setup: Setup = (params) => {
  if (params.kind !== "rosenbrock") return "another workload";
  const train = adam(rosenbrock, 0.01);
  const [one, hundred] = [scalar(1), scalar(100)];
  let state: State | undefined;
  let last = 0;
  return {
    steps: params.steps,
    reset() {
      if (state !== undefined) free(state);
      state = fresh([scalar(-1), scalar(1)]);
    },
    step(i) {
      [last, state] = train(state!, i + 1, one.ref, hundred.ref);
    },
    check: () => [...state!.params.map((p) => p.ref.dataSync()[0]!), last],
  };
};
