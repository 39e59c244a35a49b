import { apply, applyInPlace } from "../apply.ts";
import { category, checkFits, isFloat, scalarName } from "../dtype.ts";
import { loop3 } from "../kernels/elementwise.ts";
import { isTensor } from "../make.ts";
import type { Op } from "../op.ts";
import { checkTensor, inDType, type Operand, resultType, toOperand } from "../operand.ts";
import { checkOptions } from "../options.ts";
import { broadcastShapes } from "../shape.ts";
import type { Tensor } from "../tensor.ts";
import { ge, gt, le, logicalAnd, logicalOr, lt } from "./compare.ts";
import {
  binary,
  checkNumbersFit,
  Map2,
  Map3,
  Map4,
  notForBools,
  quaternary,
  ternary,
} from "./family.ts";
import { minus, trueDiv } from "./plain.ts";

const choose = (condition: number, a: number, b: number) => (condition !== 0 ? a : b);

const whereOp: Op<null> = {
  name: "WhereBackward0",
  shape: ([condition, a, b]) =>
    broadcastShapes(condition!.shape, broadcastShapes(a!.shape, b!.shape)),
  dtype([condition, a, b]) {
    if (condition!.dtype !== "bool" && condition!.dtype !== "uint8") {
      throw new TypeError(
        `where expected condition to be a boolean tensor, but got a tensor with dtype ${scalarName(condition!.dtype)}`,
      );
    }
    checkNumbersFit([a!, b!]);
    return resultType(a!, b!);
  },
  kernel([condition, a, b], out) {
    loop3(choose, condition!, inDType(a!, out.dtype), inDType(b!, out.dtype), out);
  },
  vjps: [
    null,
    ({ a: condition }) =>
      (g) =>
        where(condition, g, 0),
    ({ a: condition }) =>
      (g) =>
        where(condition, 0, g),
  ],
};

/**
 * input where condition holds, else other; all three broadcast.
 * @param condition a bool tensor.
 * @throws TypeError if `condition` is not bool.
 */
export function where(condition: Tensor, input: Operand, other: Operand): Tensor {
  checkTensor("where", "condition", condition);
  return apply(
    whereOp,
    [condition, toOperand(input, "where", "input"), toOperand(other, "where", "other")],
    null,
  );
}

const addcmulOp = quaternary(
  "addcmul",
  ["input", "tensor1", "tensor2", "value"],
  new Map4((m, a, b, c, value) => m.add(a, m.mul(m.mul(value, b), c))),
  [
    () => (g) => g,
    ({ c, inputs: [, , , value] }) =>
      (g) =>
        g.mul(c.mul(value!)),
    ({ b, inputs: [, , , value] }) =>
      (g) =>
        g.mul(b.mul(value!)),
    null,
  ],
  { check: notForBools("addcmul_cpu_out") },
);

const addcdivOp = quaternary(
  "addcdiv",
  ["input", "tensor1", "tensor2", "value"],
  new Map4((m, a, b, c, value) => m.add(a, m.div(m.mul(value, b), c))),
  [
    () => (g) => g,
    ({ c, inputs: [, , , value] }) =>
      (g) =>
        trueDiv(g.mul(value!), c),
    ({ b, c, inputs: [, , , value] }) =>
      (g) =>
        g.neg().mul(trueDiv(b.mul(value!), c.mul(c))),
    null,
  ],
  {
    check([, b, c]) {
      if (isFloat(b!.dtype) || isFloat(c!.dtype)) return;
      throw new TypeError(
        "Integer division with addcdiv is no longer supported, and in a future release addcdiv will perform a true division of tensor1 and tensor2. The historic addcdiv behavior can be implemented as (input + value * torch.trunc(tensor1 / tensor2)).to(input.dtype) for integer inputs and as (input + value * tensor1 / tensor2) for float inputs. The future addcdiv behavior is just the latter implementation: (input + value * tensor1 / tensor2), for all dtypes.",
      );
    },
  },
);

export interface ValueOptions {
  /** Multiplies the product or quotient; 1 unless given. */
  readonly value?: number;
}

function factor(options: ValueOptions | undefined, fn: string): number {
  if (options === undefined) return 1;
  checkOptions(fn, options, ["value"]);
  return options.value ?? 1;
}

