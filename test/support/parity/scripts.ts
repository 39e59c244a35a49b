import { setDefaultDtype, setPrintoptions } from "tapegrad";
import { at, compareNumbers, compareTensor, type Mismatch, toleranceOf } from "./compare.ts";
import { type JsonObject, readEntries, readObject, readString, type Value } from "./encoding.ts";
import { Tensor, toResult } from "./library.ts";
import { neutral } from "./names.ts";
import { BUILTINS } from "./python/builtins.ts";
import { evaluate, runBlock, Scope } from "./python/evaluate.ts";
import { parse, parseExpression } from "./python/parse.ts";
import { Foreign, iterate, Path, type Py } from "./python/values.ts";
import { attempt, type Outcome, Unsupported } from "./report.ts";

function freshScope(): Scope {
  setDefaultDtype("float32");
  setPrintoptions({ profile: "default" });
  const scope = new Scope();
  for (const [name, value] of BUILTINS) scope.names.set(name, value);
  return scope;
}

function printed(value: Py): string {
  return String(value instanceof Foreign ? value.value : value);
}

/** Runs a record of repr.jsonl: what an expression prints. */
export function runRepr(record: JsonObject): Outcome {
  return attempt("printing", readString(record.id), () => {
    const value = evaluate(parseExpression(readString(record.py)), freshScope());
    for (const key of ["str", "repr"]) {
      const want = readString(record[key]);
      const got = printed(value);
      if (got !== want) {
        return {
          why: `${key} ${JSON.stringify(got)}, wanted ${JSON.stringify(want)}`,
          deviation: Infinity,
        };
      }
    }
    return null;
  });
}

/** Runs a record of scripts.jsonl: a small Python program, and its variables or its error afterwards. */
export function runScript(record: JsonObject): Outcome {
  const id = readString(record.id);
  return attempt(id.startsWith("error:") ? "errors" : "scripts", id, () => {
    const scope = freshScope();
    try {
      const program = parse(readString(record.py));
      if (record.error !== undefined) return fails(() => runBlock(program, scope), record);
      runBlock(program, scope);
      for (const [name, want] of Object.entries(readEntries(record.vars))) {
        const mismatch = at(name, compareValue(scope.get(name), want));
        if (mismatch !== null) return mismatch;
      }
      return null;
    } finally {
      setDefaultDtype("float32");
    }
  });
}

/** Options that choose among PyTorch's own implementations, of which the library has one. */
const SWITCHES = /^ {4}(?:capturable|differentiable|foreach|fused): \w+\n/gm;

/** Python's own errors, of which JavaScript knows nothing. */
const PYTHON_ONLY = /has no attribute/;

function fails(run: () => void, record: JsonObject): Mismatch | null {
  const want = readString(readObject(record.error).message);
  if (PYTHON_ONLY.test(want)) throw new Unsupported("an error of Python's own");
  try {
    run();
  } catch (thrown) {
    if (thrown instanceof Unsupported) throw thrown;
    const got = thrown instanceof Error ? thrown.message : String(thrown);
    if (neutral(got).includes(neutral(want))) return null;
    return { why: `error "${got}", wanted "${want}"`, deviation: Infinity };
  }
  return { why: `no error, wanted "${want}"`, deviation: Infinity };
}

function compareValue(got: Py, want: Value): Mismatch | null {
  const differ = (what: string): Mismatch => ({
    why: `${printed(got)}, wanted ${what}`,
    deviation: Infinity,
  });
  switch (want.kind) {
    case "tensor":
      return got instanceof Tensor ? compareTensor(toResult(got), want) : differ("a tensor");
    case "number":
      if (typeof got !== "number" && typeof got !== "bigint") return differ(String(want.value));
      return compareNumbers([Number(got)], [want.value], toleranceOf(want.float ? "f64" : "i64"));
    case "list": {
      const items = iterate(got);
      if (items.length !== want.items.length) return differ(`${want.items.length} items`);
      for (const [i, item] of want.items.entries()) {
        const mismatch = at(`[${i}]`, compareValue(items[i] ?? null, item));
        if (mismatch !== null) return mismatch;
      }
      return null;
    }
    case "none":
      return got === null ? null : differ("None");
    case "string":
      return got === want.value.replace(SWITCHES, "") ? null : differ(want.value);
    case "bool":
      return got === want.value ? null : differ(String(want.value));
    case "dtype":
      return got instanceof Path ? null : differ(want.name);
    default:
      return differ(want.kind);
  }
}
