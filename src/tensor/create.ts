import { fillNormal, fillRandint, fillRandperm, fillUniform } from "../random/fill.ts";
import type { Generator } from "../random/generator.ts";
import { setRequiresGrad } from "./backward.ts";
import {
  checkDType,
  type DType,
  getDefaultDtype,
  isFloat,
  scalarName,
  type TypedArray,
} from "./dtype.ts";
import { castFunction, fill } from "./kernels/elementwise.ts";
import { fresh, isTensor, wrapStorage } from "./make.ts";
import { expand, reshape } from "./ops/view.ts";
import { checkOptions } from "./options.ts";
import { describe, numel, type Shape, sizesOf } from "./shape.ts";
import { Storage } from "./storage.ts";
import type { Tensor } from "./tensor.ts";

export interface CreateOptions {
  /** The element type; what the function says unless given. */
  readonly dtype?: DType;
  /** Whether gradients accumulate in the new tensor; false unless given. */
  readonly requiresGrad?: boolean;
}

export interface RandomOptions extends CreateOptions {
  /** Where the numbers come from; PyTorch's default generator unless given. */
  readonly generator?: Generator;
}

/** Numbers or booleans, or lists of them nested to any depth. */
export type NestedData = number | boolean | TypedArray | readonly NestedData[];

const CREATE_KEYS = ["dtype", "requiresGrad"];
const RANDOM_KEYS = ["dtype", "requiresGrad", "generator"];

function dtypeOf(fn: string, options: CreateOptions, otherwise: DType, keys = CREATE_KEYS): DType {
  checkOptions(fn, options, keys);
  const dtype = options.dtype ?? otherwise;
  checkDType(fn, dtype);
  return dtype;
}

function finish(t: Tensor, options: CreateOptions): Tensor {
  if (options.requiresGrad === true) {
    if (!isFloat(t.dtype)) {
      throw new TypeError("Only Tensors of floating point and complex dtype can require gradients");
    }
    setRequiresGrad(t, true);
  }
  return t;
}

// From data -----------------------------------------------------------------------------------

function arrayDType(data: TypedArray): DType {
  if (data instanceof Float32Array) return "float32";
  if (data instanceof Float64Array) return "float64";
  return data instanceof Int32Array ? "int32" : "uint8";
}

function isTypedArray(data: unknown): data is TypedArray {
  return (
    data instanceof Float32Array ||
    data instanceof Float64Array ||
    data instanceof Int32Array ||
    data instanceof Uint8Array
  );
}

/** The shape of nested lists, from the first element at each depth. */
function nestedShape(data: NestedData): number[] {
  const shape: number[] = [];
  let level: NestedData | undefined = data;
  while (level !== undefined && typeof level === "object") {
    shape.push(level.length);
    level = level[0];
  }
  return shape;
}

/** Writes nested lists in row-major order; answers how many elements there were. */
function writeNested(
  data: NestedData,
  shape: Shape,
  dim: number,
  path: string,
  out: number[],
  seen: { bool: boolean; number: boolean },
): void {
  if (typeof data === "number" || typeof data === "boolean") {
    if (dim < shape.length) {
      throw new TypeError(
        `tensor(): expected sequence of length ${shape[dim]} at dim ${dim}, but data${path} is ${describe(data)}`,
      );
    }
    if (typeof data === "boolean") seen.bool = true;
    else seen.number = true;
    out.push(Number(data));
    return;
  }
  if (!Array.isArray(data) && !isTypedArray(data)) {
    throw new TypeError(
      `tensor(): data${path} must be a number, a boolean or a list, not ${describe(data)}`,
    );
  }
  if (dim >= shape.length) {
    throw new TypeError(
      `tensor(): data${path} is a list of length ${data.length} where a number was expected (dim ${dim})`,
    );
  }
  if (data.length !== shape[dim]) {
    throw new RangeError(
      `expected sequence of length ${shape[dim]} at dim ${dim} (got ${data.length}) in data${path}`,
    );
  }
  for (let i = 0; i < data.length; i++) {
    writeNested(data[i]!, shape, dim + 1, `${path}[${i}]`, out, seen);
  }
}

