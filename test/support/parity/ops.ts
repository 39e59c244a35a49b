import { type Argument, arrange, type Call } from "./call.ts";
import { at, compareNumbers, compareTensor, type Mismatch, toleranceOf } from "./compare.ts";
import {
  dtypesIn,
  type JsonObject,
  readEntries,
  readList,
  readNumber,
  readNumbers,
  readObject,
  readString,
  readTensor,
  readValue,
  type TensorFigure,
  tensorsIn,
  type Value,
} from "./encoding.ts";
import {
  cotangentOf,
  dtypeOf,
  flatten,
  isCallable,
  lookUp,
  member,
  need,
  send,
  Tensor,
  toResult,
  toTensor,
} from "./library.ts";
import { camelCase, errorMatches, splitOpName } from "./names.ts";
import { attempt, type Outcome, Unsupported } from "./report.ts";
import { signatureOf } from "./signatures.ts";

/** What ops-index.json says of an operation. */
export interface IndexEntry {
  readonly method: boolean;
  readonly inplace: boolean;
}

/** Python's operators with the operands exchanged: `__rsub__(a, b)` is b - a. */
const REFLECTED: Readonly<Record<string, string>> = {
  __radd__: "add",
  __rsub__: "sub",
  __rmul__: "mul",
  __rdiv__: "div",
  __rtruediv__: "div",
  __rpow__: "pow",
  __rmod__: "remainder",
  __rmatmul__: "matmul",
};

/** The argument on which a method is called, where that is not the first. */
const SELF: Readonly<Record<string, number>> = { where: 1, polygamma: 1 };

/** An operation under the names that the library may have it by. */
interface Target {
  readonly path: string;
  readonly functionPath: string;
  readonly methodName: string;
  readonly self: number;
}

function targetOf(op: string): Target {
  const { namespace, name } = splitOpName(op);
  const own = REFLECTED[name] ?? (name === "__getitem__" ? "index" : name);
  const path = namespace === "" ? own : `${namespace}.${own}`;
  return {
    path,
    functionPath: namespace === "" ? camelCase(own) : `${namespace}.${camelCase(own)}`,
    methodName: namespace === "" ? camelCase(own) : "",
    self: SELF[own] ?? 0,
  };
}

/** A way to call an operation: the library's values, with the leaves that want gradients. */
interface Attempt {
  readonly result: unknown;
  readonly leaves: ReadonlyMap<string, Tensor>;
}

interface Form {
  readonly name: string;
  run(call: Call, floats: boolean): Attempt;
}

/** Python's values as ours; every tensor that requires grad is kept by its path. */
class Materializer {
  readonly leaves = new Map<string, Tensor>();
  readonly #floats: boolean;

  /** @param floats whether a whole float makes a difference: where no tensor is of floating type. */
  constructor(floats: boolean) {
    this.#floats = floats;
  }

  argument({ value, operand, path }: Argument): unknown {
    // JavaScript cannot tell 2.0 from 2, so that a tensor must carry the type.
    if (operand && this.#floats && value.kind === "number" && value.float) {
      if (Number.isInteger(value.value)) return toTensor(scalarFigure(value.value));
    }
    return this.value(value, path);
  }

  value(value: Value, path: string): unknown {
    switch (value.kind) {
      case "tensor": {
        const t = toTensor(value);
        if (value.requiresGrad) this.leaves.set(path, t);
        return t;
      }
      case "list":
        return value.items.map((item, i) => this.value(item, `${path}.${i}`));
      case "dict":
        return Object.fromEntries(
          Object.entries(value.entries).map(([k, v]) => [
            camelCase(k),
            this.value(v, `${path}.${k}`),
          ]),
        );
      case "dtype":
        return dtypeOf(value.name);
      case "slice": {
        const [start = null, stop = null, step = null] = value.bounds;
        return { start, stop, step };
      }
      case "ellipsis":
        return "...";
      case "none":
        return undefined;
      default:
        return value.value;
    }
  }

  call({ positional, options }: Call): unknown[] {
    const args = positional.map((a) => this.argument(a));
    const entries = Object.entries(options).map(([k, a]) => [k, this.argument(a)]);
    return entries.length === 0 ? args : [...args, Object.fromEntries(entries)];
  }
}

function scalarFigure(value: number): TensorFigure {
  const dtype = "f32";
  return {
    kind: "tensor",
    dtype,
    shape: [],
    data: [value],
    strides: null,
    requiresGrad: false,
    inexact: false,
  };
}

