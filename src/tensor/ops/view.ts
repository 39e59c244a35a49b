import { applyView } from "../apply.ts";
import { scalarName } from "../dtype.ts";
import { renamed, type ViewOp } from "../op.ts";
import { checkTensor } from "../operand.ts";
import {
  formatShape,
  inferSize,
  isExpandable,
  normalizeDim,
  numel,
  type Shape,
  sizesOf,
  viewStrides,
} from "../shape.ts";
import type { Tensor } from "../tensor.ts";
import { contiguous } from "./copy.ts";

// One shape as another ------------------------------------------------------------------------

const viewOp: ViewOp<Shape> = {
  name: "ViewBackward0",
  geometry(input, shape) {
    const strides = viewStrides(input.shape, input.strides, shape);
    if (strides === null) {
      throw new Error(
        "view size is not compatible with input tensor's size and stride (at least one dimension spans across two contiguous subspaces). Use .reshape(...) instead.",
      );
    }
    return { shape, strides, offset: input.offset };
  },
  vjp: (use) => {
    const shape = use.shape(0);
    return (g) => reshapeTo(g, shape);
  },
};

/**
 * The same elements under another shape, on the same storage.
 * @param sizes the new shape; one size may be -1.
 * @throws Error where the strides allow no such view; RangeError where the count differs.
 */
export function view(input: Tensor, sizes: Shape): Tensor {
  checkTensor("view", "input", input);
  return applyView(viewOp, input, inferSize(sizesOf([sizes], "view"), numel(input.shape)));
}

/** As `view`, but copies where the strides allow no view. */
export function reshape(input: Tensor, sizes: Shape): Tensor {
  checkTensor("reshape", "input", input);
  return reshapeTo(input, inferSize(sizesOf([sizes], "reshape"), numel(input.shape)));
}

/** As `reshape`, to a shape that is known to fit. */
export function reshapeTo(input: Tensor, shape: Shape): Tensor {
  if (viewStrides(input.shape, input.strides, shape) !== null) {
    return applyView(viewOp, input, shape);
  }
  return applyView(viewOp, contiguous(input), shape);
}

/** Dimensions `startDim` to `endDim` made one. */
export function flatten(input: Tensor, startDim = 0, endDim = -1): Tensor {
  checkTensor("flatten", "input", input);
  const { shape } = input;
  const start = normalizeDim(startDim, shape.length, "flatten");
  const end = normalizeDim(endDim, shape.length, "flatten");
  if (shape.length === 0) return reshape(input, [1]);
  if (start > end)
    throw new RangeError("flatten() has invalid args: start_dim cannot come after end_dim");
  if (start === end) return input;
  const merged = numel(shape.slice(start, end + 1));
  return reshape(input, [...shape.slice(0, start), merged, ...shape.slice(end + 1)]);
}

// Dimensions in another order -----------------------------------------------------------------

function permuted(list: Shape, dims: Shape): Shape {
  return dims.map((d) => list[d]!);
}

const permuteOp: ViewOp<Shape> = {
  name: "PermuteBackward0",
  geometry: ({ shape, strides, offset }, dims) => ({
    shape: permuted(shape, dims),
    strides: permuted(strides, dims),
    offset,
  }),
  vjp: ({ params: dims }) => {
    const inverse = new Array<number>(dims.length);
    dims.forEach((d, i) => {
      inverse[d] = i;
    });
    return (g) => permute(g, inverse);
  },
};

/**
 * The dimensions in the order given.
 * @throws RangeError unless `order` names every dimension once.
 */
export function permute(input: Tensor, order: Shape): Tensor {
  checkTensor("permute", "input", input);
  const dims = sizesOf([order], "permute");
  const rank = input.shape.length;
  if (dims.length !== rank) {
    throw new RangeError(
      `permute(sparse_coo): number of dimensions in the tensor input does not match the length of the desired ordering of dimensions i.e. input.dim() = ${rank} is not equal to len(dims) = ${dims.length}`,
    );
  }
  const counted = dims.map((d) => normalizeDim(d, rank, "permute"));
  if (new Set(counted).size !== rank)
    throw new RangeError("permute(): duplicate dims are not allowed.");
  return applyView(permuteOp, input, counted);
}

/** The dimensions in reverse order, as torch's attribute T has them. */
export function reversed(input: Tensor): Tensor {
  return permute(input, input.shape.map((_, i) => i).reverse());
}

interface Pair {
  readonly dim0: number;
  readonly dim1: number;
}

function swapped(list: Shape, { dim0, dim1 }: Pair): Shape {
  const out = list.slice();
  out[dim0] = list[dim1]!;
  out[dim1] = list[dim0]!;
  return out;
}

const transposeOp: ViewOp<Pair> = {
  name: "TransposeBackward0",
  geometry: ({ shape, strides, offset }, pair) => ({
    shape: swapped(shape, pair),
    strides: swapped(strides, pair),
    offset,
  }),
  vjp:
    ({ params }) =>
    (g) =>
      applyView(transposeOp, g, params),
};

const tOp: ViewOp<Pair> = renamed(transposeOp, "TBackward0");

/** Two dimensions exchanged. */
export function transpose(input: Tensor, dim0: number, dim1: number): Tensor {
  checkTensor("transpose", "input", input);
  const rank = input.shape.length;
  const pair = {
    dim0: normalizeDim(dim0, rank, "transpose"),
    dim1: normalizeDim(dim1, rank, "transpose"),
  };
  return rank === 0 ? input : applyView(transposeOp, input, pair);
}

