import { GradTensor, noGrad } from "deepbox/ndarray";
import { binaryCrossEntropyWithLogitsLoss } from "deepbox/nn";
import { Adam, SGD } from "deepbox/optim";
import { circles } from "../inputs.ts";
import type { Setup } from "../workloads.ts";
import { input, matrix, network } from "./network.ts";

export const setup: Setup = (params) => {
  if (params.kind !== "circles") return "another workload";
  const inputs = circles();
  const parameters = inputs.parameters.map(({ data }) => data);
  const [xTrain, xTest] = [input(inputs.xTrain, 2), input(inputs.xTest, 2)];
  const [yTrain, yTest] = [matrix(inputs.yTrain, 1), matrix(inputs.yTest, 1)];
  let model = network([2, 16, 16, 1], parameters);
  let optimizer: Adam | SGD = new Adam(model.parameters());
  let losses: number[] = [];
  const criterion = (x: GradTensor, y: typeof yTrain): GradTensor => {
    const logits = model.forward(x);
    if (!(logits instanceof GradTensor)) throw new Error("deepbox: no gradient");
    return binaryCrossEntropyWithLogitsLoss(logits, y);
  };
  return {
    steps: params.steps,
    reset() {
      model = network([2, 16, 16, 1], parameters);
      const Optimizer = params.optimizer === "adam" ? Adam : SGD;
      optimizer = new Optimizer(model.parameters(), { lr: 0.01 });
      losses = [];
    },
    step() {
      model.train();
      optimizer.zeroGrad();
      const loss = criterion(xTrain, yTrain);
      loss.backward();
      optimizer.step();
      model.eval();
      const testLoss = noGrad(() => criterion(xTest, yTest));
      losses.push(Number(loss.data[0]), Number(testLoss.data[0]));
    },
    check: () => [...losses.slice(0, 2), ...losses.slice(-2)],
  };
};
