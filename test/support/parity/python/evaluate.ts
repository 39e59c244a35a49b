import { Tensor } from "../library.ts";
import { Unsupported } from "../report.ts";
import { arithmetic, compare } from "./operators.ts";
import type { Arg, Block, Expr, Param, Statement } from "./syntax.ts";
import { attribute, call, enter, getItem, setAttribute, setItem } from "./torch.ts";
import { Fn, iterate, type Kwargs, type Py, Slice, Tuple, truth } from "./values.ts";

/** Names and their values, and the scope around. */
export class Scope {
  readonly names = new Map<string, Py>();
  readonly #outer: Scope | null;

  constructor(outer: Scope | null = null) {
    this.#outer = outer;
  }

  get(name: string): Py {
    const value = this.names.get(name);
    if (value !== undefined) return value;
    if (this.#outer === null) throw new Unsupported(`Python's ${name}`);
    return this.#outer.get(name);
  }
}

/** What a `return` carries out of a function's body. */
class Returned {
  readonly value: Py;
  constructor(value: Py) {
    this.value = value;
  }
}

export function runBlock(body: Block, scope: Scope): void {
  for (const statement of body) execute(statement, scope);
}

function execute(statement: Statement, scope: Scope): void {
  switch (statement.kind) {
    case "expression":
      evaluate(statement.value, scope);
      return;
    case "assign": {
      const value = evaluate(statement.value, scope);
      for (const target of statement.targets) assign(target, value, scope);
      return;
    }
    case "augment":
      augment(statement.target, statement.op, evaluate(statement.value, scope), scope);
      return;
    case "for":
      for (const item of iterate(evaluate(statement.source, scope))) {
        assign(statement.target, item, scope);
        runBlock(statement.body, scope);
      }
      return;
    case "while":
      while (truth(evaluate(statement.test, scope))) runBlock(statement.body, scope);
      return;
    case "if":
      runBlock(truth(evaluate(statement.test, scope)) ? statement.yes : statement.no, scope);
      return;
    case "with": {
      const leave = enter(evaluate(statement.context, scope));
      try {
        runBlock(statement.body, scope);
      } finally {
        leave();
      }
      return;
    }
    case "def":
      scope.names.set(statement.name, define(statement.params, statement.body, scope));
      return;
    case "class":
      throw new Unsupported("Python's classes");
    case "return":
      throw new Returned(statement.value === null ? null : evaluate(statement.value, scope));
    case "delete":
      if (statement.target.kind !== "name") throw new Unsupported("Python's del");
      scope.names.delete(statement.target.id);
      return;
    case "pass":
      return;
  }
}

function define(params: readonly Param[], body: Block | Expr, scope: Scope): Fn {
  return new Fn((args, kwargs) => {
    const inner = new Scope(scope);
    params.forEach((param, i) => {
      const given = args[i] ?? kwargs[param.name];
      inner.names.set(
        param.name,
        given ?? (param.fallback ? evaluate(param.fallback, scope) : null),
      );
    });
    if ("kind" in body) return evaluate(body, inner);
    try {
      runBlock(body, inner);
    } catch (thrown) {
      if (thrown instanceof Returned) return thrown.value;
      throw thrown;
    }
    return null;
  });
}

function assign(target: Expr, value: Py, scope: Scope): void {
  switch (target.kind) {
    case "name":
      scope.names.set(target.id, value);
      return;
    case "tuple":
    case "list": {
      const items = iterate(value);
      target.items.forEach((t, i) => {
        assign(t, items[i] ?? null, scope);
      });
      return;
    }
    case "attribute":
      setAttribute(evaluate(target.of, scope), target.name, value);
      return;
    case "item":
      setItem(evaluate(target.of, scope), evaluate(target.index, scope), value);
      return;
    default:
      throw new SyntaxError("cannot assign to an expression");
  }
}

/** `x += y` changes a tensor in place, as Python does. */
function augment(target: Expr, op: string, value: Py, scope: Scope): void {
  const before = evaluate(target, scope);
  const after =
    before instanceof Tensor ? arithmetic(`${op}=`, before, value) : arithmetic(op, before, value);
  assign(target, after, scope);
}

export function evaluate(e: Expr, scope: Scope): Py {
  switch (e.kind) {
    case "int":
    case "float":
    case "string":
    case "constant":
      return e.value;
    case "name":
      return scope.get(e.id);
    case "attribute":
      return attribute(evaluate(e.of, scope), e.name);
    case "call":
      return callWith(evaluate(e.of, scope), e.args, scope);
    case "item":
      return getItem(evaluate(e.of, scope), evaluate(e.index, scope));
    case "slice":
      return new Slice(e.bounds.map((b) => (b === null ? null : Number(evaluate(b, scope)))));
    case "tuple":
      return new Tuple(items(e.items, scope));
    case "list":
      return items(e.items, scope);
    case "dict":
      return new Map(e.entries.map(([k, v]) => [evaluate(k, scope), evaluate(v, scope)]));
    case "unary":
      return unary(e.op, evaluate(e.of, scope));
    case "binary":
      return arithmetic(e.op, evaluate(e.left, scope), evaluate(e.right, scope));
    case "compare":
      return compared(e.first, e.rest, scope);
    case "and":
    case "or":
      return logical(e.kind, e.items, scope);
    case "if":
      return evaluate(truth(evaluate(e.test, scope)) ? e.yes : e.no, scope);
    case "lambda":
      return define(e.params, e.body, scope);
    case "comprehension":
      return comprehended(e, scope);
    case "star":
      throw new SyntaxError("a star stands alone");
  }
}

function items(list: readonly Expr[], scope: Scope): Py[] {
  return list.flatMap((item) =>
    item.kind === "star" ? [...iterate(evaluate(item.of, scope))] : [evaluate(item, scope)],
  );
}

function callWith(of: Py, args: readonly Arg[], scope: Scope): Py {
  const positional: Py[] = [];
  const kwargs: Record<string, Py> = {};
  for (const { name, value } of args) {
    if (name !== null) kwargs[name] = evaluate(value, scope);
    else if (value.kind === "star") positional.push(...iterate(evaluate(value.of, scope)));
    else positional.push(evaluate(value, scope));
  }
  const named: Kwargs = kwargs;
  return call(of, positional, named);
}

function unary(op: string, value: Py): Py {
  if (op === "not") return !truth(value);
  if (value instanceof Tensor) {
    const method = { "-": "neg", "+": "positive", "~": "bitwise_not" }[op] ?? op;
    return call(attribute(value, method), [], {});
  }
  if (typeof value === "bigint") return op === "-" ? -value : value;
  const number = Number(value);
  return op === "-" ? -number : number;
}

function compared(first: Expr, rest: readonly (readonly [string, Expr])[], scope: Scope): Py {
  let left = evaluate(first, scope);
  let result: Py = true;
  for (const [i, [op, expr]] of rest.entries()) {
    // Only a chain asks whether its first part holds: a comparison of tensors alone is a tensor.
    if (i > 0 && !truth(result)) return result;
    const right = evaluate(expr, scope);
    result = compare(op, left, right);
    left = right;
  }
  return result;
}

function logical(kind: "and" | "or", list: readonly Expr[], scope: Scope): Py {
  let value: Py = null;
  for (const item of list) {
    value = evaluate(item, scope);
    if (truth(value) === (kind === "or")) return value;
  }
  return value;
}

function comprehended(e: Expr & { kind: "comprehension" }, scope: Scope): Py[] {
  const inner = new Scope(scope);
  const result: Py[] = [];
  for (const item of iterate(evaluate(e.source, scope))) {
    assign(e.target, item, inner);
    if (e.tests.every((test) => truth(evaluate(test, inner)))) result.push(evaluate(e.item, inner));
  }
  return result;
}
