import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { publint } from "publint";
import { formatMessage } from "publint/utils";
import ts from "typescript";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { samePrint, snippets } from "./support/snippets.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
const project = mkdtempSync(join(tmpdir(), "tapegrad-package-"));
const [first] = snippets(readFileSync(join(root, "README.md"), "utf8"));

/** Runs a command; throws what it printed unless it succeeded. */
function run(command: string, args: readonly string[], cwd = project): string {
  const { status, stdout, stderr } = spawnSync(command, args, { cwd, encoding: "utf8" });
  if (status !== 0) throw new Error(`${command} ${args.join(" ")}\n${stdout}${stderr}`);
  return stdout;
}

/** Compiles a file of the project as a user's strict configuration would, and returns the errors. */
function typecheck(file: string, options: readonly string[]): string {
  const strict = ["--strict", "--exactOptionalPropertyTypes", "--skipLibCheck", "false"];
  const args = [...strict, "--noEmit", "--target", "es2022", ...options, file];
  return spawnSync(join(root, "node_modules/.bin/tsc"), args, { cwd: project, encoding: "utf8" })
    .stdout;
}

describe("the built package, installed from its tarball into an empty project", () => {
  beforeAll(() => {
    run("npm", ["run", "--silent", "build"], root);
    run("npm", ["pack", "--silent", "--pack-destination", project], root);
    const tarball = readdirSync(project).find((name) => name.endsWith(".tgz"))!;
    writeFileSync(join(project, "package.json"), JSON.stringify({ private: true, type: "module" }));
    run("npm", ["install", "--offline", "--no-audit", "--no-fund", `./${tarball}`]);
    writeFileSync(join(project, "snippet.ts"), first!.code);
  }, 120_000);

  afterAll(() => rmSync(project, { recursive: true }));

  test("brings no other package along", () => {
    const names = readdirSync(join(project, "node_modules")).filter((name) => name[0] !== ".");
    expect(names).toEqual(["tapegrad"]);
  });

  test("holds the build, its sources and the papers, and nothing else", () => {
    const names = readdirSync(join(project, "node_modules/tapegrad")).sort();
    const wanted = ["CHANGELOG.md", "LICENSE", "README.md", "dist", "package.json", "src"];
    expect(names).toEqual(wanted);
  });

  test("runs the README's first snippet, which prints what the README says", () => {
    const options = { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2022 };
    const { outputText } = ts.transpileModule(first!.code, { compilerOptions: options });
    writeFileSync(join(project, "snippet.mjs"), outputText);
    expect(run(process.execPath, ["snippet.mjs"])).toSatisfy((printed: string) =>
      samePrint(printed, first!.output!),
    );
  });

  test("has types that a strict project accepts, however it resolves modules", () => {
    const dom = ["--lib", "es2022,dom", "--types", ""];
    for (const resolution of [
      ["--module", "nodenext"],
      ["--module", "esnext", "--moduleResolution", "bundler"],
    ]) {
      expect(typecheck("snippet.ts", [...resolution, ...dom])).toBe("");
    }
  });

  test("has types that need neither a browser's nor Node's", () => {
    writeFileSync(join(project, "bare.ts"), 'export * from "tapegrad";\n');
    expect(typecheck("bare.ts", ["--module", "nodenext", "--lib", "es2022", "--types", ""])).toBe(
      "",
    );
  });

  test("is one file in Node, and the same names module by module elsewhere", () => {
    const script = `
      const one = import.meta.resolve("tapegrad");
      const [here, there] = [await import(one), await import(new URL("../index.js", one))];
      console.log(one.split("/").slice(-3).join("/"));
      console.log(String(Object.keys(here)) === String(Object.keys(there)));`;
    const printed = run(process.execPath, ["--input-type=module", "-e", script]);
    expect(printed).toBe("dist/node/index.js\ntrue\n");
  });

  test("has a source map to sources for every module", () => {
    const dist = join(project, "node_modules/tapegrad/dist");
    const modules = readdirSync(dist, { recursive: true, encoding: "utf8" }).filter((name) =>
      name.endsWith(".js"),
    );
    expect(modules.length).toBeGreaterThan(0);
    for (const name of modules) {
      const map: { sources: string[] } = JSON.parse(
        readFileSync(join(dist, `${name}.map`), "utf8"),
      );
      const gone = map.sources.filter((source) => !existsSync(join(dist, name, "..", source)));
      expect(gone, name).toEqual([]);
    }
  });

  test("passes publint", async () => {
    const pkgDir = join(project, "node_modules/tapegrad");
    const { messages, pkg } = await publint({ pkgDir, strict: true, pack: false });
    expect(messages.map((message) => formatMessage(message, pkg, { color: false }))).toEqual([]);
  });
});
