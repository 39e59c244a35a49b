import { nn, noGrad, optim, tensor } from "tapegrad";
import { DIGITS, digits } from "../inputs.ts";
import type { Setup } from "../workloads.ts";

export const setup: Setup = (params) => {
  if (params.kind !== "digits") return "another workload";
  const inputs = digits();
  const x = tensor(Float32Array.from(inputs.x)).view(DIGITS.batch, DIGITS.inputs);
  const y = tensor(inputs.y, { dtype: "int64" });
  const criterion = new nn.CrossEntropyLoss();
  const network = () => {
    const model = new nn.Sequential(
      new nn.Linear(DIGITS.inputs, DIGITS.hidden),
      new nn.ReLU(),
      new nn.Linear(DIGITS.hidden, DIGITS.classes),
    );
    const parameters = [inputs.w1, inputs.b1, inputs.w2, inputs.b2];
    noGrad(() => {
      for (const [i, p] of [...model.parameters()].entries()) {
        p.copy_(tensor(Float32Array.from(parameters[i]!)).view([...p.shape]));
      }
    });
    return model;
  };
  let model = network();
  let optimizer = new optim.Adam(model.parameters());
  let losses: number[] = [];
  return {
    steps: params.steps,
    reset() {
      model = network();
      optimizer = new optim.Adam(model.parameters(), { lr: DIGITS.lr });
      losses = [];
    },
    step() {
      optimizer.zeroGrad();
      const loss = criterion.forward(model.forward(x), y);
      loss.backward();
      optimizer.step();
      losses.push(loss.item());
    },
    check: () => [losses[0]!, losses.at(-1)!],
  };
};
