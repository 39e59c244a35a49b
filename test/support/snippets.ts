import ts from "typescript";

/** A fenced block of a Markdown file. */
export interface Fence {
  readonly language: string;
  readonly code: string;
  /** The line of the file, from 1, that the code's first line stands on. */
  readonly line: number;
}

export interface Snippet extends Fence {
  /** What the ```text block right after it says that it prints. */
  readonly output?: string;
}

export function fences(markdown: string): Fence[] {
  const found: Fence[] = [];
  let open: { language: string; line: number; code: string[] } | undefined;
  for (const [i, text] of markdown.split("\n").entries()) {
    const fence = /^```(.*)$/.exec(text);
    if (open === undefined) {
      if (fence !== null) open = { language: fence[1]!.trim(), line: i + 2, code: [] };
    } else if (fence !== null) {
      found.push({ language: open.language, line: open.line, code: `${open.code.join("\n")}\n` });
      open = undefined;
    } else {
      open.code.push(text);
    }
  }
  if (open !== undefined) throw new Error(`the block at line ${open.line} is not closed`);
  return found;
}

/** Every TypeScript block, each with the output block that follows it. */
export function snippets(markdown: string): Snippet[] {
  const all = fences(markdown);
  return all.flatMap((fence, i) => {
    if (fence.language !== "ts") return [];
    const next = all[i + 1];
    return [next?.language === "text" ? { ...fence, output: next.code } : fence];
  });
}

/**
 * Turns `// => x` comments into checks. Behind a statement such a comment says what the expression,
 * or the constant that the statement declares, is when printed; behind a `console.log` what that
 * prints; `// => Error: text` what it throws. Comment lines right below belong to it.
 *
 * @returns Code that expects `check(line, wanted, get)` and `printed(line, wanted)` in scope.
 */
export function instrument({ code, line }: Pick<Fence, "code" | "line">): string {
  const file = ts.createSourceFile("snippet.ts", code, ts.ScriptTarget.Latest, true);
  const lines = code.split("\n");
  const edits: { readonly at: number; readonly end: number; readonly text: string }[] = [];
  const used = new Set<number>();

  const wantedAt = (row: number): string | undefined => {
    const first = /\/\/ => ?(.*)$/.exec(lines[row]!);
    if (first === null) return undefined;
    used.add(row);
    const text = [first[1]!];
    for (let i = row + 1; /^\s*\/\/ {4}/.test(lines[i] ?? ""); i++) {
      text.push(lines[i]!.replace(/^\s*\/\/ {4}/, ""));
    }
    return text.join("\n");
  };

  const visit = (node: ts.Node): void => {
    ts.forEachChild(node, visit);
    if (!ts.isStatement(node) || ts.isBlock(node)) return;
    const row = file.getLineAndCharacterOfPosition(node.end).line;
    const simple = ts.isExpressionStatement(node) || ts.isVariableStatement(node);
    if (!simple) return;
    const wanted = wantedAt(row);
    if (wanted === undefined) return;
    const args = `${line + row}, ${JSON.stringify(wanted)}`;
    if (ts.isVariableStatement(node)) {
      const { name: declared } = node.declarationList.declarations.at(-1)!;
      if (!ts.isIdentifier(declared)) {
        throw new Error(`line ${line + row}: '// =>' stands behind a pattern, not one name`);
      }
      const name = declared.text;
      edits.push({ at: node.end, end: node.end, text: ` check(${args}, () => ${name});` });
      return;
    }
    const { expression } = node;
    const logs =
      ts.isCallExpression(expression) && expression.expression.getText() === "console.log";
    // In braces, so that it stays one statement behind an `if` or a `for`.
    const text = logs
      ? `{ ${node.getText()} printed(${args}); }`
      : `check(${args}, () => (${expression.getText()}));`;
    edits.push({ at: node.getStart(), end: node.end, text });
  };
  visit(file);

  for (const [row, text] of lines.entries()) {
    if (text.includes("// =>") && !used.has(row)) {
      throw new Error(`line ${line + row}: '// =>' stands behind nothing that can be checked`);
    }
  }
  edits.sort((a, b) => b.at - a.at);
  return edits.reduce((all, { at, end, text }) => all.slice(0, at) + text + all.slice(end), code);
}

/** A number with all of float32's digits, the last of which are rounding. */
const LONG_NUMBER = /-?\d+\.\d{9,}/g;

/**
 * Whether a snippet printed what its page says. Numbers with all of float32's digits may differ by
 * rounding, a hundred updates later by 1e-5: hosts with fused multiply-add round less.
 */
export function samePrint(printed: string, wanted: string): boolean {
  if (printed.replaceAll(LONG_NUMBER, "#") !== wanted.replaceAll(LONG_NUMBER, "#")) return false;
  const [got, want] = [printed, wanted].map((text) => (text.match(LONG_NUMBER) ?? []).map(Number));
  return want!.every((value, i) => Math.abs(got![i]! - value) <= 1e-5 * Math.abs(value));
}