/** Every way in which the library has the operation, of those that PyTorch has. */
function formsOf(target: Target, entry: IndexEntry | undefined): Form[] {
  const forms: Form[] = [];
  const fn = lookUp(target.functionPath);
  if (isCallable(fn)) {
    forms.push({
      name: "function",
      run(call, floats) {
        const m = new Materializer(floats);
        return { result: fn(...m.call(call)), leaves: m.leaves };
      },
    });
  }
  if (target.methodName === "") return forms;
  const prototype: unknown = Tensor.prototype;
  const { methodName, self } = target;
  if (entry?.method !== false || !isCallable(fn)) {
    if (methodName in Tensor.prototype) {
      forms.push({
        name: "method",
        run(call, floats) {
          const m = new Materializer(floats);
          const args = m.call(call);
          const [receiver] = args.splice(self, 1);
          const found = member(receiver, methodName);
          // T and its like are attributes.
          const result = isCallable(found) ? Reflect.apply(found, receiver, args) : found;
          return { result, leaves: m.leaves };
        },
      });
    }
  }
  if (entry?.inplace !== false && isCallable(member(prototype, `${methodName}_`))) {
    forms.push({
      name: "in place",
      run(call, floats) {
        const m = new Materializer(floats);
        const args = m.call(call);
        const [receiver] = args.splice(self, 1);
        const copy = send(receiver, "clone");
        const result = send(copy, `${methodName}_`, ...args);
        if (result !== copy) throw new Error(`${methodName}_ did not return its tensor`);
        return { result, leaves: m.leaves };
      },
    });
  }
  return forms;
}

/** What our functions must be told because a JavaScript number does not say whether it is an integer. */
function impliedOptions(path: string, args: readonly Value[], kw: Readonly<Record<string, Value>>) {
  if ("dtype" in kw) return {};
  const numbers = [...args, ...Object.values(kw)].filter((v) => v.kind === "number");
  const float = numbers.some((v) => v.kind === "number" && v.float);
  const name = (dtype: string): Record<string, Value> => ({
    dtype: { kind: "dtype", name: dtype },
  });
  if (path === "arange" && float) return name("f32");
  if (path === "full") {
    const fill = args[1] ?? kw.fill_value;
    if (fill?.kind === "number" && !fill.float) return name("i64");
    if (fill?.kind === "bool") return name("b");
  }
  return {};
}

/** @throws Unsupported where a record holds what the library does not have at all. */
function checkSupported(values: readonly Value[]): void {
  for (const value of values) {
    for (const dtype of dtypesIn(value)) dtypeOf(dtype);
    if (tensorsIn(value).some((t) => t.inexact)) {
      throw new Unsupported("integers beyond 2^53");
    }
  }
}

const isFloat = (t: TensorFigure): boolean => t.dtype.startsWith("f") || t.dtype === "bf16";

