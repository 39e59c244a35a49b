import type { BinaryOperator, Expression, Program } from "./ast.ts";
import { evaluateConstant } from "./evaluate.ts";
import { FUNCTIONS, functionNamed } from "./functions.ts";

export type Language = "mathematics" | "typescript" | "pytorch";

/** A function's body: one line a named part, then the result. */
export interface PrintedProgram {
  readonly bindings: readonly { readonly name: string; readonly code: string }[];
  readonly result: string;
  /** Free functions of the library that the code calls (TypeScript only). */
  readonly imports: readonly string[];
}

/** Writes a parsed surface in another language; what it computes is the same, op for op. */
export function print(program: Program, language: Language): PrintedProgram {
  const printer = new Printer(program, language);
  const bindings = program.bindings.map(({ name, value }) => ({
    name,
    code: printer.write(value).text,
  }));
  const result = printer.write(program.result).text;
  return { bindings, result, imports: [...printer.imports].sort() };
}

/** How tightly a piece of text holds together: an operand below its operator's needs parentheses. */
const SUM = 1;
const PRODUCT = 2;
const SIGN = 3;
const POWER = 4;
const ATOM = 5;

interface Piece {
  readonly text: string;
  readonly level: number;
  /** Whether it is a plain number rather than a tensor. */
  readonly constant: boolean;
}

const LEVEL: Readonly<Record<BinaryOperator, number>> = {
  "+": SUM,
  "-": SUM,
  "*": PRODUCT,
  "/": PRODUCT,
  "^": POWER,
};

const METHOD: Readonly<Record<BinaryOperator, string>> = {
  "+": "add",
  "-": "sub",
  "*": "mul",
  "/": "div",
  "^": "pow",
};

class Printer {
  readonly imports = new Set<string>();
  private readonly language: Language;
  /** The program's own constants that depend on no variable, by value. */
  private readonly constants = new Map<string, number>();

  constructor(program: Program, language: Language) {
    this.language = language;
    for (const { name, value } of program.bindings) {
      if (this.isConstant(value)) {
        this.constants.set(name, evaluateConstant(value, this.constants));
      }
    }
  }

  write(node: Expression): Piece {
    switch (node.type) {
      case "number":
        return this.literal(node.value);
      case "constant":
        return { text: this.constant(node.name), level: ATOM, constant: true };
      case "name":
        return { text: node.name, level: ATOM, constant: this.constants.has(node.name) };
      case "negate":
        return this.negate(this.write(node.operand));
      case "binary":
        return this.binary(node.operator, this.write(node.left), this.write(node.right));
      case "call":
        return this.call(node.name, node);
    }
  }

  private isConstant(node: Expression): boolean {
    switch (node.type) {
      case "number":
      case "constant":
        return true;
      case "name":
        return this.constants.has(node.name);
      case "negate":
        return this.isConstant(node.operand);
      case "binary":
        return this.isConstant(node.left) && this.isConstant(node.right);
      case "call":
        return node.args.every((arg) => this.isConstant(arg));
    }
  }

  private literal(value: number): Piece {
    const python = this.language === "pytorch" && !Number.isFinite(value);
    const text = python ? `float("${value}")` : String(value);
    return { text, level: value < 0 ? SIGN : ATOM, constant: true };
  }

  private constant(name: "pi" | "e"): string {
    if (this.language === "mathematics") return name;
    if (this.language === "pytorch") return `math.${name}`;
    return name === "pi" ? "Math.PI" : "Math.E";
  }

  private negate(operand: Piece): Piece {
    if (this.language === "typescript" && !operand.constant) {
      return { text: `${wrap(operand, ATOM)}.neg()`, level: ATOM, constant: false };
    }
    return { text: `-${wrap(operand, SIGN)}`, level: SIGN, constant: operand.constant };
  }

  private binary(operator: BinaryOperator, left: Piece, right: Piece): Piece {
    const constant = left.constant && right.constant;
    if (this.language === "typescript" && !constant) {
      return { text: this.method(operator, left, right), level: ATOM, constant };
    }
    const level = LEVEL[operator];
    if (operator === "^") {
      const sign = this.language === "mathematics" ? "^" : " ** ";
      const text = `${wrap(left, ATOM)}${sign}${wrap(right, POWER)}`;
      return { text, level, constant };
    }
    const text = `${wrap(left, level)} ${operator} ${wrap(right, level + 1)}`;
    return { text, level, constant };
  }

  private method(operator: BinaryOperator, left: Piece, right: Piece): string {
    const method = METHOD[operator];
    if (!left.constant) return `${wrap(left, ATOM)}.${method}(${right.text})`;
    // A sum or a product may start with its tensor; the others need the function.
    if (operator === "+" || operator === "*") return `${wrap(right, ATOM)}.${method}(${left.text})`;
    this.imports.add(method);
    return `${method}(${left.text}, ${right.text})`;
  }

  private call(written: string, node: Expression & { type: "call" }): Piece {
    const name = functionNamed(written);
    if (name === undefined) throw new Error(`no function ${written}`);
    const { method } = FUNCTIONS[name];
    const args = node.args.map((arg) => this.write(arg));
    if (this.language === "mathematics") {
      return { text: `${name}(${list(args)})`, level: ATOM, constant: false };
    }
    if (args.every((arg) => arg.constant)) {
      // PyTorch and Math spell functions of plain numbers differently; the value is the same.
      return this.literal(evaluateConstant(node, this.constants));
    }
    if (this.language === "pytorch") {
      return {
        text: `torch.${method}(${list(args.map(torchTensor))})`,
        level: ATOM,
        constant: false,
      };
    }
    const [receiver, ...rest] = args.map((arg) => this.libraryTensor(arg));
    if (receiver === undefined) throw new Error(`${name} takes an argument`);
    const text = `${wrap(receiver, ATOM)}.${method}(${list(rest)})`;
    return { text, level: ATOM, constant: false };
  }

  private libraryTensor(piece: Piece): Piece {
    if (!piece.constant) return piece;
    return { text: `tensor(${piece.text}, { dtype: "float64" })`, level: ATOM, constant: false };
  }
}

function torchTensor(piece: Piece): Piece {
  if (!piece.constant) return piece;
  const text = `torch.tensor(${piece.text}, dtype=torch.float64)`;
  return { text, level: ATOM, constant: false };
}

function wrap(piece: Piece, level: number): string {
  return piece.level < level ? `(${piece.text})` : piece.text;
}

function list(pieces: readonly Piece[]): string {
  return pieces.map((piece) => piece.text).join(", ");
}
