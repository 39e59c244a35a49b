import { isFloat } from "../dtype.ts";
import { type Operand, resultTypeOf, toOperand } from "../operand.ts";
import { checkOptions } from "../options.ts";
import type { Tensor } from "../tensor.ts";
import { eq, gt, lt } from "./compare.ts";
import { binary, Map2, Map3, ternary } from "./family.ts";
import { minus, refuseBools, trueDiv } from "./plain.ts";
import { where } from "./ternary.ts";

/** Keeps integers held in doubles free of a negative zero. */
const integerProduct = (a: number, b: number) => a * b + 0;

const plainAdd = binary("add", new Map2((m, a, b) => m.add(a, b)), [
  () => (g) => g,
  () => (g) => g,
]);

// a + alpha·b in one pass: what every optimizer does most.
const scaledAdd = ternary(
  "add",
  ["input", "other", "alpha"],
  new Map3((m, a, b, alpha) => m.add(a, m.mul(b, alpha))),
  [
    () => (g) => g,
    ({ c: alpha }) =>
      (g) =>
        g.mul(alpha),
    null,
  ],
);

const scaledSub = ternary(
  "sub",
  ["input", "other", "alpha"],
  new Map3((m, a, b, alpha) => m.sub(a, m.mul(b, alpha))),
  [
    () => (g) => g,
    ({ c: alpha }) =>
      (g) =>
        g.mul(alpha).neg(),
    null,
  ],
  { check: refuseBools },
);

export interface AlphaOptions {
  /** Multiplies `other`; 1 unless given. */
  readonly alpha?: number;
}

function alphaOf(options: AlphaOptions | undefined, fn: string): number {
  if (options === undefined) return 1;
  checkOptions(fn, options, ["alpha"]);
  return options.alpha ?? 1;
}

/** @throws TypeError where a float would scale integers, in PyTorch's words. */
function checkAlpha(a: Operand, b: Operand, alpha: number, fn: string): void {
  const inputs = [toOperand(a, fn, "input"), toOperand(b, fn, "other")];
  if (!isFloat(resultTypeOf(inputs)) && !Number.isInteger(alpha)) {
    throw new TypeError(
      "For integral input tensors, argument alpha must not be a floating point number.",
    );
  }
}

/**
 * input + alpha · other.
 * @param input @param other tensors or numbers, broadcast against each other.
 */
export function add(input: Operand, other: Operand, options?: AlphaOptions): Tensor {
  const alpha = alphaOf(options, "add");
  if (alpha === 1) return plainAdd(input, other);
  checkAlpha(input, other, alpha, "add");
  return scaledAdd(input, other, alpha);
}

export function add_(self: Tensor, other: Operand, options?: AlphaOptions): Tensor {
  const alpha = alphaOf(options, "add_");
  if (alpha === 1) return plainAdd.inPlace(self, other);
  checkAlpha(self, other, alpha, "add_");
  return scaledAdd.inPlace(self, other, alpha);
}

/**
 * input − alpha · other.
 * @param input @param other tensors or numbers, broadcast against each other.
 */
export function sub(input: Operand, other: Operand, options?: AlphaOptions): Tensor {
  const alpha = alphaOf(options, "sub");
  if (alpha === 1) return minus(input, other);
  checkAlpha(input, other, alpha, "sub");
  return scaledSub(input, other, alpha);
}

export function sub_(self: Tensor, other: Operand, options?: AlphaOptions): Tensor {
  const alpha = alphaOf(options, "sub_");
  if (alpha === 1) return minus.inPlace(self, other);
  checkAlpha(self, other, alpha, "sub_");
  return scaledSub.inPlace(self, other, alpha);
}

export const mul = binary(
  "mul",
  new Map2((m, a, b) => m.mul(a, b), { int: integerProduct, int32: Math.imul }),
  [
    ({ b }) =>
      (g) =>
        g.mul(b),
    ({ a }) =>
      (g) =>
        g.mul(a),
  ],
);

// As torch: at a tie each side gets half.
export const maximum = binary(
  "maximum",
  new Map2((m, a, b) => m.max(a, b)),
  [
    ({ a, b }) =>
      (g) =>
        where(lt(a, b), 0, where(eq(a, b), trueDiv(g, 2), g)),
    ({ a, b }) =>
      (g) =>
        where(lt(b, a), 0, where(eq(a, b), trueDiv(g, 2), g)),
  ],
  { tensors: 2 },
);

export const minimum = binary(
  "minimum",
  new Map2((m, a, b) => m.min(a, b)),
  [
    ({ a, b }) =>
      (g) =>
        where(gt(a, b), 0, where(eq(a, b), trueDiv(g, 2), g)),
    ({ a, b }) =>
      (g) =>
        where(gt(b, a), 0, where(eq(a, b), trueDiv(g, 2), g)),
  ],
  { tensors: 2 },
);
