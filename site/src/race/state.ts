import { FieldReader, type Fields, readNumber } from "../link.ts";
import {
  isOptimizerKind,
  type OptimizerKind,
  optimizerInfo,
  type RunnerConfig,
  writtenOptions,
} from "./optimizers.ts";
import { type Bounds, type Point, SURFACES, surfaceById } from "./surfaces.ts";

export type Show = "map" | "surface";
export type SnippetLanguage = "typescript" | "pytorch";

/** Everything that a race is; the address holds it, so equal states are equal races. */
export interface RaceState {
  /** A named surface's id, or "typed". */
  readonly surface: string;
  /** The surface in the expression language. */
  readonly source: string;
  readonly start: Point;
  readonly view: Bounds;
  readonly runners: readonly RunnerConfig[];
  /** Length of the race in updates. */
  readonly steps: number;
  /** The update that is shown. */
  readonly step: number;
  /** Updates a second while it plays. */
  readonly speed: number;
  readonly logLoss: boolean;
  readonly tolerance: number;
  readonly show: Show;
  /** The camera: degrees around the vertical, and above the horizon. */
  readonly turn: number;
  readonly tilt: number;
  readonly language: SnippetLanguage;
}

export const TYPED = "typed";
export const MAX_RUNNERS = 8;
export const MAX_STEPS = 20_000;
export const SPEEDS: readonly number[] = [5, 15, 60, 240, 1000, 4000];
const COORDINATE = 1e6;
/** What the address says of a race without optimizers; one that says nothing has the usual ones. */
const NOBODY = "none";

/** A named surface's own race, shown from its end. */
export function presetRace(id: string): RaceState {
  const surface = surfaceById(id) ?? SURFACES[0];
  if (surface === undefined) throw new Error("the page has surfaces");
  return {
    surface: surface.id,
    source: surface.source,
    start: surface.start,
    view: surface.view,
    runners: surface.runners,
    steps: surface.steps,
    step: surface.steps,
    speed: surface.steps <= 100 ? 15 : surface.steps <= 400 ? 60 : 240,
    logLoss: true,
    tolerance: 1e-4,
    show: "map",
    turn: 35,
    tilt: 35,
    language: "typescript",
  };
}

export function defaultRace(): RaceState {
  return presetRace("rosenbrock");
}

/** The state as fields of the address. Every field is written: a default may change, a link not. */
export function writeRace(state: RaceState): Record<string, string | readonly string[]> {
  const typed = state.surface === TYPED ? { e: state.source } : {};
  const { x0, x1, y0, y1 } = state.view;
  return {
    f: state.surface,
    ...typed,
    s: [state.start.x, state.start.y].join(","),
    o: state.runners.length > 0 ? state.runners.map(writeRunner) : NOBODY,
    n: String(state.steps),
    k: String(state.step),
    v: [x0, x1, y0, y1].join(","),
    p: String(state.speed),
    log: state.logLoss ? "1" : "0",
    tol: String(state.tolerance),
    show: state.show,
    cam: [state.turn, state.tilt].join(","),
    code: state.language,
  };
}

/** Writes `Adam,lr:0.01,amsgrad:true`: the rate, and what differs from the defaults. */
export function writeRunner(config: RunnerConfig): string {
  const options = writtenOptions(config).map(({ info, value }) => `${info.key}:${value}`);
  return [config.kind, ...options].join(",");
}

/**
 * Reads a race from the address; what is missing or unreadable comes from the surface's own race.
 * @returns the state, and the fields that were not understood.
 */
