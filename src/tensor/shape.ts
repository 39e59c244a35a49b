/** Sizes of a tensor's dimensions, outermost first; `[]` is a scalar. */
export type Shape = readonly number[];

export const SCALAR: Shape = Object.freeze([]);

const VECTOR_STRIDES: Shape = Object.freeze([1]);

export function numel(shape: Shape): number {
  let n = 1;
  for (let i = 0; i < shape.length; i++) n *= shape[i]!;
  return n;
}

export function sameShape(a: Shape, b: Shape): boolean {
  if (a === b) return true;
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

/** `[2, 3]`, as PyTorch's messages print a size. */
export function formatShape(shape: Shape): string {
  return `[${shape.join(", ")}]`;
}

/** Elements to skip per step along each dimension of a row-major layout. */
export function contiguousStrides(shape: Shape): Shape {
  const n = shape.length;
  if (n === 0) return SCALAR;
  if (n === 1) return VECTOR_STRIDES;
  const strides = new Array<number>(n);
  let step = 1;
  for (let i = n - 1; i >= 0; i--) {
    strides[i] = step;
    // PyTorch counts an empty dimension as one here, so that strides stay positive.
    step *= Math.max(shape[i]!, 1);
  }
  return strides;
}

export function isContiguous(shape: Shape, strides: Shape): boolean {
  let step = 1;
  for (let i = shape.length - 1; i >= 0; i--) {
    const size = shape[i]!;
    if (size === 0) return true;
    if (size !== 1) {
      if (strides[i] !== step) return false;
      step *= size;
    }
  }
  return true;
}

/**
 * The shape that both broadcast to.
 * @throws RangeError where two sizes differ and neither is 1.
 */
export function broadcastShapes(a: Shape, b: Shape): Shape {
  if (sameShape(a, b)) return a;
  const n = Math.max(a.length, b.length);
  const out = new Array<number>(n);
  for (let i = 1; i <= n; i++) {
    const x = i <= a.length ? a[a.length - i]! : 1;
    const y = i <= b.length ? b[b.length - i]! : 1;
    if (x !== y && x !== 1 && y !== 1) {
      throw new RangeError(
        `The size of tensor a (${x}) must match the size of tensor b (${y}) at non-singleton dimension ${n - i}`,
      );
    }
    out[n - i] = x === 1 ? y : x;
  }
  return out;
}

/** Whether a tensor of shape `from` can be expanded to `to`. */
export function isExpandable(from: Shape, to: Shape): boolean {
  if (from.length > to.length) return false;
  for (let i = 1; i <= from.length; i++) {
    const size = from[from.length - i]!;
    if (size !== 1 && size !== to[to.length - i]!) return false;
  }
  return true;
}

/** Strides that read an operand as if it had the (broadcast) shape `to`: 0 where it repeats. */
export function broadcastStrides(shape: Shape, strides: Shape, to: Shape): Shape {
  if (sameShape(shape, to)) return strides;
  const out = new Array<number>(to.length).fill(0);
  const lead = to.length - shape.length;
  for (let i = 0; i < shape.length; i++) if (shape[i] !== 1) out[lead + i] = strides[i]!;
  return out;
}

/** @throws TypeError if `value` is no integer. */
export function checkInt(fn: string, argument: string, value: unknown): asserts value is number {
  if (!Number.isInteger(value)) {
    throw new TypeError(`${fn}(): argument '${argument}' must be int, not ${describe(value)}`);
  }
}

/**
 * A dimension counted from the front.
 * @param dim from -rank to rank - 1; a scalar counts as one-dimensional.
 * @throws RangeError where it is out of range or not an integer.
 */
export function normalizeDim(dim: number, rank: number, fn = ""): number {
  const limit = Math.max(rank, 1);
  checkInt(fn, "dim", dim);
  if (dim < -limit || dim >= limit) {
    throw new RangeError(
      `Dimension out of range (expected to be in range of [${-limit}, ${limit - 1}], but got ${dim})`,
    );
  }
  return dim < 0 ? dim + limit : dim;
}

/** As `normalizeDim`, but a scalar has no dimension. */
export function normalizeOwnDim(dim: number, rank: number, fn: string): number {
  if (rank > 0) return normalizeDim(dim, rank, fn);
  throw new RangeError(`Dimension specified as ${dim} but tensor has no dimensions: ${fn}()`);
}

/**
 * The dimensions to reduce, counted from the front and in ascending order; none given means all.
 * @throws RangeError where one is out of range or named twice.
 */
export function normalizeDims(
  dims: number | readonly number[] | null | undefined,
  rank: number,
  fn: string,
): number[] {
  if (rank > 64) throw new RangeError("only tensors with up to 64 dims are supported");
  if (dims === undefined || dims === null) return upTo(rank);
  if (typeof dims === "number" && rank > 0) return [normalizeDim(dims, rank, fn)];
  const list: unknown = typeof dims === "object" ? dims : [dims];
  if (!Array.isArray(list)) {
    throw new TypeError(
      `${fn}(): argument 'dim' must be int or a list of ints, not ${describe(list)}`,
    );
  }
  const seen = new Set<number>();
  for (const dim of list) {
    const d = normalizeDim(dim, rank, fn);
    if (seen.has(d)) throw new RangeError(`dim ${d} appears multiple times in the list of dims`);
    seen.add(d);
  }
  if (rank === 0) return [];
  return [...seen].sort((x, y) => x - y);
}

/** 0, 1, … below `n`. */
export function upTo(n: number): number[] {
  const numbers = new Array<number>(n);
  for (let i = 0; i < n; i++) numbers[i] = i;
  return numbers;
}

/** The shape left after reducing `dims` (ascending, counted from the front). */
export function reducedShape(shape: Shape, dims: readonly number[], keepdim: boolean): Shape {
  if (dims.length === shape.length && !keepdim) return SCALAR;
  const out: number[] = [];
  let next = 0;
  for (let i = 0; i < shape.length; i++) {
    if (dims[next] === i) {
      next++;
      if (keepdim) out.push(1);
    } else {
      out.push(shape[i]!);
    }
  }
  return out;
}

/**
 * A size list with its -1 filled in.
 * @throws RangeError where it does not have `count` elements.
 */
export function inferSize(sizes: Shape, count: number): Shape {
  let known = 1;
  let unknown = -1;
  for (let i = 0; i < sizes.length; i++) {
    const size = sizes[i]!;
    if (size === -1) {
      if (unknown >= 0) throw new RangeError("only one dimension can be inferred");
      unknown = i;
    } else if (!Number.isInteger(size) || size < 0) {
      throw new RangeError(`invalid shape dimension ${size}`);
    } else {
      known *= size;
    }
  }
  if (unknown < 0) {
    if (known !== count) throw invalidShape(sizes, count);
    return sizes;
  }
  if (known === 0) {
    if (count !== 0) throw invalidShape(sizes, count);
    throw new RangeError(
      `cannot reshape tensor of 0 elements into shape ${formatShape(sizes)} because the unspecified dimension size -1 can be any value and is ambiguous`,
    );
  }
  if (count % known !== 0) throw invalidShape(sizes, count);
  const out = sizes.slice();
  out[unknown] = count / known;
  return out;
}

function invalidShape(sizes: Shape, count: number): RangeError {
  return new RangeError(`shape '${formatShape(sizes)}' is invalid for input of size ${count}`);
}

/**
 * The strides that show the same elements under another shape without a copy, or null where none do.
 * Neighbouring dimensions can be merged only while each steps over the whole of the next.
 */
export function viewStrides(shape: Shape, strides: Shape, to: Shape): Shape | null {
  if (isContiguous(shape, strides)) return contiguousStrides(to);
  if (numel(shape) === 0) return sameShape(shape, to) ? strides : contiguousStrides(to);
  const out = new Array<number>(to.length);
  let viewDim = to.length - 1;
  let base = strides[strides.length - 1] ?? 1;
  let inChunk = 1;
  let inView = 1;
  for (let dim = shape.length - 1; dim >= 0; dim--) {
    inChunk *= shape[dim]!;
    const chunkEnds = dim === 0 || (shape[dim - 1] !== 1 && strides[dim - 1] !== inChunk * base);
    if (!chunkEnds) continue;
    while (viewDim >= 0 && (inView < inChunk || to[viewDim] === 1)) {
      out[viewDim] = inView * base;
      inView *= to[viewDim]!;
      viewDim--;
    }
    if (inView !== inChunk) return null;
    if (dim > 0) {
      base = strides[dim - 1]!;
      inChunk = 1;
      inView = 1;
    }
  }
  return viewDim < 0 ? out : null;
}

/** Sizes given either one by one or as one list. */
export type Sizes = readonly number[] | readonly [readonly number[]];

/** Reads `f(2, 3)` and `f([2, 3])` alike. */
export function sizesOf(args: Sizes, fn: string): Shape {
  const first = args[0];
  const list = Array.isArray(first) ? first : args;
  const sizes: number[] = [];
  for (const size of list) {
    if (typeof size !== "number" || !Number.isInteger(size)) {
      throw new TypeError(`${fn}(): argument 'size' must be integers, but found ${describe(size)}`);
    }
    sizes.push(size);
  }
  return sizes;
}

/**
 * The sizes of a new tensor.
 * @throws TypeError where one is not an integer, RangeError where one is negative.
 */
export function newSizes(args: Sizes, fn: string): Shape {
  const shape = sizesOf(args, fn);
  for (const size of shape) {
    if (size < 0) {
      throw new RangeError(
        `Trying to create tensor with negative dimension ${size}: ${formatShape(shape)}`,
      );
    }
  }
  return shape;
}

/** A value as an error message shows it. */
export function describe(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  if (typeof value === "string") return `"${value}"`;
  if (typeof value === "object") return value.constructor?.name ?? "object";
  return typeof value === "function" ? "a function" : String(value);
}
