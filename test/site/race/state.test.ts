import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readLink, writeLink } from "../../../site/src/link.ts";
import { OPTIMIZERS, type RunnerConfig } from "../../../site/src/race/optimizers.ts";
import {
  defaultRace,
  isView,
  MAX_RUNNERS,
  MAX_STEPS,
  presetRace,
  type RaceState,
  readRace,
  SPEEDS,
  TYPED,
  writeRace,
} from "../../../site/src/race/state.ts";
import { SURFACES } from "../../../site/src/race/surfaces.ts";

const through = (state: RaceState) =>
  readRace(readLink(writeLink("race", writeRace(state))).fields);

/** Any number that a field can hold, but for −0, which is written as 0. */
const coordinate = fc.double({ min: -1e6, max: 1e6, noNaN: true }).map((value) => value + 0);

const runner: fc.Arbitrary<RunnerConfig> = fc
  .constantFrom(...OPTIMIZERS)
  .chain(({ kind, options }) =>
    fc
      .tuple(
        ...options.map((info) =>
          typeof info.default === "boolean"
            ? fc.boolean()
            : fc.double({ min: 0, max: 1e3, noNaN: true }).map((value) => value + 0),
        ),
      )
      .map((values) => ({
        kind,
        options: Object.fromEntries(
          options
            .map((info, index) => [info.key, values[index] ?? info.default, info.default] as const)
            .filter(([key, value, usual]) => key === "lr" || value !== usual)
            .map(([key, value]) => [key, value]),
        ),
      })),
  );

const state: fc.Arbitrary<RaceState> = fc
  .record({
    typed: fc.option(fc.string({ unit: "binary" }).filter((text) => !/\p{Surrogate}/u.test(text))),
    surface: fc.constantFrom(...SURFACES),
    start: fc.record({ x: coordinate, y: coordinate }),
    view: fc
      .record({ x0: coordinate, x1: coordinate, y0: coordinate, y1: coordinate })
      .filter(isView),
    runners: fc.array(runner, { maxLength: MAX_RUNNERS }),
    steps: fc.integer({ min: 1, max: MAX_STEPS }),
    part: fc.double({ min: 0, max: 1, noNaN: true }),
    speed: fc.constantFrom(...SPEEDS),
    logLoss: fc.boolean(),
    tolerance: fc.double({ min: 0, max: 10, noNaN: true }).map((value) => value + 0),
    show: fc.constantFrom("map" as const, "surface" as const),
    turn: fc.integer({ min: 0, max: 359 }),
    tilt: fc.integer({ min: 0, max: 90 }),
    language: fc.constantFrom("typescript" as const, "pytorch" as const),
  })
  .map(({ typed, surface, part, ...rest }) => ({
    ...rest,
    surface: typed === null ? surface.id : TYPED,
    source: typed ?? surface.source,
    step: Math.floor(part * rest.steps),
  }));

describe("a race in the address", () => {
  it("comes back as it was", () => {
    fc.assert(
      fc.property(state, (given) => {
        expect(through(given)).toEqual({ state: given, problems: [] });
      }),
    );
  });

  it.each(SURFACES.map(({ id }) => id))("comes back for %s's own race", (id) => {
    expect(through(presetRace(id)).state).toEqual(presetRace(id));
  });

  it("reads well, and has nothing in it that a chat program would cut or format", () => {
    const link = writeLink(
      "race",
      writeRace({ ...defaultRace(), surface: TYPED, source: "(1-x)^2 *_ `y`" }),
    );
    expect(link).toMatch(/^#race\?f=typed&e=[^ ()*`<>"]*&s=-1,1&o=SGD,lr:0\.001&o=/);
  });

  it("needs only what differs from the surface's own race", () => {
    const { state: read, problems } = readRace(readLink("#race?f=booth&n=50").fields);
    expect(problems).toEqual([]);
    expect(read).toEqual({ ...presetRace("booth"), steps: 50, step: 50 });
  });

  it("names what it does not understand, and has the usual there", () => {
    const hash = "#race?f=nowhere&s=1,two&o=Adan,lr:1&n=0&v=3,1,0,1&tol=-1&p=%ZZ&show=film&cam=1";
    const { state: read, problems } = readRace(readLink(hash).fields);
    expect(read).toEqual(defaultRace());
    expect(problems.map((problem) => problem.split("=")[0])).toEqual(
      expect.arrayContaining(["f", "s", "o", "n", "v", "tol", "p", "show", "cam"]),
    );
  });

  it("survives any text", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        const { state: read } = readRace(readLink(`#race?${text}`).fields);
        expect(isView(read.view)).toBe(true);
        expect(read.runners.length).toBeLessThanOrEqual(MAX_RUNNERS);
      }),
    );
  });
});
