import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { publint } from "publint";
import { formatMessage } from "publint/utils";
import ts from "typescript";
import { build } from "vite";
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

/** Bundles a module of the project for browsers, minified, and returns the code. */
async function bundle(code: string): Promise<string> {
  const entry = join(project, "entry.js");
  writeFileSync(entry, code);
  const result = await build({
    root: project,
    configFile: false,
    logLevel: "warn",
    build: {
      write: false,
      target: "es2022",
      modulePreload: { polyfill: false },
      rolldownOptions: { input: entry, preserveEntrySignatures: "strict" },
    },
  });
  const [chunk, ...others] = [result].flat().flatMap((r) => ("output" in r ? r.output : []));
  expect(others).toEqual([]);
  return chunk!.type === "chunk" ? chunk!.code : "";
}

/** Bundles a program, runs the bundle and returns what it printed. */
async function runBundle(code: string): Promise<string> {
  writeFileSync(join(project, "bundle.mjs"), await bundle(code));
  return run(process.execPath, ["bundle.mjs"]);
}

const SMALL = `
  import { BCEWithLogitsLoss, Linear, ReLU, Sequential } from "tapegrad/nn";
  import { Adam } from "tapegrad/optim";
  import { data, manualSeed, unsqueeze } from "tapegrad/slim";`;

const WHOLE = `
  import { data, manualSeed, nn, optim, unsqueeze } from "tapegrad";
  const { BCEWithLogitsLoss, Linear, ReLU, Sequential } = nn;
  const { Adam } = optim;`;

