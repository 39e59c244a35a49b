import { createScene, type Scene } from "../drawing/scene.ts";
import type { Program } from "../expression/ast.ts";
import { parse } from "../expression/parser.ts";
import { Race } from "./engine.ts";
import { type Field, minimumOf, sampleField } from "./field.ts";
import { type HeightScale, heightScale } from "./levels.ts";
import type { RaceState } from "./state.ts";
import { type Point, type Surface, surfaceById } from "./surfaces.ts";

/** The landscape's grid points along each side. */
const LANDSCAPE_POINTS = 101;

export interface Landscape {
  readonly field: Field;
  readonly scale: HeightScale;
  readonly minima: readonly Point[];
}

/** What follows from the state, kept as long as what it follows from is the same. */
export interface Derived {
  readonly program: Program;
  readonly surface: Surface | undefined;
  /** The surface's smallest value, where it is known. */
  readonly minimum: number | undefined;
  readonly scene: Scene;
  readonly race: Race;
  /** Computed when it is first shown. */
  readonly landscape: () => Landscape;
}

/**
 * Makes what a state stands for.
 * @param before the state before and what followed from it, to take over what is unchanged.
 * @throws ExpressionError where the state's source cannot be read.
 */
export function derive(
  state: RaceState,
  before: { readonly state: RaceState; readonly derived: Derived } | undefined,
): Derived {
  const same = (...keys: readonly (keyof RaceState)[]) =>
    before !== undefined && keys.every((key) => before.state[key] === state[key]);
  const kept = before?.derived;

  const sameSurface = kept !== undefined && same("source", "surface");
  const program = sameSurface ? kept.program : parse(state.source);
  const surface = sameSurface ? kept.surface : surfaceById(state.surface);
  const minimum = sameSurface ? kept.minimum : surface && minimumOf(surface, program);

  const sameView = sameSurface && same("view");
  const minima = surface?.minimizers ?? [];
  const scene = sameView ? kept.scene : createScene(program, state.view, minima);
  const landscape = sameView ? kept.landscape : once(() => createLandscape(program, state, minima));

  const sameRace = sameSurface && same("start", "runners", "steps");
  const race = sameRace ? kept.race : new Race(program, state.start, state.runners, state.steps);
  return { program, surface, minimum, scene, race, landscape };
}

function createLandscape(
  program: Program,
  { view }: RaceState,
  minima: readonly Point[],
): Landscape {
  const field = sampleField(program, view, LANDSCAPE_POINTS, LANDSCAPE_POINTS);
  return { field, scale: heightScale(field, 12), minima };
}

function once<Value>(make: () => Value): () => Value {
  let value: Value | undefined;
  return () => (value ??= make());
}

/** The surface's name, or its formula where it has none. */
export function raceTitle(state: RaceState, { surface }: Derived): string {
  return surface?.name ?? `f = ${state.source.replace(/\s+/g, " ").trim()}`;
}
