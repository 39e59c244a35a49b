import { apply, applyView, applyViews } from "../apply.ts";
import { copy } from "../kernels/elementwise.ts";
import { type Geometry, isTensor } from "../make.ts";
import type { MultiViewOp, Op, ViewOp } from "../op.ts";
import { checkTensor } from "../operand.ts";
import { checkOptions } from "../options.ts";
import { checkInt, formatShape, normalizeDim, SCALAR, type Shape, sizesOf } from "../shape.ts";
import type { Strided } from "../storage.ts";
import type { Tensor } from "../tensor.ts";

// Views of a part of their input. The gradient of each is embedded in zeros of the input's shape.

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

// One part ------------------------------------------------------------------------------------

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
  checkTensor("select", "input", input);
  checkInt("select", "index", index);
  const rank = input.shape.length;
  if (rank === 0) {
    throw new RangeError(
      "invalid index of a 0-dim tensor. Use `tensor.item()` to convert a 0-dim tensor to a number",
    );
  }
  const d = normalizeDim(dim, rank, "select");
  const size = input.shape[d]!;
  if (index < -size || index >= size) {
    throw new RangeError(`index ${index} is out of bounds for dimension ${d} with size ${size}`);
  }
  return applyView(selectOp, input, { dim: d, index: index < 0 ? index + size : index });
}

/**
 * One index of each leading dimension.
 * @throws RangeError where there are more indices than dimensions, or one is out of range.
 */
export function at(input: Tensor, indices: readonly number[]): Tensor {
  const rank = input.shape.length;
  if (rank > 0 && indices.length > rank) {
    throw new RangeError(`too many indices for tensor of dimension ${rank}`);
  }
  let out = input;
  indices.forEach((index, d) => {
    const size = input.shape[d];
    if (size !== undefined && (index < -size || index >= size)) {
      throw new RangeError(`index ${index} is out of bounds for dimension ${d} with size ${size}`);
    }
    out = select(out, 0, index);
  });
  return out;
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
  checkTensor("slice", "input", input);
  if (start !== null) checkInt("slice", "start", start);
  if (end !== null && end !== Infinity) checkInt("slice", "end", end);
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
  checkTensor("narrow", "input", input);
  const first = isTensor(start) ? start.item() : start;
  checkInt("narrow", "start", first);
  checkInt("narrow", "length", length);
  if (input.shape.length === 0)
    throw new RangeError("narrow() cannot be applied to a 0-dim tensor.");
  const d = normalizeDim(dim, input.shape.length, "narrow");
  const size = input.shape[d]!;
  const from = first < 0 ? first + size : first;
  if (length < 0) throw new RangeError("narrow(): length must be non-negative.");
  if (from < 0 || from + length > size) {
    throw new RangeError(`start (${from}) + length (${length}) exceeds dimension size (${size}).`);
  }
  return applyView(sliceOp, input, { dim: d, start: from, length, step: 1 });
}

interface Diagonal {
  readonly dim0: number;
  readonly dim1: number;
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
  checkTensor("diagonal", "input", input);
  checkOptions("diagonal", options, ["offset", "dim1", "dim2"]);
  const { offset = 0, dim1 = 0, dim2 = 1 } = options;
  checkInt("diagonal", "offset", offset);
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
  checkTensor("unbind", "input", input);
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
  checkTensor("split", "input", input);
  if (input.shape.length === 0)
    throw new RangeError("split expects at least a 1-dimensional tensor");
  const d = normalizeDim(dim, input.shape.length, "split");
  const total = input.shape[d]!;
  if (!Array.isArray(sizes)) {
    checkInt("split", "sizes", sizes);
    if (sizes < 0) {
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
  const list = sizesOf([sizes], "split");
  if (list.some((size) => size < 0)) {
    throw new RangeError(
      `split_with_sizes expects split_sizes have only non-negative entries, but got split_sizes=${formatShape(list)}`,
    );
  }
  if (list.reduce((x, y) => x + y, 0) !== total) {
    throw new RangeError(
      `split_with_sizes expects split_sizes to sum exactly to ${total} (input tensor's size at dimension ${dim}), but got split_sizes=${formatShape(list)}`,
    );
  }
  return applyViews(splitOp, input, { dim: d, sizes: list, drop: false });
}

/** At most `chunks` parts of equal size along a dimension, the last one perhaps smaller. */
export function chunk(input: Tensor, chunks: number, dim = 0): Tensor[] {
  checkTensor("chunk", "input", input);
  checkInt("chunk", "chunks", chunks);
  if (input.shape.length === 0)
    throw new RangeError("chunk expects at least a 1-dimensional tensor");
  if (chunks <= 0) {
    throw new RangeError(`chunk expects \`chunks\` to be greater than 0, got: ${chunks}`);
  }
  const d = normalizeDim(dim, input.shape.length, "chunk");
  const size = Math.ceil(input.shape[d]! / chunks);
  if (size > 0) return split(input, size, d);
  return split(input, new Array<number>(chunks).fill(0), d);
}
