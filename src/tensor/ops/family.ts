import { apply, applyInPlace } from "../apply.ts";
import { checkFits, type DType, getDefaultDtype, isFloat } from "../dtype.ts";
import {
  Compare,
  compare2,
  Map1,
  Map2,
  Map3,
  Map4,
  map1,
  map2,
  map3,
  map4,
} from "../kernels/elementwise.ts";
import type { Predicate } from "../kernels/lanes.ts";
import type { Op, Vjp } from "../op.ts";
import {
  checkTensor,
  inDType,
  type Operand,
  resultType,
  resultTypeOf,
  toOperand,
} from "../operand.ts";
import { broadcastShapes } from "../shape.ts";
import type { Tensor } from "../tensor.ts";

// Families: each supplies shape rule, promotion and loop once, so that an operation is its body
// and its derivatives.

/** `Exp` for `exp`; the name of the node adds `Backward0`, as PyTorch's do. */
function nodeName(name: string): string {
  return `${name[0]!.toUpperCase()}${name.slice(1)}Backward0`;
}

/**
 * "common": the operands' common dtype. "float": the same, but integers become floats. "integer": the
 * same, but bools become int64.
 */
export type Promotion = "common" | "float" | "integer";

function promoted(dtype: DType, promotion: Promotion): DType {
  if (promotion === "integer") return dtype === "bool" ? "int64" : dtype;
  return promotion === "float" && !isFloat(dtype) ? getDefaultDtype() : dtype;
}

export interface FamilyOptions {
  readonly promotion?: Promotion;
  /** Refuses operands, in PyTorch's words. */
  readonly check?: (inputs: readonly Tensor[]) => void;
  /** How many leading operands must be tensors; numbers are refused there. */
  readonly tensors?: number;
  /** The gradFn's name, where it is not the function's. */
  readonly node?: string;
}

/** Refuses what comes out as bool, for which PyTorch has no such kernel. */
export function notForBools(kernel: string): (inputs: readonly Tensor[]) => void {
  return (inputs) => {
    if (resultTypeOf(inputs) === "bool") {
      throw new TypeError(`"${kernel}" not implemented for 'Bool'`);
    }
  };
}

/** @throws RangeError where a number among the operands does not fit the result's dtype. */
export function checkNumbersFit(inputs: readonly Tensor[]): void {
  const dtype = resultTypeOf(inputs);
  for (const t of inputs) if (t.wrapped) checkFits(t.storage.data[t.offset]!, dtype);
}

export interface UnaryFunction {
  (input: Operand): Tensor;
  readonly op: Op<null>;
  inPlace(self: Tensor): Tensor;
}

/**
 * An elementwise operation of one operand.
 * @param vjp its derivative, or null where it has none.
 */
export function unary(
  name: string,
  map: Map1,
  vjp: Vjp<null> | null,
  { promotion = "float", check, node }: FamilyOptions = {},
): UnaryFunction {
  const op: Op<null> = {
    name: node ?? nodeName(name),
    shape: (inputs) => inputs[0]!.shape,
    dtype(inputs) {
      check?.(inputs);
      const input = inputs[0]!;
      return promoted(input.wrapped ? resultTypeOf(inputs) : input.dtype, promotion);
    },
    kernel: (inputs, out) => map1(map, inputs[0]!, out),
    overwrites: true,
    vjps: vjp === null ? null : [vjp],
  };
  const call = (input: Operand) => apply(op, [toOperand(input, name, "input")], null);
  return Object.assign(call, { op, inPlace: (self: Tensor) => applyInPlace(op, [self], null) });
}

/** The operands of a binary function, the first `tensors` of which may not be numbers. */
function operands(name: string, input: Operand, other: Operand, tensors: number): Tensor[] {
  if (tensors > 0) checkTensor(name, "input", input);
  if (tensors > 1) checkTensor(name, "other", other);
  return [toOperand(input, name, "input"), toOperand(other, name, "other")];
}

export interface BinaryFunction {
  (input: Operand, other: Operand): Tensor;
  readonly op: Op<null>;
  inPlace(self: Tensor, other: Operand): Tensor;
}

/**
 * An elementwise operation of two operands, which broadcast.
 * @param vjps a derivative an operand, or null where there are none.
 */
