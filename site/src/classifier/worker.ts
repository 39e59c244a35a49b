import type { Answer, Request } from "./protocol.ts";
import { Trainer } from "./trainer.ts";

/** Grid points along each side of the maps. */
const SIDE = 48;
/** Milliseconds of training between looks at the messages that came in. */
const SLICE = 12;
/** Milliseconds between two frames; the page draws no more than the eye sees. */
const FRAME_INTERVAL = 40;

interface Run {
  readonly number: number;
  readonly trainer: Trainer;
  epoch: number;
  trainLosses: number[];
  testLosses: number[];
  /** The loss is no finite number any more: more epochs would change nothing. */
  diverged: boolean;
}

let run: Run | undefined;
/** The last turn of playing that was asked for. */
let turn = 0;
let playing:
  | { readonly until: number; readonly speed: number; due: number; last: number }
  | undefined;
/** Whether the page waits for a frame; one at a time is on its way. */
let pageReady = true;
let framePending = false;
let lastFrame = 0;
let timer: ReturnType<typeof setTimeout> | undefined;

addEventListener("message", ({ data }: MessageEvent<Request>) => {
  switch (data.type) {
    case "start":
      start(data);
      break;
    case "play":
      turn = data.turn;
      playing = { until: data.until, speed: data.speed, due: 0, last: performance.now() };
      loop();
      break;
    case "pause":
      halt();
      break;
    case "step":
      playing = undefined;
      trainEpochs(1, Number.POSITIVE_INFINITY);
      sendFrame();
      break;
    case "drawn":
      pageReady = true;
      if (framePending) sendFrame();
      break;
  }
});

function start({ run: number, settings }: Request & { type: "start" }): void {
  playing = undefined;
  run = undefined;
  clearTimeout(timer);
  pageReady = true;
  framePending = false;
  try {
    const trainer = new Trainer(settings);
    run = { number, trainer, epoch: 0, trainLosses: [], testLosses: [], diverged: false };
    const { bounds, train, test } = trainer;
    answer({ type: "started", run: number, bounds, train, test });
    sendFrame();
  } catch (error) {
    fail(number, error);
  }
}

function fail(number: number, error: unknown): void {
  playing = undefined;
  answer({
    type: "failed",
    run: number,
    message: error instanceof Error ? error.message : String(error),
  });
}

function halt(): void {
  playing = undefined;
  clearTimeout(timer);
  sendFrame();
}

/** Trains what is due at the chosen speed, then gives way to messages. */
function loop(): void {
  clearTimeout(timer);
  if (run === undefined || playing === undefined) return;
  const now = performance.now();
  // Behind by more than a moment, it does not try to catch up.
  playing.due = Math.min(
    playing.due + ((now - playing.last) * playing.speed) / 1000,
    playing.speed / 10 + 1,
  );
  playing.last = now;
  const wanted = Math.min(Math.floor(playing.due), playing.until - run.epoch);
  playing.due -= trainEpochs(wanted, now + SLICE);
  if (run.epoch >= playing.until || run.diverged) {
    halt();
    return;
  }
  if (now - lastFrame >= FRAME_INTERVAL) sendFrame();
  timer = setTimeout(loop, playing.due >= 1 ? 0 : 8);
}

/** @returns how many epochs were trained before the time was up. */
function trainEpochs(count: number, until: number): number {
  if (run === undefined) return 0;
  let done = 0;
  try {
    while (done < count && !run.diverged && (done === 0 || performance.now() < until)) {
      const { train, test } = run.trainer.trainEpoch();
      run.trainLosses.push(train);
      run.testLosses.push(test);
      run.epoch += 1;
      run.diverged = !Number.isFinite(train);
      done += 1;
    }
  } catch (error) {
    fail(run.number, error);
  }
  return done;
}

function sendFrame(): void {
  if (run === undefined) return;
  framePending = !pageReady;
  if (!pageReady) return;
  pageReady = false;
  lastFrame = performance.now();
  const snapshot = run.trainer.snapshot(SIDE);
  const { number, epoch, trainLosses, testLosses } = run;
  run.trainLosses = [];
  run.testLosses = [];
  answer(
    {
      type: "frame",
      run: number,
      epoch,
      trainLosses,
      testLosses,
      snapshot,
      turn,
      playing: playing !== undefined,
    },
    [snapshot.probability.buffer, ...snapshot.layers.map((layer) => layer.buffer)],
  );
}

function answer(message: Answer, transfer: Transferable[] = []): void {
  postMessage(message, { transfer });
}
