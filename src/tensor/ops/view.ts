import { apply, applyView, applyViews, type MultiViewOp, type Op, type ViewOp } from "../apply.ts";
import { isFloat, scalarName } from "../dtype.ts";
import { copy } from "../kernels/elementwise.ts";
import { alias, type Geometry } from "../make.ts";
import {
  formatShape,
  inferSize,
  isExpandable,
  normalizeDim,
  numel,
  SCALAR,
  type Shape,
  viewStrides,
} from "../shape.ts";
import type { Strided } from "../storage.ts";
import type { Tensor } from "../tensor.ts";

// Embedding: the gradient of every view that shows a part --------------------------------------

interface Embedding {
  readonly shape: Shape;
  readonly place: (whole: Strided) => Geometry;
  readonly take: (whole: Tensor) => Tensor;
}

/** Zeros of `shape` with the input where a view of them would lie. */
const embedOp: Op<Embedding> = {
  name: "EmbedBackward0",
  shape: (_, { shape }) => shape,
  dtype: ([input]) => input!.dtype,
  kernel([input], out, { place }) {
    copy(input!, { storage: out.storage, dtype: out.dtype, ...place(out) });
  },
  vjps: [
    ({ params }) =>
      (g) =>
        params.take(g),
  ],
};

/** A view of a part of its input: its gradient is embedded in zeros. */
function partView<P>(name: string, geometry: (input: Strided, params: P) => Geometry): ViewOp<P> {
  const op: ViewOp<P> = {
    name: `${name}Backward0`,
    geometry,
    vjp: (use) => {
      const { params } = use;
      const embedding: Embedding = {
        shape: use.shape(0),
        place: (whole) => geometry(whole, params),
        take: (whole) => applyView(op, whole, params),
      };
      return (g) => apply(embedOp, [g], embedding);
    },
  };
  return op;
}

function without(list: Shape, dim: number): Shape {
  return list.length === 1 ? SCALAR : list.filter((_, i) => i !== dim);
}

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
    return (g) => g.reshape(shape);
  },
};

/**
 * The same elements under another shape, on the same storage.
 * @param sizes the new shape; one size may be -1.
 * @throws Error where the strides allow no such view; RangeError where the count differs.
 */
export function view(input: Tensor, sizes: Shape): Tensor {
  return applyView(viewOp, input, inferSize(sizes, numel(input.shape)));
}

/** As `view`, but copies where the strides allow no view. */
export function reshape(input: Tensor, sizes: Shape): Tensor {
  const shape = inferSize(sizes, numel(input.shape));
  if (viewStrides(input.shape, input.strides, shape) !== null) {
    return applyView(viewOp, input, shape);
  }
  return applyView(viewOp, contiguous(input), shape);
}

/** Dimensions `startDim` to `endDim` made one. */
export function flatten(input: Tensor, startDim = 0, endDim = -1): Tensor {
  const { shape } = input;
  if (shape.length === 0) return reshape(input, [1]);
  const start = normalizeDim(startDim, shape.length, "flatten");
  const end = normalizeDim(endDim, shape.length, "flatten");
  if (start > end)
    throw new RangeError("flatten() has invalid args: start_dim cannot come after end_dim");
  if (start === end) return input;
  const merged = numel(shape.slice(start, end + 1));
  return reshape(input, [...shape.slice(0, start), merged, ...shape.slice(end + 1)]);
}

// Copies --------------------------------------------------------------------------------------

const cloneOp: Op<null> = {
  name: "CloneBackward0",
  shape: ([input]) => input!.shape,
  dtype: ([input]) => input!.dtype,
  kernel: ([input], out) => copy(input!, out),
  vjps: [() => (g) => g],
};

