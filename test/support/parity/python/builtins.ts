import { Tensor } from "../library.ts";
import { arithmetic } from "./operators.ts";
import { callMethod, toJs } from "./torch.ts";
import { Fn, iterate, Path, type Py, Tuple } from "./values.ts";

const range = (args: readonly Py[]): Py[] => {
  const [a = 0, b, c = 1] = args.map(Number);
  const [start, end] = b === undefined ? [0, a] : [a, b];
  const items: Py[] = [];
  for (let i = start; c > 0 ? i < end : i > end; i += c) items.push(BigInt(i));
  return items;
};

const length = (value: Py): bigint =>
  BigInt(value instanceof Tensor ? (value.shape[0] ?? 0) : iterate(value).length);

/** Python's own names, and torch. */
export const BUILTINS: ReadonlyMap<string, Py> = new Map<string, Py>([
  ["torch", new Path("")],
  ["len", new Fn(([x = null]) => length(x))],
  ["range", new Fn((args) => range(args))],
  ["list", new Fn(([x = []]) => [...iterate(x)])],
  ["tuple", new Fn(([x = []]) => new Tuple(iterate(x)))],
  ["zip", new Fn((args) => zipped(args.map(iterate)))],
  ["enumerate", new Fn(([x = []]) => iterate(x).map((item, i) => new Tuple([BigInt(i), item])))],
  ["str", new Fn(([x = null]) => String(toJs(x)))],
  ["repr", new Fn(([x = null]) => String(toJs(x)))],
  ["float", new Fn(([x = null]) => toFloat(x))],
  ["int", new Fn(([x = null]) => BigInt(Math.trunc(Number(x instanceof Tensor ? x.item() : x))))],
  ["bool", new Fn(([x = null]) => Boolean(x instanceof Tensor ? x.item() : x))],
  ["abs", new Fn(([x = null]) => magnitude(x))],
  ["min", new Fn((args) => args.reduce((a, b) => (Number(b) < Number(a) ? b : a)))],
  ["max", new Fn((args) => args.reduce((a, b) => (Number(b) > Number(a) ? b : a)))],
  ["sum", new Fn(([x = []]) => iterate(x).reduce<Py>((a, b) => arithmetic("+", a, b), 0n))],
  ["print", new Fn(() => null)],
]);

function zipped(lists: readonly (readonly Py[])[]): Py[] {
  const shortest = Math.min(...lists.map((list) => list.length));
  return Array.from(
    { length: shortest },
    (_, i) => new Tuple(lists.map((list) => list[i] ?? null)),
  );
}

function toFloat(x: Py): Py {
  if (typeof x === "string") return Number(x.replace("inf", "Infinity"));
  return Number(x instanceof Tensor ? x.item() : x);
}

function magnitude(x: Py): Py {
  if (x instanceof Tensor) return callMethod(x, "abs", [], {});
  if (typeof x === "bigint") return x < 0n ? -x : x;
  return Math.abs(Number(x));
}
