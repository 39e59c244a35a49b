import { data, manualSeed, nn, noGrad, optim } from "tapegrad";
import { describe, expect, it } from "vitest";
import { type ClassifierState, defaultClassifier } from "../../../site/src/classifier/state.ts";
import { Trainer } from "../../../site/src/classifier/trainer.ts";

const settings = (changes: Partial<ClassifierState>) => ({ ...defaultClassifier(), ...changes });

function train(trainer: Trainer, epochs: number) {
  return Array.from({ length: epochs }, () => trainer.trainEpoch());
}

describe("a training run", () => {
  it("has the losses of the plain loop over the library, number for number", () => {
    const losses = train(new Trainer(settings({})), 10);

    const [X, y] = data.makeCircles(1000, { noise: 0.03, randomState: 42 });
    const [xTrain, xTest, yTrain, yTest] = data.trainTestSplit(X.float(), y.float().unsqueeze(1), {
      stratify: y,
      testSize: 0.3,
      randomState: 42,
    });
    manualSeed(42);
    const model = new nn.Sequential(
      new nn.Linear(2, 16),
      new nn.ReLU(),
      new nn.Linear(16, 16),
      new nn.ReLU(),
      new nn.Linear(16, 1),
    );
    const criterion = new nn.BCEWithLogitsLoss();
    const optimizer = new optim.Adam(model.parameters(), { lr: 0.01 });
    for (const { train: trainLoss, test } of losses) {
      optimizer.zeroGrad();
      const loss = criterion.forward(model.forward(xTrain), yTrain);
      loss.backward();
      optimizer.step();
      expect(trainLoss).toBe(loss.item());
      expect(test).toBe(noGrad(() => criterion.forward(model.forward(xTest), yTest)).item());
    }
  });

  it("is the same again, with batches in random order too", () => {
    const batches = settings({ dataset: "moons", points: 200, noise: 0.1, batch: 16, seed: 7 });
    const [first, second] = [new Trainer(batches), new Trainer(batches)].map((run) =>
      train(run, 3),
    );
    expect(second).toEqual(first);
    const other = train(new Trainer({ ...batches, seed: 8 }), 3);
    expect(other).not.toEqual(first);
  });

  it.each([
    ["circles", 0.03, "ReLU"],
    ["moons", 0.1, "Tanh"],
    ["blobs", 0.3, "ReLU"],
  ] as const)("tells %s apart on points that it has not seen", (dataset, noise, activation) => {
    const trainer = new Trainer(
      settings({
        dataset,
        noise,
        activation,
        points: 400,
        widths: [12, 12],
        batch: 32,
        optimizer: { kind: "Adam", options: { lr: 0.02 } },
      }),
    );
    train(trainer, 25);
    expect(trainer.snapshot(8).testAccuracy).toBeGreaterThan(0.95);
  });
});

describe("a snapshot", () => {
  it("has a map of the plane for the output and for every hidden unit", () => {
    const trainer = new Trainer(settings({ widths: [3, 5], points: 100 }));
    const { side, probability, layers } = trainer.snapshot(6);
    expect(side).toBe(6);
    expect(probability).toHaveLength(36);
    expect(layers.map((layer) => layer.length)).toEqual([3 * 36, 5 * 36]);
    expect(probability.every((value) => value > 0 && value < 1)).toBe(true);
    // The activation is the unit's, so after ReLU nothing is below zero.
    expect(layers.every((layer) => layer.every((value) => value >= 0))).toBe(true);
  });

  it("leaves the training as it was", () => {
    const looked = new Trainer(settings({ points: 100, batch: 8 }));
    const alone = new Trainer(settings({ points: 100, batch: 8 }));
    const first = [];
    for (let epoch = 0; epoch < 3; epoch++) {
      first.push(looked.trainEpoch());
      looked.snapshot(5);
    }
    expect(first).toEqual(train(alone, 3));
  });

  it("is drawn over all points, in a square", () => {
    const { bounds, train: points } = new Trainer(settings({ dataset: "moons", points: 100 }));
    expect(bounds.x1 - bounds.x0).toBeCloseTo(bounds.y1 - bounds.y0, 9);
    expect(points.x.every((x) => x > bounds.x0 && x < bounds.x1)).toBe(true);
    expect(points.y.every((y) => y > bounds.y0 && y < bounds.y1)).toBe(true);
  });
});

describe("drawn points", () => {
  const point = (x: number, label: 0 | 1) => ({ x, y: x / 2, label });

  it("are all trained on while there are few, and split when there are enough", () => {
    const few = [point(-1, 0), point(-0.5, 0), point(1, 1)];
    const small = new Trainer(settings({ dataset: "drawn", drawn: few }));
    expect(small.train.x).toHaveLength(3);
    expect(small.test).toBeUndefined();
    expect(small.trainEpoch().test).toBeNaN();

    const many = Array.from({ length: 20 }, (_, index) =>
      point(index / 10 - 1, index < 10 ? 0 : 1),
    );
    const large = new Trainer(settings({ dataset: "drawn", drawn: many }));
    expect(large.test?.x).toHaveLength(6);
  });

  it("must be of both classes", () => {
    expect(() => new Trainer(settings({ dataset: "drawn", drawn: [] }))).toThrow(
      "Draw some points first",
    );
    const one = [point(0, 1), point(1, 1)];
    expect(() => new Trainer(settings({ dataset: "drawn", drawn: one }))).toThrow("other class");
  });
});
