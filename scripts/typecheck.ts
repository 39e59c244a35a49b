/** Type-checks every part that has a tsconfig: the library first, then what is built on it. */
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";

// src is checked a second time the way that it is built, and a third time without tensor/methods.ts,
// whose methods the library itself must not call.
const projects = [
  "tsconfig.json",
  "tsconfig.build.json",
  "tsconfig.slim.json",
  "site/tsconfig.json",
];
// The bench needs its own packages for that (npm install --prefix bench).
if (existsSync("bench/node_modules")) projects.push("bench/tsconfig.json");

let ok = true;
for (const project of projects.filter((path) => existsSync(path))) {
  const { status } = spawnSync("tsc", ["--noEmit", "-p", project], { stdio: "inherit" });
  if (status !== 0) {
    console.error(`${project}: type errors`);
    ok = false;
  }
}
process.exitCode = ok ? 0 : 1;
