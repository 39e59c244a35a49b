import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { Race, standingAt } from "../../../site/src/race/engine.ts";
import { label } from "../../../site/src/race/optimizers.ts";
import { type SnippetSettings, snippet } from "../../../site/src/race/snippet.ts";
import fixture from "../fixtures/snippets.json" with { type: "json" };
import { SNIPPET_CASES } from "../support/snippetCases.ts";

const root = fileURLToPath(new URL("../../../", import.meta.url));

/** The lines that a snippet prints, by the page's own race: name, point, loss. */
function raced(settings: SnippetSettings) {
  const { program, start, steps, runners } = settings;
  const race = new Race(program, start, runners, steps);
  race.advance();
  return race.runners.map((runner) => {
    const standing = standingAt(runner, steps);
    if (standing === undefined) throw new Error("the runner did not start");
    const point = program.uses.y ? [standing.x, standing.y] : [standing.x];
    return { name: label(runner.config), figures: [...point, standing.loss] };
  });
}

/** Reads `name [x, y] loss` lines. */
function printed(output: string) {
  return output
    .trim()
    .split("\n")
    .map((line) => {
      const [, name, point = "", loss] = /^(.*?) \[(.*)\] (\S+)$/.exec(line) ?? [];
      return { name, figures: [...point.split(","), loss].map(Number) };
    });
}

describe("the PyTorch snippet", () => {
  it.each(SNIPPET_CASES.map((settings, index) => [settings.name, settings, index] as const))(
    "prints the page's figures for %s",
    (_, settings, index) => {
      const made = fixture.cases[index];
      // The recorded figures belong to this very text.
      expect(snippet(settings, "pytorch")).toBe(made?.code);
      const expected = printed(made?.output ?? "");
      const ours = raced(settings);
      expect(ours.map(({ name }) => name)).toEqual(expected.map(({ name }) => name));
      ours.forEach(({ figures }, runner) => {
        figures.forEach((figure, at) => {
          const wanted = expected[runner]?.figures[at] ?? Number.NaN;
          expect(Math.abs(figure - wanted)).toBeLessThanOrEqual(1e-7 + 1e-7 * Math.abs(wanted));
        });
      });
    },
  );
});

describe("the TypeScript snippet", () => {
  it("runs by itself and prints the page's figures, digit for digit", () => {
    const scripts = SNIPPET_CASES.map((settings) => snippet(settings, "typescript"));
    // One process for all: each script becomes a block with its imports taken out.
    const body = scripts.map((code) => `{\n${code.replace(/^import .*$/m, "")}\n}`).join("\n");
    const program = `import { add, div, optim, pow, sub, type Tensor, tensor } from "tapegrad";\n${body}`;
    const folder = mkdtempSync(join(tmpdir(), "snippet-"));
    const file = join(folder, "snippet.ts");
    writeFileSync(file, program);
    const { stdout, stderr } = spawnSync("tsx", ["--tsconfig", "tsconfig.json", file], {
      cwd: root,
      encoding: "utf8",
    });
    rmSync(folder, { recursive: true });
    expect(stderr).toBe("");
    const expected = SNIPPET_CASES.flatMap(raced);
    expect(printed(stdout)).toEqual(expected);
  });

  it("imports exactly what it uses", () => {
    for (const settings of SNIPPET_CASES) {
      const code = snippet(settings, "typescript");
      const [, names = ""] = /^import \{ (.*) \} from "tapegrad";$/m.exec(code) ?? [];
      const rest = code.replace(/^import .*$/m, "").replace(/^\/\/.*$/m, "");
      for (const name of ["sub", "div", "pow", "tensor", "optim", "Tensor"]) {
        const used = new RegExp(`(?<![.\\w])${name}\\b`).test(rest);
        expect([name, names.split(/, |type /).includes(name)]).toEqual([name, used]);
      }
    }
  });
});
