import { apply, applyPair } from "../apply.ts";
import { scalarName } from "../dtype.ts";
import { densely, Map2, map1, map2 } from "../kernels/elementwise.ts";
import { gemm } from "../kernels/matmul.ts";
import type { Op } from "../op.ts";
import { checkTensor } from "../operand.ts";
import { formatShape, numel } from "../shape.ts";
import type { Strided } from "../storage.ts";
import type { Tensor } from "../tensor.ts";
import { product } from "./matmul.ts";
import { rectified, relu } from "./unary.ts";
import { reshapeTo, transposed } from "./view.ts";

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
function rowProducts(
  [input, weight, bias]: readonly Strided[],
  out: Strided,
  rectify: boolean,
): void {
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
  kernel: (inputs, out) => rowProducts(inputs, out, false),
  overwrites: true,
  vjps: [
    (use) => {
      const weight = use.b;
      const shape = use.shape(0);
      return (g) =>
        g.shape.length === 2 ? product(g, weight) : reshapeTo(product(rowsOf(g), weight), shape);
    },
    ({ a: input }) =>
      (g) =>
        product(transposed(rowsOf(g)), rowsOf(input)),
    () => (g) => g,
  ],
});

const withBias = linearOp("AddmmBackward0");
const withoutBias = linearOp("MmBackward0");

function rowsOf(t: Tensor): Tensor {
  const { shape } = t;
  return shape.length === 2 ? t : reshapeTo(t, [numel(shape.slice(0, -1)), shape.at(-1)!]);
}

/** Whether `affine` takes these: a matrix, and a number for each of its rows. */
export function isAffine(weight: Tensor, bias: Tensor | null): boolean {
  const { shape } = weight;
  if (shape.length !== 2) return false;
  return bias === null || (bias.shape.length === 1 && bias.shape[0] === shape[0]);
}

function checkInput(input: Tensor, weight: Tensor): void {
  checkTensor("linear", "input", input);
  if (input.shape.length > 0) return;
  throw new RangeError(
    `both arguments to matmul need to be at least 1D, but they are 0D and ${weight.shape.length}D`,
  );
}

/**
 * input · weightᵀ + bias, over the last dimension, of operands for which `isAffine` holds.
 * @param input [..., k].
 * @param weight [n, k].
 * @param bias [n], or null.
 * @returns [..., n].
 * @throws RangeError or TypeError for shapes or dtypes that do not fit.
 */
export function affine(input: Tensor, weight: Tensor, bias: Tensor | null): Tensor {
  checkInput(input, weight);
  if (bias === null) return apply(withoutBias, [input, weight], null);
  return apply(withBias, [input, weight, bias], null);
}

/**
 * relu(input · weightᵀ + bias), computed in one pass and recorded as the two operations that it is.
 * @returns as `affine`.
 * @throws as `affine`.
 */
export function affineRelu(input: Tensor, weight: Tensor, bias: Tensor | null): Tensor {
  checkInput(input, weight);
  const kernel = (inputs: readonly Strided[], out: Strided) => rowProducts(inputs, out, true);
  return bias === null
    ? applyPair(withoutBias, relu.op, kernel, [input, weight])
    : applyPair(withBias, relu.op, kernel, [input, weight, bias]);
}

/** As `affine`, of a weight that is no matrix or a bias that broadcasts. */
export type AnyLinear = (input: Tensor, weight: Tensor, bias: Tensor | null) => Tensor;

let anyLinear: AnyLinear = (_, weight) => {
  throw new Error(
    `linear(): import "tapegrad/methods" for a weight of shape ${formatShape(weight.shape)} or a bias that broadcasts`,
  );
};

/** Says who takes what `affine` does not; a small bundle does without. */
export function setAnyLinear(linear: AnyLinear): void {
  anyLinear = linear;
}

/** What a layer computes from its parameters, whatever a user has made of them. */
export function layerLinear(input: Tensor, weight: Tensor, bias: Tensor | null): Tensor {
  return (isAffine(weight, bias) ? affine : anyLinear)(input, weight, bias);
}
