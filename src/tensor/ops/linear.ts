import { apply, applyPair } from "../apply.ts";
import { scalarName } from "../dtype.ts";
import { densely, Map2, map1, map2 } from "../kernels/elementwise.ts";
import { gemm } from "../kernels/matmul.ts";
import type { Op } from "../op.ts";
import { checkTensor } from "../operand.ts";
import { numel } from "../shape.ts";
import type { Strided } from "../storage.ts";
import type { Tensor } from "../tensor.ts";
import { addmm, matmul } from "./matmul.ts";
import { rectified, relu } from "./unary.ts";

/** A tensor's vectors along the last dimension as the rows of one matrix. */
function asRows(t: Strided): { rows: number; source: Strided; rowStride: number; stride: number } {
  const { shape, strides } = t;
  const last = shape.length - 1;
  const rows = numel(shape.slice(0, last));
  if (last === 1) return { rows, source: t, rowStride: strides[0]!, stride: strides[1]! };
  return { rows, source: densely(t), rowStride: shape[last]!, stride: 1 };
}

const biased = new Map2((m, x, b) => m.add(x, b));

/** The rows' product with the weight's, plus the bias; then `max(x, 0)` where `rectify`. */
function product([input, weight, bias]: readonly Strided[], out: Strided, rectify: boolean): void {
  const { rows, source, rowStride, stride } = asRows(input!);
  const [n, k] = weight!.shape;
  const [weightRow, weightColumn] = weight!.strides;
  const done = gemm(
    rows,
    n!,
    k!,
    source.storage.data,
    source.offset,
    rowStride,
    stride,
    weight!.storage.data,
    weight!.offset,
    weightColumn!,
    weightRow!,
    out.storage.data,
    out.offset,
    n!,
    bias,
    rectify,
  );
  if (done) return;
  if (bias !== undefined) map2(biased, out, bias, out);
  if (rectify) map1(rectified, out, out);
}

// Fused because every layer runs it: one node instead of a transpose, a product and a sum, and the
// product's rows are still in the cache when the bias comes.
const linearOp = (name: string): Op<null> => ({
  name,
  shape([input, weight]) {
    const { shape } = input!;
    const k = shape.at(-1)!;
    const [n, wanted] = weight!.shape;
    if (k !== wanted) {
      const rows = numel(shape.slice(0, -1));
      throw new RangeError(
        `mat1 and mat2 shapes cannot be multiplied (${rows}x${k} and ${wanted}x${n})`,
      );
    }
    return shape.with(-1, n!);
  },
  dtype(inputs) {
    const { dtype } = inputs[0]!;
    for (const t of inputs) {
      if (t.dtype === dtype) continue;
      throw new TypeError(
        `mat1 and mat2 must have the same dtype, but got ${scalarName(dtype)} and ${scalarName(t.dtype)}`,
      );
    }
    return dtype;
  },
  kernel: (inputs, out) => product(inputs, out, false),
  overwrites: true,
  vjps: [
    ({ b: weight }) =>
      (g) =>
        matmul(g, weight),
    ({ a: input }) =>
      (g) =>
        rowsOf(g).t().mm(rowsOf(input)),
    () => (g) => g,
  ],
});

const withBias = linearOp("AddmmBackward0");
const withoutBias = linearOp("MmBackward0");

function rowsOf(t: Tensor): Tensor {
  return t.shape.length === 2 ? t : t.reshape([numel(t.shape.slice(0, -1)), t.shape.at(-1)!]);
}

/**
 * input · weightᵀ + bias, over the last dimension.
 * @param input [..., k].
 * @param weight [n, k].
 * @param bias [n] or what broadcasts to it, or null.
 * @returns [..., n].
 * @throws RangeError or TypeError for shapes or dtypes that do not fit.
 */
export function linear(input: Tensor, weight: Tensor, bias: Tensor | null): Tensor {
  if (input.shape.length === 0) {
    throw new RangeError(
      `both arguments to matmul need to be at least 1D, but they are 0D and ${weight.shape.length}D`,
    );
  }
  if (weight.shape.length > 2) {
    throw new RangeError(
      `t() expects a tensor with <= 2 dimensions, but self is ${weight.shape.length}D`,
    );
  }
  if (weight.shape.length < 2) {
    // A vector has one output, without a dimension of its own.
    const product = matmul(input, weight);
    return bias === null ? product : product.add(bias);
  }
  if (bias === null) return apply(withoutBias, [input, weight], null);
  if (bias.shape.length !== 1 || bias.shape[0] !== weight.shape[0]) {
    // A bias that broadcasts is rare: it is left to the operations that do.
    if (input.shape.length === 2) return addmm(bias, input, weight.t());
    return matmul(input, weight.t()).add(bias);
  }
  return apply(withBias, [input, weight, bias], null);
}

/**
 * relu(input · weightᵀ + bias), computed in one pass and recorded as the two operations that it is.
 * @param bias [n], or null.
 * @returns as `linear`.
 * @throws as `linear`.
 */
export function linearRelu(input: Tensor, weight: Tensor, bias: Tensor | null): Tensor {
  checkTensor("linear", "input", input);
  const plain = bias === null || (bias.shape.length === 1 && bias.shape[0] === weight.shape[0]);
  if (input.shape.length === 0 || weight.shape.length !== 2 || !plain) {
    return relu(linear(input, weight, bias));
  }
  const kernel = (inputs: readonly Strided[], out: Strided) => product(inputs, out, true);
  return bias === null
    ? applyPair(withoutBias, relu.op, kernel, [input, weight])
    : applyPair(withBias, relu.op, kernel, [input, weight, bias]);
}
