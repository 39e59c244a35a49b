/**
 * Regression in mini-batches: a DataLoader and the plain five-line loop, SGD with momentum against Adam.
 */
import { data, manualSeed, nn, noGrad, optim, randn, type Tensor } from "tapegrad";
import { drawCurves } from "./support/draw.ts";
import { progress } from "./support/progress.ts";
import { printTable } from "./support/table.ts";

const EPOCHS = 30;

// A linear target, a sine of the first column that a line cannot follow, and some noise.
manualSeed(0);
const X = randn(640, 10);
const line = X.matmul(randn(10, 1));
const y = line.add(X.slice(1, 0, 1).mul(2).sin()).add(randn(640, 1).mul(0.1));
const training = new data.TensorDataset(X.slice(0, 0, 512), y.slice(0, 0, 512));
const [xTest, yTest] = [X.slice(0, 512), y.slice(0, 512)];

const optimizers = {
  Momentum: (params: Iterable<Tensor>) =>
    new optim.SGD(params, { lr: 0.01, momentum: 0.9, weightDecay: 1e-4 }),
  Adam: (params: Iterable<Tensor>) => new optim.Adam(params, { lr: 0.01 }),
};
export const train: Record<string, number[]> = {};
export const test: Record<string, number[]> = {};

for (const [name, rule] of Object.entries(optimizers)) {
  manualSeed(42);
  const model = new nn.Sequential(new nn.Linear(10, 32), new nn.ReLU(), new nn.Linear(32, 1));
  const criterion = new nn.MSELoss();
  const optimizer = rule(model.parameters());
  const loader = new data.DataLoader(training, { batchSize: 32, shuffle: true });
  train[name] = [];
  test[name] = [];
  for (let epoch = 1; epoch <= EPOCHS; epoch++) {
    let total = 0;
    for (const [inputs, targets] of loader) {
      optimizer.zeroGrad();
      const loss = criterion.forward(model.forward(inputs), targets);
      loss.backward();
      optimizer.step();
      total += loss.item();
    }
    train[name].push(total / loader.length);
    test[name].push(noGrad(() => criterion.forward(model.forward(xTest), yTest)).item());
    progress(epoch, EPOCHS, name);
  }
}

const last = (losses: readonly number[] = []) => losses.at(-1)?.toFixed(4);
printTable(
  ["optimizer", "train error", "test error"],
  Object.keys(optimizers).map((name) => [name, last(train[name]), last(test[name])]),
);
const axes = { x: "epoch", y: "mean squared error", first: 1, log: true };
drawCurves("06-mini-batch-regression", "Mini-batch regression: momentum ends ahead of Adam", [
  { title: "Training", ...axes, series: train },
  { title: "Test", ...axes, series: test },
]);
