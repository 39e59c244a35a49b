import { arrange } from "../call.ts";
import type { Value } from "../encoding.ts";
import { impliedOptions, Materializer } from "../forms.ts";
import {
  type Callable,
  construct,
  isCallable,
  lookUp,
  member,
  need,
  send,
  Tensor,
} from "../library.ts";
import { camelCase } from "../names.ts";
import { Unsupported } from "../report.ts";
import { signatureOf } from "../signatures.ts";
import {
  Fn,
  Foreign,
  fromJs,
  iterate,
  type Kwargs,
  Path,
  type Py,
  Slice,
  Tuple,
} from "./values.ts";

export const DTYPES = new Map([
  ["float", "f32"],
  ["float32", "f32"],
  ["double", "f64"],
  ["float64", "f64"],
  ["long", "i64"],
  ["int64", "i64"],
  ["int", "i32"],
  ["int32", "i32"],
  ["uint8", "u8"],
  ["bool", "b"],
  ["float16", "f16"],
  ["half", "f16"],
  ["bfloat16", "bf16"],
  ["int16", "i16"],
  ["int8", "i8"],
]);

// Values ---------------------------------------------------------------------------------------

/** An argument for the library, in the figures' terms. */
function toValue(value: Py): Value {
  if (value === null) return { kind: "none" };
  if (typeof value === "bigint") return { kind: "number", value: Number(value), float: false };
  if (typeof value === "number") return { kind: "number", value, float: true };
  if (typeof value === "boolean") return { kind: "bool", value };
  if (typeof value === "string") return { kind: "string", value };
  if (value instanceof Tuple) return { kind: "list", items: value.items.map(toValue), tuple: true };
  if (Array.isArray(value)) return { kind: "list", items: value.map(toValue), tuple: false };
  if (value instanceof Slice) return { kind: "slice", bounds: value.bounds };
  if (value instanceof Path) {
    const dtype = DTYPES.get(value.path);
    return dtype === undefined
      ? { kind: "live", value: need(value.path) }
      : { kind: "dtype", name: dtype };
  }
  return { kind: "live", value: toJs(value) };
}

/** A value as the library takes it, without a place in a signature. */
export function toJs(value: Py): unknown {
  if (typeof value === "bigint") return Number(value);
  if (value instanceof Tuple) return value.items.map(toJs);
  if (Array.isArray(value)) return value.map(toJs);
  if (value instanceof Foreign) return value.value;
  if (value instanceof Fn) return (...args: unknown[]) => toJs(value.call(args.map(fromJs), {}));
  if (value instanceof Map) {
    const entries = [...value].map(([k, v]) => [String(k), toJs(v)]);
    return Object.fromEntries(entries);
  }
  if (value === null) return undefined;
  return value;
}

// Calls ----------------------------------------------------------------------------------------

function isFloating(args: readonly Py[]): boolean {
  return args.some((a) => {
    if (a instanceof Tensor) return a.dtype.startsWith("float");
    return a instanceof Tuple || Array.isArray(a) ? isFloating(iterate(a)) : false;
  });
}

/** The library's arguments for PyTorch's call. */
function argumentsFor(path: string, args: readonly Py[], kwargs: Kwargs): unknown[] {
  const values = args.map(toValue);
  const kw = Object.fromEntries(Object.entries(kwargs).map(([k, v]) => [k, toValue(v)]));
  const implied = impliedOptions(path, values, kw);
  const call = arrange(values, { ...kw, ...implied }, signatureOf(path, values));
  return new Materializer(!isFloating([...args, ...Object.values(kwargs)])).call(call);
}

export function callMethod(self: Tensor, name: string, args: readonly Py[], kwargs: Kwargs): Py {
  const method = member(self, camelCase(name));
  if (!isCallable(method)) throw new Unsupported(`no method ${camelCase(name)}`);
  const [, ...rest] = argumentsFor(name.replace(/_$/, ""), [self, ...args], kwargs);
  const result = fromJs(Reflect.apply(method, self, rest));
  // Python tells 2.0 from 2, the library's numbers do not.
  if (name === "item" && typeof result === "bigint") {
    if (self.dtype === "bool") return result !== 0n;
    return self.dtype.startsWith("float") ? Number(result) : result;
  }
  if (name === "register_hook" && result instanceof Foreign) {
    const remove = result.value;
    if (isCallable(remove)) return new Foreign({ remove });
  }
  return result;
}

/** The dtype that PyTorch gives nested lists. */
function dtypeOfData(data: Py): string | null {
  if (typeof data === "bigint") return "int64";
  if (typeof data === "boolean") return "bool";
  if (!(data instanceof Tuple) && !Array.isArray(data)) return null;
  const kinds = iterate(data).map(dtypeOfData);
  if (kinds.length === 0 || kinds.includes(null)) return null;
  return kinds.includes("int64") ? "int64" : "bool";
}

/** Functions of PyTorch's that are spelled otherwise here. */
const SPECIAL: Readonly<Record<string, (args: readonly Py[], kwargs: Kwargs) => Py>> = {
  tensor: ([data = null], { dtype = null, requires_grad = null }) => {
    const given = dtype instanceof Path ? toJs(dtypeName(dtype)) : dtypeOfData(data);
    const options = {
      ...(given === null ? {} : { dtype: given }),
      ...(requires_grad === true ? { requiresGrad: true } : {}),
    };
    return fromJs(need("tensor")(toJs(data), options));
  },
  Tensor: ([data = null]) => fromJs(need("tensor")(toJs(data), { dtype: "float32" })),
  set_default_dtype: ([dtype = null]) => fromJs(need("setDefaultDtype")(toJs(dtypeName(dtype)))),
  is_tensor: ([value = null]) => value instanceof Tensor,
  "autograd.grad": (args, kwargs) => {
    const result = need("autograd.grad")(...argumentsFor("autograd.grad", args, kwargs));
    return result instanceof Tensor ? new Tuple([result]) : fromJs(result);
  },
};

