import type { Program } from "../expression/ast.ts";
import { print } from "../expression/print.ts";
import { label, type OptionInfo, type RunnerConfig, writtenOptions } from "./optimizers.ts";
import type { SnippetLanguage } from "./state.ts";
import type { Point } from "./surfaces.ts";

/** What a snippet stands for. */
export interface SnippetSettings {
  readonly name: string;
  readonly program: Program;
  readonly start: Point;
  readonly steps: number;
  readonly runners: readonly RunnerConfig[];
}

/** The race as a script that runs by itself and prints each end point and its loss. */
export function snippet(settings: SnippetSettings, language: SnippetLanguage): string {
  return language === "typescript" ? typescript(settings) : pytorch(settings);
}

function typescript({ name, program, start, steps, runners }: SnippetSettings): string {
  const { bindings, result, imports } = print(program, "typescript");
  const names = [...imports, "optim", "type Tensor", "tensor"];
  const both = program.uses.y;
  const body =
    bindings.length === 0
      ? [`const f = (${both ? "x: Tensor, y: Tensor" : "x: Tensor"}): Tensor =>`, `  ${result};`]
      : [
          `const f = (${both ? "x: Tensor, y: Tensor" : "x: Tensor"}): Tensor => {`,
          ...bindings.map(({ name: part, code }) => `  const ${part} = ${code};`),
          `  return ${result};`,
          "};",
        ];
  const loss = both ? "f(point.at(0), point.at(1))" : "f(point.at(0))";
  const point = both ? `[${start.x}, ${start.y}]` : `[${start.x}]`;
  return [
    `import { ${names.join(", ")} } from "tapegrad";`,
    "",
    `// ${name}`,
    ...body,
    "",
    "interface Rule { zeroGrad(): void; step(): unknown }",
    "",
    "function race(name: string, rule: (point: Tensor) => Rule): void {",
    `  const point = tensor(${point}, { dtype: "float64", requiresGrad: true });`,
    "  const optimizer = rule(point);",
    `  for (let step = 0; step < ${steps}; step++) {`,
    "    optimizer.zeroGrad();",
    `    ${loss}.backward();`,
    "    optimizer.step();",
    "  }",
    `  console.log(name, point.tolist(), ${loss}.item());`,
    "}",
    "",
    ...runners.map((config) => {
      const rule = `(point) => new optim.${config.kind}([point], ${typescriptOptions(config)})`;
      return `race(${JSON.stringify(label(config))}, ${rule});`;
    }),
    "",
  ].join("\n");
}

function typescriptOptions(config: RunnerConfig): string {
  return `{ ${joinOptions(config, (info) => info.key, String, ": ")} }`;
}

function pytorch({ name, program, start, steps, runners }: SnippetSettings): string {
  const { bindings, result } = print(program, "pytorch");
  const lines = [...bindings.map(({ name: part, code }) => `    ${part} = ${code}`)];
  const usesMath = [...bindings.map(({ code }) => code), result].some((code) =>
    /\bmath\./.test(code),
  );
  const both = program.uses.y;
  const loss = both ? "f(point[0], point[1])" : "f(point[0])";
  const point = both
    ? `[${pythonFloat(start.x)}, ${pythonFloat(start.y)}]`
    : `[${pythonFloat(start.x)}]`;
  return [
    ...(usesMath ? ["import math", ""] : []),
    "import torch",
    "",
    "",
    `# ${name}`,
    `def f(${both ? "x, y" : "x"}):`,
    ...lines,
    `    return ${result}`,
    "",
    "",
    "def race(name, rule):",
    `    point = torch.tensor(${point}, dtype=torch.float64, requires_grad=True)`,
    "    optimizer = rule(point)",
    `    for step in range(${steps}):`,
    "        optimizer.zero_grad()",
    `        ${loss}.backward()`,
    "        optimizer.step()",
    `    print(name, point.tolist(), ${loss}.item())`,
    "",
    "",
    ...runners.map((config) => {
      const rule = `lambda point: torch.optim.${config.kind}([point], ${pythonOptions(config)})`;
      return `race(${JSON.stringify(label(config))}, ${rule})`;
    }),
    "",
  ].join("\n");
}

function pythonOptions(config: RunnerConfig): string {
  const python = (value: number | boolean) =>
    typeof value === "number" ? String(value) : value ? "True" : "False";
  const tuple = (text: string) => text.replace("[", "(").replace("]", ")");
  return tuple(joinOptions(config, (info) => info.python ?? info.key, python, "="));
}

function joinOptions(
  config: RunnerConfig,
  key: (info: OptionInfo) => string,
  text: (value: number | boolean) => string,
  separator: string,
): string {
  const written = writtenOptions(config);
  const beta = (name: string) => written.find(({ info }) => info.key === name)?.value;
  const parts = written
    .filter(({ info }) => !info.key.startsWith("beta"))
    .map(({ info, value }) => `${key(info)}${separator}${text(value)}`);
  if (beta("beta1") !== undefined || beta("beta2") !== undefined) {
    const pair = [beta("beta1") ?? 0.9, beta("beta2") ?? 0.999].map(text).join(", ");
    parts.splice(1, 0, `betas${separator}[${pair}]`);
  }
  return parts.join(", ");
}

/** Python reads `5` as an integer, which a float64 tensor takes too; a float reads better. */
function pythonFloat(value: number): string {
  const text = String(value);
  return /^-?\d+$/.test(text) ? `${text}.0` : text;
}
