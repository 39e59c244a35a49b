export interface Token {
  readonly kind:
    | "name"
    | "int"
    | "float"
    | "string"
    | "op"
    | "newline"
    | "indent"
    | "dedent"
    | "end";
  readonly text: string;
}

const PATTERN =
  /(?<space>[ \t]+|#.*|\\\n)|(?<float>(?:\d+\.\d*|\.\d+)(?:[eE][+-]?\d+)?|\d+[eE][+-]?\d+)|(?<int>\d+)|(?<string>"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*')|(?<name>[A-Za-z_]\w*)|(?<op>\*\*=|\/\/=|\*\*|\/\/|->|==|!=|<=|>=|[+\-*/%@]=|[-+*/%@<>=()[\]{},:.~&|^])/y;

const ESCAPES: Readonly<Record<string, string>> = { n: "\n", t: "\t" };

function unquote(text: string): string {
  return text.slice(1, -1).replace(/\\(.)/g, (_, c: string) => ESCAPES[c] ?? c);
}

/** Python source as tokens, with indentation as tokens of its own. */
export function tokenize(source: string): Token[] {
  const tokens: Token[] = [];
  const indents = [0];
  let depth = 0;
  let at = 0;
  let lineStart = true;
  while (at < source.length) {
    if (lineStart && depth === 0) {
      const [line = "", spaces = ""] = /^([ \t]*)[^\n]*/.exec(source.slice(at)) ?? [];
      if (line.trim() === "" || line.trim().startsWith("#")) {
        at += line.length + 1;
        continue;
      }
      at += spaces.length;
      indent(spaces.length, indents, tokens);
      lineStart = false;
    }
    if (source[at] === "\n") {
      at++;
      if (depth === 0) {
        tokens.push({ kind: "newline", text: "\n" });
        lineStart = true;
      }
      continue;
    }
    PATTERN.lastIndex = at;
    const groups = PATTERN.exec(source)?.groups;
    if (groups === undefined) throw new SyntaxError(`cannot read "${source.slice(at, at + 20)}"`);
    at = PATTERN.lastIndex;
    for (const kind of ["float", "int", "string", "name", "op"] as const) {
      const text = groups[kind];
      if (text === undefined) continue;
      if (kind === "op" && "([{".includes(text)) depth++;
      if (kind === "op" && ")]}".includes(text)) depth--;
      tokens.push({ kind, text: kind === "string" ? unquote(text) : text });
    }
  }
  if (!lineStart) tokens.push({ kind: "newline", text: "\n" });
  indent(0, indents, tokens);
  tokens.push({ kind: "end", text: "" });
  return tokens;
}

function indent(width: number, indents: number[], tokens: Token[]): void {
  if (width > (indents.at(-1) ?? 0)) {
    indents.push(width);
    tokens.push({ kind: "indent", text: "" });
  }
  while (width < (indents.at(-1) ?? 0)) {
    indents.pop();
    tokens.push({ kind: "dedent", text: "" });
  }
}