function dtypeName(dtype: Py): string {
  const short = dtype instanceof Path ? DTYPES.get(dtype.path) : undefined;
  const found = new Materializer(false).value({ kind: "dtype", name: short ?? "" }, "");
  return String(found);
}

export function call(of: Py, args: readonly Py[], kwargs: Kwargs): Py {
  if (of instanceof Fn) return of.call(args, kwargs);
  if (of instanceof Path) return callPath(of.path, args, kwargs);
  if (of instanceof Foreign) {
    // Calling a module is its forward.
    if (!isCallable(of.value)) return fromJs(send(of.value, "forward", ...args.map(toJs)));
    return fromJs(of.value(...foreignArguments(args, kwargs)));
  }
  throw new Unsupported("a call of something that is no function");
}

function foreignArguments(args: readonly Py[], kwargs: Kwargs): unknown[] {
  const options = Object.entries(kwargs).map(([k, v]) => [camelCase(k), toJs(v)]);
  return options.length === 0 ? args.map(toJs) : [...args.map(toJs), Object.fromEntries(options)];
}

export function callPath(path: string, args: readonly Py[], kwargs: Kwargs): Py {
  const special = Object.hasOwn(SPECIAL, path) ? SPECIAL[path] : undefined;
  if (special !== undefined) return special(args, kwargs);
  const camel = path.split(".").map(camelCase).join(".");
  if (/(^|\.)[A-Z]\w*$/.test(path)) {
    if (lookUp(camel) === undefined) throw new Unsupported(`no ${path}`);
    return fromJs(construct(camel, argumentsFor(path, args, kwargs)));
  }
  const fn: Callable = need(camel);
  return fromJs(fn(...argumentsFor(path, args, kwargs)));
}

// Attributes and items -------------------------------------------------------------------------

export function attribute(of: Py, name: string): Py {
  if (of instanceof Path) return new Path(of.path === "" ? name : `${of.path}.${name}`);
  if (of instanceof Tensor) return tensorAttribute(of, name);
  if (Array.isArray(of) && name === "append") {
    return new Fn(([item = null]) => {
      of.push(item);
      return null;
    });
  }
  if (of instanceof Foreign) {
    const value = member(of.value, camelCase(name)) ?? member(of.value, name);
    if (value === undefined) throw new Unsupported(`no attribute ${name}`);
    if (!isCallable(value)) return fromJs(value);
    return new Fn((args, kwargs) =>
      fromJs(Reflect.apply(value, of.value, foreignArguments(args, kwargs))),
    );
  }
  throw new Unsupported(`Python's .${name}`);
}

function tensorAttribute(of: Tensor, name: string): Py {
  if (name === "dtype") return new Path(of.dtype);
  const value = member(of, camelCase(name));
  if (value === undefined) throw new Unsupported(`no Tensor.${camelCase(name)}`);
  if (!isCallable(value)) return fromJs(value);
  return new Fn((args, kwargs) => callMethod(of, name, args, kwargs));
}

export function setAttribute(of: Py, name: string, value: Py): void {
  const target = of instanceof Foreign ? of.value : of;
  if (typeof target !== "object" || target === null) throw new TypeError(`cannot set ${name}`);
  Reflect.set(target, camelCase(name), value === null ? null : toJs(value));
}

/** The view that basic indexing makes. */
function viewOf(t: Tensor, index: Py): Tensor {
  const parts = index instanceof Tuple ? index.items : [index];
  const taken = parts.filter((p) => p !== null && p !== "...").length;
  let view = t;
  let dim = 0;
  for (const part of parts) {
    if (part === null) {
      view = view.unsqueeze(dim++);
    } else if (part === "...") {
      dim += t.dim() - taken;
    } else if (part instanceof Slice) {
      const [start = null, end = null, step = null] = part.bounds;
      view = view.slice(dim++, start, end, step ?? 1);
    } else if (typeof part === "bigint") {
      view = view.select(dim, Number(part));
    } else {
      throw new Unsupported("advanced indexing");
    }
  }
  return view;
}

export function getItem(of: Py, index: Py): Py {
  if (of instanceof Tensor) return viewOf(of, index);
  if (of instanceof Map) return of.get(index) ?? null;
  const list = iterate(of);
  if (index instanceof Slice) {
    const [start, end] = index.bounds;
    const part = list.slice(start ?? 0, end ?? undefined);
    return of instanceof Tuple ? new Tuple(part) : part;
  }
  return list.at(Number(index)) ?? null;
}

export function setItem(of: Py, index: Py, value: Py): void {
  if (of instanceof Tensor) {
    const view = viewOf(of, index);
    if (value instanceof Tensor) view.copy_(value);
    else view.fill_(Number(value));
  } else if (of instanceof Map) {
    of.set(index, value);
  } else if (Array.isArray(of)) {
    of[Number(index)] = value;
  }
}

// Contexts -------------------------------------------------------------------------------------

/** Enters a context manager; returns what leaves it. */
export function enter(context: Py): () => void {
  const value: unknown = context instanceof Foreign ? context.value : undefined;
  if (typeof value === "object" && value !== null) {
    const dispose: unknown = Reflect.get(value, Symbol.dispose);
    if (isCallable(dispose)) {
      return () => {
        Reflect.apply(dispose, value, []);
      };
    }
  }
  throw new Unsupported("this context manager");
}
