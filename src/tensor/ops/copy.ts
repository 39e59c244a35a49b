import { apply } from "../apply.ts";
import { isFloat } from "../dtype.ts";
import { copy } from "../kernels/elementwise.ts";
import { alias } from "../make.ts";
import type { Op } from "../op.ts";
import { checkTensor } from "../operand.ts";
import { normalizeDim, numel } from "../shape.ts";
import type { Tensor } from "../tensor.ts";

const cloneOp: Op<null> = {
  name: "CloneBackward0",
  shape: ([input]) => input!.shape,
  dtype: ([input]) => input!.dtype,
  kernel: ([input], out) => copy(input!, out),
  vjps: [() => (g) => g],
};

/** A dense copy. */
export function clone(input: Tensor): Tensor {
  checkTensor("clone", "input", input);
  return apply(cloneOp, [input], null);
}

/** The tensor itself where its elements lie densely in order, else a copy in which they do. */
export function contiguous(input: Tensor): Tensor {
  return input.isContiguous() ? input : clone(input);
}

const toOp: Op<Tensor["dtype"]> = {
  name: "ToCopyBackward0",
  shape: ([input]) => input!.shape,
  dtype: (_, dtype) => dtype,
  kernel: ([input], out) => copy(input!, out),
  vjps: [
    ({ inputs }) => {
      const dtype = inputs[0]!.dtype;
      return (g) => to(g, isFloat(dtype) ? dtype : g.dtype);
    },
  ],
};

/** The elements converted to `dtype`; the tensor itself where it has that already. */
export function to(input: Tensor, dtype: Tensor["dtype"]): Tensor {
  return input.dtype === dtype ? input : apply(toOp, [input], dtype);
}

export function typeAs(input: Tensor, other: Tensor): Tensor {
  checkTensor("typeAs", "other", other);
  return to(input, other.dtype);
}

/** The same elements, outside of the graph. */
export function detach(input: Tensor): Tensor {
  checkTensor("detach", "input", input);
  return alias(input);
}

const flipOp: Op<readonly number[]> = {
  name: "FlipBackward0",
  shape: ([input]) => input!.shape,
  dtype: ([input]) => input!.dtype,
  kernel([input], out, dims) {
    // Written backwards into the dense result: the same reversal, seen from the other side.
    let { offset } = out;
    const strides = out.strides.map((s, d) => {
      if (!dims.includes(d)) return s;
      offset += (out.shape[d]! - 1) * s;
      return -s;
    });
    if (numel(out.shape) > 0)
      copy(input!, { storage: out.storage, offset, shape: out.shape, strides, dtype: out.dtype });
  },
  vjps: [
    ({ params: dims }) =>
      (g) =>
        apply(flipOp, [g], dims),
  ],
};

/** The elements in reverse order along `dims`; a copy. */
export function flip(input: Tensor, dims: number | readonly number[]): Tensor {
  checkTensor("flip", "input", input);
  const order = (Array.isArray(dims) ? dims : [dims]).map((d) =>
    normalizeDim(d, input.shape.length, "flip"),
  );
  if (new Set(order).size !== order.length) {
    throw new RangeError("dim appears multiple times in the list of dims");
  }
  return input.shape.length === 0 ? clone(input) : apply(flipOp, [input], order);
}
