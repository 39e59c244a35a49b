import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import manifest from "../package.json" with { type: "json" };
import { type Floors, importersOf, type Sources, violations } from "./support/architecture.ts";

/** Highest first. A file imports from lower floors only, or from its own unit. */
const FLOORS: Floors = [
  ["index"],
  ["slim", "methods", "wasm", "blas"],
  ["data"],
  ["nn", "optim", "autograd/index", "autograd/functional", "autograd/gradcheck"],
  ["tensor/create", "tensor/createRandom", "tensor/createRange", "tensor/methods"],
  ["tensor/tensor", "tensor/kernels/wasm"],
  [
    "tensor/ops",
    "tensor/apply",
    "tensor/record",
    "tensor/backward",
    "tensor/operand",
    "tensor/read",
  ],
  ["tensor/op"],
  ["tensor/kernels", "tensor/format", "tensor/make", "tensor/overlap"],
  [
    ...["tensor/shape", "tensor/dtype", "tensor/storage", "tensor/home", "tensor/spare"],
    ...["tensor/options", "tensor/waiting", "tensor/unmade"],
    ...["random", "autograd/graph", "autograd/readyQueue", "autograd/gradMode"],
  ],
];

/** Neighbours on one floor that know each other, all in one direction. */
const BESIDE: readonly string[] = [
  "autograd/index -> autograd/functional",
  "autograd/index -> autograd/gradcheck",
  "tensor/createRandom -> tensor/create",
  "tensor/createRange -> tensor/create",
  "tensor/ops -> tensor/apply",
  "tensor/ops -> tensor/operand",
  "tensor/backward -> tensor/record",
  "tensor/apply -> tensor/record",
  "tensor/storage -> tensor/shape",
  "tensor/storage -> tensor/dtype",
  "tensor/options -> tensor/shape",
  "autograd/graph -> tensor/shape",
  "tensor/spare -> tensor/storage",
  "tensor/waiting -> tensor/storage",
  "tensor/unmade -> tensor/dtype",
  "tensor/spare -> tensor/shape",
  "tensor/spare -> tensor/home",
  "autograd/graph -> tensor/storage",
  "autograd/graph -> tensor/spare",
  "autograd/graph -> autograd/gradMode",
  "autograd/graph -> autograd/readyQueue",
];

/** What comes from outside: only behind a subpath that a user imports on purpose. */
const PACKAGES = { "blas.ts": ["koffi"] };

const MAX_LINES = 400;

/** Files that are longer than that for a reason. */
const LONG: Readonly<Record<string, string>> = {
  "tensor/methods.ts": "every method is spelt out, one line each",
  "tensor/kernels/wasm/gemm.ts": "one kernel, whose parts share the layout of its registers",
};

function read(folder: string): Sources {
  const names = readdirSync(folder, { recursive: true, encoding: "utf8" });
  const files = names
    .map((name) => name.replaceAll("\\", "/"))
    .filter((name) => /\.ts$/.test(name));
  return Object.fromEntries(
    files.sort().map((name) => [name, readFileSync(join(folder, name), "utf8")]),
  );
}

const sources = read(fileURLToPath(new URL("../src", import.meta.url)));

describe("the source", () => {
  test("imports from lower floors only, in no circle, and no package", () => {
    expect(violations(sources, FLOORS, BESIDE, PACKAGES)).toEqual([]);
  });

  test("loads all methods and the WebAssembly kernels through their own entry points only", () => {
    expect(importersOf(sources, "tensor/kernels/wasm/")).toEqual(["wasm.ts"]);
    expect(importersOf(sources, "tensor/methods.ts")).toEqual(["methods.ts"]);
    expect(importersOf(sources, "wasm.ts")).toEqual(["index.ts"]);
    expect(importersOf(sources, "methods.ts")).toEqual(["index.ts"]);
  });

  test("has no neighbours that are listed for nothing", () => {
    const idle = BESIDE.filter((edge) => {
      const others = BESIDE.filter((other) => other !== edge);
      return violations(sources, FLOORS, others).length === 0;
    });
    expect(idle).toEqual([]);
  });

  test("has no file that is too long to read, but for those with a reason", () => {
    const long = Object.entries(sources)
      .filter(([path, text]) => text.split("\n").length - 1 > MAX_LINES && !(path in LONG))
      .map(([path, text]) => `${path}: ${text.split("\n").length - 1} lines`);
    expect(long).toEqual([]);
  });

  test("lists no reason for a file that is short or gone", () => {
    const idle = Object.keys(LONG).filter(
      (path) => (sources[path] ?? "").split("\n").length - 1 <= MAX_LINES,
    );
    expect(idle).toEqual([]);
  });
});

