import { div, pow, sub, type Tensor, tensor } from "tapegrad";
import type { BinaryOperator, Expression, Program } from "./ast.ts";
import { type FunctionName, functionNamed } from "./functions.ts";

/** A part of an expression that depends on no variable is a plain number. */
export type Value = Tensor | number;

const FUNCTION_OPS: Readonly<Record<FunctionName, (...args: readonly Tensor[]) => Tensor>> = {
  sin: (x: Tensor) => x.sin(),
  cos: (x: Tensor) => x.cos(),
  tan: (x: Tensor) => x.tan(),
  tanh: (x: Tensor) => x.tanh(),
  exp: (x: Tensor) => x.exp(),
  expm1: (x: Tensor) => x.expm1(),
  log: (x: Tensor) => x.log(),
  log1p: (x: Tensor) => x.log1p(),
  sqrt: (x: Tensor) => x.sqrt(),
  rsqrt: (x: Tensor) => x.rsqrt(),
  square: (x: Tensor) => x.square(),
  reciprocal: (x: Tensor) => x.reciprocal(),
  abs: (x: Tensor) => x.abs(),
  sign: (x: Tensor) => x.sign(),
  sigmoid: (x: Tensor) => x.sigmoid(),
  relu: (x: Tensor) => x.relu(),
  minimum: (a: Tensor, b: Tensor) => a.minimum(b),
  maximum: (a: Tensor, b: Tensor) => a.maximum(b),
};

const OPERATOR_OPS: Readonly<
  Record<
    BinaryOperator,
    {
      readonly numbers: (a: number, b: number) => number;
      readonly left: (a: Tensor, b: Value) => Tensor;
      readonly right: (a: number, b: Tensor) => Tensor;
    }
  >
> = {
  "+": { numbers: (a, b) => a + b, left: (a, b) => a.add(b), right: (a, b) => b.add(a) },
  "-": { numbers: (a, b) => a - b, left: (a, b) => a.sub(b), right: (a, b) => sub(a, b) },
  "*": { numbers: (a, b) => a * b, left: (a, b) => a.mul(b), right: (a, b) => b.mul(a) },
  "/": { numbers: (a, b) => a / b, left: (a, b) => a.div(b), right: (a, b) => div(a, b) },
  "^": { numbers: (a, b) => a ** b, left: (a, b) => a.pow(b), right: (a, b) => pow(a, b) },
};

/**
 * Computes f(x, y) with the library's operations, recorded for backward like any others.
 * @param x a float64 tensor of any shape.
 * @param y a float64 tensor whose shape broadcasts with x's.
 */
export function evaluate(program: Program, x: Tensor, y: Tensor): Tensor {
  const names = new Map<string, Value>([
    ["x", x],
    ["y", y],
  ]);
  for (const { name, value } of program.bindings) names.set(name, compute(value, names));
  const result = compute(program.result, names);
  if (typeof result === "number") throw new Error("a surface depends on x or y");
  return result;
}

/**
 * The value of an expression without variables; functions in it are the library's, on a scalar.
 * @param constants the values of the program's own constants.
 */
export function evaluateConstant(node: Expression, constants: ReadonlyMap<string, Value>): number {
  const value = compute(node, constants);
  if (typeof value !== "number") throw new Error("a constant expression has no variables");
  return value;
}

function compute(node: Expression, names: ReadonlyMap<string, Value>): Value {
  switch (node.type) {
    case "number":
      return node.value;
    case "constant":
      return node.name === "pi" ? Math.PI : Math.E;
    case "name": {
      const value = names.get(node.name);
      if (value === undefined) throw new Error(`no value for ${node.name}`);
      return value;
    }
    case "negate": {
      const value = compute(node.operand, names);
      return typeof value === "number" ? -value : value.neg();
    }
    case "binary": {
      const ops = OPERATOR_OPS[node.operator];
      const left = compute(node.left, names);
      const right = compute(node.right, names);
      if (typeof left !== "number") return ops.left(left, right);
      return typeof right === "number" ? ops.numbers(left, right) : ops.right(left, right);
    }
    case "call": {
      const name = functionNamed(node.name);
      if (name === undefined) throw new Error(`no function ${node.name}`);
      const args = node.args.map((arg) => compute(arg, names));
      const result = FUNCTION_OPS[name](...args.map(toTensor));
      return args.every((arg) => typeof arg === "number") ? result.item() : result;
    }
  }
}

function toTensor(value: Value): Tensor {
  return typeof value === "number" ? tensor(value, { dtype: "float64" }) : value;
}
