import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, extname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, test } from "vitest";
import { pickExample } from "../scripts/pickExample.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
const out = mkdtempSync(join(tmpdir(), "tapegrad-examples-"));
const names = readdirSync(join(root, "examples")).filter((name) => /^\d+-.*\.ts$/.test(name));

afterAll(() => rmSync(out, { recursive: true }));

/** How a file of each kind begins. */
const SIGNATURES: Readonly<Record<string, string>> = {
  ".png": "\x89PNG",
  ".gif": "GIF89a",
  ".svg": "<svg",
};

function tsx(...args: readonly string[]) {
  return spawnSync(join(root, "node_modules/.bin/tsx"), args, {
    cwd: root,
    encoding: "utf8",
    // Small pictures: it is not their pixels that are tested here.
    env: { ...process.env, TAPEGRAD_OUT: out, TAPEGRAD_SCALE: "0.25" },
  });
}

const example = (...args: readonly string[]) => tsx("scripts/example.ts", ...args);

describe("every example", () => {
  test.for(names)("%s runs, stays quiet in a pipe and writes what it says", (name) => {
    const { status, stdout, stderr } = tsx(join("examples", name));
    expect(stderr).toBe("");
    expect(status).toBe(0);
    // No progress line, no colours.
    expect(stdout).not.toContain("\r");
    expect(stdout).not.toContain("\x1b");
    expect(stdout.split("\n").length).toBeGreaterThan(3);

    const written = [...stdout.matchAll(/^wrote (.*)$/gm)]
      .map(([, path]) => basename(path!))
      .sort();
    const prefix = name.slice(0, 2);
    expect(
      readdirSync(out)
        .filter((file) => file.startsWith(prefix))
        .sort(),
    ).toEqual(written);
    expect(written.length).toBeGreaterThan(0);
    for (const file of written) {
      const begin = readFileSync(join(out, file), "latin1").slice(0, 8);
      const wanted = SIGNATURES[extname(file)];
      expect(wanted, `the kind of ${file}`).toBeDefined();
      expect(begin.startsWith(wanted!), file).toBe(true);
    }
  });

  test.for(names)("%s imports the public index and its own helpers only", (name) => {
    const text = readFileSync(join(root, "examples", name), "utf8");
    const from = [...text.matchAll(/from "([^"]+)"/g)].map(([, specifier]) => specifier!);
    const foreign = from.filter((path) => path !== "tapegrad" && !path.startsWith("./support/"));
    expect(foreign).toEqual([]);
  });
});

describe("npm run example", () => {
  test("lists every example and what it is about", () => {
    const { status, stdout } = example();
    expect(status).toBe(0);
    for (const name of names) {
      const line = stdout.split("\n").find((text) => text.includes(basename(name, ".ts")));
      expect(line, name).toMatch(/^ {2}\d\d-[\w-]+ {2,}\S.*\S$/);
    }
  });

  test("runs the one that its word picks", () => {
    const { status, stdout } = example("theta");
    expect(status).toBe(0);
    expect(stdout).toContain("01-theta-squared.png");
  });

  test("picks by number, by name, and by part of a name", () => {
    const list = ["01-theta-squared", "02-rosenbrock", "10-rose"];
    for (const wanted of ["1", "01", "theta", "Theta", "01-theta-squared", "01-theta-squared.ts"]) {
      expect(pickExample(list, wanted), wanted).toEqual(["01-theta-squared"]);
    }
    expect(pickExample(list, "rose")).toEqual(["02-rosenbrock", "10-rose"]);
    expect(pickExample(list, "10-rose")).toEqual(["10-rose"]);
    expect(pickExample(list, "0")).toEqual([]);
  });

  test("says so when nothing or more than one thing matches", () => {
    const { status, stdout, stderr } = example("nonsense");
    expect(status).toBe(1);
    expect(stdout).toContain("01-theta-squared");
    expect(stderr).toContain("no example matches 'nonsense'");
    expect(example("a").stderr).toContain("several examples match 'a'");
  });
});
