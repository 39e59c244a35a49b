/** snake_case to camelCase; a leading underscore falls away, a trailing one (in place) stays. */
export function camelCase(name: string): string {
  const [, body = "", tail = ""] = /^_*(.*?)(_*)$/.exec(name) ?? [];
  return body.replace(/_+([a-zA-Z0-9])/g, (_, c: string) => c.toUpperCase()) + tail;
}

/** Where PyTorch keeps the functions that are not at the top: an op's name may begin with these. */
const NAMESPACES = ["nn.functional", "linalg", "special", "fft"];

export interface OpName {
  /** "nn.functional", "linalg", … or "" for the top. */
  readonly namespace: string;
  /** PyTorch's own name of the function: "log_softmax". */
  readonly name: string;
  /** What follows in the record's name: "reduction_with_dim"; "" where nothing does. */
  readonly variant: string;
}

/** Takes `nn.functional.pad.reflect` apart into namespace, function and variant. */
export function splitOpName(op: string): OpName {
  const namespace = NAMESPACES.find((n) => op.startsWith(`${n}.`)) ?? "";
  const rest = namespace === "" ? op : op.slice(namespace.length + 1);
  const [name = "", ...variant] = rest.split(".");
  return { namespace, name, variant: variant.join(".") };
}

/**
 * An error's text with Python's spellings and ours made alike: names in camelCase, keyword
 * arguments as options, 1.0 as 1, without `torch.` before a function, and without `torch.Size` around a shape.
 */
export function neutral(text: string): string {
  return text
    .replace(/\btorch\.Size\(\[([^\]]*)\]\)/g, "[$1]")
    .replace(/\btorch\./g, "")
    .replace(/\b[a-z][a-z0-9]*(?:_[a-z0-9]+)+\b/g, camelCase)
    .replace(/\b(\w+)=(?=\w|\[|\()/g, "$1: ")
    .replace(/(\d)\.0\b/g, "$1")
    .replace(/\bTrue\b/g, "true")
    .replace(/\bFalse\b/g, "false")
    .replace(/\bNone(?:Type)?\b/g, "null");
}

/** Python's regular expressions as JavaScript's, as far as error tests use them. */
function toRegExp(pattern: string): RegExp | null {
  try {
    return new RegExp(pattern.replaceAll("(?P<", "(?<").replaceAll("\\Z", "$"), "s");
  } catch {
    return null;
  }
}

/**
 * Whether an error says what PyTorch's says. The rule: the record's `regex`, which is the part that
 * PyTorch itself tests, must be found in the message, as it stands or after both are made neutral;
 * without a regex any error will do, as in PyTorch's own tests.
 */
export function errorMatches(got: string, regex: string): boolean {
  if (regex === "") return true;
  const found = (pattern: string, message: string): boolean =>
    toRegExp(pattern)?.test(message) ?? message.includes(pattern);
  // Backslashes before brackets would hide shapes and keywords from `neutral`.
  const literal = regex.replace(/\\([()[\]{}.*+?|^$])/g, "$1");
  return (
    found(regex, got) ||
    found(neutral(regex), neutral(got)) ||
    neutral(got).includes(neutral(literal))
  );
}