/**
 * A new tensor with a copy of `data`.
 * @param data a number, a boolean, nested lists of them to any depth, or a typed array. Numbers give
 *   the default float type, because a JavaScript number does not say that it is an integer; booleans
 *   give bool, typed arrays their own type.
 * @throws RangeError naming the path where lists are ragged.
 */
export function tensor(data: NestedData, options: CreateOptions = {}): Tensor {
  if (isTensor(data)) {
    throw new TypeError("tensor(): data is a Tensor already; use clone() or detach() instead");
  }
  const shape = nestedShape(data);
  const flat: number[] = [];
  const seen = { bool: false, number: false };
  writeNested(data, shape, 0, "", flat, seen);
  const natural = isTypedArray(data)
    ? arrayDType(data)
    : seen.bool && !seen.number
      ? "bool"
      : getDefaultDtype();
  const dtype = dtypeOf("tensor", options, natural);
  const out = fresh(dtype, shape);
  const convert = castFunction("float64", dtype);
  const { data: elements } = out.storage;
  for (let i = 0; i < flat.length; i++) {
    elements[out.offset + i] = convert === null ? flat[i]! : convert(flat[i]!);
  }
  return finish(out, options);
}

/**
 * A tensor on `data` itself, without a copy: changes of either show in the other.
 * @param shape its shape, row by row; one dimension unless given.
 * @param options dtype: int64 for a Float64Array of integers, bool for a Uint8Array of 0 and 1.
 * @throws RangeError where the shape does not have as many elements as the array.
 */
export function fromTypedArray(
  data: TypedArray,
  shape: Shape = [data.length],
  options: CreateOptions = {},
): Tensor {
  if (!isTypedArray(data)) {
    throw new TypeError(
      `fromTypedArray(): argument 'data' must be a Float32Array, Float64Array, Int32Array or Uint8Array, not ${describe(data)}`,
    );
  }
  const natural = arrayDType(data);
  const dtype = dtypeOf("fromTypedArray", options, natural);
  const fits =
    dtype === natural ||
    (natural === "float64" && dtype === "int64") ||
    (natural === "uint8" && dtype === "bool");
  if (!fits) {
    throw new TypeError(
      `fromTypedArray(): a ${data.constructor.name} cannot hold ${dtype} elements`,
    );
  }
  if (numel(shape) !== data.length) {
    throw new RangeError(
      `fromTypedArray(): shape [${shape.join(", ")}] is invalid for an array of ${data.length} elements`,
    );
  }
  return finish(wrapStorage(new Storage(data, 0, data.length), shape, dtype), options);
}

// Filled --------------------------------------------------------------------------------------

function splitArguments<O extends object>(
  args: readonly (number | readonly number[] | O)[],
  fn: string,
): { shape: Shape; options: O | undefined } {
  const last = args.at(-1);
  const sizes: (number | readonly number[])[] = [];
  let options: O | undefined;
  args.forEach((arg) => {
    if (typeof arg === "number" || isNumberList(arg)) sizes.push(arg);
    else if (arg === last && arg !== undefined) options = arg;
    else if (arg !== undefined) {
      throw new TypeError(`${fn}(): argument 'size' must be integers, but found ${describe(arg)}`);
    }
  });
  const list = sizes.flat();
  const shape = sizesOf(list, fn);
  for (const size of shape) {
    if (size < 0) {
      throw new RangeError(
        `Trying to create tensor with negative dimension ${size}: [${shape.join(", ")}]`,
      );
    }
  }
  return { shape, options };
}

function isNumberList(arg: unknown): arg is readonly number[] {
  return Array.isArray(arg);
}

type SizeArgs<O> = readonly (number | readonly number[] | O)[];

function filled(fn: string, args: SizeArgs<CreateOptions>, value: number): Tensor {
  const { shape, options = {} } = splitArguments(args, fn);
  const out = fresh(dtypeOf(fn, options, getDefaultDtype()), shape);
  if (value !== 0) fill(out, value);
  return finish(out, options);
}

/** Zeros: `zeros(2, 3)` or `zeros([2, 3], { dtype })`. */
export function zeros(...args: SizeArgs<CreateOptions>): Tensor {
  return filled("zeros", args, 0);
}