/** Runs an ops record in every form that both sides have. */
export function runOp(record: JsonObject, index: ReadonlyMap<string, IndexEntry>): Outcome {
  const op = readString(record.op);
  return attempt(op, readString(record.id), () => {
    const args = readList(record.args).map(readValue);
    const kw = readEntries(record.kw);
    const target = targetOf(op);
    const entry = index.get(op);
    const forms = formsOf(target, entry);
    if (forms.length === 0) throw new Unsupported(`no ${target.functionPath}`);
    const out = record.out === undefined ? null : readValue(record.out);
    checkSupported([...args, ...Object.values(kw), ...(out === null ? [] : [out])]);

    const reflected = op.startsWith("__r");
    const ordered = reflected ? exchanged(args) : args;
    const call = arrange(
      spread(target.path, ordered),
      { ...kw, ...impliedOptions(target.path, args, kw) },
      signatureOf(target.path, ordered),
    );
    const floats = ![...args, ...Object.values(kw)].flatMap(tensorsIn).some(isFloat);
    if (record.error !== undefined) {
      if (reflected) throw new Unsupported("Python's reflected operators");
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

function exchanged(args: readonly Value[]): Value[] {
  const [a, b, ...rest] = args;
  return a === undefined || b === undefined ? [...args] : [b, a, ...rest];
}

/** `t[a, b]` is recorded with its indices in a list. */
function spread(path: string, args: readonly Value[]): readonly Value[] {
  const [self, indices] = args;
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
  const mismatch = out === null ? null : compareOutputs(got, flattenFigure(out), gauge);
  if (mismatch !== null || record.grads === undefined) return mismatch;
  // Gradients depend on signs that are not unique: they are held against the figures where those agree.
  if (gauge && out !== null && compareOutputs(got, flattenFigure(out), false) !== null) return null;
  return compareGradients(form, got, readNumbers(record.cot), leaves, record, reflected);
}

function flattenFigure(value: Value): Value[] {
  return value.kind === "list" ? value.items.flatMap(flattenFigure) : [value];
}

export function compareOutputs(
  got: readonly unknown[],
  want: readonly Value[],
  gauge: boolean,
): Mismatch | null {
  if (got.length !== want.length) {
    return { why: `${got.length} results, wanted ${want.length}`, deviation: Infinity };
  }
  for (const [k, figure] of want.entries()) {
    const place = want.length === 1 ? "result" : `result ${k}`;
    const mismatch = at(place, compareOutput(got[k], figure, gauge));
    if (mismatch !== null) return mismatch;
  }
  return null;
}

function compareOutput(got: unknown, want: Value, gauge: boolean): Mismatch | null {
  if (want.kind === "tensor") {
    if (!(got instanceof Tensor)) {
      return { why: `${typeof got} ${String(got)}, wanted a tensor`, deviation: Infinity };
    }
    const result = toResult(got);
    if (!gauge) return compareTensor(result, want);
    const data = Array.from(result.data, Math.abs);
    return compareTensor({ ...result, data }, { ...want, data: want.data.map(Math.abs) });
  }
  if (want.kind === "number") {
    const value = got instanceof Tensor && got.numel() === 1 ? got.item() : got;
    if (typeof value !== "number") {
      return { why: `${String(got)}, wanted ${want.value}`, deviation: Infinity };
    }
    return compareNumbers([value], [want.value], toleranceOf(want.float ? "f64" : "i64"));
  }
  const wanted = want.kind === "none" ? null : "value" in want ? want.value : want.kind;
  return got === wanted || (wanted === null && got === undefined)
    ? null
    : { why: `${String(got)}, wanted ${String(wanted)}`, deviation: Infinity };
}

/** By `autograd.grad`, and for methods by `backward` into the leaves, so that both are held to it. */
function gradients(
  form: Form,
  outputs: readonly Tensor[],
  cotangents: readonly Tensor[],
  leaves: readonly Tensor[],
): readonly (Tensor | null)[] {
  if (form.name === "method") {
    outputs.forEach((output, i) => {
      output.backward({ gradient: cotangents[i]!, retainGraph: i < outputs.length - 1 });
    });
    return leaves.map((leaf) => leaf.grad);
  }
  const found = flatten(
    need("autograd.grad")(outputs, leaves, { gradOutputs: cotangents, allowUnused: true }),
  );
  return found.map((g) => (g instanceof Tensor ? g : null));
}

function compareGradients(
  form: Form,
  got: readonly unknown[],
  cot: readonly number[],
  leaves: ReadonlyMap<string, Tensor>,
  record: JsonObject,
  reflected: boolean,
): Mismatch | null {
  const figures = readObject(record.grads);
  const swap = (path: string): string =>
    reflected ? path.replace(/^args\.([01])/, (_, i) => `args.${1 - Number(i)}`) : path;
  const paths = [...leaves.keys()];
  const outputs: Tensor[] = [];
  for (const k of cot) {
    const output = got[k];
    if (!(output instanceof Tensor) || !output.requiresGrad) {
      const wanted = Object.values(figures).some((g) => g !== null);
      return wanted ? { why: `result ${k} does not require grad`, deviation: Infinity } : null;
    }
    outputs.push(output);
  }
  const cotangents = outputs.map((output, i) => cotangentOf(output, cot[i] ?? 0));
  const grads = gradients(form, outputs, cotangents, [...leaves.values()]);
  for (const [i, path] of paths.entries()) {
    const figure = figures[swap(path)];
    if (figure === undefined) continue;
    const grad = grads[i] ?? null;
    const place = `gradient of ${swap(path)}`;
    if (figure === null || grad === null) {
      if (figure === null && grad === null) continue;
      const why = grad === null ? "none, wanted one" : "there is one, wanted none";
      return { why: `${place}: ${why}`, deviation: Infinity };
    }
    const mismatch = at(place, compareTensor(toResult(grad), readTensor(figure)));
    if (mismatch !== null) return mismatch;
  }
  return null;
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
