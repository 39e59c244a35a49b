import {
  data,
  Generator,
  linspace,
  manualSeed,
  nn,
  noGrad,
  stack,
  type Tensor,
  tensor,
} from "tapegrad";
import { createOptimizer, type Stepper } from "../race/optimizers.ts";
import type { Bounds } from "../race/surfaces.ts";
import { type ActivationKind, DRAWN_REACH, type TrainingSettings } from "./state.ts";

/** Points as the page draws them: coordinates and classes in equal order. */
export interface PointSet {
  readonly x: readonly number[];
  readonly y: readonly number[];
  readonly labels: readonly number[];
}

export interface EpochLosses {
  /** Mean loss of the epoch's batches, each before its update. */
  readonly train: number;
  /** Loss on the points kept apart, after the epoch; NaN where there are none. */
  readonly test: number;
}

/** What the network computes over the plane. */
export interface Snapshot {
  /** Grid points along each side; maps go row by row from the lowest y. */
  readonly side: number;
  /** Probability of class 1. */
  readonly probability: Float32Array<ArrayBuffer>;
  /** For each hidden layer the maps of its units, one after the other. */
  readonly layers: readonly Float32Array<ArrayBuffer>[];
  readonly trainAccuracy: number;
  /** NaN where no points are kept apart. */
  readonly testAccuracy: number;
}

const TEST_PART = 0.3;
/** With fewer drawn points of a class than this, none is kept apart. */
const MIN_FOR_TEST = 5;

/** Trains one network, an epoch at a time; the same settings give the same run. */
export class Trainer {
  readonly bounds: Bounds;
  readonly train: PointSet;
  readonly test: PointSet | undefined;
  private readonly xTrain: Tensor;
  private readonly yTrain: Tensor;
  private readonly xTest: Tensor | undefined;
  private readonly yTest: Tensor | undefined;
  private readonly model: nn.Sequential;
  private readonly criterion = new nn.BCEWithLogitsLoss();
  private readonly optimizer: Stepper;
  private readonly batches: Iterable<readonly Tensor[]> | undefined;

  /** @throws Error for settings that cannot be trained, in words for the visitor. */
  constructor(settings: TrainingSettings) {
    const [X, y] = makePoints(settings);
    this.bounds = settings.dataset === "drawn" ? drawnBounds() : boundsOf(X);
    if (canSplit(settings)) {
      const [xTrain, xTest, yTrain, yTest] = data.trainTestSplit(
        X.float(),
        y.float().unsqueeze(1),
        {
          stratify: y,
          testSize: TEST_PART,
          randomState: settings.dataSeed,
        },
      );
      [this.xTrain, this.yTrain, this.xTest, this.yTest] = [xTrain, yTrain, xTest, yTest];
      this.test = toPointSet(xTest, yTest);
    } else {
      [this.xTrain, this.yTrain] = [X.float(), y.float().unsqueeze(1)];
      this.xTest = undefined;
      this.yTest = undefined;
      this.test = undefined;
    }
    this.train = toPointSet(this.xTrain, this.yTrain);
    manualSeed(settings.seed);
    this.model = makeModel(settings);
    this.optimizer = createOptimizer(this.model.parameters(), settings.optimizer);
    this.batches =
      settings.batch === 0
        ? undefined
        : new data.DataLoader(new data.TensorDataset(this.xTrain, this.yTrain), {
            batchSize: settings.batch,
            shuffle: true,
            // Of its own, so that nothing else that draws numbers changes the order.
            generator: new Generator().manualSeed(settings.seed),
          });
  }

  /** Goes through the training points once. */
  trainEpoch(): EpochLosses {
    this.model.train();
    let total = 0;
    let count = 0;
    for (const [x, y] of this.batches ?? [[this.xTrain, this.yTrain]]) {
      if (x === undefined || y === undefined) continue;
      this.optimizer.zeroGrad();
      const loss = this.criterion.forward(this.model.forward(x), y);
      loss.backward();
      this.optimizer.step();
      total += loss.item() * x.size(0);
      count += x.size(0);
    }
    return { train: total / count, test: this.testLoss() };
  }

  private testLoss(): number {
    const { xTest, yTest } = this;
    if (xTest === undefined || yTest === undefined) return Number.NaN;
    this.model.eval();
    return noGrad(() => this.criterion.forward(this.model.forward(xTest), yTest).item());
  }