test("the package has no runtime dependency", () => {
  expect(Object.keys(manifest)).not.toContain("dependencies");
});

describe("the checker", () => {
  const check = (planted: Sources, floors = FLOORS) =>
    violations(
      { "tensor/shape.ts": "", "tensor/tensor.ts": "", "nn/module.ts": "", ...planted },
      floors,
    );

  test("accepts an import from any lower floor and from the same folder", () => {
    expect(
      check({
        "index.ts": `export * as nn from "./nn/module.ts";`,
        "nn/linear.ts": `import { Module } from "./module.ts";\nimport { Tensor } from "../tensor/tensor.ts";`,
        "tensor/ops/math.ts": `import { broadcast } from "../shape.ts";`,
      }),
    ).toEqual([]);
  });

  test("rejects an import from a higher floor", () => {
    expect(check({ "tensor/ops/math.ts": `\nimport { Tensor } from "../tensor.ts";` })).toEqual([
      "tensor/ops/math.ts:2 imports tensor/tensor.ts: tensor/tensor is above tensor/ops",
    ]);
  });

  test("rejects a re-export, a dynamic import and a bare import from a higher floor", () => {
    for (const line of [
      `export { Tensor } from "../tensor.ts";`,
      `export * from "../tensor.ts";`,
      `export async function later() { return import("../tensor.ts"); }`,
      `import "../tensor.ts";`,
      `import { type Tensor } from "../tensor.ts";`,
    ]) {
      expect(check({ "tensor/ops/math.ts": line }), line).toHaveLength(1);
    }
  });

  test("lets types come from anywhere", () => {
    expect(
      check({
        "tensor/ops/math.ts": `import type { Tensor } from "../tensor.ts";\nexport type { A } from "../../nn/module.ts";`,
      }),
    ).toEqual([]);
  });

  test("rejects an import between two units of one floor", () => {
    expect(check({ "optim/sgd.ts": `import { Parameter } from "../nn/module.ts";` })).toEqual([
      "optim/sgd.ts:1 imports nn/module.ts: nn is beside optim",
    ]);
  });

  test("rejects a circle of files in one folder", () => {
    expect(
      check({
        "nn/a.ts": `import { b } from "./b.ts";`,
        "nn/b.ts": `import { c } from "./c.ts";`,
        "nn/c.ts": `import { a } from "./a.ts";`,
      }),
    ).toEqual(["circle of imports: nn/a.ts -> nn/b.ts -> nn/c.ts -> nn/a.ts"]);
  });

  test("rejects a file that is on no floor", () => {
    expect(check({ "extras/misc.ts": "" })).toEqual(["extras/misc.ts is on no floor"]);
    expect(check({ "tensor/misc.ts": "" })).toEqual(["tensor/misc.ts is on no floor"]);
  });

  test("rejects a package and a built-in module of Node", () => {
    expect(
      check({ "nn/io.ts": `import { readFileSync } from "node:fs";\nimport x from "x";` }),
    ).toEqual(["nn/io.ts:1 imports the package node:fs", "nn/io.ts:2 imports the package x"]);
  });

  test("rejects a specifier that leads to no file", () => {
    expect(check({ "nn/linear.ts": `import { Module } from "./module.js";` })).toEqual([
      "nn/linear.ts:1 imports ./module.js, which is no source file",
    ]);
  });
});
