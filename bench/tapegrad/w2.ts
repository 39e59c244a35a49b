import { nn, noGrad, optim, tensor } from "tapegrad";
import { circles } from "../inputs.ts";
import type { Setup } from "../workloads.ts";

export const setup: Setup = (params) => {
  if (params.kind !== "circles") return "another workload";
  const inputs = circles();
  const [xTrain, xTest] = [tensor(inputs.xTrain).view(-1, 2), tensor(inputs.xTest).view(-1, 2)];
  const [yTrain, yTest] = [tensor(inputs.yTrain).view(-1, 1), tensor(inputs.yTest).view(-1, 1)];
  const criterion = new nn.BCEWithLogitsLoss();
  const network = () => {
    const model = new nn.Sequential(
      new nn.Linear(2, 16),
      new nn.ReLU(),
      new nn.Linear(16, 16),
      new nn.ReLU(),
      new nn.Linear(16, 1),
    );
    noGrad(() => {
      for (const [i, p] of [...model.parameters()].entries()) {
        const { data, shape } = inputs.parameters[i]!;
        p.copy_(tensor(data).view([...shape]));
      }
    });
    return model;
  };
  let model = network();
  let optimizer: optim.Optimizer = new optim.Adam(model.parameters());
  let losses: number[] = [];
  return {
    steps: params.steps,
    reset() {
      model = network();
      const Rule = params.optimizer === "adam" ? optim.Adam : optim.SGD;
      optimizer = new Rule(model.parameters(), { lr: 0.01 });
      losses = [];
    },
    step() {
      model.train();
      optimizer.zeroGrad();
      const loss = criterion.forward(model.forward(xTrain), yTrain);
      loss.backward();
      optimizer.step();

      model.eval();
      const testLoss = noGrad(() => criterion.forward(model.forward(xTest), yTest));
      losses.push(loss.item(), testLoss.item());
    },
    check: () => [...losses.slice(0, 2), ...losses.slice(-2)],
  };
};