/** input + value · tensor1 · tensor2. */
export function addcmul(
  input: Tensor,
  tensor1: Tensor,
  tensor2: Tensor,
  options?: ValueOptions,
): Tensor {
  return addcmulOp(input, tensor1, tensor2, factor(options, "addcmul"));
}

export function addcmul_(
  self: Tensor,
  tensor1: Tensor,
  tensor2: Tensor,
  options?: ValueOptions,
): Tensor {
  return addcmulOp.inPlace(self, tensor1, tensor2, factor(options, "addcmul_"));
}

/** input + value · tensor1 / tensor2. */
export function addcdiv(
  input: Tensor,
  tensor1: Tensor,
  tensor2: Tensor,
  options?: ValueOptions,
): Tensor {
  return addcdivOp(input, tensor1, tensor2, factor(options, "addcdiv"));
}

export function addcdiv_(
  self: Tensor,
  tensor1: Tensor,
  tensor2: Tensor,
  options?: ValueOptions,
): Tensor {
  return addcdivOp.inPlace(self, tensor1, tensor2, factor(options, "addcdiv_"));
}

const lerpOf = (node: string, kernel: string) =>
  ternary(
    "lerp",
    ["input", "end", "weight"],
    new Map3((m, a, b, w) => {
      const one = m.constant(1);
      const difference = m.sub(b, a);
      return m.select(
        m.lt(m.abs(w), m.constant(0.5)),
        m.add(a, m.mul(w, difference)),
        m.sub(b, m.mul(difference, m.sub(one, w))),
      );
    }),
    [
      ({ c: w }) =>
        (g) =>
          g.mul(w.neg().add(1)),
      ({ c: w }) =>
        (g) =>
          g.mul(w),
      ({ a, b }) =>
        (g) =>
          g.mul(minus(b, a)),
    ],
    {
      node,
      check([a, b, w]) {
        if (!isFloat(a!.dtype) && a!.dtype === b!.dtype) {
          throw new TypeError(`"${kernel}" not implemented for '${scalarName(a!.dtype)}'`);
        }
        if (a!.dtype !== b!.dtype) {
          throw new TypeError(`expected dtype ${a!.dtype} for \`end\` but got dtype ${b!.dtype}`);
        }
        if (!w!.wrapped && w!.dtype !== a!.dtype) {
          throw new TypeError(
            `expected dtype ${a!.dtype} for \`weight\` but got dtype ${w!.dtype}`,
          );
        }
      },
    },
  );

const lerpByNumber = lerpOf("LerpBackward0", "lerp_kernel_scalar");
const lerpByTensor = lerpOf("LerpBackward1", "lerp_kernel_tensor");

/** input + weight · (end − input), from whichever end is nearer, so that weight 1 gives end. */
export function lerp(input: Tensor, end: Tensor, weight: Operand): Tensor {
  return (isTensor(weight) ? lerpByTensor : lerpByNumber)(input, end, weight);
}

export function lerp_(self: Tensor, end: Tensor, weight: Operand): Tensor {
  return (isTensor(weight) ? lerpByTensor : lerpByNumber).inPlace(self, end, weight);
}

export interface ClampOptions {
  /** The lower bound: a number, or a tensor that broadcasts; none unless given. */
  readonly min?: Tensor | number | null;
  /** The upper bound, likewise. */
  readonly max?: Tensor | number | null;
}

function bounds(options: ClampOptions, fn: string) {
  checkOptions(fn, options, ["min", "max"]);
  const { min = null, max = null } = options;
  for (const [name, bound] of Object.entries({ min, max })) {
    if (bound !== null) toOperand(bound, fn, name);
  }
  return { min, max, ops: isTensor(min) || isTensor(max) ? byTensors : byNumbers };
}

