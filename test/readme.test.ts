import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { formatWithOptions, inspect } from "node:util";
import { afterAll, afterEach, describe, expect, test, vi } from "vitest";
import { fences, instrument, samePrint, snippets } from "./support/snippets.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
const readme = readFileSync(join(root, "README.md"), "utf8");
const all = snippets(readme);

// Inside the project, where the compiler and the test runner find what the snippets import.
mkdirSync(join(root, "out"), { recursive: true });
const folder = mkdtempSync(join(root, "out", "readme-"));

afterAll(() => rmSync(folder, { recursive: true }));
afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
});

const print = (...values: readonly unknown[]): string =>
  formatWithOptions({ colors: false }, ...values);

let files = 0;

/** Runs a snippet with its checks in place and returns what it printed. */
async function run(code: string, line = 1): Promise<string> {
  const output: string[] = [];
  vi.spyOn(console, "log").mockImplementation((...values) => {
    output.push(print(...values));
  });
  vi.stubGlobal("check", (at: number, wanted: string, get: () => unknown) => {
    let shown: string;
    try {
      const value = get();
      shown = typeof value === "string" ? value : inspect(value);
    } catch (error) {
      shown = String(error);
    }
    expect(shown, `line ${at}`).toBe(wanted);
  });
  vi.stubGlobal("printed", (at: number, wanted: string) => {
    expect(output.at(-1), `line ${at}`).toBe(wanted);
  });
  const path = join(folder, `run-${files++}.ts`);
  writeFileSync(path, instrument({ code, line }));
  await import(path);
  return output.map((text) => `${text}\n`).join("");
}

describe("the README", () => {
  test("has snippets, in TypeScript, text and shell only", () => {
    expect(all.length).toBeGreaterThan(0);
    const languages = new Set(fences(readme).map(({ language }) => language));
    expect([...languages].filter((name) => !["ts", "text", "sh"].includes(name))).toEqual([]);
  });

  test("has snippets that type-check", () => {
    for (const [i, { code }] of all.entries()) {
      // Each is a module of its own, even one that imports nothing.
      writeFileSync(join(folder, `check-${i}.ts`), `${code}export {};\n`);
    }
    // Strict, without the stricter rules of this project, which a reader's need not have.
    const compilerOptions = { noUncheckedIndexedAccess: false };
    const config = { extends: "../../tsconfig.json", compilerOptions, include: ["check-*.ts"] };
    writeFileSync(join(folder, "tsconfig.json"), JSON.stringify(config));
    const { stdout } = spawnSync("tsc", ["-p", folder], { encoding: "utf8", cwd: root });
    const where = stdout.replaceAll(/\S*check-(\d+)\.ts\((\d+)/g, (_, i: string, row: string) => {
      return `README.md(${all[Number(i)]!.line + Number(row) - 1}`;
    });
    expect(where).toBe("");
  });

  for (const { code, line, output } of all) {
    test(`does what the snippet at line ${line} says`, async () => {
      const printed = await run(code, line);
      // Equal texts pass as they are; otherwise this shows both.
      if (output !== undefined && !samePrint(printed, output)) expect(printed).toBe(output);
    });
  }
});

test.for(["README.md", "CONTRIBUTING.md"])("%s names files that are there", (name) => {
  const text = readFileSync(join(root, name), "utf8");
  const paths = text.match(/\b(?:src|test|scripts|bench|examples|site)\/[\w./-]*\w/g) ?? [];
  expect(paths.filter((path) => !existsSync(join(root, path)))).toEqual([]);
});

describe("the snippet runner", () => {
  test("accepts values, constants, printed lines and errors that are as they say", async () => {
    const code = `
      1 + 1; // => 2
      const list = [1, 2]; // => [ 1, 2 ]
      for (const i of list) {
        if (i === 2) console.log(i, list); // => 2 [ 1, 2 ]
      }
      "two\\nlines"; // => two
      //    lines
      BigInt(1.5); // => RangeError: The number 1.5 cannot be converted to a BigInt because it is not an integer
    `;
    expect(await run(code)).toBe("2 [ 1, 2 ]\n");
  });

  test("rejects what is not as it says, and names the line", async () => {
    await expect(run("\n1 + 1; // => 3", 10)).rejects.toThrow("line 11");
    await expect(run("const x = 1; // => 2", 10)).rejects.toThrow("line 10");
    await expect(run('console.log("a"); // => b', 10)).rejects.toThrow("line 10");
    await expect(run("BigInt(1.5); // => 1", 10)).rejects.toThrow("line 10");
    await expect(run('"a\\nb"; // => a\n//    c', 10)).rejects.toThrow("line 10");
  });

  test("rejects a comment that is behind nothing to check", () => {
    const code = "if (true) {\n} // => 1";
    expect(() => instrument({ code, line: 7 })).toThrow("line 8: '// =>' stands behind nothing");
  });

  test("lets rounding pass in numbers with all of float32's digits, and nothing else", () => {
    expect(samePrint("20 0.6657947301864624", "20 0.6657947897911072")).toBe(true);
    expect(samePrint("20 0.6657947301864624", "20 0.6658147301864624")).toBe(false);
    expect(samePrint("21 0.6657947301864624", "20 0.6657947301864624")).toBe(false);
    expect(samePrint("tensor(1.0001)", "tensor(1.0000)")).toBe(false);
    expect(samePrint("0.6657947301864624", "0.6657947301864624 0.1")).toBe(false);
  });

  test("ties an output block to the snippet right before it", () => {
    const markdown = "```ts\na;\n```\nprints\n```text\n1\n```\n```ts\nb;\n```\n```sh\nls\n```\n";
    expect(snippets(markdown)).toEqual([
      { language: "ts", code: "a;\n", line: 2, output: "1\n" },
      { language: "ts", code: "b;\n", line: 9 },
    ]);
    expect(() => fences("```ts\n")).toThrow("the block at line 2 is not closed");
  });
});
