import { setRequiresGrad } from "./backward.ts";
import {
  checkDType,
  checkFits,
  type DType,
  getDefaultDtype,
  isFloat,
  type TypedArray,
} from "./dtype.ts";
import { pin } from "./home.ts";
import { castFunction, fill } from "./kernels/elementwise.ts";
import { fresh, wrapStorage } from "./make.ts";
import { checkTensor } from "./operand.ts";
import { checkOptions } from "./options.ts";
import { describe, newSizes, numel, type Shape } from "./shape.ts";
import { Storage } from "./storage.ts";
import { Tensor } from "./tensor.ts";

export interface CreateOptions {
  /** The element type; what the function says unless given. */
  readonly dtype?: DType;
  /** Whether gradients accumulate in the new tensor; false unless given. */
  readonly requiresGrad?: boolean;
}

/** Numbers or booleans, or lists of them nested to any depth. */
export type NestedData = number | boolean | TypedArray | readonly NestedData[];

export const CREATE_KEYS = ["dtype", "requiresGrad"];

export function dtypeOf(
  fn: string,
  options: CreateOptions,
  otherwise: DType,
  keys = CREATE_KEYS,
): DType {
  checkOptions(fn, options, keys);
  const dtype = options.dtype ?? otherwise;
  checkDType(fn, dtype);
  return dtype;
}

export function finish(t: Tensor, { requiresGrad = false }: CreateOptions): Tensor {
  if (typeof requiresGrad !== "boolean") {
    throw new TypeError(
      `option 'requiresGrad' must be true or false, got ${describe(requiresGrad)}`,
    );
  }
  if (requiresGrad) {
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

function isList(data: unknown): data is TypedArray | readonly NestedData[] {
  return Array.isArray(data) || isTypedArray(data);
}

/** The shape of nested lists, from the first element at each depth. */
function nestedShape(data: NestedData): number[] {
  const shape: number[] = [];
  let level: NestedData | undefined = data;
  while (isList(level)) {
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
  if (!isList(data)) {
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
  if (data instanceof Tensor) {
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
  // As in PyTorch, numbers must fit into integers, and an array's elements are converted.
  if (!isFloat(dtype) && !isTypedArray(data)) for (const x of flat) checkFits(x, dtype, dtype);
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
  shape: Shape = [data?.length],
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
  newSizes(shape, "fromTypedArray");
  if (numel(shape) !== data.length) {
    throw new RangeError(
      `fromTypedArray(): shape [${shape.join(", ")}] is invalid for an array of ${data.length} elements`,
    );
  }
  const storage = new Storage(data, 0, data.length);
  pin(storage);
  return finish(wrapStorage(storage, shape, dtype), options);
}

// Filled --------------------------------------------------------------------------------------

export function splitArguments<O extends object>(
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
  return { shape: newSizes(sizes.flat(), fn), options };
}

export function isNumberList(arg: unknown): arg is readonly number[] {
  return Array.isArray(arg);
}

export type SizeArgs<O> = readonly (number | readonly number[] | O)[];

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
  if (!isNumberList(size)) {
    throw new TypeError(
      `full(): argument 'size' must be a list of integers, not ${describe(size)}`,
    );
  }
  const shape = newSizes(size, "full");
  const natural = typeof value === "boolean" ? "bool" : getDefaultDtype();
  if (typeof value !== "number" && typeof value !== "boolean") {
    throw new TypeError(`full(): argument 'fillValue' must be number, not ${describe(value)}`);
  }
  const dtype = dtypeOf("full", options, natural);
  checkFits(Number(value), dtype);
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
  checkTensor("zerosLike", "input", input);
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
  checkTensor("fullLike", "input", input);
  return full(input.shape, value, { ...options, dtype: options.dtype ?? input.dtype });
}