export function binary(
  name: string,
  map: Map2,
  vjps: readonly [Vjp<null> | null, Vjp<null> | null] | null,
  { promotion = "common", check, tensors = 0, node }: FamilyOptions = {},
): BinaryFunction {
  const op: Op<null> = {
    name: node ?? nodeName(name),
    shape: (inputs) => broadcastShapes(inputs[0]!.shape, inputs[1]!.shape),
    dtype(inputs) {
      check?.(inputs);
      return promoted(resultType(inputs[0]!, inputs[1]!), promotion);
    },
    kernel(inputs, out) {
      map2(map, inDType(inputs[0]!, out.dtype), inDType(inputs[1]!, out.dtype), out);
    },
    overwrites: true,
    vjps,
  };
  const call = (input: Operand, other: Operand) =>
    apply(op, operands(name, input, other, tensors), null);
  const inPlace = (self: Tensor, other: Operand) =>
    applyInPlace(op, operands(name, self, other, tensors), null);
  return Object.assign(call, { op, inPlace });
}

/**
 * An elementwise test of two operands, which broadcast; its result is bool.
 * @param tensors how many leading operands must be tensors.
 */
export function comparison(name: string, body: Predicate, tensors = 1): BinaryFunction {
  const compare = new Compare(body);
  const op: Op<null> = {
    name: nodeName(name),
    shape: (inputs) => broadcastShapes(inputs[0]!.shape, inputs[1]!.shape),
    dtype: () => "bool",
    kernel(inputs, out) {
      const common = resultType(inputs[0]!, inputs[1]!);
      compare2(compare, inDType(inputs[0]!, common), inDType(inputs[1]!, common), out);
    },
    overwrites: true,
    vjps: null,
  };
  const call = (input: Operand, other: Operand) =>
    apply(op, operands(name, input, other, tensors), null);
  const inPlace = (self: Tensor, other: Operand) =>
    applyInPlace(op, operands(name, self, other, tensors), null);
  return Object.assign(call, { op, inPlace });
}

function broadcastAll(inputs: readonly Tensor[]) {
  let shape = inputs[0]!.shape;
  for (let i = 1; i < inputs.length; i++) shape = broadcastShapes(shape, inputs[i]!.shape);
  return shape;
}

export interface NaryFunction {
  (...inputs: Operand[]): Tensor;
  readonly op: Op<null>;
  inPlace(self: Tensor, ...others: Operand[]): Tensor;
}

function nary(
  name: string,
  args: readonly string[],
  kernel: Op<null>["kernel"],
  vjps: readonly (Vjp<null> | null)[] | null,
  { promotion = "common", check, node }: FamilyOptions = {},
): NaryFunction {
  const op: Op<null> = {
    name: node ?? nodeName(name),
    shape: broadcastAll,
    dtype(inputs) {
      check?.(inputs);
      return promoted(resultTypeOf(inputs), promotion);
    },
    kernel,
    overwrites: true,
    vjps,
  };
  const call = (...inputs: Operand[]) =>
    apply(
      op,
      inputs.map((x, i) => toOperand(x, name, args[i]!)),
      null,
    );
  const inPlace = (self: Tensor, ...others: Operand[]) =>
    applyInPlace(op, [self, ...others.map((x, i) => toOperand(x, `${name}_`, args[i + 1]!))], null);
  return Object.assign(call, { op, inPlace });
}

/**
 * An elementwise operation of three operands, which broadcast.
 * @param args the operands' names, for messages.
 */
export function ternary(
  name: string,
  args: readonly [string, string, string],
  map: Map3,
  vjps: readonly (Vjp<null> | null)[],
  options?: FamilyOptions,
): NaryFunction {
  const kernel: Op<null>["kernel"] = ([a, b, c], out) => {
    const { dtype } = out;
    map3(map, inDType(a!, dtype), inDType(b!, dtype), inDType(c!, dtype), out);
  };
  return nary(name, args, kernel, vjps, options);
}

/** The same of four. */
export function quaternary(
  name: string,
  args: readonly [string, string, string, string],
  map: Map4,
  vjps: readonly (Vjp<null> | null)[],
  options?: FamilyOptions,
): NaryFunction {
  const kernel: Op<null>["kernel"] = ([a, b, c, d], out) => {
    const { dtype } = out;
    const last = inDType(d!, dtype);
    map4(map, inDType(a!, dtype), inDType(b!, dtype), inDType(c!, dtype), last, out);
  };
  return nary(name, args, kernel, vjps, options);
}

export { Compare, Map1, Map2, Map3, Map4 };
