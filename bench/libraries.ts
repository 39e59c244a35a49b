/** Who takes part, and how each one's process is started. */
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

export interface Library {
  readonly id: string;
  readonly title: string;
  /** The folder with its files, one a workload. */
  readonly folder: string;
  /** The npm package whose version the report names. */
  readonly package?: string;
  /** A major version of Node, where the one that runs the bench will not do. */
  readonly node?: string;
  readonly preload?: readonly string[];
  /** Its workloads; all where absent. */
  readonly workloads?: readonly string[];
  /** Not a library to choose from but a yardstick: left out of "the best of the others". */
  readonly yardstick?: boolean;
}

export const LIBRARIES: readonly Library[] = [
  { id: "tapegrad", title: "tapegrad", folder: "tapegrad", package: "tapegrad" },
  {
    id: "tapegrad-node22",
    title: "tapegrad, Node 22",
    folder: "tapegrad",
    package: "tapegrad",
    node: "22",
    workloads: ["W2", "W3", "W4"],
  },
  {
    id: "tapegrad-blas",
    title: "tapegrad, BLAS",
    folder: "tapegrad",
    package: "tapegrad",
    preload: ["tapegrad/blas"],
    workloads: ["W2", "W3", "W4"],
  },
  { id: "pytorch", title: "PyTorch", folder: "pytorch" },
  {
    id: "tfjs-wasm",
    title: "TensorFlow.js wasm",
    folder: "tfjs",
    package: "@tensorflow/tfjs",
    preload: ["./tfjs/wasm.ts"],
  },
  {
    id: "tfjs-cpu",
    title: "TensorFlow.js cpu",
    folder: "tfjs",
    package: "@tensorflow/tfjs",
    preload: ["./tfjs/cpu.ts"],
  },
  { id: "jaxjs", title: "jax-js", folder: "jaxjs", package: "@jax-js/jax", node: "24" },
  {
    id: "deepbox",
    title: "deepbox",
    folder: "deepbox",
    package: "deepbox",
    node: "24",
    preload: ["./deepbox/wasm.ts"],
  },
  {
    id: "jspytorch",
    title: "js-pytorch",
    folder: "jspytorch",
    package: "js-pytorch",
    workloads: ["W1", "W2", "W3", "W4"],
  },
  {
    id: "loops",
    title: "plain loops",
    folder: "loops",
    workloads: ["W4", "W5"],
    yardstick: true,
  },
  {
    id: "kernel",
    title: "bare kernel",
    folder: "kernel",
    workloads: ["W4"],
    yardstick: true,
  },
];

const bench = fileURLToPath(new URL(".", import.meta.url));

/** The version of a package that the bench has installed, from its manifest. */
export function packageVersion(name: string): string | undefined {
  const manifest = `${bench}node_modules/${name}/package.json`;
  if (!existsSync(manifest)) return undefined;
  const { version }: { version: string } = JSON.parse(readFileSync(manifest, "utf8"));
  return version;
}

function output(command: string, args: readonly string[]): string | undefined {
  const { status, stdout } = spawnSync(command, args, { encoding: "utf8", cwd: bench });
  return status === 0 ? stdout.trim() : undefined;
}

/** The path of a Node of that major version, fetched through npm where it is not the running one. */
function nodeOf(major: string): string | undefined {
  if (process.versions.node.startsWith(`${major}.`)) return process.execPath;
  const print = ["node", "-p", "process.execPath"];
  return output("npm", ["exec", "--yes", `--package=node@${major}`, "--", ...print]);
}

/** A Python that has PyTorch: TAPEGRAD_PYTHON, the first on the path, or the system's own. */
function findPython(): { command: string; version: string } | undefined {
  for (const command of [process.env.TAPEGRAD_PYTHON, "python3", "/usr/bin/python3"]) {
    if (command === undefined) continue;
    const script = "import torch; print(torch.__version__)";
    const version = output(command, ["-c", script]);
    if (version !== undefined) return { command, version };
  }
  return undefined;
}

export interface Launcher {
  readonly command: string;
  /** What comes before the name of the workload and the job. */
  readonly args: readonly string[];
  readonly version: string;
}

/** How to start a library's process; a string says why it cannot take part. */
export function launcher(library: Library): Launcher | string {
  if (library.id === "pytorch") {
    const python = findPython();
    if (python === undefined) return "no Python with PyTorch (python3-torch, or TAPEGRAD_PYTHON)";
    return { command: python.command, args: [`${bench}pytorch/child.py`], version: python.version };
  }
  if (!existsSync(`${bench}${library.folder}`)) return "no such folder";
  const version = library.package === undefined ? "" : packageVersion(library.package);
  if (version === undefined) return `${library.package} is not installed`;
  const node = library.node === undefined ? process.execPath : nodeOf(library.node);
  if (node === undefined) return `no Node ${library.node}`;
  for (const specifier of library.preload ?? []) {
    if (specifier.startsWith("tapegrad/") && !exported(specifier)) return `no ${specifier}`;
  }
  const args = ["--import", "tsx", "--expose-gc", `${bench}child.ts`, library.folder];
  return { command: node, args, version };
}

/** Whether the installed tapegrad has that entry point. */
function exported(specifier: string): boolean {
  const manifest = `${bench}node_modules/tapegrad/package.json`;
  if (!existsSync(manifest)) return false;
  const { exports }: { exports: Record<string, unknown> } = JSON.parse(
    readFileSync(manifest, "utf8"),
  );
  return specifier.replace("tapegrad", ".") in exports;
}
