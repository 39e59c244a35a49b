import { type Array as Arr, nn, numpy as np } from "@jax-js/jax";
import { DIGITS, digits } from "../inputs.ts";
import type { Setup } from "../workloads.ts";
import { adam, array, free, fresh, linear, type Params, type State } from "./train.ts";

function criterion([w1, b1, w2, b2]: Params, x: Arr, y: Arr): Arr {
  const z = linear(nn.relu(linear(x, w1!, b1!)), w2!, b2!);
  return np.sum(nn.logSoftmax(z).mul(y)).mul(-1 / DIGITS.batch);
}

export const setup: Setup = (params) => {
  if (params.kind !== "digits") return "another workload";
  const inputs = digits();
  const { batch, classes, hidden } = DIGITS;
  const x = array(inputs.x, [batch, DIGITS.inputs]);
  const y = nn.oneHot(np.array(Int32Array.from(inputs.y)), classes).astype(np.float32);
  const train = adam(criterion, DIGITS.lr);
  let state: State | undefined;
  let losses: number[] = [];
  return {
    steps: params.steps,
    reset() {
      if (state !== undefined) free(state);
      state = fresh([
        array(inputs.w1, [hidden, DIGITS.inputs]),
        array(inputs.b1, [hidden]),
        array(inputs.w2, [classes, hidden]),
        array(inputs.b2, [classes]),
      ]);
      losses = [];
    },
    step(i) {
      const [loss, next] = train(state!, i + 1, x.ref, y.ref);
      state = next;
      losses.push(loss);
    },
    check: () => [losses[0]!, losses.at(-1)!],
  };
};
