/** W6: what a library costs before and besides its speed: import, bundle, memory. */
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import type { Memory } from "./child.ts";
import { type Ready, runJob } from "./process.ts";
import { progress } from "./progress.ts";
import { table } from "./report.ts";
import { spread } from "./statistics.ts";
import { WORKLOADS } from "./workloads.ts";

const BENCH = fileURLToPath(new URL(".", import.meta.url));

interface Entry {
  readonly all: string;
  readonly small?: string;
  /** The small one with a part that it does without, and what that part is. */
  readonly more?: { readonly title: string; readonly small: string };
}

const TAPEGRAD_SMALL = `
      export { Linear, BCEWithLogitsLoss } from "tapegrad/nn";
      export { Adam } from "tapegrad/optim";`;

/** What a page would import, by library: everything, and a small network's training. */
const ENTRIES: Readonly<Record<string, Entry>> = {
  tapegrad: {
    all: `export * from "tapegrad";`,
    small: TAPEGRAD_SMALL,
    more: {
      title: "with WebAssembly kernels",
      small: `import "tapegrad/wasm"; ${TAPEGRAD_SMALL}`,
    },
  },
  "tfjs-cpu": {
    all: `export * from "@tensorflow/tfjs";`,
    small: `
      import { losses, matMul, add, variable, train } from "@tensorflow/tfjs-core";
      import "@tensorflow/tfjs-core/dist/register_all_gradients";
      import "@tensorflow/tfjs-backend-cpu";
      export const criterion = losses.sigmoidCrossEntropy;
      export const adam = train.adam;
      export { matMul, add, variable };`,
  },
  jaxjs: { all: `export * from "@jax-js/jax";` },
  deepbox: {
    all: `
      export * as ndarray from "deepbox/ndarray";
      export * as nn from "deepbox/nn";
      export * as optim from "deepbox/optim";`,
    small: `
      export { Linear, binaryCrossEntropyWithLogitsLoss } from "deepbox/nn";
      export { Adam } from "deepbox/optim";`,
  },
  jspytorch: { all: `export { torch } from "js-pytorch";` },
};

const MODULES: Readonly<Record<string, string>> = {
  tapegrad: "tapegrad",
  "tfjs-cpu": "@tensorflow/tfjs",
  jaxjs: "@jax-js/jax",
  deepbox: "deepbox/nn",
  jspytorch: "js-pytorch",
};

function importMs(ready: Ready): number | undefined {
  const name = MODULES[ready.library.id];
  const script =
    name === undefined
      ? [
          "-c",
          "import time; t=time.perf_counter(); import torch; print((time.perf_counter()-t)*1e3)",
        ]
      : [
          "--input-type=module",
          "-e",
          `const t = performance.now(); await import(${JSON.stringify(name)});
           process.stdout.write(String(performance.now() - t)); process.exit(0);`,
        ];
  const { status, stdout } = spawnSync(ready.command, script, { cwd: BENCH, encoding: "utf8" });
  return status === 0 ? Number(stdout) : undefined;
}

function imports(libraries: readonly Ready[], times: number): string {
  const seen = new Map<string, number[]>();
  for (let i = 0; i < times; i++) {
    for (const ready of libraries) {
      progress.show(`W6 import ${i + 1}/${times}: ${ready.library.title}`);
      const ms = importMs(ready);
      if (ms !== undefined)
        seen.set(ready.library.title, [...(seen.get(ready.library.title) ?? []), ms]);
    }
  }
  const rows = [...seen].map(([title, ms]) => {
    const { median, min, max } = spread(ms);
    return [title, `${median.toFixed(1)} ms`, `${min.toFixed(1)} – ${max.toFixed(1)} ms`];
  });
  return `Import in a fresh process, of ${times}:\n\n${table(["", "median", "range"], rows)}`;
}

async function bundle(contents: string): Promise<string> {
  try {
    const { outputFiles } = await build({
      stdin: { contents, resolveDir: BENCH, loader: "js" },
      bundle: true,
      minify: true,
      write: false,
      format: "esm",
      platform: "browser",
      target: "es2022",
      // Node's own modules stand behind branches that a browser does not take.
      external: ["node:*", "fs", "path", "util", "crypto", "worker_threads", "perf_hooks", "gl"],
      logLevel: "silent",
    });
    const code = outputFiles[0]!.contents;
    const kb = (bytes: number) => `${(bytes / 1000).toFixed(1)} kB`;
    return `${kb(gzipSync(code, { level: 9 }).length)} (${kb(code.length)})`;
  } catch {
    return "does not bundle";
  }
}

async function bundles(libraries: readonly Ready[]): Promise<string> {
  const rows: string[][] = [];
  for (const { library } of libraries) {
    const entry = ENTRIES[library.id];
    if (entry === undefined) continue;
    progress.show(`W6 bundle: ${library.title}`);
    const small = entry.small === undefined ? "–" : await bundle(entry.small);
    rows.push([library.title, small, await bundle(entry.all)]);
    if (entry.more === undefined) continue;
    const { title, small: more } = entry.more;
    rows.push([`${library.title}, ${title}`, await bundle(more), "–"]);
  }
  const head = ["minified and gzipped (minified)", "Linear + Adam + BCEWithLogits", "everything"];
  return table(head, rows);
}

function memory(libraries: readonly Ready[], scale: number, seconds: number): string {
  const rows: string[][] = [];
  const mb = (bytes: number) => `${(bytes / 2 ** 20).toFixed(0)} MiB`;
  for (const [id, steps] of [
    ["W1", 1e6],
    ["W2", 1e5],
  ] as const) {
    const [first] = WORKLOADS.find((workload) => workload.id === id)!.cases;
    for (const ready of libraries) {
      progress.show(`W6 memory, ${id}: ${ready.library.title}`);
      const limit = ready.library.folder === "tapegrad" ? 3600 : seconds;
      const wanted = Math.max(10, Math.round(steps * scale));
      const job = { cases: [first], memory: { steps: wanted, seconds: limit } };
      const answer = runJob(ready, id, job);
      const found = typeof answer === "string" ? answer : answer[first!.id];
      if (found === undefined || typeof found === "string" || !("late" in found)) continue;
      const { early, late, highest }: Memory = found;
      const pair = (key: "rss" | "heap") =>
        `${mb(early[key])} → ${mb(late[key])}, at most ${mb(highest[key])}`;
      const heap = late.heap === 0 ? "–" : pair("heap");
      rows.push([id, ready.library.title, found.steps.toLocaleString("en-US"), pair("rss"), heap]);
    }
  }
  const words = `One synchronous loop; a tenth of the way in → at the end (${seconds} s at most for the others):`;
  const head = ["", "", "steps", "resident set", "heap and array buffers"];
  return `${words}\n\n${table(head, rows)}`;
}

export interface FootprintOptions {
  /** Imports to time. */
  readonly times: number;
  /** Of the million and the hundred thousand steps, the part to run. */
  readonly scale: number;
  readonly seconds: number;
}

/** The section of W6. */
export async function footprint(
  libraries: readonly Ready[],
  { times, scale, seconds }: FootprintOptions,
): Promise<string> {
  const once = libraries.filter(({ library }) => library.id === "pytorch" || library.id in MODULES);
  const parts = [
    "## W6: Import, bundle and memory",
    imports(once, times),
    await bundles(once),
    memory(once, scale, seconds),
  ];
  return `${parts.join("\n\n")}\n`;
}
