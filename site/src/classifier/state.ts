import { FieldReader, type Fields, readNumber } from "../link.ts";
import type { RunnerConfig } from "../race/optimizers.ts";
import { readRunner, writeRunner } from "../race/state.ts";

export type DatasetKind = "circles" | "moons" | "blobs" | "drawn";
export type ActivationKind = "ReLU" | "Tanh" | "Sigmoid";

/** A point that the visitor drew, with its class. */
export interface DrawnPoint {
  readonly x: number;
  readonly y: number;
  readonly label: 0 | 1;
}

/** Everything that a training run follows from. */
export interface TrainingSettings {
  readonly dataset: DatasetKind;
  /** How many points are made, those kept for testing included. */
  readonly points: number;
  /** Standard deviation of the noise on made points. */
  readonly noise: number;
  readonly dataSeed: number;
  readonly drawn: readonly DrawnPoint[];
  /** Units of each hidden layer. */
  readonly widths: readonly number[];
  readonly activation: ActivationKind;
  readonly optimizer: RunnerConfig;
  /** Points of a batch; 0 takes all at once. */
  readonly batch: number;
  /** Seed of the weights and of the batches' order. */
  readonly seed: number;
}

/** The training run and how it is shown; the address holds it. */
export interface ClassifierState extends TrainingSettings {
  readonly epochs: number;
  /** Epochs a second while it plays. */
  readonly speed: number;
  readonly logLoss: boolean;
}

export const DATASETS: readonly {
  readonly value: DatasetKind;
  readonly text: string;
  readonly noise: number;
}[] = [
  { value: "circles", text: "Circles", noise: 0.03 },
  { value: "moons", text: "Moons", noise: 0.1 },
  { value: "blobs", text: "Blobs, opposite corners alike", noise: 0.3 },
  { value: "drawn", text: "Your own points", noise: 0 },
];
export const ACTIVATIONS: readonly ActivationKind[] = ["ReLU", "Tanh", "Sigmoid"];
export const BATCHES: readonly number[] = [0, 8, 16, 32, 64, 128];
export const EPOCH_SPEEDS: readonly number[] = [2, 10, 30, 60, 1000];
export const MAX_LAYERS = 4;
export const MAX_WIDTH = 32;
export const MAX_DRAWN = 400;
export const MAX_EPOCHS = 10_000;
/** Drawn points lie within this distance of the origin on each axis. */
export const DRAWN_REACH = 2;
const MAX_SEED = 2 ** 32 - 1;

/** The training run of the tutorial, with Adam. */
export function defaultClassifier(): ClassifierState {
  return {
    dataset: "circles",
    points: 1000,
    noise: 0.03,
    dataSeed: 42,
    drawn: [],
    widths: [16, 16],
    activation: "ReLU",
    optimizer: { kind: "Adam", options: { lr: 0.01 } },
    batch: 0,
    seed: 42,
    epochs: 100,
    speed: 30,
    logLoss: false,
  };
}

/** Whether two states train alike, so that a run of the one is a run of the other. */
export function sameTraining(a: ClassifierState, b: ClassifierState): boolean {
  const training = ({ epochs: _, speed: __, logLoss: ___, ...settings }: ClassifierState) =>
    JSON.stringify(settings);
  return training(a) === training(b);
}

export function writeClassifier(
  state: ClassifierState,
): Record<string, string | readonly string[]> {
  const drawn =
    state.dataset === "drawn" ? { a: writePoints(state, 0), b: writePoints(state, 1) } : {};
  return {
    d: state.dataset,
    n: String(state.points),
    noise: String(state.noise),
    ds: String(state.dataSeed),
    ...drawn,
    w: state.widths.join(","),
    act: state.activation,
    o: writeRunner(state.optimizer),
    batch: String(state.batch),
    seed: String(state.seed),
    epochs: String(state.epochs),
    p: String(state.speed),
    log: state.logLoss ? "1" : "0",
  };
}

/** Reads a training run from the address; what is missing or unreadable has its usual value. */
export function readClassifier(fields: Fields): {
  state: ClassifierState;
  problems: readonly string[];
} {
  const usual = defaultClassifier();
  const reader = new FieldReader(fields);
  const dataset = reader.choice(
    "d",
    DATASETS.map(({ value }) => value),
    usual.dataset,
  );
  const noise = DATASETS.find(({ value }) => value === dataset)?.noise ?? usual.noise;
  const state: ClassifierState = {
    dataset,
    points: reader.integer("n", 20, 4000, usual.points),
    noise: reader.number("noise", 0, 2, noise),
    dataSeed: reader.integer("ds", 0, MAX_SEED, usual.dataSeed),
    drawn: [...readPoints(reader, "a", 0), ...readPoints(reader, "b", 1)].slice(0, MAX_DRAWN),
    widths: readWidths(reader) ?? usual.widths,
    activation: reader.choice("act", ACTIVATIONS, usual.activation),
    optimizer: readOptimizer(reader) ?? usual.optimizer,
    batch: Number(reader.choice("batch", BATCHES.map(String), String(usual.batch))),
    seed: reader.integer("seed", 0, MAX_SEED, usual.seed),
    epochs: reader.integer("epochs", 1, MAX_EPOCHS, usual.epochs),
    speed: Number(reader.choice("p", EPOCH_SPEEDS.map(String), String(usual.speed))),
    logLoss: reader.flag("log", usual.logLoss),
  };
  return { state, problems: reader.problems };
}

function readOptimizer(reader: FieldReader): RunnerConfig | undefined {
  const entry = reader.text("o");
  if (entry === undefined) return undefined;
  const config = readRunner(entry);
  if (config === undefined) reader.reject("o", entry);
  return config;
}

function readWidths(reader: FieldReader): readonly number[] | undefined {
  const text = reader.text("w");
  if (text === undefined) return undefined;
  const widths = text.split(",").map(readNumber);
  const fits = (width: number | undefined): width is number =>
    width !== undefined && Number.isInteger(width) && width >= 1 && width <= MAX_WIDTH;
  if (widths.length <= MAX_LAYERS && widths.every(fits)) return widths;
  reader.reject("w", text);
  return undefined;
}

/** Drawn points as whole hundredths: `-25.130_8.-90`. */
function writePoints({ drawn }: ClassifierState, label: 0 | 1): string {
  return drawn
    .filter((point) => point.label === label)
    .map(({ x, y }) => `${Math.round(100 * x)}.${Math.round(100 * y)}`)
    .join("_");
}

function readPoints(reader: FieldReader, key: string, label: 0 | 1): DrawnPoint[] {
  const text = reader.text(key);
  if (text === undefined || text === "") return [];
  const points: DrawnPoint[] = [];
  for (const pair of text.split("_")) {
    const [x, y] = (/^(-?\d+)\.(-?\d+)$/.exec(pair) ?? [])
      .slice(1)
      .map((part) => Number(part) / 100);
    const near = (value: number | undefined): value is number =>
      value !== undefined && Math.abs(value) <= DRAWN_REACH;
    if (near(x) && near(y)) points.push({ x, y, label });
    else reader.reject(key, pair);
  }
  return points;
}
