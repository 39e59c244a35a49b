/**
 * Runs one example: `npm run example rosenbrock`, or by number, `npm run example 2`.
 * Without a name it lists them with the first line of what each says about itself.
 */
import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { pickExample } from "./pickExample.ts";

const folder = fileURLToPath(new URL("../examples/", import.meta.url));
const names = readdirSync(folder)
  .filter((file) => /^\d+-.*\.ts$/.test(file))
  .map((file) => file.replace(/\.ts$/, ""))
  .sort((a, b) => Number.parseInt(a, 10) - Number.parseInt(b, 10));

/** The first line of the comment that a file opens with. */
function about(name: string): string {
  const text = readFileSync(`${folder}${name}.ts`, "utf8");
  return /^\s*\/\*\*[\s*]*(.*?)\s*(?:\*\/|\n)/.exec(text)?.[1] ?? "";
}

function list(): void {
  const width = Math.max(...names.map((name) => name.length));
  for (const name of names) console.log(`  ${name.padEnd(width)}  ${about(name)}`);
}

const [wanted, ...rest] = process.argv.slice(2);
if (wanted === undefined) {
  console.log("npm run example NAME, where NAME is a number or part of a name:\n");
  list();
} else {
  const [name, ...others] = pickExample(names, wanted);
  if (name === undefined || others.length > 0) {
    const problem = name === undefined ? "no example matches" : "several examples match";
    console.error(`${problem} '${wanted}'; there are:\n`);
    list();
    process.exitCode = 1;
  } else {
    const { status } = spawnSync("tsx", [`${folder}${name}.ts`, ...rest], { stdio: "inherit" });
    process.exitCode = status ?? 1;
  }
}
