/**
 * Runs the PyTorch snippets of SNIPPET_CASES with a real PyTorch and writes what they print to
 * test/site/fixtures/snippets.json: `tsx test/site/support/makeSnippetFixtures.ts [python]`.
 */
import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { snippet } from "../../../site/src/race/snippet.ts";
import { SNIPPET_CASES } from "./snippetCases.ts";

const python = process.argv[2] ?? "python3";

function run(code: string): string {
  const { status, stdout, stderr } = spawnSync(python, ["-"], { input: code, encoding: "utf8" });
  if (status !== 0) throw new Error(`${python} failed:\n${stderr}\n${code}`);
  return stdout;
}

const torch = run("import torch\nprint(torch.__version__)\n").trim();
const cases = SNIPPET_CASES.map((settings) => {
  const code = snippet(settings, "pytorch");
  return { name: settings.name, code, output: run(code) };
});
const file = new URL("../fixtures/snippets.json", import.meta.url);
writeFileSync(file, `${JSON.stringify({ madeBy: `PyTorch ${torch}`, cases }, undefined, 1)}\n`);
console.log(`${cases.length} snippets with PyTorch ${torch}`);