/** Ones: `ones(2, 3)` or `ones([2, 3], { dtype })`. */
export function ones(...args: SizeArgs<CreateOptions>): Tensor {
  return filled("ones", args, 1);
}

/** A tensor whose elements are yet to be written; they read as 0 until then. */
export function empty(...args: SizeArgs<CreateOptions>): Tensor {
  return filled("empty", args, 0);
}

/**
 * One value all over: the default float type, or bool for a boolean.
 * @param size the shape.
 */
export function full(size: Shape, value: number | boolean, options: CreateOptions = {}): Tensor {
  const { shape } = splitArguments<CreateOptions>([size], "full");
  const natural = typeof value === "boolean" ? "bool" : getDefaultDtype();
  if (typeof value !== "number" && typeof value !== "boolean") {
    throw new TypeError(`full(): argument 'fillValue' must be number, not ${describe(value)}`);
  }
  const dtype = dtypeOf("full", options, natural);
  const convert = castFunction("float64", dtype);
  const out = fresh(dtype, shape);
  fill(out, convert === null ? Number(value) : convert(Number(value)));
  return finish(out, options);
}

/** The identity matrix of `n` rows and `m` (n unless given) columns. */
export function eye(n: number, m?: number | CreateOptions, options: CreateOptions = {}): Tensor {
  const columns = typeof m === "number" ? m : n;
  const settings = typeof m === "object" ? m : options;
  for (const [name, size] of [
    ["n", n],
    ["m", columns],
  ] as const) {
    if (!Number.isInteger(size) || size < 0) {
      throw new RangeError(`${name} must be greater or equal to 0, got ${size}`);
    }
  }
  const out = fresh(dtypeOf("eye", settings, getDefaultDtype()), [n, columns]);
  for (let i = 0; i < Math.min(n, columns); i++) {
    out.storage.data[out.offset + i * columns + i] = 1;
  }
  return finish(out, settings);
}

/** Zeros of another tensor's shape and dtype. */
export function zerosLike(input: Tensor, options: CreateOptions = {}): Tensor {
  return finish(fresh(dtypeOf("zerosLike", options, input.dtype), input.shape), options);
}

/** Ones of another tensor's shape and dtype. */
export function onesLike(input: Tensor, options: CreateOptions = {}): Tensor {
  return fullLike(input, 1, options);
}

/** As `zerosLike`, for elements that are written next. */
export function emptyLike(input: Tensor, options: CreateOptions = {}): Tensor {
  return zerosLike(input, options);
}

/** One value in another tensor's shape and dtype. */
export function fullLike(
  input: Tensor,
  value: number | boolean,
  options: CreateOptions = {},
): Tensor {
  return full(input.shape, value, { ...options, dtype: options.dtype ?? input.dtype });
}

// Ranges --------------------------------------------------------------------------------------

function checkFinite(fn: string, name: string, value: number): void {
  if (typeof value !== "number" || !Number.isFinite(value)) {
    throw new RangeError(
      `${fn}(): unsupported range: '${name}' must be finite, got ${describe(value)}`,
    );
  }
}

/**
 * start, start + step, … up to before end; int64 where all three are integers.
 * Called as `arange(end)`, `arange(start, end)` or `arange(start, end, step)`, options last.
 */
export function arange(end: number, options?: CreateOptions): Tensor;
export function arange(start: number, end: number, options?: CreateOptions): Tensor;
export function arange(start: number, end: number, step: number, options?: CreateOptions): Tensor;
export function arange(...args: (number | CreateOptions | undefined)[]): Tensor {
  const numbers = args.filter((x) => typeof x === "number");
  const options = args.find((x) => typeof x === "object") ?? {};
  const [start, end, step] =
    numbers.length === 1 ? [0, numbers[0]!, 1] : [numbers[0]!, numbers[1]!, numbers[2] ?? 1];
  checkFinite("arange", "start", start);
  checkFinite("arange", "end", end);
  checkFinite("arange", "step", step);
  if (step === 0) throw new RangeError("step must be nonzero");
  if ((end - start) * step < 0) {
    throw new RangeError("upper bound and larger bound inconsistent with step sign");
  }
  const integers = [start, end, step].every(Number.isInteger);
  const dtype = dtypeOf("arange", options, integers ? "int64" : getDefaultDtype());
  const count = Math.ceil((end - start) / step);
  const out = fresh(dtype, [count]);
  const { data } = out.storage;
  for (let i = 0; i < count; i++) data[out.offset + i] = start + i * step;
  return finish(out, options);
}

