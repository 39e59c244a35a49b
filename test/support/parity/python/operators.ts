import { Tensor } from "../library.ts";
import { Unsupported } from "../report.ts";
import { callMethod, callPath, DTYPES } from "./torch.ts";
import { iterate, Path, type Py, Tuple } from "./values.ts";

/** Python's operators by their methods; the first of each pair where the left operand is a tensor. */
const OPERATORS: Readonly<Record<string, string>> = {
  "+": "add",
  "-": "sub",
  "*": "mul",
  "/": "div",
  "//": "floor_divide",
  "%": "remainder",
  "**": "pow",
  "@": "matmul",
  "&": "bitwise_and",
  "|": "bitwise_or",
  "^": "bitwise_xor",
  "==": "eq",
  "!=": "ne",
  "<": "lt",
  "<=": "le",
  ">": "gt",
  ">=": "ge",
};

export function arithmetic(op: string, left: Py, right: Py): Py {
  const inPlace = op.endsWith("=") && op !== "==";
  const name = OPERATORS[inPlace ? op.slice(0, -1) : op];
  if (name === undefined) throw new Unsupported(`Python's ${op}`);
  if (left instanceof Tensor) return callMethod(left, inPlace ? `${name}_` : name, [right], {});
  if (right instanceof Tensor) return callPath(name, [left, right], {});
  if (typeof left === "string" && typeof right === "string" && op === "+") return left + right;
  if (op === "+" && Array.isArray(left) && Array.isArray(right)) return [...left, ...right];
  if (op === "*" && Array.isArray(left)) {
    return Array.from({ length: Number(right) }, () => left).flat();
  }
  const integers = typeof left === "bigint" && typeof right === "bigint";
  const value = numeric(op, Number(left), Number(right));
  return integers && op !== "/" && Number.isInteger(value) ? BigInt(value) : value;
}

function numeric(op: string, a: number, b: number): number {
  switch (op) {
    case "+":
      return a + b;
    case "-":
      return a - b;
    case "*":
      return a * b;
    case "/":
      return a / b;
    case "//":
      return Math.floor(a / b);
    case "%":
      return a - b * Math.floor(a / b);
    case "**":
      return a ** b;
    default:
      throw new Unsupported(`Python's ${op} of numbers`);
  }
}

export function compare(op: string, left: Py, right: Py): Py {
  if (op === "is" || op === "is not") return (left === right) === (op === "is");
  if (op === "in" || op === "not in") {
    return iterate(right).some((item) => same(item, left)) === (op === "in");
  }
  if (left instanceof Tensor || right instanceof Tensor) return arithmetic(op, left, right);
  if (op === "==" || op === "!=") return same(left, right) === (op === "==");
  const [a, b] = [Number(left), Number(right)];
  return { "<": a < b, "<=": a <= b, ">": a > b, ">=": a >= b }[op] ?? false;
}

function same(a: Py, b: Py): boolean {
  if (a instanceof Path && b instanceof Path) return DTYPES.get(a.path) === DTYPES.get(b.path);
  if (a instanceof Tuple && b instanceof Tuple) {
    return (
      a.items.length === b.items.length && a.items.every((x, i) => same(x, b.items[i] ?? null))
    );
  }
  const numeric = (x: Py): boolean => typeof x === "bigint" || typeof x === "number";
  return a === b || (numeric(a) && numeric(b) && Number(a) === Number(b));
}
