/**
 * A learning rate that warms up and then follows a cosine, against one that stays as it is.
 */
import { data, manualSeed, nn, noGrad, optim, randn, setDefaultDtype } from "tapegrad";
import { drawCurves } from "./support/draw.ts";
import { progress } from "./support/progress.ts";
import { printTable } from "./support/table.ts";

const [EPOCHS, BATCHES, WARM_UP, PEAK] = [30, 16, 48, 0.05];
const STEPS = EPOCHS * BATCHES;

// The noise of a high rate magnifies rounding: in float32 the third digit would be an accident.
setDefaultDtype("float64");
manualSeed(0);
const X = randn(640, 10);
const line = X.matmul(randn(10, 1));
const y = line.add(X.slice(1, 0, 1).mul(2).sin()).add(randn(640, 1).mul(0.1));
const [inputs, targets] = [X.slice(0, 0, 512), y.slice(0, 0, 512)];

/** Rises in a straight line, then falls along half a cosine to 0. */
function warmCosine(step: number): number {
  if (step < WARM_UP) return (PEAK * (step + 1)) / WARM_UP;
  return PEAK * 0.5 * (1 + Math.cos((Math.PI * (step - WARM_UP)) / (STEPS - WARM_UP)));
}
const schedules = { "Constant rate": () => PEAK, "Warm-up and cosine": warmCosine };
export const rates: Record<string, number[]> = {};
export const losses: Record<string, number[]> = {};

for (const [name, schedule] of Object.entries(schedules)) {
  manualSeed(42);
  const model = new nn.Sequential(new nn.Linear(10, 32), new nn.ReLU(), new nn.Linear(32, 1));
  const criterion = new nn.MSELoss();
  const optimizer = new optim.SGD(model.parameters(), { lr: PEAK, momentum: 0.9 });
  const dataset = new data.TensorDataset(inputs, targets);
  const loader = new data.DataLoader(dataset, { batchSize: 32, shuffle: true });
  const walked: number[] = [];
  const seen: number[] = [];
  for (let epoch = 1; epoch <= EPOCHS; epoch++) {
    for (const [x, target] of loader) {
      const lr = schedule(walked.length);
      for (const group of optimizer.paramGroups) group.lr = lr;
      optimizer.zeroGrad();
      criterion.forward(model.forward(x), target).backward();
      optimizer.step();
      walked.push(lr);
      seen.push(noGrad(() => criterion.forward(model.forward(inputs), targets)).item());
    }
    progress(epoch, EPOCHS, name);
  }
  rates[name] = walked;
  losses[name] = seen;
}

printTable(
  ["learning rate", "error after training"],
  Object.entries(losses).map(([name, seen]) => [name, seen.at(-1)?.toFixed(4)]),
);
drawCurves(
  "07-learning-rate-schedule",
  "Warm-up and cosine: a rate that ends low ends without noise",
  [
    { title: "Learning rate", x: "step", y: "rate", series: rates },
    {
      title: "Error on all training data",
      x: "step",
      y: "mean squared error",
      series: losses,
      log: true,
    },
  ],
  true,
);
