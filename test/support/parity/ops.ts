import { arrange, type Call } from "./call.ts";
import { at, type Mismatch } from "./compare.ts";
import {
  dtypesIn,
  type JsonObject,
  readEntries,
  readList,
  readNumber,
  readNumbers,
  readObject,
  readString,
  readValue,
  type TensorFigure,
  tensorsIn,
  type Value,
} from "./encoding.ts";
import {
  type Form,
  formsOf,
  type IndexEntry,
  impliedOptions,
  isReflected,
  LISTED,
  type Target,
  targetOf,
} from "./forms.ts";
import { dtypeOf, flatten, need } from "./library.ts";
import { errorMatches } from "./names.ts";
import { compareGradients, compareOutputs, flattenFigure, gradientsOf } from "./outputs.ts";
import { attempt, type Outcome, Unsupported } from "./report.ts";
import { signatureOf } from "./signatures.ts";

/** Keywords about where results go and how they lie in memory, which the library does not have. */
const PLACES: readonly string[] = ["out", "layout", "memory_format", "pin_memory"];

/** @throws Unsupported where a record holds what the library does not have at all. */
function checkSupported(values: readonly Value[]): void {
  for (const value of values) {
    for (const dtype of dtypesIn(value)) dtypeOf(dtype);
    if (tensorsIn(value).some((t) => t.inexact)) throw new Unsupported("integers beyond 2^53");
    if (value.kind === "string" && value.value === "nuc") need("linalg.svdvals");
  }
}

const isFloat = (t: TensorFigure): boolean => t.dtype.startsWith("f") || t.dtype === "bf16";

/** Runs an ops record in every form that both sides have. */
export function runOp(record: JsonObject, index: ReadonlyMap<string, IndexEntry>): Outcome {
  const op = readString(record.op);
  return attempt(op, readString(record.id), () => {
    const args = readList(record.args).map(readValue);
    const { device: _, ...kw } = readEntries(record.kw);
    const place = PLACES.find((name) => name in kw);
    if (place !== undefined) throw new Unsupported(`no ${place}=`);
    const target = targetOf(op);
    const entry = index.get(op);
    const forms = formsOf(target, entry);
    if (forms.length === 0) throw new Unsupported(`no ${target.functionPath}`);
    const out = record.out === undefined ? null : readValue(record.out);
    checkSupported([...args, ...Object.values(kw), ...(out === null ? [] : [out])]);

    const reflected = isReflected(op);
    const call = arrangeOp(target.path, args, kw, reflected);
    const floats = ![...args, ...Object.values(kw)].flatMap(tensorsIn).some(isFloat);
    if (record.error !== undefined) {
      if (op.startsWith("__")) throw new Unsupported("Python's reflected operators");
      return expectError(forms, call, floats, readObject(record.error), args);
    }
    const sound = forms.filter((form) => applies(form, target, args, out));
    for (const form of sound) {
      if (record.seed !== undefined) need("manualSeed")(readNumber(record.seed));
      const label = form.name + (reflected ? ", operands exchanged" : "");
      const mismatch = checkForm(form, call, floats, record, out, reflected);
      if (mismatch !== null) return at(label, mismatch);
    }
    if (sound.length === 0) throw new Unsupported(`no form of ${op} for such arguments`);
    return null;
  });
}

/** PyTorch's call as ours, with the operands exchanged for its reflected operators. */
function arrangeOp(
  path: string,
  args: readonly Value[],
  kw: Readonly<Record<string, Value>>,
  reflected: boolean,
): Call {
  const [a, b, ...rest] = args;
  const exchange = reflected && a !== undefined && b !== undefined;
  const ordered = exchange ? [b, a, ...rest] : args;
  const call = arrange(
    spread(path, ordered),
    { ...kw, ...impliedOptions(path, args, kw) },
    signatureOf(path, ordered),
  );
  if (!exchange && !isListed(path, args)) return call;
  const [first, second, ...others] = call.positional;
  if (exchange && first !== undefined && second !== undefined) {
    const positional = [
      { ...first, path: second.path },
      { ...second, path: first.path },
      ...others,
    ];
    return { ...call, positional };
  }
  return { ...call, positional: call.positional.map((list) => ({ ...list, path: "args" })) };
}

function isListed(path: string, args: readonly Value[]): boolean {
  return LISTED.has(path) && args[0]?.kind === "tensor";
}

/** `t[a, b]` is recorded with its indices in a list; other functions want a list of their arguments. */
function spread(path: string, args: readonly Value[]): readonly Value[] {
  const [self, indices] = args;
  if (isListed(path, args)) return [{ kind: "list", items: args, tuple: true }];
  if (path !== "index" || self === undefined || indices?.kind !== "list") return args;
  return [self, ...indices.items];
}

/** Whether a form can be held against the record: in place, the result must fit its tensor. */
function applies(form: Form, target: Target, args: readonly Value[], out: Value | null): boolean {
  if (form.name === "function") return true;
  const self = args[target.self];
  if (self?.kind !== "tensor") return false;
  if (form.name === "method") return true;
  return (
    out?.kind === "tensor" &&
    out.dtype === self.dtype &&
    out.shape.join() === self.shape.join() &&
    !overlaps(self)
  );
}

function overlaps(t: TensorFigure): boolean {
  return t.strides?.some((stride, i) => stride === 0 && (t.shape[i] ?? 1) > 1) ?? false;
}

function checkForm(
  form: Form,
  call: Call,
  floats: boolean,
  record: JsonObject,
  out: Value | null,
  reflected: boolean,
): Mismatch | null {
  const { result, leaves } = form.run(call, floats);
  const got = flatten(result);
  const gauge = record.gauge !== undefined;
  const want = out === null ? [] : flattenFigure(out);
  const mismatch = compareOutputs(got, want, gauge);
  if (mismatch !== null || record.grads === undefined) return mismatch;
  // Gradients depend on signs that are not unique: they are held against the figures where those agree.
  if (gauge && compareOutputs(got, want) !== null) return null;
  const grads = gradientsOf(got, readNumbers(record.cot), leaves, form.name === "method");
  const figures = readObject(record.grads);
  // Python's __rpow__ copies the other operand, which cuts it off.
  const cutOff = reflected && figures["args.1"] === null ? ["args.1"] : [];
  return compareGradients(grads, figures, new Set(cutOff));
}

function expectError(
  forms: readonly Form[],
  call: Call,
  floats: boolean,
  error: JsonObject,
  args: readonly Value[],
): Mismatch | null {
  const regex = readString(error.regex);
  // The one type that JavaScript does not have: here 1.0 is 1.
  const wholeFloat = args.some((v) => v.kind === "number" && v.float && Number.isInteger(v.value));
  if (wholeFloat && /not float/.test(readString(error.message))) {
    throw new Unsupported("JavaScript has no float type");
  }
  for (const form of forms) {
    if (form.name === "in place") continue;
    if (form.name === "method" && args[0]?.kind !== "tensor") continue;
    let message: string | null = null;
    try {
      form.run(call, floats);
    } catch (thrown) {
      if (thrown instanceof Unsupported) throw thrown;
      message = thrown instanceof Error ? thrown.message : String(thrown);
    }
    if (message === null) {
      return {
        why: `${form.name}: no error, wanted "${readString(error.message)}"`,
        deviation: Infinity,
      };
    }
    if (!errorMatches(message, regex)) {
      return { why: `${form.name}: error "${message}", wanted "${regex}"`, deviation: Infinity };
    }
  }
  return null;
}