function checkSteps(fn: string, steps: number): void {
  if (!Number.isInteger(steps) || steps < 0) {
    throw new RangeError(`number of steps must be non-negative (${fn}() got ${steps})`);
  }
}

/** Element i of `steps` from start to end, counted from the nearer end, as PyTorch rounds it. */
function spaced(start: number, end: number, steps: number): (i: number) => number {
  const step = steps > 1 ? (end - start) / (steps - 1) : 0;
  return (i) => (i < steps / 2 ? start + step * i : end - step * (steps - i - 1));
}

/** `steps` values from start to end, both included, evenly spaced. */
export function linspace(
  start: number,
  end: number,
  steps: number,
  options: CreateOptions = {},
): Tensor {
  checkSteps("linspace", steps);
  const dtype = dtypeOf("linspace", options, getDefaultDtype());
  const out = fresh(dtype, [steps]);
  const at = spaced(start, end, steps);
  const convert = castFunction("float64", dtype);
  for (let i = 0; i < steps; i++) {
    const x = steps === 1 ? start : at(i);
    out.storage.data[out.offset + i] = convert === null ? x : convert(x);
  }
  return finish(out, options);
}

export interface LogspaceOptions extends CreateOptions {
  /** 10 unless given. */
  readonly base?: number;
}

/** base to the power of `steps` evenly spaced exponents. */
export function logspace(
  start: number,
  end: number,
  steps: number,
  options: LogspaceOptions = {},
): Tensor {
  checkSteps("logspace", steps);
  const { base = 10 } = options;
  const dtype = dtypeOf("logspace", options, getDefaultDtype(), [...CREATE_KEYS, "base"]);
  const out = fresh(dtype, [steps]);
  const at = spaced(start, end, steps);
  const convert = castFunction("float64", dtype);
  for (let i = 0; i < steps; i++) {
    const x = base ** (steps === 1 ? start : at(i));
    out.storage.data[out.offset + i] = convert === null ? x : convert(x);
  }
  return finish(out, options);
}

/**
 * Coordinate grids of vectors.
 * @param options indexing: "ij" (default, as torch) or "xy" (as NumPy).
 */
export function meshgrid(
  tensors: readonly Tensor[],
  options: { readonly indexing?: "ij" | "xy" } = {},
): Tensor[] {
  checkOptions("meshgrid", options, ["indexing"]);
  const { indexing = "ij" } = options;
  if (indexing !== "ij" && indexing !== "xy") {
    throw new RangeError(
      `torch.meshgrid: indexing must be one of "xy" or "ij", but received: ${String(indexing)}`,
    );
  }
  if (tensors.length === 0) throw new RangeError("meshgrid expects a non-empty TensorList");
  for (const t of tensors) {
    if (t.dtype !== tensors[0]!.dtype) {
      throw new TypeError("torch.meshgrid expects all tensors to have the same dtype");
    }
    if (t.shape.length > 1) {
      throw new RangeError(
        `torch.meshgrid: Expected 0D or 1D tensor in the tensor list but got: ${scalarName(t.dtype)} with ${t.shape.length} dimensions`,
      );
    }
  }
  const swap = indexing === "xy" && tensors.length > 1;
  const order = swap ? [tensors[1]!, tensors[0]!, ...tensors.slice(2)] : tensors;
  const shape = order.map((t) => numel(t.shape));
  const grids = order.map((t, d) =>
    expand(
      reshape(
        t,
        shape.map((_, i) => (i === d ? -1 : 1)),
      ),
      shape,
    ),
  );
  if (!swap) return grids;
  return [grids[1]!, grids[0]!, ...grids.slice(2)];
}

// Random --------------------------------------------------------------------------------------

/** Draws from U[0, 1): `rand(2, 3)` or `rand([2, 3], { generator })`. */
export function rand(...args: SizeArgs<RandomOptions>): Tensor {
  const { shape, options = {} } = splitArguments(args, "rand");
  const out = fresh(dtypeOf("rand", options, getDefaultDtype(), RANDOM_KEYS), shape);
  fillUniform(options.generator, out.storage.data, out.offset, numel(shape), 0, 1);
  return finish(out, options);
}

