import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import type { Answer, Request } from "../../../site/src/classifier/protocol.ts";
import { defaultClassifier, type TrainingSettings } from "../../../site/src/classifier/state.ts";

type Frame = Answer & { type: "frame" };

const answers: Answer[] = [];
let ask: (request: Request) => void = () => {};
const frames = () => answers.filter((answer): answer is Frame => answer.type === "frame");

let drawn = 0;

/** Lets the clock run; the page draws every frame that it gets, or none. */
function run(milliseconds: number, drawing: boolean): void {
  for (let passed = 0; passed < milliseconds; passed += 4) {
    if (drawing && frames().length > drawn) {
      drawn = frames().length;
      ask({ type: "drawn" });
    }
    vi.advanceTimersByTime(4);
  }
}

function start(settings: Partial<TrainingSettings> = {}): void {
  ask({ type: "start", run: 1, settings: { ...defaultClassifier(), points: 40, ...settings } });
  ask({ type: "drawn" });
  answers.length = 0;
  drawn = 0;
}

describe("the training worker", () => {
  beforeAll(async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] });
    vi.stubGlobal("addEventListener", (_: string, listen: (event: { data: Request }) => void) => {
      ask = (data) => listen({ data });
    });
    vi.stubGlobal("postMessage", (answer: Answer) => answers.push(answer));
    await import("../../../site/src/classifier/worker.ts");
  });
  afterAll(() => {
    vi.unstubAllGlobals();
    vi.useRealTimers();
  });
  beforeEach(() => {
    answers.length = 0;
  });

  it("answers a start with the points and the untrained network", () => {
    ask({
      type: "start",
      run: 7,
      settings: { ...defaultClassifier(), widths: [3, 2], points: 40 },
    });
    expect(answers.map(({ type, run: number }) => [type, number])).toEqual([
      ["started", 7],
      ["frame", 7],
    ]);
    const [frame] = frames();
    const size = (frame?.snapshot.side ?? 0) ** 2;
    expect(frame?.epoch).toBe(0);
    expect(frame?.snapshot.probability).toHaveLength(size);
    expect(frame?.snapshot.layers.map((maps) => maps.length / size)).toEqual([3, 2]);
  });

  it("gives no more than 25 frames a second, however fast it trains", () => {
    start();
    ask({ type: "play", turn: 1, until: 10_000, speed: 60 });
    run(1000, true);
    expect(frames().length).toBeLessThanOrEqual(25);
    expect(frames().length).toBeGreaterThan(10);
    ask({ type: "pause" });
  });

  it("gives no second frame before the first is drawn, and then every loss in between", () => {
    start();
    ask({ type: "play", turn: 1, until: 30, speed: 60 });
    run(1000, false);
    expect(frames()).toHaveLength(1);
    ask({ type: "drawn" });
    expect(frames()).toHaveLength(2);
    const losses = frames().flatMap(({ trainLosses }) => trainLosses);
    expect(losses).toHaveLength(30);
    expect(frames()[1]).toMatchObject({ epoch: 30, turn: 1, playing: false });
  });

  it("says which turn of playing a frame belongs to", () => {
    start();
    for (const turn of [4, 5]) {
      ask({ type: "play", turn, until: 10 * turn, speed: 60 });
      run(1500, true);
      expect(frames().at(-1)).toMatchObject({ epoch: 10 * turn, turn, playing: false });
    }
  });

  it("trains at the chosen speed", () => {
    start();
    ask({ type: "play", turn: 1, until: 1000, speed: 10 });
    run(3000, true);
    ask({ type: "pause" });
    const epoch = frames().at(-1)?.epoch ?? 0;
    expect(Math.abs(epoch - 30)).toBeLessThanOrEqual(1);
  });

  it("stops where the loss is no number any more", () => {
    start({ optimizer: { kind: "SGD", options: { lr: 1e30 } } });
    ask({ type: "play", turn: 1, until: 1000, speed: 60 });
    run(2000, true);
    const last = frames().at(-1);
    expect(last?.playing).toBe(false);
    expect(last?.epoch).toBeLessThan(10);
    expect(Number.isFinite(last?.trainLosses.at(-1))).toBe(false);
  });

  it("says what the library says about settings that cannot be trained", () => {
    ask({
      type: "start",
      run: 2,
      settings: { ...defaultClassifier(), optimizer: { kind: "Adam", options: { lr: -1 } } },
    });
    expect(answers).toEqual([{ type: "failed", run: 2, message: "Invalid learning rate: -1" }]);
    ask({ type: "step" });
    expect(answers).toHaveLength(1);
  });
});
