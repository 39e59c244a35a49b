import type { Tensor } from "../tensor.ts";
import { affine, isAffine } from "./affine.ts";
import { addmm, matmul } from "./matmul.ts";
import { t } from "./view.ts";

/**
 * input · weightᵀ + bias, over the last dimension.
 * @param input [..., k].
 * @param weight [n, k], or [k] for one output without a dimension of its own.
 * @param bias [n] or what broadcasts to it, or null.
 * @returns [..., n].
 * @throws RangeError or TypeError for shapes or dtypes that do not fit.
 */
export function linear(input: Tensor, weight: Tensor, bias: Tensor | null): Tensor {
  if (input.shape.length === 0 || isAffine(weight, bias)) return affine(input, weight, bias);
  if (weight.shape.length > 2) {
    throw new RangeError(
      `t() expects a tensor with <= 2 dimensions, but self is ${weight.shape.length}D`,
    );
  }
  if (weight.shape.length < 2) {
    const product = matmul(input, weight);
    return bias === null ? product : product.add(bias);
  }
  // A bias that broadcasts is rare: it is left to the operations that do.
  if (bias !== null && input.shape.length === 2) return addmm(bias, input, t(weight));
  const product = matmul(input, t(weight));
  return bias === null ? product : product.add(bias);
}