/** Draws from N(0, 1): `randn(2, 3)` or `randn([2, 3], { generator })`. */
export function randn(...args: SizeArgs<RandomOptions>): Tensor {
  const { shape, options = {} } = splitArguments(args, "randn");
  const out = fresh(dtypeOf("randn", options, getDefaultDtype(), RANDOM_KEYS), shape);
  fillNormal(options.generator, out.storage.data, out.offset, numel(shape), 0, 1, true);
  return finish(out, options);
}

/**
 * Integers in [low, high): `randint(high, size)` or `randint(low, high, size)`; int64 unless told.
 * @throws RangeError unless low < high.
 */
export function randint(high: number, size: Shape, options?: RandomOptions): Tensor;
export function randint(low: number, high: number, size: Shape, options?: RandomOptions): Tensor;
export function randint(
  first: number,
  second: number | Shape,
  third?: Shape | RandomOptions,
  fourth?: RandomOptions,
): Tensor {
  const [low, high] = typeof second === "number" ? [first, second] : [0, first];
  const size = typeof second === "number" ? third : second;
  const options =
    (typeof second === "number" ? fourth : isNumberList(third) ? undefined : third) ?? {};
  if (!isNumberList(size)) {
    throw new TypeError(
      `randint(): argument 'size' must be a list of integers, not ${describe(size)}`,
    );
  }
  const { shape } = splitArguments<RandomOptions>([size], "randint");
  const out = fresh(dtypeOf("randint", options, "int64", RANDOM_KEYS), shape);
  fillRandint(options.generator, out.storage.data, out.offset, numel(shape), low, high);
  return finish(out, options);
}

/** The integers 0 … n − 1 in random order; int64 unless told. */
export function randperm(n: number, options: RandomOptions = {}): Tensor {
  const dtype = dtypeOf("randperm", options, "int64", RANDOM_KEYS);
  if (!Number.isInteger(n) || n < 0) throw new RangeError(`n must be non-negative, got ${n}`);
  const out = fresh(dtype, [n]);
  fillRandperm(options.generator, out.storage.data, out.offset, n);
  return finish(out, options);
}

/** Draws from U[0, 1) in another tensor's shape, dtype and memory order. */
export function randLike(input: Tensor, options: RandomOptions = {}): Tensor {
  const dtype = dtypeOf("randLike", options, input.dtype, RANDOM_KEYS);
  return finish(likeInMemory(input, dtype).uniform_(0, 1, generatorOf(options)), options);
}

/** Draws from N(0, 1) in another tensor's shape, dtype and memory order. */
export function randnLike(input: Tensor, options: RandomOptions = {}): Tensor {
  const dtype = dtypeOf("randnLike", options, input.dtype, RANDOM_KEYS);
  return finish(likeInMemory(input, dtype).normal_(0, 1, generatorOf(options)), options);
}

/** Integers in another tensor's shape and dtype: `randintLike(t, high)` or `(t, low, high)`. */
export function randintLike(input: Tensor, high: number, options?: RandomOptions): Tensor;
export function randintLike(
  input: Tensor,
  low: number,
  high: number,
  options?: RandomOptions,
): Tensor;
export function randintLike(
  input: Tensor,
  first: number,
  second?: number | RandomOptions,
  third?: RandomOptions,
): Tensor {
  const [low, high] = typeof second === "number" ? [first, second] : [0, first];
  const options = (typeof second === "number" ? third : second) ?? {};
  return randint(low, high, input.shape, { ...options, dtype: options.dtype ?? input.dtype });
}

function generatorOf({ generator }: RandomOptions) {
  return generator === undefined ? {} : { generator };
}

/** Zeros laid out as `input` is, where its elements fill their memory. */
function likeInMemory(input: Tensor, dtype: DType): Tensor {
  const order = input.shape.map((_, d) => d).sort((x, y) => input.strides[y]! - input.strides[x]!);
  const back = order.map((_, d) => order.indexOf(d));
  return fresh(
    dtype,
    order.map((d) => input.shape[d]!),
  )
    .permute(back)
    .detach();
}
