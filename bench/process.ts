import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { Answer } from "./child.ts";
import { type Launcher, type Library, launcher } from "./libraries.ts";

const BENCH = fileURLToPath(new URL(".", import.meta.url));

/** One thread each, whatever the machine has. */
const ONE_THREAD = {
  OMP_NUM_THREADS: "1",
  OPENBLAS_NUM_THREADS: "1",
  MKL_NUM_THREADS: "1",
  TF_CPP_MIN_LOG_LEVEL: "3",
};

export interface Ready extends Launcher {
  readonly library: Library;
}

/** The libraries that can start here, and why the others cannot. */
export function prepare(libraries: readonly Library[]): { ready: Ready[]; absent: string[] } {
  const ready: Ready[] = [];
  const absent: string[] = [];
  for (const library of libraries) {
    const found = launcher(library);
    if (typeof found === "string") absent.push(`${library.title}: ${found}`);
    else ready.push({ ...found, library });
  }
  return { ready, absent };
}

/** Runs one job in a process of its own. */
export function runJob(ready: Ready, workload: string, job: object): Answer | string {
  const text = JSON.stringify({ ...job, preload: ready.library.preload ?? [] });
  const { status, stdout, stderr, error } = spawnSync(
    ready.command,
    [...ready.args, workload, text],
    {
      // Here, not at the root, whose tsconfig.json maps the package onto its sources.
      cwd: BENCH,
      encoding: "utf8",
      env: { ...process.env, ...ONE_THREAD },
      maxBuffer: 2 ** 28,
    },
  );
  if (status === 0) return JSON.parse(stdout.slice(stdout.trimEnd().lastIndexOf("\n") + 1));
  const last = (error?.message ?? stderr).trim().split("\n");
  const line = last.find((text) => /Error/.test(text)) ?? last.at(-1) ?? "";
  return `failed: ${line.trim().slice(0, 160)}`;
}