/** A dense copy. */
export function clone(input: Tensor): Tensor {
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

/** The same elements, outside of the graph. */
export function detach(input: Tensor): Tensor {
  return alias(input);
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
 * @throws RangeError unless `dims` names every dimension once.
 */
export function permute(input: Tensor, dims: Shape): Tensor {
  const rank = input.shape.length;
  if (dims.length !== rank) {
    throw new RangeError(
      `permute(sparse_coo): number of dimensions in the tensor input does not match the length of the desired ordering of dimensions i.e. input.dim() = ${rank} is not equal to len(dims) = ${dims.length}`,
    );
  }
  const order = dims.map((d) => normalizeDim(d, rank, "permute"));
  if (new Set(order).size !== rank)
    throw new RangeError("permute(): duplicate dims are not allowed.");
  return applyView(permuteOp, input, order);
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

const tOp: ViewOp<Pair> = { ...transposeOp, name: "TBackward0" };

/** Two dimensions exchanged. */
export function transpose(input: Tensor, dim0: number, dim1: number): Tensor {
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
  if (input.shape.length > 2) {
    throw new RangeError(
      `t() expects a tensor with <= 2 dimensions, but self is ${input.shape.length}D`,
    );
  }
  return input.shape.length < 2 ? input : applyView(tOp, input, MATRIX);
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
    return (g) => g.reshape(shape);
  },
};

/** Without the dimensions of size 1, or without `dim` (one or a list) where it is of size 1. */
export function squeeze(input: Tensor, dim?: number | readonly number[]): Tensor {
  const rank = input.shape.length;
  const candidates =
    dim === undefined
      ? input.shape.map((_, i) => i)
      : (typeof dim === "number" ? [dim] : dim).map((d) => normalizeDim(d, rank, "squeeze"));
  return applyView(
    squeezeOp,
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

/**
 * Dimensions of size 1 repeated to `sizes` without a copy; -1 keeps a size.
 * @throws RangeError where a size cannot be repeated to what is asked.
 */
export function expand(input: Tensor, sizes: Shape): Tensor {
  const { shape } = input;
  const lead = sizes.length - shape.length;
  if (lead < 0) {
    throw new RangeError(
      `expand(torch.${scalarName(input.dtype)}Tensor{${formatShape(shape)}}, size=${formatShape(sizes)}): the number of sizes provided (${sizes.length}) must be greater or equal to the number of dimensions in the tensor (${shape.length})`,
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
    const i = target.findIndex(
      (size, d) => d >= lead && shape[d - lead] !== 1 && shape[d - lead] !== size,
    );
    throw new RangeError(
      `The expanded size of the tensor (${target[i]}) must match the existing size (${shape[i - lead]}) at non-singleton dimension ${i}.  Target sizes: ${formatShape(target)}.  Tensor sizes: ${formatShape(shape)}`,
    );
  }
  return applyView(expandOp, input, target);
}

// Parts ---------------------------------------------------------------------------------------

interface At {
  readonly dim: number;
  readonly index: number;
}

const selectOp = partView<At>("Select", ({ shape, strides, offset }, { dim, index }) => ({
  shape: without(shape, dim),
  strides: without(strides, dim),
  offset: offset + index * strides[dim]!,
}));

/**
 * One index along a dimension, which is dropped.
 * @param index from -size to size - 1.
 * @throws RangeError where it is out of range.
 */
export function select(input: Tensor, dim: number, index: number): Tensor {
  const rank = input.shape.length;
  if (rank === 0) {
    throw new RangeError(
      "invalid index of a 0-dim tensor. Use `tensor.item()` to convert a 0-dim tensor to a number",
    );
  }
  const d = normalizeDim(dim, rank, "select");
  const size = input.shape[d]!;
  if (!Number.isInteger(index) || index < -size || index >= size) {
    throw new RangeError(`index ${index} is out of bounds for dimension ${d} with size ${size}`);
  }
  return applyView(selectOp, input, { dim: d, index: index < 0 ? index + size : index });
}

interface Range {
  readonly dim: number;
  readonly start: number;
  readonly length: number;
  readonly step: number;
}

function rangeGeometry({ shape, strides, offset }: Strided, range: Range): Geometry {
  const { dim, start, length, step } = range;
  return {
    shape: shape.with(dim, length),
    strides: strides.with(dim, strides[dim]! * step),
    offset: offset + start * strides[dim]!,
  };
}

const sliceOp = partView<Range>("Slice", rangeGeometry);

/**
 * Indices `start` to before `end` of a dimension, every `step`-th; bounds count as Python's do.
 * @throws RangeError unless `step` is a positive integer.
 */
export function slice(
  input: Tensor,
  dim = 0,
  start: number | null = null,
  end: number | null = null,
  step = 1,
): Tensor {
  if (input.shape.length === 0)
    throw new RangeError("slice() cannot be applied to a 0-dim tensor.");
  const d = normalizeDim(dim, input.shape.length, "slice");
  if (!Number.isInteger(step) || step <= 0) throw new RangeError("slice step must be positive");
  const size = input.shape[d]!;
  const clip = (x: number) => Math.min(Math.max(x < 0 ? x + size : x, 0), size);
  const from = clip(start ?? 0);
  const to = Math.max(clip(end ?? size), from);
  return applyView(sliceOp, input, {
    dim: d,
    start: from,
    length: Math.ceil((to - from) / step),
    step,
  });
}

/** `length` indices of a dimension, from `start` on. */
export function narrow(input: Tensor, dim: number, start: number | Tensor, length: number): Tensor {
  if (input.shape.length === 0)
    throw new RangeError("narrow() cannot be applied to a 0-dim tensor.");
  const d = normalizeDim(dim, input.shape.length, "narrow");
  const size = input.shape[d]!;
  const first = typeof start === "number" ? start : start.item();
  const from = first < 0 ? first + size : first;
  if (length < 0) throw new RangeError("narrow(): length must be non-negative.");
  if (from < 0 || from + length > size) {
    throw new RangeError(`start (${from}) + length (${length}) exceeds dimension size (${size}).`);
  }
  return applyView(sliceOp, input, { dim: d, start: from, length, step: 1 });
}

interface Diagonal extends Pair {
  readonly offset: number;
}

const diagonalOp = partView<Diagonal>("Diagonal", (input, { offset, dim0, dim1 }) => {
  const rows = input.shape[dim0]!;
  const columns = input.shape[dim1]!;
  const length = Math.max(
    0,
    offset >= 0 ? Math.min(rows, columns - offset) : Math.min(rows + offset, columns),
  );
  const skip = offset >= 0 ? offset * input.strides[dim1]! : -offset * input.strides[dim0]!;
  const rest = (list: Shape) => list.filter((_, i) => i !== dim0 && i !== dim1);
  return {
    shape: [...rest(input.shape), length],
    strides: [...rest(input.strides), input.strides[dim0]! + input.strides[dim1]!],
    offset: length === 0 ? input.offset : input.offset + skip,
  };
});

export interface DiagonalOptions {
  /** Above the main diagonal where positive, below it where negative. */
  readonly offset?: number;
  readonly dim1?: number;
  readonly dim2?: number;
}

/** A diagonal of two dimensions, as the last dimension of a view. */
export function diagonal(input: Tensor, options: DiagonalOptions = {}): Tensor {
  const { offset = 0, dim1 = 0, dim2 = 1 } = options;
  const rank = input.shape.length;
  const d0 = normalizeDim(dim1, rank, "diagonal");
  const d1 = normalizeDim(dim2, rank, "diagonal");
  if (d0 === d1) throw new RangeError(`diagonal dimensions cannot be identical ${dim1}, ${dim2}`);
  return applyView(diagonalOp, input, { offset, dim0: d0, dim1: d1 });
}

// Several parts -------------------------------------------------------------------------------

interface Parts {
  readonly dim: number;
  readonly sizes: readonly number[];
  readonly drop: boolean;
}

function partGeometries(input: Strided, { dim, sizes, drop }: Parts): Geometry[] {
  const step = input.strides[dim]!;
  const shape = without(input.shape, dim);
  const strides = drop ? without(input.strides, dim) : input.strides;
  let { offset } = input;
  return sizes.map((length) => {
    const at = offset;
    offset += length * step;
    return { shape: drop ? shape : input.shape.with(dim, length), strides, offset: at };
  });
}

/** Puts the gradients of the parts side by side; a part without one counts as zeros. */
const gatherPartsOp: Op<{ parts: Parts; shape: Shape; missing: readonly boolean[] }> = {
  name: "GatherPartsBackward0",
  shape: (_, { shape }) => shape,
  dtype: (inputs) => inputs[0]!.dtype,
  kernel(inputs, out, { parts, missing }) {
    let next = 0;
    partGeometries(out, parts).forEach((geometry, i) => {
      if (missing[i] === true) return;
      copy(inputs[next++]!, { storage: out.storage, dtype: out.dtype, ...geometry });
    });
  },
  vjps: (i) => (use) => {
    const { parts, missing } = use.params;
    const at = missing.flatMap((absent, k) => (absent ? [] : [k]))[i]!;
    return (g) => applyViews(parts.drop ? unbindOp : splitOp, g, parts)[at]!;
  },
};

function partsOp(name: string): MultiViewOp<Parts> {
  return {
    name: `${name}Backward0`,
    geometries: partGeometries,
    vjp: (use) => {
      const parts = use.params;
      const shape = use.shape(0);
      return (grads) =>
        apply(
          gatherPartsOp,
          grads.filter((g) => g !== null),
          { parts, shape, missing: grads.map((g) => g === null) },
        );
    },
  };
}

const unbindOp = partsOp("Unbind");
const splitOp = partsOp("Split");

/** Every index of a dimension, as views without it. */
export function unbind(input: Tensor, dim = 0): Tensor[] {
  if (input.shape.length === 0)
    throw new RangeError("unbind(): Dimension specified as 0 but tensor has no dimensions");
  const d = normalizeDim(dim, input.shape.length, "unbind");
  return applyViews(unbindOp, input, {
    dim: d,
    sizes: new Array<number>(input.shape[d]!).fill(1),
    drop: true,
  });
}

/**
 * Parts along a dimension, as views.
 * @param sizes the size of each part, or one size for all but perhaps the last.
 * @throws RangeError where the sizes do not add up.
 */
export function split(input: Tensor, sizes: number | readonly number[], dim = 0): Tensor[] {
  if (input.shape.length === 0)
    throw new RangeError("split expects at least a 1-dimensional tensor");
  const d = normalizeDim(dim, input.shape.length, "split");
  const total = input.shape[d]!;
  if (typeof sizes === "number") {
    if (!(sizes >= 0)) {
      throw new RangeError(`split expects split_size be non-negative, but got split_size=${sizes}`);
    }
    if (sizes === 0 && total !== 0) {
      throw new RangeError(
        `split_size can only be 0 if dimension size is 0, but got dimension size of ${total}`,
      );
    }
    const count = sizes === 0 ? 1 : Math.max(Math.ceil(total / sizes), 1);
    const parts = Array.from({ length: count }, (_, i) => Math.min(sizes, total - i * sizes));
    return applyViews(splitOp, input, { dim: d, sizes: parts, drop: false });
  }
  const sum = sizes.reduce((x, y) => x + y, 0);
  if (sum !== total || sizes.some((s) => s < 0)) {
    throw new RangeError(
      `split_with_sizes expects split_sizes to sum exactly to ${total} (input tensor's size at dimension ${dim}), but got split_sizes=${formatShape(sizes)}`,
    );
  }
  return applyViews(splitOp, input, { dim: d, sizes, drop: false });
}

/** At most `chunks` parts of equal size along a dimension, the last one perhaps smaller. */
export function chunk(input: Tensor, chunks: number, dim = 0): Tensor[] {
  if (input.shape.length === 0)
    throw new RangeError("chunk expects at least a 1-dimensional tensor");
  if (!(chunks > 0)) {
    throw new RangeError(`chunk expects \`chunks\` to be greater than 0, got: ${chunks}`);
  }
  const d = normalizeDim(dim, input.shape.length, "chunk");
  const size = Math.ceil(input.shape[d]! / chunks);
  if (size > 0) return split(input, size, d);
  return split(input, new Array<number>(chunks).fill(0), d);
}

// Reversal ------------------------------------------------------------------------------------

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
  const list = typeof dims === "number" ? [dims] : dims;
  const order = list.map((d) => normalizeDim(d, input.shape.length, "flip"));
  if (new Set(order).size !== order.length) {
    throw new RangeError("dim appears multiple times in the list of dims");
  }
  return input.shape.length === 0 ? clone(input) : apply(flipOp, [input], order);
}