/** Trains a network on two circles and prints the losses. */
const TRAINING = `
  const [X, y] = data.makeCircles(200, { noise: 0.03, randomState: 42 });
  const [input, target] = [X.to("float32"), unsqueeze(y.to("float32"), 1)];
  manualSeed(42);
  const model = new Sequential(new Linear(2, 16), new ReLU(), new Linear(16, 1));
  const criterion = new BCEWithLogitsLoss();
  const optimizer = new Adam(model.parameters(), { lr: 0.05 });
  const losses = [];
  for (let epoch = 0; epoch < 60; epoch++) {
    optimizer.zeroGrad();
    const loss = criterion.forward(model.forward(input), target);
    loss.backward();
    optimizer.step();
    losses.push(loss.item());
  }
  console.log(JSON.stringify(losses));`;

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

  test("in Node is one class of tensors, whatever is imported from where", () => {
    const script = `
      const slim = await import("tapegrad/slim");
      const { Parameter } = await import("tapegrad/nn");
      const { SGD } = await import("tapegrad/optim");
      const p = new Parameter(slim.tensor([1, 2]));
      console.log(p instanceof slim.Tensor, new SGD([p], { lr: 1 }).paramGroups.length);
      console.log("exp" in p, Symbol.iterator in p, "T" in p, String(slim.exp(p.data)));
      await import("tapegrad/methods");
      console.log("exp" in p, Symbol.iterator in p, "T" in p, String(p.data.exp()));
      console.log(Object.keys(p).includes("exp"), Object.keys(slim.Tensor.prototype).length);
      const whole = await import("tapegrad");
      console.log(whole.Tensor === slim.Tensor, whole.nn.Parameter === Parameter);
      console.log(String(Object.keys(whole)) === String(Object.keys(slim)));`;
    const printed = run(process.execPath, ["--input-type=module", "-e", script]);
    expect(printed.split("\n")).toEqual([
      "true 1",
      "false false false tensor([2.7183, 7.3891])",
      "true true true tensor([2.7183, 7.3891])",
      "false 0",
      "true true",
      "true",
      "",
    ]);
  });

  test("has types that know the methods that are imported, and no others", () => {
    const program = `
      import { type Tensor, tensor } from "tapegrad/slim";
      import { Parameter } from "tapegrad/nn";
      export const p: Parameter = new Parameter(tensor([1, 2])).add_(1);
      export const x: Tensor = p.exp();
      export const [first] = p.abs_().max(0);`;
    writeFileSync(join(project, "without.ts"), program);
    writeFileSync(join(project, "with.ts"), `import "tapegrad/methods";${program}`);
    const misspelt = program.replace("p.exp()", "p.cumsun(0)");
    writeFileSync(join(project, "misspelt.ts"), `import "tapegrad/methods";${misspelt}`);
    for (const resolution of [
      ["--module", "nodenext"],
      ["--module", "esnext", "--moduleResolution", "bundler"],
    ]) {
      expect(typecheck("without.ts", resolution)).toMatch(
        /'exp' does not exist on type 'Parameter'[\s\S]*'abs_' does not exist/,
      );
      expect(typecheck("with.ts", resolution)).toBe("");
      expect(typecheck("misspelt.ts", resolution)).toMatch(/'cumsun' .*Did you mean 'cumsum'/);
    }
  });

  test("in a bundle is one class of tensors, whatever is imported from where", async () => {
    const parts = `
      import { Parameter } from "tapegrad/nn";
      import { tensor, Tensor } from "tapegrad/slim";
      console.log(new Parameter(tensor([1, 2])) instanceof Tensor, "exp" in tensor(1));`;
    expect(await runBundle(parts)).toBe("true false\n");
    expect(await runBundle(`import "tapegrad/methods";${parts}`)).toBe("true true\n");
    expect(await runBundle(`import { nn } from "tapegrad"; nn.Parameter;${parts}`)).toBe(
      "true true\n",
    );
  });

  test("in a bundle keeps what makes tensors, however little is imported", async () => {
    const programs = [
      'import { zeros } from "tapegrad/slim"; console.log(String(zeros(2)));',
      'import { mul } from "tapegrad/slim"; console.log(String(mul(0, [0, 0].length)));',
      'import { init, Parameter } from "tapegrad/nn"; console.log(init.calculateGain("relu") > 1);',
    ];
    const printed = ["tensor([0., 0.])\n", "tensor(0)\n", "true\n"];
    for (const [i, program] of programs.entries())
      expect(await runBundle(program)).toBe(printed[i]);
  });

  test("makes a bundle of Linear, Adam and BCEWithLogitsLoss of less than 25 kB", async () => {
    const code = await bundle(`
      export { BCEWithLogitsLoss, Linear } from "tapegrad/nn";
      export { Adam } from "tapegrad/optim";`);
    expect(gzipSync(code, { level: 9 }).length).toBeLessThan(25_000);
    expect(code).not.toContain("WebAssembly");
  });

  test("trains alike in a small bundle, with WebAssembly and without, and whole", async () => {
    const train = async (code: string): Promise<number[]> => JSON.parse(await runBundle(code));
    const whole = await train(WHOLE + TRAINING);
    expect(whole[0]).toBeGreaterThan(0.6);
    expect(whole.at(-1)).toBeLessThan(0.1);
    for (const entry of [SMALL, `import "tapegrad/wasm";${SMALL}`]) {
      const losses = await train(entry + TRAINING);
      expect(losses).toHaveLength(whole.length);
      for (const [i, loss] of losses.entries())
        expect(Math.abs(loss - whole[i]!)).toBeLessThan(1e-6);
    }
  });

  test("is a few files in Node, and the same names module by module elsewhere", () => {
    const script = `
      const one = import.meta.resolve("tapegrad");
      const [here, there] = [await import(one), await import(new URL("../index.js", one))];
      console.log(one.split("/").slice(-3).join("/"));
      console.log(String(Object.keys(here)) === String(Object.keys(there)));`;
    const printed = run(process.execPath, ["--input-type=module", "-e", script]);
    expect(printed).toBe("dist/node/index.js\ntrue\n");
  });

  test("has a source map to sources for every module with code of its own", () => {
    const dist = join(project, "node_modules/tapegrad/dist");
    const onlyHandsOn = (code: string) =>
      code.split("\n").every((line) => /^((import|export) .*)?$/.test(line));
    const modules = readdirSync(dist, { recursive: true, encoding: "utf8" }).filter(
      (name) => name.endsWith(".js") && !onlyHandsOn(readFileSync(join(dist, name), "utf8")),
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
