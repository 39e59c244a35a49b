import { type Array as Arr, jit, nn, numpy as np } from "@jax-js/jax";
import { circles } from "../inputs.ts";
import type { Setup } from "../workloads.ts";
import { adam, array, free, fresh, linear, type Params, type State, sgd } from "./train.ts";

function criterion(params: Params, x: Arr, y: Arr): Arr {
  const [w1, b1, w2, b2, w3, b3] = params;
  const h1 = nn.relu(linear(x, w1!, b1!));
  const h2 = nn.relu(linear(h1, w2!, b2!));
  const z = linear(h2, w3!, b3!);
  const tail = np.log1p(np.exp(np.abs(z.ref).neg()));
  return np.mean(nn.relu(z.ref).sub(z.mul(y)).add(tail));
}

export const setup: Setup = (params) => {
  if (params.kind !== "circles") return "another workload";
  const inputs = circles();
  const xTrain = array(inputs.xTrain, [700, 2]);
  const yTrain = array(inputs.yTrain, [700, 1]);
  const xTest = array(inputs.xTest, [300, 2]);
  const yTest = array(inputs.yTest, [300, 1]);
  const withAdam = adam(criterion, 0.01);
  const withSgd = sgd(criterion, 0.01);
  const evaluate = jit(criterion);
  let state: State | undefined;
  let losses: number[] = [];
  return {
    steps: params.steps,
    reset() {
      if (state !== undefined) free(state);
      state = fresh(inputs.parameters.map(({ data, shape }) => array(data, shape)));
      losses = [];
    },
    step(i) {
      const [loss, next] =
        params.optimizer === "adam"
          ? withAdam(state!, i + 1, xTrain.ref, yTrain.ref)
          : withSgd(state!, xTrain.ref, yTrain.ref);
      state = next;
      const kept = next.params.map((p) => p.ref);
      losses.push(loss, evaluate(kept, xTest.ref, yTest.ref).dataSync()[0]!);
    },
    check: () => [...losses.slice(0, 2), ...losses.slice(-2)],
  };
};
