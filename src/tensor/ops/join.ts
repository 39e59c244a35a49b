import { apply } from "../apply.ts";
import { copy } from "../kernels/elementwise.ts";
import { isTensor } from "../make.ts";
import type { Op } from "../op.ts";
import { resultTypeOf } from "../operand.ts";
import { describe, formatShape, normalizeDim, type Shape, sameShape } from "../shape.ts";
import type { Tensor } from "../tensor.ts";
import { narrow, slice } from "./part.ts";
import { reshapeTo, unsqueeze } from "./view.ts";

/** A tensor of shape [0] joins anything and adds nothing, as in PyTorch. */
function isSkipped(t: Tensor): boolean {
  return t.shape.length === 1 && t.shape[0] === 0;
}

function joinedShape(inputs: readonly Tensor[], dim: number): Shape {
  const first = inputs.find((t) => !isSkipped(t)) ?? inputs[0]!;
  let size = 0;
  inputs.forEach((t, i) => {
    if (isSkipped(t)) return;
    if (t.shape.length !== first.shape.length) {
      throw new RangeError(
        `Tensors must have same number of dimensions: got ${first.shape.length} and ${t.shape.length}`,
      );
    }
    for (let d = 0; d < t.shape.length; d++) {
      if (d !== dim && t.shape[d] !== first.shape[d]) {
        throw new RangeError(
          `Sizes of tensors must match except in dimension ${dim}. Expected size ${first.shape[d]} but got size ${t.shape[d]} for tensor number ${i} in the list.`,
        );
      }
    }
    size += t.shape[dim]!;
  });
  return first.shape.with(dim, size);
}

const catOp: Op<number> = {
  name: "CatBackward0",
  shape: joinedShape,
  dtype: resultTypeOf,
  kernel(inputs, out, dim) {
    let { offset } = out;
    const stride = out.strides[dim]!;
    for (const t of inputs) {
      if (isSkipped(t)) continue;
      copy(t, {
        storage: out.storage,
        offset,
        shape: t.shape,
        strides: out.strides,
        dtype: out.dtype,
      });
      offset += t.shape[dim]! * stride;
    }
  },
  vjps: (i) => (use) => {
    const { inputs, params: dim } = use;
    const { shape } = inputs[i]!;
    if (isSkipped(inputs[i]!)) return (g) => reshapeTo(slice(g, 0, 0, 0), shape);
    let start = 0;
    for (let k = 0; k < i; k++) if (!isSkipped(inputs[k]!)) start += inputs[k]!.shape[dim]!;
    const length = shape[dim]!;
    return (g) => narrow(g, dim, start, length);
  },
};

function checkList(tensors: unknown, fn: string): asserts tensors is readonly Tensor[] {
  if (!Array.isArray(tensors)) {
    throw new TypeError(
      `${fn}(): argument 'tensors' must be an array of Tensors, not ${describe(tensors)}`,
    );
  }
  tensors.forEach((t, i) => {
    if (!isTensor(t)) {
      throw new TypeError(
        `${fn}(): expected Tensor as element ${i} in argument 'tensors', but got ${describe(t)}`,
      );
    }
  });
}

/**
 * Tensors one after another along an existing dimension.
 * @throws RangeError where another dimension differs, or the list is empty.
 */
export function cat(tensors: readonly Tensor[], dim = 0): Tensor {
  checkList(tensors, "cat");
  if (tensors.length === 0)
    throw new RangeError("torch.cat(): expected a non-empty list of Tensors");
  tensors.forEach((t, i) => {
    if (t.shape.length === 0) {
      throw new RangeError(`zero-dimensional tensor (at position ${i}) cannot be concatenated`);
    }
  });
  const first = tensors.find((t) => !isSkipped(t)) ?? tensors[0]!;
  return apply(catOp, tensors, normalizeDim(dim, first.shape.length, "cat"));
}

/**
 * Tensors of one shape along a new dimension.
 * @throws RangeError where the shapes differ, or the list is empty.
 */
export function stack(tensors: readonly Tensor[], dim = 0): Tensor {
  checkList(tensors, "stack");
  const first = tensors[0];
  if (first === undefined) throw new RangeError("stack expects a non-empty TensorList");
  tensors.forEach((t, i) => {
    if (!sameShape(t.shape, first.shape)) {
      throw new RangeError(
        `stack expects each tensor to be equal size, but got ${formatShape(first.shape)} at entry 0 and ${formatShape(t.shape)} at entry ${i}`,
      );
    }
  });
  const d = normalizeDim(dim, first.shape.length + 1, "stack");
  return cat(
    tensors.map((t) => unsqueeze(t, d)),
    d,
  );
}
