import { fillNormal, fillRandint, fillRandperm, fillUniform } from "../random/fill.ts";
import type { Generator } from "../random/generator.ts";
import {
  CREATE_KEYS,
  type CreateOptions,
  dtypeOf,
  finish,
  isNumberList,
  type SizeArgs,
  splitArguments,
} from "./create.ts";
import { checkFits, type DType, getDefaultDtype, isFloat, scalarName } from "./dtype.ts";
import { fresh } from "./make.ts";
import { checkTensor } from "./operand.ts";
import { normal_, uniform_ } from "./ops/fill.ts";
import { permute } from "./ops/view.ts";
import { describe, newSizes, numel, type Shape } from "./shape.ts";
import type { Tensor } from "./tensor.ts";

export interface RandomOptions extends CreateOptions {
  /** Where the numbers come from; PyTorch's default generator unless given. */
  readonly generator?: Generator;
}

const RANDOM_KEYS = [...CREATE_KEYS, "generator"];

/** Draws from U[0, 1): `rand(2, 3)` or `rand([2, 3], { generator })`. */
export function rand(...args: SizeArgs<RandomOptions>): Tensor {
  const { shape, options = {} } = splitArguments(args, "rand");
  const dtype = dtypeOf("rand", options, getDefaultDtype(), RANDOM_KEYS);
  checkFloat("check_uniform_bounds", dtype);
  const out = fresh(dtype, shape);
  fillUniform(options.generator, out.storage.data, out.offset, numel(shape), 0, 1);
  return finish(out, options);
}

/** Draws from N(0, 1): `randn(2, 3)` or `randn([2, 3], { generator })`. */
export function randn(...args: SizeArgs<RandomOptions>): Tensor {
  const { shape, options = {} } = splitArguments(args, "randn");
  const dtype = dtypeOf("randn", options, getDefaultDtype(), RANDOM_KEYS);
  checkFloat("normal_kernel_cpu", dtype);
  const out = fresh(dtype, shape);
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
  const shape = newSizes(size, "randint");
  const dtype = dtypeOf("randint", options, "int64", RANDOM_KEYS);
  checkTruths(dtype, low, high);
  const out = fresh(dtype, shape);
  fillRandint(options.generator, out.storage.data, out.offset, numel(shape), low, high);
  return finish(out, options);
}

function checkFloat(fn: string, dtype: DType): void {
  if (!isFloat(dtype)) throw new TypeError(`"${fn}" not implemented for '${scalarName(dtype)}'`);
}

/** @throws RangeError where bool cannot hold what is to be drawn. */
function checkTruths(dtype: DType, low: number, high: number): void {
  if (dtype !== "bool" || !(low < high)) return;
  if (low < 0 || low > 1) throw new RangeError(`from is out of bounds for bool: ${low}`);
  if (high > 2) throw new RangeError(`to - 1 is out of bounds for bool: ${high - 1}`);
}

/** The integers 0 … n − 1 in random order; int64 unless told. */
export function randperm(n: number, options: RandomOptions = {}): Tensor {
  const dtype = dtypeOf("randperm", options, "int64", RANDOM_KEYS);
  if (!Number.isInteger(n) || n < 0) throw new RangeError(`n must be non-negative, got ${n}`);
  if (dtype === "bool") throw new TypeError(`"randperm" not implemented for 'Bool'`);
  checkFits(n, dtype);
  const out = fresh(dtype, [n]);
  fillRandperm(options.generator, out.storage.data, out.offset, n);
  return finish(out, options);
}

/** Draws from U[0, 1) in another tensor's shape, dtype and memory order. */
export function randLike(input: Tensor, options: RandomOptions = {}): Tensor {
  checkTensor("randLike", "input", input);
  const dtype = dtypeOf("randLike", options, input.dtype, RANDOM_KEYS);
  return finish(uniform_(likeInMemory(input, dtype), 0, 1, generatorOf(options)), options);
}

/** Draws from N(0, 1) in another tensor's shape, dtype and memory order. */
export function randnLike(input: Tensor, options: RandomOptions = {}): Tensor {
  checkTensor("randnLike", "input", input);
  const dtype = dtypeOf("randnLike", options, input.dtype, RANDOM_KEYS);
  return finish(normal_(likeInMemory(input, dtype), 0, 1, generatorOf(options)), options);
}

/** Integers in another tensor's shape, dtype and memory order: `randintLike(t, high)` or `(t, low, high)`. */
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
  checkTensor("randintLike", "input", input);
  const dtype = dtypeOf("randintLike", options, input.dtype, RANDOM_KEYS);
  checkTruths(dtype, low, high);
  const out = likeInMemory(input, dtype);
  fillRandint(options.generator, out.storage.data, out.offset, numel(out.shape), low, high);
  return finish(out, options);
}

function generatorOf({ generator }: RandomOptions) {
  return generator === undefined ? {} : { generator };
}

/** Zeros laid out as `input` is, where its elements fill their memory. */
function likeInMemory(input: Tensor, dtype: DType): Tensor {
  const order = input.shape.map((_, d) => d).sort((x, y) => input.strides[y]! - input.strides[x]!);
  const back = order.map((_, d) => order.indexOf(d));
  const sizes = order.map((d) => input.shape[d]!);
  return permute(fresh(dtype, sizes), back).detach();
}
