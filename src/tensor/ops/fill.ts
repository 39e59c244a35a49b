import { noGrad } from "../../autograd/gradMode.ts";
import { drawUniform, fillBernoulli, fillNormal, fillUniform } from "../../random/fill.ts";
import type { Generator } from "../../random/generator.ts";
import { defaultStream } from "../../random/stream.ts";
import { applyInPlace } from "../apply.ts";
import {
  checkDType,
  checkFits,
  type DType,
  isFloat,
  scalarName,
  type TypedArray,
} from "../dtype.ts";
import { castFunction, copy, fill } from "../kernels/elementwise.ts";
import { fresh } from "../make.ts";
import { type Op, renamed } from "../op.ts";
import { type Operand, toOperand } from "../operand.ts";
import { checkOptions } from "../options.ts";
import {
  broadcastShapes,
  isContiguous,
  isExpandable,
  newSizes,
  numel,
  type Shape,
} from "../shape.ts";
import { type Strided, scratch } from "../storage.ts";
import type { Tensor } from "../tensor.ts";

const zeroGradient = () => (g: Tensor) => fresh(g.dtype, g.shape);

const copyOp: Op<null> = {
  name: "CopyBackwards",
  shape([self, source]) {
    if (!isExpandable(source!.shape, self!.shape)) {
      return broadcastShapes(self!.shape, source!.shape);
    }
    return self!.shape;
  },
  dtype: ([self]) => self!.dtype,
  kernel: ([, source], out) => copy(source!, out),
  vjps: [zeroGradient, () => (g) => g],
};

/** Overwrites `self` with `source`, converted and broadcast to it. */
export function copy_(self: Tensor, source: Operand): Tensor {
  return applyInPlace(copyOp, [self, toOperand(source, "copy_", "src")], null);
}

const fillOp: Op<number> = {
  name: "FillBackward2",
  shape: ([self]) => self!.shape,
  dtype: ([self]) => self!.dtype,
  kernel(_, out, value) {
    const convert = castFunction("float64", out.dtype);
    fill(out, convert === null ? value : convert(value));
  },
  vjps: [zeroGradient],
};

const zeroOp: Op<number> = renamed(fillOp, "ZeroBackward0");

/** Sets every element; a 0-dim tensor as value keeps its gradient. */
export function fill_(self: Tensor, value: Operand): Tensor {
  if (typeof value === "number") {
    checkFits(value, self.dtype);
    return applyInPlace(fillOp, [self], value);
  }
  const source = toOperand(value, "fill_", "value");
  if (source.shape.length > 0) {
    throw new RangeError(
      `fill_ only supports 0-dimension value tensor but got tensor with ${source.shape.length} dimensions.`,
    );
  }
  return copy_(self, source);
}

export function zero_(self: Tensor): Tensor {
  return applyInPlace(zeroOp, [self], 0);
}

/** Zeros of `self`'s dtype, unless the options name another. */
export function newZeros(
  self: Tensor,
  shape: Shape,
  options: { readonly dtype?: DType } = {},
): Tensor {
  checkOptions("newZeros", options, ["dtype"]);
  const { dtype = self.dtype } = options;
  checkDType("newZeros", dtype);
  return fresh(dtype, newSizes([shape], "newZeros"));
}

// Random fills --------------------------------------------------------------------------------

export interface GeneratorOption {
  /** Where the numbers come from; PyTorch's default generator unless given. */
  readonly generator?: Generator;
}

type Draw = (data: TypedArray, offset: number, n: number, contiguous: boolean) => void;

/** Draws in memory order, as PyTorch does: a transposed tensor fills like the original. */
function drawInto(out: Strided, draw: Draw): void {
  const order = out.shape.map((_, d) => d).sort((x, y) => out.strides[y]! - out.strides[x]!);
  const sorted = {
    storage: out.storage,
    offset: out.offset,
    shape: order.map((d) => out.shape[d]!),
    strides: order.map((d) => out.strides[d]!),
    dtype: out.dtype,
  };
  const n = numel(out.shape);
  const contiguous = isContiguous(out.shape, out.strides);
  if (isContiguous(sorted.shape, sorted.strides)) {
    draw(out.storage.data, out.offset, n, contiguous);
    return;
  }
  const dense = scratch(out.dtype, sorted.shape);
  draw(dense.storage.data, dense.offset, n, contiguous);
  copy(dense, sorted);
}

const drawOp: Op<{ readonly draw: Draw; readonly accepts: (dtype: DType) => void }> = {
  name: "UniformBackward0",
  shape: ([self]) => self!.shape,
  dtype: ([self], { accepts }) => {
    accepts(self!.dtype);
    return self!.dtype;
  },
  kernel: (_, out, { draw }) => drawInto(out, draw),
  vjps: [zeroGradient],
};

// PyTorch's names for draws that autograd has seen.
const normalOp: typeof drawOp = renamed(drawOp, "NormalBackward0");
const bernoulliOp: typeof drawOp = renamed(drawOp, "BernoulliBackward2");

function floatsOnly(fn: string): (dtype: DType) => void {
  return (dtype) => {
    if (!isFloat(dtype)) {
      throw new TypeError(`"${fn}" not implemented for '${scalarName(dtype)}'`);
    }
  };
}

/** Fills with draws from U[from, to). */
export function uniform_(self: Tensor, from = 0, to = 1, options: GeneratorOption = {}): Tensor {
  checkOptions("uniform_", options, ["generator"]);
  const draw: Draw = (data, offset, n) => fillUniform(options.generator, data, offset, n, from, to);
  return applyInPlace(drawOp, [self], { draw, accepts: floatsOnly("check_uniform_bounds") });
}

/** As `uniform_`, of bounds that are known to be right; without recording. */
export function drawUniform_(self: Tensor, from: number, to: number): void {
  const draw: Draw = (data, offset, n) => drawUniform(defaultStream, data, offset, n, from, to);
  noGrad(() => applyInPlace(drawOp, [self], { draw, accepts: floatsOnly("check_uniform_bounds") }));
}

/** Fills with draws from N(mean, std²). */
export function normal_(self: Tensor, mean = 0, std = 1, options: GeneratorOption = {}): Tensor {
  checkOptions("normal_", options, ["generator"]);
  const draw: Draw = (data, offset, n, contiguous) =>
    fillNormal(options.generator, data, offset, n, mean, std, contiguous);
  return applyInPlace(normalOp, [self], { draw, accepts: floatsOnly("normal_kernel_cpu") });
}

/** Fills with 1 where a draw from U[0, 1) is below p, else 0. */
export function bernoulli_(self: Tensor, p = 0.5, options: GeneratorOption = {}): Tensor {
  checkOptions("bernoulli_", options, ["generator"]);
  const draw: Draw = (data, offset, n) => fillBernoulli(options.generator, data, offset, n, p);
  return applyInPlace(bernoulliOp, [self], { draw, accepts: () => {} });
}
