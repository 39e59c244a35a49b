/**
 * make_circles: a small network, four optimizers, and the very losses that PyTorch prints.
 */
import { data, manualSeed, nn, noGrad, optim, stack, type Tensor } from "tapegrad";
import { boundary, denseEarly, drawBoundaries, drawCurves, type Panel } from "./support/draw.ts";
import { progress } from "./support/progress.ts";
import { printTable } from "./support/table.ts";

const EPOCHS = 100;
const [X, y] = data.makeCircles(1000, { noise: 0.03, randomState: 42 });
const split = { stratify: y, testSize: 0.3, randomState: 42 };
const [xTrain, xTest, yTrain, yTest] = data.trainTestSplit(
  X.float(),
  y.float().unsqueeze(1),
  split,
);

class BinaryClassifier extends nn.Module {
  readonly model = new nn.Sequential(
    new nn.Linear(2, 16),
    new nn.ReLU(),
    new nn.Linear(16, 16),
    new nn.ReLU(),
    new nn.Linear(16, 1),
  );
  forward(x: Tensor): Tensor {
    return this.model.forward(x);
  }
}

const moments = denseEarly(EPOCHS, 24);
const lr = 0.01;
const optimizers = {
  SGD: (params: Iterable<Tensor>) => new optim.SGD(params, { lr }),
  Momentum: (params: Iterable<Tensor>) => new optim.SGD(params, { lr, momentum: 0.9 }),
  RMSprop: (params: Iterable<Tensor>) => new optim.RMSprop(params, { lr }),
  Adam: (params: Iterable<Tensor>) => new optim.Adam(params, { lr }),
};
export const train: Record<string, number[]> = {};
export const test: Record<string, number[]> = {};
const boundaries: Record<string, Panel[]> = {};
const rows: (string | undefined)[][] = [];

for (const [name, rule] of Object.entries(optimizers)) {
  manualSeed(42);
  const model = new BinaryClassifier();
  const criterion = new nn.BCEWithLogitsLoss();
  const optimizer = rule(model.parameters());
  const [trainLosses, testLosses, panels]: [number[], number[], Panel[]] = [[], [], []];
  const logit = (x1: Tensor, x2: Tensor) => model.forward(stack([x1, x2], 1));
  for (let epoch = 1; epoch <= EPOCHS; epoch++) {
    model.train();
    optimizer.zeroGrad();
    const loss = criterion.forward(model.forward(xTrain), yTrain);
    loss.backward();
    optimizer.step();

    model.eval();
    const testLoss = noGrad(() => criterion.forward(model.forward(xTest), yTest));
    trainLosses.push(loss.item());
    testLosses.push(testLoss.item());
    if (moments.includes(epoch))
      panels.push(boundary(`${name}, epoch ${epoch}`, logit, xTest, yTest));
    progress(epoch, EPOCHS, `${name}, training loss ${loss.item().toFixed(4)}`);
  }
  const right = noGrad(() => model.forward(xTest).gt(0).eq(yTest.bool()).float().mean());
  const [last, lastTest] = [trainLosses, testLosses].map((losses) => losses.at(-1)?.toFixed(4));
  rows.push([name, last, lastTest, `${(100 * right.item()).toFixed(1)} %`]);
  train[name] = trainLosses;
  test[name] = testLosses;
  boundaries[name] = panels;
}

printTable(["optimizer", "train loss", "test loss", "test accuracy"], rows);
const axes = { x: "epoch", y: "cross-entropy (nats)", first: 1 };
drawCurves(
  "05-make-circles-loss",
  "make_circles: Adam and RMSprop learn it in 100 epochs, SGD does not",
  [
    { title: "Training loss", ...axes, series: train },
    { title: "Test loss", ...axes, series: test },
  ],
);
drawBoundaries(
  "05-make-circles-boundary",
  "make_circles: where the network draws the line",
  boundaries,
);
