/**
 * One library's process: sets the cases of one workload up, measures them, prints JSON.
 * `child.ts FOLDER WORKLOAD JOB`, where JOB is JSON: `{ cases, warmMs, measureMs }`, or
 * `{ cases, memory: { steps, seconds } }` for the memory over one long synchronous loop.
 */
import type { Case, Run, Setup } from "./workloads.ts";

export interface Measured {
  /** Nanoseconds a step, one figure a round. */
  readonly ns: readonly number[];
  readonly check: readonly number[];
}

export interface Memory {
  readonly steps: number;
  /** Bytes: resident set and live heap a tenth of the way in, at the end, and the highest seen. */
  readonly early: MemorySample;
  readonly late: MemorySample;
  readonly highest: MemorySample;
}

export interface MemorySample {
  readonly rss: number;
  readonly heap: number;
}

export type Answer = Readonly<Record<string, Measured | Memory | { readonly unable: string }>>;

interface Job {
  readonly cases: readonly Case[];
  readonly warmMs: number;
  readonly measureMs: number;
  readonly memory?: { readonly steps: number; readonly seconds: number };
  /** Modules to import first, such as one that switches kernels. */
  readonly preload?: readonly string[];
}

const MOST_ROUNDS = 200;
/** A training goes on over rounds for so many steps: what is measured is a long one. */
const TRAINING_STEPS = 1000;
const SHORTEST_ROUND_MS = 5;

/** The milliseconds of so many steps, the first of them number `first` of its training. */
async function round(run: Run, steps: number, first: number): Promise<number> {
  if (first === 0) run.reset?.();
  const start = performance.now();
  // A step that returns nothing is not awaited: that alone would cost a microsecond.
  for (let i = first; i < first + steps; i++) {
    const pending = run.step(i);
    if (pending !== undefined) await pending;
  }
  return performance.now() - start;
}

/** How many steps make a round long enough for the clock. */
async function calibrate(run: Run): Promise<number> {
  for (let steps = 1; ; steps *= 2) {
    if ((await round(run, steps, 0)) >= SHORTEST_ROUND_MS) return steps;
  }
}

async function measure(run: Run, { warmMs, measureMs }: Job): Promise<Measured> {
  const warmUntil = performance.now() + warmMs;
  let done = 0;
  const next = (steps: number) => {
    if (run.steps === undefined || done + steps > TRAINING_STEPS) done = 0;
    done += steps;
    return round(run, steps, done - steps);
  };
  let longest = await next(run.steps ?? 1);
  const check = [...run.check()];
  while (performance.now() < warmUntil) longest = await next(run.steps ?? 1);
  const steps = run.steps ?? (await calibrate(run));
  const ns: number[] = [];
  const until = performance.now() + measureMs;
  // A round that takes seconds has said enough after one.
  const fewest = longest > 2000 ? 1 : 3;
  while (ns.length < fewest || (performance.now() < until && ns.length < MOST_ROUNDS)) {
    ns.push(((await next(steps)) * 1e6) / steps);
  }
  return { ns, check };
}

function sample(): MemorySample {
  const { rss, heapUsed, arrayBuffers } = process.memoryUsage();
  return { rss, heap: heapUsed + arrayBuffers };
}

/** One loop without a yield, so that whatever waits for the event loop to free memory shows. */
function memory(run: Run, { steps, seconds }: { steps: number; seconds: number }): Memory {
  const until = performance.now() + seconds * 1000;
  const highest = { rss: 0, heap: 0 };
  let early: MemorySample | undefined;
  let done = 0;
  const every = Math.max(1, Math.floor(steps / 1000));
  for (; done < steps; done++) {
    // Anew now and then: a converged run would only measure denormal numbers.
    if (done % TRAINING_STEPS === 0) run.reset?.();
    const pending = run.step(done % TRAINING_STEPS);
    if (pending !== undefined) throw new Error("this step needs a yield");
    if (done % every !== 0) continue;
    const now = sample();
    highest.rss = Math.max(highest.rss, now.rss);
    highest.heap = Math.max(highest.heap, now.heap);
    if (early === undefined && done >= steps / 10) early = now;
    if (performance.now() > until) break;
  }
  const late = sample();
  return { steps: done, early: early ?? late, late, highest };
}

const [folder, workload, json] = process.argv.slice(2);
if (folder === undefined || workload === undefined || json === undefined) {
  throw new Error("child.ts FOLDER WORKLOAD JOB");
}
const job: Job = JSON.parse(json);
for (const specifier of job.preload ?? []) await import(specifier);
const { setup }: { setup: Setup } = await import(`./${folder}/${workload.toLowerCase()}.ts`);

const answer: Record<string, Measured | Memory | { unable: string }> = {};
for (const { id, params } of job.cases) {
  const run = await setup(params);
  if (typeof run === "string") answer[id] = { unable: run };
  else answer[id] = job.memory === undefined ? await measure(run, job) : memory(run, job.memory);
}
process.stdout.write(`${JSON.stringify(answer)}\n`);
process.exit(0);
