import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { runDraw } from "./draws.ts";
import {
  isList,
  type Json,
  type JsonObject,
  readLines,
  readObject,
  readString,
} from "./encoding.ts";
import type { IndexEntry } from "./forms.ts";
import { runInit } from "./initializers.ts";
import { runModule } from "./modules.ts";
import { runOp } from "./ops.ts";
import { runOptimizer } from "./optimizers.ts";
import type { Outcome } from "./report.ts";
import { runScheduler } from "./schedulers.ts";
import { runRepr, runScript } from "./scripts.ts";
import { runTutorial } from "./tutorial.ts";

/** Runs one record of a kind of file. */
type Runner = (record: JsonObject, index: ReadonlyMap<string, IndexEntry>) => Outcome;

/** Which records a file holds, by its name. */
const RUNNERS: readonly (readonly [RegExp, Runner])[] = [
  [/^ops-.*\.jsonl$/, runOp],
  [/^nn\.jsonl$/, runModule],
  [/^optim\.jsonl$/, runOptimizer],
  [/^init\.jsonl$/, runInit],
  [/^rng\.jsonl$/, runDraw],
  [/^sched\.jsonl$/, runScheduler],
  [/^tutorial\.jsonl$/, runTutorial],
  [/^repr\.jsonl$/, runRepr],
  [/^scripts\.jsonl$/, runScript],
];

export function runnerOf(file: string): Runner | null {
  return RUNNERS.find(([pattern]) => pattern.test(file))?.[1] ?? null;
}

/** ops-index.json as a map from an operation's name. */
export function readIndex(text: string): Map<string, IndexEntry> {
  const json: Json = JSON.parse(text);
  if (!isList(json)) throw new TypeError("ops-index.json does not hold a list");
  return new Map(
    json.map((item) => {
      const entry = readObject(item);
      return [
        readString(entry.op),
        { method: entry.method === true, inplace: entry.inplace === true },
      ];
    }),
  );
}

/** The files in a folder that can be run, in order. */
export function figureFiles(folder: string): string[] {
  return readdirSync(folder)
    .filter((file) => runnerOf(file) !== null)
    .sort();
}

/** Runs every record of a file. */
export function* runFile(
  folder: string,
  file: string,
  index: ReadonlyMap<string, IndexEntry>,
): Generator<Outcome> {
  const run = runnerOf(file);
  if (run === null) return;
  for (const record of readLines(readFileSync(join(folder, file), "utf8")))
    yield run(record, index);
}
