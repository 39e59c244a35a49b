import { apply, applyInPlace } from "../apply.ts";
import { category, checkFits, isFloat } from "../dtype.ts";
import { map1 } from "../kernels/elementwise.ts";
import { isTensor } from "../make.ts";
import { type Op, renamed } from "../op.ts";
import { checkTensor, type Operand, resultTypeOf, toOperand } from "../operand.ts";
import type { Tensor } from "../tensor.ts";
import { eq, ge, logicalAnd } from "./compare.ts";
import { binary, Map1, Map2, notForBools, unary } from "./family.ts";
import { minus } from "./plain.ts";
import { where } from "./ternary.ts";
import { log, squareBackward } from "./unary.ts";

const refuseBoolPower = notForBools("pow");

function checkPower(inputs: readonly Tensor[]): void {
  refuseBoolPower(inputs);
  const [base, exponent] = inputs;
  if (!isFloat(base!.dtype) && exponent!.wrapped) {
    checkFits(exponent!.storage.data[exponent!.offset]!, resultTypeOf(inputs));
  }
  if (isFloat(base!.dtype) || category(exponent!.dtype) !== 1 || !exponent!.wrapped) return;
  if (exponent!.storage.data[exponent!.offset]! < 0) {
    throw new RangeError("Integers to negative integer powers are not allowed.");
  }
}

const integerPower = (a: number, b: number): number => {
  if (b >= 0) return a ** b + 0;
  if (a === 1) return 1;
  return a === -1 ? (b % 2 === 0 ? 1 : -1) : 0;
};

/** Modulo 2^32 by squaring, where a double would lose the low bits. */
const wrappedPower = (a: number, b: number): number => {
  if (b < 0) return integerPower(a, b);
  let power = 1;
  for (let square = a, rest = b; rest > 0; rest = Math.floor(rest / 2)) {
    if (rest % 2 === 1) power = Math.imul(power, square);
    square = Math.imul(square, square);
  }
  return power;
};

const generalPow = binary(
  "pow",
  new Map2((m, a, b) => m.pow(a, b), { int: integerPower, int32: wrappedPower }),
  [
    ({ a, b }) =>
      (g) =>
        where(eq(b, 0), 0, g.mul(b.mul(pow(a, minus(b, 1))))),
    ({ a, b, output: y }) =>
      (g) =>
        // A whole number is held as an integer, whose logarithm would be float32.
        g.mul(where(logicalAnd(eq(a, 0), ge(b, 0)), 0, y.mul(log(a.wrapped ? a.to(y.dtype) : a)))),
  ],
  { check: checkPower },
);

/** The same rules under the names that PyTorch gives the nodes of other signatures. */
const tensorPow: Op<null> = renamed(generalPow.op, "PowBackward1");
const numberPow: Op<null> = renamed(generalPow.op, "PowBackward2");

function powOp(input: Operand, exponent: Operand): Op<null> {
  if (!isTensor(exponent)) return generalPow.op;
  return isTensor(input) ? tensorPow : numberPow;
}

// What PyTorch computes without pow, so that x² is one rounding of x·x.
const SPECIAL_POWERS = new Map<number, Map1>([
  [0.5, new Map1((m, x) => m.sqrt(x))],
  [-0.5, new Map1((m, x) => m.div(m.constant(1), m.sqrt(x)))],
  [2, new Map1((m, x) => m.mul(x, x), { int32: (x) => Math.imul(x, x) })],
  [3, new Map1((m, x) => m.mul(m.mul(x, x), x), { int32: (x) => Math.imul(Math.imul(x, x), x) })],
  [-1, new Map1((m, x) => m.div(m.constant(1), x))],
  [-2, new Map1((m, x) => m.div(m.constant(1), m.mul(x, x)))],
]);

const specialPow: Op<number> = {
  name: "PowBackward0",
  shape: (inputs) => inputs[0]!.shape,
  dtype: (inputs, exponent) => resultTypeOf([inputs[0]!, toOperand(exponent, "pow", "exponent")]),
  kernel: (inputs, out, exponent) => map1(SPECIAL_POWERS.get(exponent)!, inputs[0]!, out),
  vjps: [
    ({ a, params: exponent }) =>
      (g) =>
        exponent === 2 ? squareBackward(g, a) : g.mul(pow(a, exponent - 1).mul(exponent)),
  ],
};

function isSpecialPower(input: Operand, exponent: Operand): exponent is number {
  if (typeof exponent !== "number" || !SPECIAL_POWERS.has(exponent)) return false;
  return typeof input === "object" && (exponent > 1 || isFloat(input.dtype));
}

/**
 * input to the power of exponent.
 * @throws RangeError for integers to a negative integer power.
 */
export function pow(input: Operand, exponent: Operand): Tensor {
  if (!isTensor(exponent)) checkTensor("pow", "input", input);
  if (isSpecialPower(input, exponent)) {
    return apply(specialPow, [toOperand(input, "pow", "input")], exponent);
  }
  const operands = [toOperand(input, "pow", "input"), toOperand(exponent, "pow", "exponent")];
  return apply(powOp(input, exponent), operands, null);
}

export function pow_(self: Tensor, exponent: Operand): Tensor {
  if (isSpecialPower(self, exponent)) return applyInPlace(specialPow, [self], exponent);
  return applyInPlace(powOp(self, exponent), [self, toOperand(exponent, "pow_", "exponent")], null);
}

export const rsqrt = unary(
  "rsqrt",
  new Map1((m, x) => m.div(m.constant(1), m.sqrt(x))),
  ({ output: y }) =>
    (g) =>
      g.mul(-0.5).mul(pow(y, 3)),
);
