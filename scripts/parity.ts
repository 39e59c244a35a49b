/**
 * Holds the library against figures recorded from PyTorch.
 *
 *   npm run parity -- [FOLDER] [--failures]
 *
 * FOLDER holds files in the format that test/fixtures/parity/README.md describes, its own files unless
 * given. Prints a line per operation, module, optimizer, …, and the totals last; with --failures the
 * failing records before that. Exits with 1 where one failed.
 */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { failures, type Outcome, table } from "../test/support/parity/report.ts";
import { figureFiles, readIndex, runFile } from "../test/support/parity/run.ts";

const OWN = fileURLToPath(new URL("../test/fixtures/parity", import.meta.url));

const args = process.argv.slice(2);
const unknown = args.filter((arg) => arg.startsWith("-") && arg !== "--failures");
const folders = args.filter((arg) => !arg.startsWith("-"));
const folder = folders[0] ?? OWN;
if (unknown.length > 0 || folders.length > 1 || !existsSync(folder)) {
  const wrong = unknown[0] ?? folders[1] ?? `no folder ${folder}`;
  console.error(`parity: ${wrong}\nusage: npm run parity -- [FOLDER] [--failures]`);
  process.exit(2);
}

const own = join(folder, "ops-index.json");
const index = readIndex(readFileSync(existsSync(own) ? own : join(OWN, "ops-index.json"), "utf8"));
const files = figureFiles(folder);
if (files.length === 0) {
  console.error(`parity: ${folder} holds no figures`);
  process.exit(2);
}

const outcomes: Outcome[] = [];
for (const file of files) {
  const before = outcomes.length;
  for (const outcome of runFile(folder, file, index)) outcomes.push(outcome);
  if (process.stderr.isTTY) console.error(`${file}: ${outcomes.length - before} records`);
}
if (args.includes("--failures")) {
  const list = failures(outcomes);
  if (list !== "") console.log(`${list}\n`);
}
console.log(table(outcomes));
process.exitCode = outcomes.some((o) => o.status === "failed") ? 1 : 0;