export function readRace(fields: Fields): { state: RaceState; problems: readonly string[] } {
  const reader = new FieldReader(fields);
  const ids = [...SURFACES.map(({ id }) => id), TYPED];
  let surface = reader.choice("f", ids, "rosenbrock");
  const expression = reader.text("e");
  if (surface === TYPED && expression === undefined) {
    reader.reject("f", "typed without e");
    surface = "rosenbrock";
  }
  const preset = presetRace(surface);
  const steps = reader.integer("n", 1, MAX_STEPS, preset.steps);
  const start = readPoint(reader) ?? preset.start;
  const camera = reader.numbers("cam", 2);
  const state: RaceState = {
    surface,
    source: surface === TYPED ? (expression ?? preset.source) : preset.source,
    start,
    view: readBounds(reader) ?? preset.view,
    runners: readRunners(reader) ?? preset.runners,
    steps,
    step: reader.integer("k", 0, steps, steps),
    speed: Number(reader.choice("p", SPEEDS.map(String), String(preset.speed))),
    logLoss: reader.flag("log", preset.logLoss),
    tolerance: reader.number("tol", 0, Number.MAX_VALUE, preset.tolerance),
    show: reader.choice("show", ["map", "surface"], preset.show),
    turn: wrapDegrees(camera?.[0] ?? preset.turn),
    tilt: Math.min(90, Math.max(0, camera?.[1] ?? preset.tilt)),
    language: reader.choice("code", ["typescript", "pytorch"], preset.language),
  };
  return { state, problems: reader.problems };
}

function readPoint(reader: FieldReader): Point | undefined {
  const [x, y] = reader.numbers("s", 2) ?? [];
  if (x === undefined || y === undefined) return undefined;
  return { x: limit(x), y: limit(y) };
}

function readBounds(reader: FieldReader): Bounds | undefined {
  const [x0, x1, y0, y1] = reader.numbers("v", 4) ?? [];
  if (x0 === undefined || x1 === undefined || y0 === undefined || y1 === undefined)
    return undefined;
  const bounds = { x0: limit(x0), x1: limit(x1), y0: limit(y0), y1: limit(y1) };
  if (isView(bounds)) return bounds;
  reader.reject("v", [x0, x1, y0, y1].join(","));
  return undefined;
}

/** Whether a picture can show this part of the plane: not empty, not narrower than numbers can tell. */
export function isView({ x0, x1, y0, y1 }: Bounds): boolean {
  const wide = (low: number, high: number) =>
    high - low > 1e-9 * Math.max(1, Math.abs(low), Math.abs(high));
  const near = [x0, x1, y0, y1].every((value) => Math.abs(value) <= COORDINATE);
  return near && wide(x0, x1) && wide(y0, y1);
}

function readRunners(reader: FieldReader): readonly RunnerConfig[] | undefined {
  const entries = reader.list("o");
  if (entries === undefined) return undefined;
  if (entries.length === 1 && entries[0] === NOBODY) return [];
  const runners: RunnerConfig[] = [];
  for (const entry of entries) {
    const config = readRunner(entry);
    if (config === undefined || runners.length === MAX_RUNNERS) reader.reject("o", entry);
    else runners.push(config);
  }
  return runners.length > 0 ? runners : undefined;
}

/** Reads `Adam,lr:0.01,amsgrad:true`, or gives undefined where a part is unknown. */
export function readRunner(entry: string): RunnerConfig | undefined {
  const [kind = "", ...pairs] = entry.split(",");
  if (!isOptimizerKind(kind)) return undefined;
  const options: Record<string, number | boolean> = {};
  for (const pair of pairs) {
    const [key = "", text = ""] = pair.split(":");
    const value = readOption(kind, key, text);
    if (value === undefined) return undefined;
    options[key] = value;
  }
  return { kind, options };
}

function readOption(kind: OptimizerKind, key: string, text: string): number | boolean | undefined {
  const info = optimizerInfo(kind).options.find((option) => option.key === key);
  if (info === undefined) return undefined;
  if (typeof info.default === "number") return readNumber(text);
  return text === "true" ? true : text === "false" ? false : undefined;
}

function limit(value: number): number {
  return Math.min(COORDINATE, Math.max(-COORDINATE, value));
}

function wrapDegrees(value: number): number {
  return ((value % 360) + 360) % 360;
}
