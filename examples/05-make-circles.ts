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

const lr = 0.01;
const optimizers: Record<string, (params: Iterable<Tensor>) => optim.Optimizer<object>> = {
  SGD: (params) => new optim.SGD(params, { lr }),
  Momentum: (params) => new optim.SGD(params, { lr, momentum: 0.9 }),
  RMSprop: (params) => new optim.RMSprop(params, { lr }),
  Adam: (params) => new optim.Adam(params, { lr }),
};
export const train: Record<string, number[]> = {};
export const test: Record<string, number[]> = {};
const boundaries: Record<string, Panel[]> = {};
const rows: (string | undefined)[][] = [];
const moments = denseEarly(EPOCHS, 24);

for (const [name, rule] of Object.entries(optimizers)) {
  manualSeed(42);
  const model = new BinaryClassifier();
  const criterion = new nn.BCEWithLogitsLoss();
  const optimizer = rule(model.parameters());
  const logit = (x1: Tensor, x2: Tensor) => model.forward(stack([x1, x2], 1));
  [train[name], test[name], boundaries[name]] = [[], [], []];
  for (let epoch = 1; epoch <= EPOCHS; epoch++) {
    model.train();
    optimizer.zeroGrad();
    const loss = criterion.forward(model.forward(xTrain), yTrain);
    loss.backward();
    optimizer.step();

    model.eval();
    const testLoss = noGrad(() => criterion.forward(model.forward(xTest), yTest));
    train[name].push(loss.item());
    test[name].push(testLoss.item());
    const drawn = `${name}, epoch ${epoch}`;
    if (moments.includes(epoch)) boundaries[name].push(boundary(drawn, logit, xTest, yTest));
    progress(epoch, EPOCHS, `${name}, training loss ${loss.item().toFixed(4)}`);
  }
  const right = noGrad(() => model.forward(xTest).gt(0).eq(yTest.bool()))
    .float()
    .mean()
    .item();
  const [last, lastTest] = [train[name], test[name]].map((losses) => losses.at(-1)?.toFixed(4));
  rows.push([name, last, lastTest, `${(100 * right).toFixed(1)} %`]);
}

printTable(["optimizer", "train loss", "test loss", "test accuracy"], rows);
const axes = { x: "epoch", y: "cross-entropy (nats)", first: 1 };
drawCurves("05-make-circles-loss", "make_circles in 100 epochs: SGD has hardly begun to learn", [
  { title: "Training loss", ...axes, series: train },
  { title: "Test loss", ...axes, series: test },
]);
const title =
  "Where the network draws the line\nTest data: blue circles outside, orange triangles inside";
drawBoundaries("05-make-circles-boundary", title, boundaries);
