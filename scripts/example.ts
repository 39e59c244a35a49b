/**
 * Runs one example: `npm run example rosenbrock`, or by number, `npm run example 2`.
 * Without a name it lists them with the first line of what each says about itself.
 */
import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const folder = fileURLToPath(new URL("../examples/", import.meta.url));
const files = readdirSync(folder)
  .filter((file) => /^\d+-.*\.ts$/.test(file))
  .sort((a, b) => Number.parseInt(a, 10) - Number.parseInt(b, 10));

/** The first line of the comment that a file opens with. */
function about(file: string): string {
  const text = readFileSync(join(folder, file), "utf8");
  return /^\s*\/\*\*[\s*]*(.*?)\s*(?:\*\/|\n)/.exec(text)?.[1] ?? "";
}

function list(): void {
  const names = files.map((file) => file.replace(/\.ts$/, ""));
  const width = Math.max(...names.map((name) => name.length));
  for (const [i, name] of names.entries())
    console.log(`  ${name.padEnd(width)}  ${about(files[i]!)}`);
}

/** By number where `wanted` is one, else by part of the name. */
function find(wanted: string): readonly string[] {
  if (/^\d+$/.test(wanted)) {
    return files.filter((file) => Number.parseInt(file, 10) === Number(wanted));
  }
  const exact = files.filter((file) => file.replace(/\.ts$/, "") === wanted.replace(/\.ts$/, ""));
  return exact.length > 0 ? exact : files.filter((file) => file.includes(wanted.toLowerCase()));
}

const [wanted, ...rest] = process.argv.slice(2);
if (wanted === undefined) {
  console.log("npm run example NAME, where NAME is a number or part of a name:\n");
  list();
} else {
  const found = find(wanted);
  const [file] = found;
  if (file === undefined || found.length > 1) {
    const problem = file === undefined ? "no example matches" : "several examples match";
    console.error(`${problem} '${wanted}'; there are:\n`);
    list();
    process.exitCode = 1;
  } else {
    const { status } = spawnSync("tsx", [join(folder, file), ...rest], { stdio: "inherit" });
    process.exitCode = status ?? 1;
  }
}
