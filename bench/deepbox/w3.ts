import { GradTensor, tensor } from "deepbox/ndarray";
import { crossEntropyLoss } from "deepbox/nn";
import { Adam } from "deepbox/optim";
import { DIGITS, digits } from "../inputs.ts";
import type { Setup } from "../workloads.ts";
import { input, network } from "./network.ts";

export const setup: Setup = (params) => {
  if (params.kind !== "digits") return "another workload";
  const inputs = digits();
  const sizes = [DIGITS.inputs, DIGITS.hidden, DIGITS.classes];
  const parameters = [inputs.w1, inputs.b1, inputs.w2, inputs.b2];
  const x = input(inputs.x, DIGITS.inputs);
  const y = tensor(Array.from(inputs.y), { dtype: "int32" });
  let model = network(sizes, parameters);
  let optimizer = new Adam(model.parameters());
  let losses: number[] = [];
  return {
    steps: params.steps,
    reset() {
      model = network(sizes, parameters);
      optimizer = new Adam(model.parameters(), { lr: DIGITS.lr });
      losses = [];
    },
    step() {
      optimizer.zeroGrad();
      const logits = model.forward(x);
      if (!(logits instanceof GradTensor)) throw new Error("deepbox: no gradient");
      const loss = crossEntropyLoss(logits, y);
      loss.backward();
      optimizer.step();
      losses.push(Number(loss.data[0]));
    },
    check: () => [losses[0]!, losses.at(-1)!],
  };
};
