import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  ACTIVATIONS,
  BATCHES,
  type ClassifierState,
  DATASETS,
  defaultClassifier,
  EPOCH_SPEEDS,
  MAX_DRAWN,
  MAX_LAYERS,
  MAX_WIDTH,
  readClassifier,
  sameTraining,
  writeClassifier,
} from "../../../site/src/classifier/state.ts";
import { readLink, writeLink } from "../../../site/src/link.ts";

const through = (state: ClassifierState) =>
  readClassifier(readLink(writeLink("classifier", writeClassifier(state))).fields);

const hundredths = fc.integer({ min: -200, max: 200 }).map((value) => value / 100);
const drawnPoint = fc.record({
  x: hundredths,
  y: hundredths,
  label: fc.constantFrom(0 as const, 1 as const),
});

const state: fc.Arbitrary<ClassifierState> = fc
  .record({
    dataset: fc.constantFrom(...DATASETS.map(({ value }) => value)),
    points: fc.integer({ min: 20, max: 4000 }),
    noise: fc.double({ min: 0, max: 2, noNaN: true }).map((value) => value + 0),
    dataSeed: fc.nat({ max: 2 ** 32 - 1 }),
    // Written class by class, so that is the order in which they come back.
    drawn: fc
      .array(drawnPoint, { maxLength: MAX_DRAWN })
      .map((points) => points.sort((a, b) => a.label - b.label)),
    widths: fc.array(fc.integer({ min: 1, max: MAX_WIDTH }), {
      minLength: 1,
      maxLength: MAX_LAYERS,
    }),
    activation: fc.constantFrom(...ACTIVATIONS),
    optimizer: fc.constant({ kind: "AdamW" as const, options: { lr: 0.02, amsgrad: true } }),
    batch: fc.constantFrom(...BATCHES),
    seed: fc.nat({ max: 2 ** 32 - 1 }),
    epochs: fc.integer({ min: 1, max: 10_000 }),
    speed: fc.constantFrom(...EPOCH_SPEEDS),
    logLoss: fc.boolean(),
  })
  .map((given) => (given.dataset === "drawn" ? given : { ...given, drawn: [] }));

describe("a training run in the address", () => {
  it("comes back as it was", () => {
    fc.assert(
      fc.property(state, (given) => {
        expect(through(given)).toEqual({ state: given, problems: [] });
      }),
    );
  });

  it("names what it does not understand, and has the usual there", () => {
    const hash = "#classifier?d=spiral&n=5&w=16,0&act=GELU&o=LBFGS&batch=7&a=1.2_x";
    const { state: read, problems } = readClassifier(readLink(hash).fields);
    expect(read).toEqual({ ...defaultClassifier(), drawn: [{ x: 0.01, y: 0.02, label: 0 }] });
    expect(problems).toEqual([
      "d=spiral",
      "n=5",
      "a=x",
      "w=16,0",
      "act=GELU",
      "o=LBFGS",
      "batch=7",
    ]);
  });

  it("is another run only where the training differs", () => {
    const usual = defaultClassifier();
    expect(sameTraining(usual, { ...usual, speed: 2, epochs: 7, logLoss: true })).toBe(true);
    expect(sameTraining(usual, { ...usual, seed: 1 })).toBe(false);
  });
});
