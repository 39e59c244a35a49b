import type { Argument, Call } from "./call.ts";
import type { TensorFigure, Value } from "./encoding.ts";
import { dtypeOf, isCallable, lookUp, member, need, send, Tensor, toTensor } from "./library.ts";
import { camelCase, splitOpName } from "./names.ts";

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
  __rpow__: "pow",
  __rmod__: "remainder",
  __rmatmul__: "matmul",
};

/** Whether an operation is another one with its operands exchanged. */
export function isReflected(op: string): boolean {
  return op in REFLECTED;
}

/** Where PyTorch's sample database calls another function than its name says. */
const MISNAMED: Readonly<Record<string, string>> = { rand_like: "randn_like" };

/** Functions that take one list where PyTorch also takes the tensors one by one. */
export const LISTED: ReadonlySet<string> = new Set(["meshgrid"]);

/** The argument on which a method is called, where that is not the first. */
const SELF: Readonly<Record<string, number>> = { where: 1, polygamma: 1 };

/** An operation under the names that the library may have it by. */
export interface Target {
  readonly path: string;
  readonly functionPath: string;
  readonly methodName: string;
  readonly self: number;
}

export function targetOf(op: string): Target {
  const { namespace, name } = splitOpName(op);
  const own = REFLECTED[name] ?? MISNAMED[name] ?? (name === "__getitem__" ? "index" : name);
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

export interface Form {
  readonly name: string;
  run(call: Call, floats: boolean): Attempt;
}

/** Python's values as ours; every tensor that requires grad is kept by its path. */
export class Materializer {
  readonly leaves = new Map<string, Tensor>();
  readonly #floats: boolean;

  /** @param floats whether a whole float makes a difference: where no tensor is of floating type. */
  constructor(floats: boolean) {
    this.#floats = floats;
  }

  argument({ value, operand, number, path }: Argument): unknown {
    if (number && value.kind === "bool") return Number(value.value);
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
        return value.items.map((item, i) =>
          item.kind === "none" ? null : this.value(item, `${path}.${i}`),
        );
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
      case "live":
        return value.value;
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

/** Python's other / self, which PyTorch makes of self's reciprocal: its gradients at 0 and ∞ show it. */
const RECIPROCAL_TIMES: Form = {
  name: "function",
  run(call, floats) {
    const m = new Materializer(floats);
    const [self, other] = m.call(call);
    return { result: need("mul")(need("reciprocal")(self), other), leaves: m.leaves };
  },
};

/** Every way in which the library has the operation, of those that PyTorch has. */
export function formsOf(target: Target, entry: IndexEntry | undefined): Form[] {
  if (target.path === "__rdiv__" || target.path === "__rtruediv__") return [RECIPROCAL_TIMES];
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
export function impliedOptions(
  path: string,
  args: readonly Value[],
  kw: Readonly<Record<string, Value>>,
) {
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