  /** Evaluates the network and each of its hidden units over the plane, and on the points. */
  snapshot(side: number): Snapshot {
    this.model.eval();
    return noGrad(() => {
      let values = grid(this.bounds, side);
      const layers: Float32Array<ArrayBuffer>[] = [];
      for (const module of this.model) {
        values = module.forward(values);
        if (!(module instanceof nn.Linear)) layers.push(toFloats(values.t()));
      }
      const testAccuracy =
        this.xTest === undefined || this.yTest === undefined
          ? Number.NaN
          : this.accuracy(this.xTest, this.yTest);
      return {
        side,
        probability: toFloats(values.sigmoid()),
        layers,
        trainAccuracy: this.accuracy(this.xTrain, this.yTrain),
        testAccuracy,
      };
    });
  }

  private accuracy(x: Tensor, y: Tensor): number {
    const predicted = this.model.forward(x).gt(0).float();
    return predicted.eq(y).float().mean().item();
  }
}

function makePoints(settings: TrainingSettings): readonly [Tensor, Tensor] {
  const { dataset, points, noise, dataSeed: randomState, drawn } = settings;
  switch (dataset) {
    case "circles":
      return data.makeCircles(points, { noise, randomState });
    case "moons":
      return data.makeMoons(points, { noise, randomState });
    case "blobs": {
      const centers = [
        [-1, -1],
        [1, 1],
        [-1, 1],
        [1, -1],
      ];
      const [X, blob] = data.makeBlobs(points, { centers, clusterStd: noise, randomState });
      // Blobs 0 and 1 face each other across the origin: class 0. The other two are class 1.
      return [X, blob.gt(1).long()];
    }
    case "drawn": {
      if (drawn.length < 2) throw new Error("Draw some points first, of both classes.");
      const labels = drawn.map(({ label }) => label);
      if (new Set(labels).size < 2) throw new Error("Draw points of the other class too.");
      const X = tensor(
        drawn.map(({ x, y }) => [x, y]),
        { dtype: "float64" },
      );
      return [X, tensor(labels, { dtype: "int64" })];
    }
  }
}

function canSplit({ dataset, drawn }: TrainingSettings): boolean {
  if (dataset !== "drawn") return true;
  const ones = drawn.filter(({ label }) => label === 1).length;
  return Math.min(ones, drawn.length - ones) >= MIN_FOR_TEST;
}

function makeModel({ widths, activation }: TrainingSettings): nn.Sequential {
  const modules: (nn.Linear | nn.ReLU | nn.Tanh | nn.Sigmoid)[] = [];
  let inputs = 2;
  for (const width of widths) {
    modules.push(new nn.Linear(inputs, width), makeActivation(activation));
    inputs = width;
  }
  return new nn.Sequential(...modules, new nn.Linear(inputs, 1));
}

function makeActivation(kind: ActivationKind): nn.ReLU | nn.Tanh | nn.Sigmoid {
  if (kind === "Tanh") return new nn.Tanh();
  return kind === "Sigmoid" ? new nn.Sigmoid() : new nn.ReLU();
}

/** A square around all points, with room at its edges. */
function boundsOf(X: Tensor): Bounds {
  const range = (column: number) => {
    const values = X.slice(1, column, column + 1);
    return [values.min().item(), values.max().item()] as const;
  };
  const [[x0, x1], [y0, y1]] = [range(0), range(1)];
  const half = 0.58 * Math.max(x1 - x0, y1 - y0, 0.5);
  const [cx, cy] = [(x0 + x1) / 2, (y0 + y1) / 2];
  return { x0: cx - half, x1: cx + half, y0: cy - half, y1: cy + half };
}

export function drawnBounds(): Bounds {
  return { x0: -DRAWN_REACH, x1: DRAWN_REACH, y0: -DRAWN_REACH, y1: DRAWN_REACH };
}

function grid({ x0, x1, y0, y1 }: Bounds, side: number): Tensor {
  const x = linspace(x0, x1, side).view(1, side).expand([side, side]);
  const y = linspace(y0, y1, side).view(side, 1).expand([side, side]);
  return stack([x, y], 2).view(side * side, 2);
}

function toFloats(values: Tensor): Float32Array<ArrayBuffer> {
  return Float32Array.from(values.contiguous().toTypedArray());
}

function toPointSet(x: Tensor, y: Tensor): PointSet {
  const coordinates = toFloats(x);
  const labels = toFloats(y);
  return {
    x: Array.from(labels, (_, index) => coordinates[2 * index] ?? 0),
    y: Array.from(labels, (_, index) => coordinates[2 * index + 1] ?? 0),
    labels: [...labels],
  };
}
