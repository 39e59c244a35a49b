import { fresh } from "../make.ts";
import type { Operand } from "../operand.ts";
import { checkOptions } from "../options.ts";
import type { Tensor } from "../tensor.ts";
import { binary, Map2, notForBools } from "./family.ts";
import { trueDiv } from "./plain.ts";

const zeroGradient = () => (g: Tensor) => fresh(g.dtype, g.shape);

function nonZero(divisor: number): number {
  if (divisor === 0) throw new RangeError("ZeroDivisionError");
  return divisor;
}

/**
 * Floor division as Python defines it, exact where the quotient is large.
 * The remainder is taken off first, so that rounding in a / b cannot cross an integer.
 */
function floorDivide(a: number, b: number): number {
  if (b === 0) return a / b;
  const remainder = a % b;
  let quotient = (a - remainder) / b;
  if (remainder !== 0 && b < 0 !== remainder < 0) quotient -= 1;
  if (quotient === 0) return Object.is(a / b, -0) || a / b < 0 ? -0 : 0;
  const floored = Math.floor(quotient);
  return quotient - floored > 0.5 ? floored + 1 : floored;
}

const floorDiv = binary(
  "div",
  new Map2((m, a, b) => m.call2(floorDivide, a, b), {
    int: (a, b) => Math.floor(a / nonZero(b)) + 0,
  }),
  [zeroGradient, zeroGradient],
  { check: notForBools("div_floor_cpu"), node: "DivBackward2" },
);

const truncDiv = binary(
  "div",
  new Map2((m, a, b) => m.trunc(m.div(a, b)), {
    int: (a, b) => Math.trunc(a / nonZero(b)) + 0,
  }),
  [zeroGradient, zeroGradient],
  { check: notForBools("div_trunc_cpu"), node: "DivBackward2" },
);

export interface DivOptions {
  /** "trunc" towards zero, "floor" downwards; a true quotient unless given. */
  readonly roundingMode?: "trunc" | "floor" | null;
}

function division(options: DivOptions | undefined, fn: string) {
  if (options !== undefined) checkOptions(fn, options, ["roundingMode"]);
  const mode = options?.roundingMode ?? null;
  if (mode === null) return trueDiv;
  if (mode === "floor") return floorDiv;
  if (mode === "trunc") return truncDiv;
  throw new TypeError(
    `${fn} expected rounding_mode to be one of None, 'trunc', or 'floor' but found '${String(mode)}'`,
  );
}

/**
 * input / other; integers give the default float type unless a rounding mode is set.
 * @throws RangeError where integers are divided by zero with a rounding mode.
 */
export function div(input: Operand, other: Operand, options?: DivOptions): Tensor {
  return division(options, "div")(input, other);
}

export function div_(self: Tensor, other: Operand, options?: DivOptions): Tensor {
  return division(options, "div_").inPlace(self, other);
}
