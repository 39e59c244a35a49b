import type { Bounds } from "../race/surfaces.ts";
import type { Answer, Request } from "./protocol.ts";
import type { ClassifierState, TrainingSettings } from "./state.ts";
import type { PointSet, Snapshot } from "./trainer.ts";

/** A training run as the page sees it: the last frame from the worker, and all losses so far. */
export interface Training {
  readonly playing: boolean;
  /** The settings cannot be trained; what was said about them is shown. */
  readonly failed: boolean;
  readonly epoch: number;
  readonly bounds: Bounds | undefined;
  readonly train: PointSet | undefined;
  readonly test: PointSet | undefined;
  readonly trainLosses: readonly number[];
  readonly testLosses: readonly number[];
  readonly snapshot: Snapshot | undefined;
  start(settings: TrainingSettings): void;
  play(state: ClassifierState): void;
  pause(): void;
  step(): void;
  /** Tells the worker that its last frame is on the screen. */
  drawn(): void;
}

export interface TrainingOptions {
  onFrame(): void;
  onPause(): void;
  onEnd(): void;
  onFailure(message: string): void;
}

/** Starts the worker and keeps what it answers. */
export function createTraining(options: TrainingOptions): Training {
  const worker = new Worker(new URL("./worker.ts", import.meta.url), { type: "module" });
  const ask = (request: Request) => worker.postMessage(request);
  let run = 0;
  let turn = 0;
  let playing = false;
  let pausing = false;
  let failed = false;
  let epoch = 0;
  let bounds: Bounds | undefined;
  let train: PointSet | undefined;
  let test: PointSet | undefined;
  let trainLosses: number[] = [];
  let testLosses: number[] = [];
  let snapshot: Snapshot | undefined;
  let unseen = false;

  const clear = () => {
    epoch = 0;
    trainLosses = [];
    testLosses = [];
    snapshot = undefined;
  };
  worker.addEventListener("message", ({ data }: MessageEvent<Answer>) => {
    if (data.run !== run) {
      if (data.type === "frame") ask({ type: "drawn" });
      return;
    }
    switch (data.type) {
      case "started":
        ({ bounds, train, test } = data);
        break;
      case "failed":
        playing = false;
        failed = true;
        bounds = undefined;
        options.onFailure(data.message);
        break;
      case "frame": {
        trainLosses.push(...data.trainLosses);
        testLosses.push(...data.testLosses);
        ({ epoch, snapshot } = data);
        unseen = true;
        // A frame from before this turn says nothing about its end.
        const ended = playing && data.turn === turn && !data.playing;
        if (ended) playing = false;
        options.onFrame();
        if (ended && pausing) options.onPause();
        else if (ended) options.onEnd();
        if (ended) pausing = false;
        return;
      }
    }
    options.onFrame();
  });
  worker.addEventListener("error", ({ message }) => options.onFailure(message));

  return {
    get playing() {
      return playing;
    },
    get failed() {
      return failed;
    },
    get epoch() {
      return epoch;
    },
    get bounds() {
      return bounds;
    },
    get train() {
      return train;
    },
    get test() {
      return test;
    },
    get trainLosses() {
      return trainLosses;
    },
    get testLosses() {
      return testLosses;
    },
    get snapshot() {
      return snapshot;
    },
    start(settings) {
      run += 1;
      playing = false;
      pausing = false;
      failed = false;
      clear();
      ask({ type: "start", run, settings });
      options.onFrame();
    },
    play({ epochs, speed }) {
      turn += 1;
      playing = true;
      pausing = false;
      ask({ type: "play", turn, until: epochs, speed });
      options.onFrame();
    },
    pause() {
      pausing = true;
      ask({ type: "pause" });
    },
    step() {
      playing = false;
      ask({ type: "step" });
    },
    drawn() {
      if (!unseen) return;
      unseen = false;
      ask({ type: "drawn" });
    },
  };
}
