import { torch } from "js-pytorch";
import { DIGITS, digits } from "../inputs.ts";
import type { Setup } from "../workloads.ts";
import { linear, nested } from "./network.ts";

/** Its ReLU lets a thousandth of a negative input through, so the losses part from PyTorch's. */
export const setup: Setup = (params) => {
  if (params.kind !== "digits") return "another workload";
  const inputs = digits();
  const x = torch.tensor(nested(inputs.x, DIGITS.inputs));
  const y = torch.tensor(Array.from(inputs.y));
  const relu = new torch.nn.ReLU();
  const criterion = new torch.nn.CrossEntropyLoss();
  let layers = [linear(inputs.w2, inputs.b2)];
  let optimizer = new torch.optim.Adam([]);
  let losses: number[] = [];
  return {
    steps: params.steps,
    reset() {
      layers = [linear(inputs.w1, inputs.b1), linear(inputs.w2, inputs.b2)];
      const parameters = layers.flatMap((layer) => layer.parameters());
      optimizer = new torch.optim.Adam(parameters, DIGITS.lr, 0, [0.9, 0.999], 1e-8);
      losses = [];
    },
    step() {
      const logits = layers[1]!.forward(relu.forward(layers[0]!.forward(x)));
      const loss = criterion.forward(logits, y);
      loss.backward();
      optimizer.step();
      optimizer.zero_grad();
      losses.push(loss.data[0]);
    },
    check: () => [losses[0]!, losses.at(-1)!],
  };
};