function clamps(node: string) {
  const both = ternary(
    "clamp",
    ["input", "min", "max"],
    // The upper bound has the last word where the bounds cross; NaN anywhere stays NaN.
    new Map3((m, x, low, high) => m.min(m.max(x, low), high)),
    [
      ({ a, b, c }) =>
        (g) =>
          where(logicalAnd(ge(a, b), le(a, c)), g, 0),
      ({ a, b, c }) =>
        (g) =>
          where(logicalAnd(lt(a, b), lt(b, c)), g, 0),
      ({ a, b, c }) =>
        (g) =>
          where(logicalOr(gt(a, c), lt(c, b)), g, 0),
    ],
    { check: clampCheck("clamp_cpu"), node },
  );
  const low = binary(
    "clampMin",
    new Map2((m, x, low) => m.max(x, low)),
    [
      ({ a, b }) =>
        (g) =>
          where(ge(a, b), g, 0),
      ({ a, b }) =>
        (g) =>
          where(lt(a, b), g, 0),
    ],
    { check: clampCheck("clamp_min_cpu"), node },
  );
  const high = binary(
    "clampMax",
    new Map2((m, x, high) => m.min(x, high)),
    [
      ({ a, b }) =>
        (g) =>
          where(le(a, b), g, 0),
      ({ a, b }) =>
        (g) =>
          where(gt(a, b), g, 0),
    ],
    { check: clampCheck("clamp_max_cpu"), node },
  );
  return { both, low, high };
}

// PyTorch's names for what clamps by numbers and by tensors.
const byNumbers = clamps("ClampBackward1");
const byTensors = clamps("ClampBackward0");

function clampCheck(kernel: string): (inputs: readonly Tensor[]) => void {
  const refuseBools = notForBools(kernel);
  return (inputs) => {
    refuseBools(inputs);
    checkNumbersFit(inputs);
  };
}

/**
 * The elements, none below `min` and none above `max`; gradients pass at the bounds themselves.
 * @throws TypeError if neither bound is given.
 */
export function clamp(input: Operand, options: ClampOptions): Tensor {
  const { min, max, ops } = bounds(options, "clamp");
  if (min !== null && max !== null) return ops.both(input, min, max);
  if (min !== null) return ops.low(input, min);
  if (max !== null) return ops.high(input, max);
  throw noBound();
}

export function clamp_(self: Tensor, options: ClampOptions): Tensor {
  const { min, max, ops } = bounds(options, "clamp_");
  if (min !== null && max !== null) return ops.both.inPlace(self, min, max);
  if (min !== null) return ops.low.inPlace(self, min);
  if (max !== null) return ops.high.inPlace(self, max);
  throw noBound();
}

function noBound(): TypeError {
  return new TypeError("torch.clamp: At least one of 'min' or 'max' must not be None");
}

const maskedFillOp: Op<null> = {
  name: "MaskedFillBackward0",
  shape: ([self, mask, value]) => {
    if (value!.shape.length > 0) {
      throw new RangeError(
        `masked_fill_ only supports a 0-dimensional value tensor, but got tensor with ${value!.shape.length} dimension(s).`,
      );
    }
    return broadcastShapes(self!.shape, mask!.shape);
  },
  dtype: ([self, mask]) => {
    if (mask!.dtype !== "bool") {
      throw new TypeError(
        `masked_fill_ only supports boolean masks, but got mask with dtype ${mask!.dtype}`,
      );
    }
    return self!.dtype;
  },
  kernel: ([self, mask, value], out) =>
    loop3(choose, mask!, inDType(value!, out.dtype), self!, out),
  vjps: [
    ({ b: mask }) =>
      (g) =>
        where(mask, 0, g),
    null,
    ({ b: mask }) =>
      (g) =>
        where(mask, g, 0),
  ],
};

function masked(self: Tensor, mask: Tensor, value: Operand, fn: string): Tensor[] {
  checkTensor(fn, "input", self);
  let fill = value;
  if (typeof value === "number") {
    checkFits(value, self.dtype);
    if (category(self.dtype) === 1) fill = Math.trunc(value);
  }
  return [self, toOperand(mask, fn, "mask"), toOperand(fill, fn, "value")];
}

/** A copy of `self` with `value` where `mask` (bool, broadcast) holds. */
export function maskedFill(self: Tensor, mask: Tensor, value: Operand): Tensor {
  return apply(maskedFillOp, masked(self, mask, value, "maskedFill"), null);
}

export function maskedFill_(self: Tensor, mask: Tensor, value: Operand): Tensor {
  return applyInPlace(maskedFillOp, masked(self, mask, value, "maskedFill_"), null);
}
