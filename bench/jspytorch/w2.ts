import { torch } from "js-pytorch";
import { circles } from "../inputs.ts";
import type { Setup } from "../workloads.ts";
import { linear, nested, type Tensor } from "./network.ts";

/** Its ReLU lets a thousandth of a negative input through, so the losses part from PyTorch's. */
export const setup: Setup = (params) => {
  if (params.kind !== "circles") return "another workload";
  if (params.optimizer === "sgd") return "no SGD";
  const inputs = circles();
  const [w1, b1, w2, b2, w3, b3] = inputs.parameters.map(({ data }) => data);
  const [xTrain, xTest] = [
    torch.tensor(nested(inputs.xTrain, 2)),
    torch.tensor(nested(inputs.xTest, 2)),
  ];
  const [yTrain, yTest] = [
    torch.tensor(nested(inputs.yTrain, 1)),
    torch.tensor(nested(inputs.yTest, 1)),
  ];
  const relu = new torch.nn.ReLU();
  let layers = [linear(w1!, b1!)];
  let optimizer = new torch.optim.Adam([]);
  let losses: number[] = [];
  const criterion = (x: Tensor, y: Tensor): Tensor => {
    let h = layers[0]!.forward(x);
    for (const layer of layers.slice(1)) h = layer.forward(relu.forward(h));
    // log(1 + e^z) - z y: there is no BCE with logits.
    return torch.log(torch.exp(h).add(1)).sub(h.mul(y)).mean(0);
  };
  return {
    steps: params.steps,
    reset() {
      layers = [linear(w1!, b1!), linear(w2!, b2!), linear(w3!, b3!)];
      const parameters = layers.flatMap((layer) => layer.parameters());
      optimizer = new torch.optim.Adam(parameters, 0.01, 0, [0.9, 0.999], 1e-8);
      losses = [];
    },
    step() {
      const loss = criterion(xTrain, yTrain);
      loss.backward();
      optimizer.step();
      optimizer.zero_grad();
      const testLoss = criterion(xTest, yTest);
      losses.push(loss.data[0], testLoss.data[0]);
    },
    check: () => [...losses.slice(0, 2), ...losses.slice(-2)],
  };
};
