/**
 * `npm run bench`: every workload in every library that is here, one process a library and round,
 * the rounds interleaved. A full run writes RESULTS.md; a narrowed one prints.
 */
import { spawnSync } from "node:child_process";
import { existsSync, writeFileSync } from "node:fs";
import { availableParallelism, cpus, totalmem } from "node:os";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { LIBRARIES, type Library } from "./libraries.ts";
import type { Ready } from "./process.ts";
import { progress } from "./progress.ts";
import { type Figures, type Results, section } from "./report.ts";
import { median } from "./statistics.ts";
import { WORKLOADS, type Workload } from "./workloads.ts";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const BENCH = fileURLToPath(new URL(".", import.meta.url));

const USAGE = `npm run bench -- [W1 … W6] [options]

  --rounds N        processes a library and workload, interleaved (5)
  --only A,B        these libraries: ${LIBRARIES.map(({ id }) => id).join(", ")}
  --cases TEXT      only cases whose name contains TEXT
  --ms N            milliseconds to measure a case for (W1 to W3 four times that), after two thirds
                  of it to warm up (300)
  --memory-scale X  part of W6's steps to run (1)
  --seconds N       at most so long for another library in W6's loops (20)
  --write           write RESULTS.md though the run is narrowed
`;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    rounds: { type: "string", default: "5" },
    only: { type: "string" },
    cases: { type: "string" },
    ms: { type: "string", default: "300" },
    "memory-scale": { type: "string", default: "1" },
    seconds: { type: "string", default: "20" },
    write: { type: "boolean", default: false },
    help: { type: "boolean", default: false },
  },
});

function fail(message: string): never {
  console.error(`${message}\n\n${USAGE}`);
  process.exit(1);
}

function positive(name: "rounds" | "ms" | "memory-scale" | "seconds"): number {
  const value = Number(values[name]);
  return value > 0 ? value : fail(`--${name} must be a positive number, not '${values[name]}'`);
}

if (values.help) {
  console.log(USAGE);
  process.exit(0);
}

const KNOWN = [...WORKLOADS.map(({ id }) => id), "W6"];
const wanted = positionals.map((name) => name.toUpperCase());
for (const id of wanted) {
  if (!KNOWN.includes(id)) fail(`no workload '${id}'; there are ${KNOWN.join(", ")}`);
}
const included = (id: string): boolean => wanted.length === 0 || wanted.includes(id);

const names = values.only?.split(",");
for (const name of names ?? []) {
  if (!LIBRARIES.some(({ id }) => id === name)) fail(`no library '${name}'`);
}
const libraries = LIBRARIES.filter(({ id }) => names === undefined || names.includes(id));
const rounds = positive("rounds");
const measureMs = positive("ms");

function shell(title: string, command: string, args: readonly string[], cwd: string): void {
  progress.show(title);
  const { status, stdout, stderr } = spawnSync(command, args, { cwd, encoding: "utf8" });
  if (status === 0) return;
  progress.clear();
  console.error(`${title} failed:\n${stdout}${stderr}`);
  process.exit(1);
}

if (!existsSync(`${BENCH}node_modules`)) {
  shell("installing the other libraries", "npm", ["ci", "--no-audit", "--no-fund"], BENCH);
}
if (libraries.some(({ folder }) => folder === "tapegrad" || folder === "kernel")) {
  shell("building tapegrad", "npm", ["run", "--silent", "build"], ROOT);
}
// These need the packages of the bench.
const { prepare, runJob } = await import("./process.ts");

const { ready, absent } = prepare(libraries);
const takesPart = ({ library }: { library: Library }, workload: string): boolean =>
  library.workloads?.includes(workload) ?? true;

function measure(workload: Workload, results: Results): void {
  const cases = workload.cases.filter(({ id }) => id.includes(values.cases ?? ""));
  if (cases.length === 0) return;
  const byCase = new Map(cases.map(({ id }) => [id, new Map<string, Figures | string>()]));
  results.set(workload.id, byCase);
  const ms = measureMs * (workload.patience ?? 1);
  const job = { cases, warmMs: (ms * 2) / 3, measureMs: ms };
  for (let round = 1; round <= rounds; round++) {
    for (const entry of ready.filter((each) => takesPart(each, workload.id))) {
      const { id, title } = entry.library;
      progress.show(`round ${round}/${rounds} ${workload.id}: ${title}`);
      const answer = runJob(entry, workload.id, job);
      for (const each of cases) {
        const found = typeof answer === "string" ? answer : answer[each.id];
        const before = byCase.get(each.id)!.get(id);
        if (typeof found === "string") byCase.get(each.id)!.set(id, found);
        else if (found !== undefined && "unable" in found) {
          byCase.get(each.id)!.set(id, found.unable);
        } else if (found !== undefined && "ns" in found) {
          const ns = [...(typeof before === "object" ? before.ns : []), median(found.ns)];
          byCase.get(each.id)!.set(id, { ns, check: found.check });
        }
      }
    }
  }
}

function machine(entries: readonly Ready[]): string {
  const versions = entries
    .filter(({ library }) => library.yardstick !== true)
    .map(({ library, version }) => {
      const node = library.node === undefined ? "" : ` on Node ${library.node}`;
      return `${library.title} ${version}${node}`;
    });
  const lines = [
    `${cpus()[0]?.model.trim() ?? "unknown processor"}, ${availableParallelism()} cores, ` +
      `${Math.round(totalmem() / 2 ** 30)} GiB, ${process.platform} ${process.arch}`,
    `Node ${process.versions.node} (V8 ${process.versions.v8}), one thread each (PyTorch too)`,
    versions.join(", "),
    `${rounds} interleaved rounds, ${measureMs} ms a case (W1 to W3 four times that); medians of the rounds' medians, and their range`,
    ...absent.map((why) => `not here: ${why}`),
  ];
  return lines.map((line) => `- ${line}`).join("\n");
}

const results: Results = new Map();
for (const workload of WORKLOADS.filter(({ id }) => included(id))) measure(workload, results);

const parts = ["# Results", `Made by \`npm run bench\`.\n\n${machine(ready)}\n`];
for (const workload of WORKLOADS) {
  const found = results.get(workload.id);
  if (found !== undefined) {
    parts.push(
      section(
        workload,
        found,
        ready.map(({ library }) => library),
      ),
    );
  }
}
if (included("W6")) {
  const { footprint } = await import("./footprint.ts");
  const options = { times: 20, scale: positive("memory-scale"), seconds: positive("seconds") };
  parts.push(await footprint(ready, options));
}
progress.clear();
const report = parts.join("\n");
const full = wanted.length === 0 && names === undefined && values.cases === undefined;
if (full || values.write) {
  writeFileSync(`${BENCH}RESULTS.md`, report);
  console.log("wrote bench/RESULTS.md");
} else {
  console.log(report);
}