const MATRIX: Pair = { dim0: 0, dim1: 1 };

/**
 * The transpose of a matrix; vectors and scalars as they are.
 * @throws RangeError for more than two dimensions.
 */
export function t(input: Tensor): Tensor {
  checkTensor("t", "input", input);
  if (input.shape.length > 2) {
    throw new RangeError(
      `t() expects a tensor with <= 2 dimensions, but self is ${input.shape.length}D`,
    );
  }
  return input.shape.length < 2 ? input : transposed(input);
}

/** As `t`, of what is known to be a matrix. */
export function transposed(matrix: Tensor): Tensor {
  return applyView(tOp, matrix, MATRIX);
}

// Dimensions of size 1 ------------------------------------------------------------------------

const unsqueezeOp: ViewOp<number> = {
  name: "UnsqueezeBackward0",
  geometry({ shape, strides, offset }, dim) {
    const stride = dim < shape.length ? shape[dim]! * strides[dim]! : 1;
    return {
      shape: shape.toSpliced(dim, 0, 1),
      strides: strides.toSpliced(dim, 0, stride),
      offset,
    };
  },
  vjp:
    ({ params: dim }) =>
    (g) =>
      squeeze(g, dim),
};

/** A dimension of size 1 put in before `dim`. */
export function unsqueeze(input: Tensor, dim: number): Tensor {
  checkTensor("unsqueeze", "input", input);
  return applyView(unsqueezeOp, input, normalizeDim(dim, input.shape.length + 1, "unsqueeze"));
}

const squeezeOp: ViewOp<readonly number[]> = {
  name: "SqueezeBackward0",
  geometry: ({ shape, strides, offset }, dims) => ({
    shape: shape.filter((_, i) => !dims.includes(i)),
    strides: strides.filter((_, i) => !dims.includes(i)),
    offset,
  }),
  vjp: (use) => {
    const shape = use.shape(0);
    return (g) => reshapeTo(g, shape);
  },
};

/** The same, as PyTorch names the node when a dimension is given. */
const squeezeDimOp: ViewOp<readonly number[]> = renamed(squeezeOp, "SqueezeBackward1");

/** Without the dimensions of size 1, or without `dim` (one or a list) where it is of size 1. */
export function squeeze(input: Tensor, dim?: number | readonly number[]): Tensor {
  checkTensor("squeeze", "input", input);
  const rank = input.shape.length;
  const list = dim === undefined ? input.shape.map((_, i) => i) : Array.isArray(dim) ? dim : [dim];
  const candidates: number[] =
    rank === 0 && dim === undefined ? [] : list.map((d) => normalizeDim(d, rank, "squeeze"));
  return applyView(
    dim === undefined ? squeezeOp : squeezeDimOp,
    input,
    candidates.filter((d) => input.shape[d] === 1),
  );
}

const expandOp: ViewOp<Shape> = {
  name: "ExpandBackward0",
  geometry({ shape, strides, offset }, to) {
    const lead = to.length - shape.length;
    const stretched = to.map((size, i) => {
      const own = i - lead;
      return own < 0 || (shape[own] === 1 && size !== 1) ? 0 : strides[own]!;
    });
    return { shape: to, strides: stretched, offset };
  },
  // The engine sums over what was repeated.
  vjp: () => (g) => g,
};

/** As `expand`, to a shape that is known to fit. */
export function expandTo(input: Tensor, shape: Shape): Tensor {
  return applyView(expandOp, input, shape);
}

/**
 * Dimensions of size 1 repeated to the sizes `to` without a copy; -1 keeps a size.
 * @throws RangeError where a size cannot be repeated to what is asked.
 */
export function expand(input: Tensor, to: Shape): Tensor {
  checkTensor("expand", "input", input);
  const sizes = sizesOf([to], "expand");
  const { shape } = input;
  const lead = sizes.length - shape.length;
  if (lead < 0) {
    throw new RangeError(
      `expand(torch.${scalarName(input.dtype)}Tensor{${formatShape(shape)}}, size=${formatShape(sizes)}): the number of sizes provided (${sizes.length}) must be greater or equal to the number of dimensions in the tensor (${shape.length})`,
    );
  }
  const negative = sizes.find((size) => size < -1);
  if (negative !== undefined) {
    throw new RangeError(
      `expand(): a size must be at least -1, got ${negative} in ${formatShape(sizes)}`,
    );
  }
  const target = sizes.map((size, i) => {
    if (size !== -1) return size;
    if (i < lead) {
      throw new RangeError(
        `The expanded size of the tensor (${size}) isn't allowed in a leading, non-existing dimension ${i}`,
      );
    }
    return shape[i - lead]!;
  });
  if (!isExpandable(shape, target)) {
    const i = target.findLastIndex(
      (size, d) => d >= lead && shape[d - lead] !== 1 && shape[d - lead] !== size,
    );
    throw new RangeError(
      `The expanded size of the tensor (${target[i]}) must match the existing size (${shape[i - lead]}) at non-singleton dimension ${i}.  Target sizes: ${formatShape(sizes)}.  Tensor sizes: ${formatShape(shape)}`,
    );
  }
  return applyView(expandOp, input, target);
}
