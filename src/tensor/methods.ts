import { registerHook, retainGrad } from "./backward.ts";
import type { DType } from "./dtype.ts";
import { checkTensor, type Operand } from "./operand.ts";
import { setAnyLinear } from "./ops/affine.ts";
import * as binary from "./ops/binary.ts";
import * as compare from "./ops/compare.ts";
import * as compose from "./ops/compose.ts";
import * as copies from "./ops/copy.ts";
import * as divide from "./ops/divide.ts";
import * as extrema from "./ops/extremum.ts";
import * as fills from "./ops/fill.ts";
import * as indexing from "./ops/index.ts";
import { linear } from "./ops/linear.ts";
import * as products from "./ops/matmul.ts";
import { norm } from "./ops/norm.ts";
import * as parts from "./ops/part.ts";
import * as power from "./ops/power.ts";
import * as reduce from "./ops/reduce.ts";
import { cumsum } from "./ops/scan.ts";
import { type DTypeOption, logSoftmax, softmax } from "./ops/softmax.ts";
import * as ternary from "./ops/ternary.ts";
import * as unary from "./ops/unary.ts";
import { std, type VarOptions, varOf } from "./ops/variance.ts";
import * as views from "./ops/view.ts";
import { type Shape, type Sizes, sizesOf } from "./shape.ts";
import { Tensor } from "./tensor.ts";

/**
 * The methods of `Tensor` that the library itself does without: each is one line, and what it does
 * stands with its operation in `ops/`. Loading this file puts them on the class. A program that wants
 * a small bundle leaves it out and calls the functions instead.
 */
class Methods {
  // Autograd ----------------------------------------------------------------------------------

  /** Keeps the gradient that arrives here, though this is no leaf. */
  retainGrad(this: Tensor): void {
    retainGrad(this);
  }

  /** Calls `hook` with each gradient that arrives here; a tensor it returns takes its place. */
  registerHook(this: Tensor, hook: (grad: Tensor) => Tensor | undefined): () => void {
    return registerHook(this, hook);
  }

  // Dtypes ------------------------------------------------------------------------------------

  float(this: Tensor): Tensor {
    return copies.to(this, "float32");
  }

  double(this: Tensor): Tensor {
    return copies.to(this, "float64");
  }

  long(this: Tensor): Tensor {
    return copies.to(this, "int64");
  }

  int(this: Tensor): Tensor {
    return copies.to(this, "int32");
  }

  byte(this: Tensor): Tensor {
    return copies.to(this, "uint8");
  }

  bool(this: Tensor): Tensor {
    return copies.to(this, "bool");
  }

  /** The elements in another tensor's dtype. */
  typeAs(this: Tensor, other: Tensor): Tensor {
    return copies.typeAs(this, other);
  }

  /** Zeros of this tensor's dtype. */
  newZeros(this: Tensor, shape: Shape, options?: { readonly dtype?: DType }): Tensor {
    return fills.newZeros(this, shape, options);
  }

  // Views and copies --------------------------------------------------------------------------

  /** The slices along the first dimension: `const [x, y] = point`. */
  [Symbol.iterator](this: Tensor): IterableIterator<Tensor> {
    if (this.shape.length === 0) throw new TypeError("iteration over a 0-d tensor");
    return parts.unbind(this)[Symbol.iterator]();
  }

  /** The same elements under another shape, on the same storage; one size may be -1. */
  view(this: Tensor, ...sizes: Sizes): Tensor {
    return views.view(this, sizesOf(sizes, "view"));
  }

  /** As `view`, but copies where the strides allow no view. */
  reshape(this: Tensor, ...sizes: Sizes): Tensor {
    return views.reshape(this, sizesOf(sizes, "reshape"));
  }

  viewAs(this: Tensor, other: Tensor): Tensor {
    checkTensor("viewAs", "other", other);
    return views.view(this, other.shape);
  }

  reshapeAs(this: Tensor, other: Tensor): Tensor {
    checkTensor("reshapeAs", "other", other);
    return views.reshape(this, other.shape);
  }

  /** Dimensions `startDim` to `endDim` (all unless given) made one. */
  flatten(this: Tensor, startDim?: number, endDim?: number): Tensor {
    return views.flatten(this, startDim, endDim);
  }

  /** The transpose of a matrix. */
  t(this: Tensor): Tensor {
    return views.t(this);
  }

  /** Two dimensions exchanged. */
  transpose(this: Tensor, dim0: number, dim1: number): Tensor {
    return views.transpose(this, dim0, dim1);
  }

  /** The dimensions in the order given. */
  permute(this: Tensor, ...dims: Sizes): Tensor {
    return views.permute(this, sizesOf(dims, "permute"));
  }

  /** Without dimensions of size 1. */
  squeeze(this: Tensor, dim?: number | readonly number[]): Tensor {
    return views.squeeze(this, dim);
  }

  /** A dimension of size 1 put in before `dim`. */
  unsqueeze(this: Tensor, dim: number): Tensor {
    return views.unsqueeze(this, dim);
  }

  /** Dimensions of size 1 repeated without a copy; -1 keeps a size. */
  expand(this: Tensor, ...sizes: Sizes): Tensor {
    return views.expand(this, sizesOf(sizes, "expand"));
  }

  expandAs(this: Tensor, other: Tensor): Tensor {
    checkTensor("expandAs", "other", other);
    return views.expand(this, other.shape);
  }

  /** One index of each leading dimension: `t.at(0)`, `t.at(-1, 2)`. */
  at(this: Tensor, ...indices: number[]): Tensor {
    return parts.at(this, indices);
  }

  /** One index along a dimension, which is dropped. */
  select(this: Tensor, dim: number, index: number): Tensor {
    return parts.select(this, dim, index);
  }

  /** Indices `start` to before `end` of a dimension, every `step`-th. */
  slice(
    this: Tensor,
    dim?: number,
    start?: number | null,
    end?: number | null,
    step?: number,
  ): Tensor {
    return parts.slice(this, dim, start, end, step);
  }

  /** `length` indices of a dimension, from `start` on. */
  narrow(this: Tensor, dim: number, start: number | Tensor, length: number): Tensor {
    return parts.narrow(this, dim, start, length);
  }

  /** A diagonal of two dimensions, as the last dimension of a view. */
  diagonal(this: Tensor, options?: parts.DiagonalOptions): Tensor {
    return parts.diagonal(this, options);
  }

  /** Every index of a dimension, as views without it. */
  unbind(this: Tensor, dim?: number): Tensor[] {
    return parts.unbind(this, dim);
  }

  /** Parts along a dimension, as views. */
  split(this: Tensor, sizes: number | readonly number[], dim?: number): Tensor[] {
    return parts.split(this, sizes, dim);
  }

  /** At most `chunks` parts of equal size along a dimension, as views. */
  chunk(this: Tensor, chunks: number, dim?: number): Tensor[] {
    return parts.chunk(this, chunks, dim);
  }

  /** The elements in reverse order along `dims`. */
  flip(this: Tensor, dims: number | readonly number[]): Tensor {
    return copies.flip(this, dims);
  }

  /** The tensor itself where its elements lie densely in order, else such a copy. */
  contiguous(this: Tensor): Tensor {
    return copies.contiguous(this);
  }

  /** The elements at the positions `index` (int64) along `dim`. */
  gather(this: Tensor, dim: number, index: Tensor): Tensor {
    return indexing.gather(this, dim, index);
  }

  /** The slices along `dim` that `index` (a vector) names. */
  indexSelect(this: Tensor, dim: number, index: Tensor): Tensor {
    return indexing.indexSelect(this, dim, index);
  }

  indexAdd(
    this: Tensor,
    dim: number,
    index: Tensor,
    source: Tensor,
    options?: binary.AlphaOptions,
  ): Tensor {
    return indexing.indexAdd(this, dim, index, source, options);
  }

  /** With each element of `source` added at its position along `dim`. */
  scatterAdd(this: Tensor, dim: number, index: Tensor, source: Tensor): Tensor {
    return indexing.scatterAdd(this, dim, index, source);
  }

  scatterAdd_(this: Tensor, dim: number, index: Tensor, source: Tensor): Tensor {
    return indexing.scatterAdd_(this, dim, index, source);
  }

  /** With `value` where `mask` holds. */
  maskedFill(this: Tensor, mask: Tensor, value: Operand): Tensor {
    return ternary.maskedFill(this, mask, value);
  }

  /** Summed over what broadcasting from `sizes` would repeat. */
  sumToSize(this: Tensor, ...sizes: Sizes): Tensor {
    return reduce.sumToSize(this, sizesOf(sizes, "sumToSize"));
  }

  // Elementwise -------------------------------------------------------------------------------

  sub(this: Tensor, other: Operand, options?: binary.AlphaOptions): Tensor {
    return binary.sub(this, other, options);
  }

  div(this: Tensor, other: Operand, options?: divide.DivOptions): Tensor {
    return divide.div(this, other, options);
  }

  pow(this: Tensor, exponent: Operand): Tensor {
    return power.pow(this, exponent);
  }

  maximum(this: Tensor, other: Operand): Tensor {
    return binary.maximum(this, other);
  }

  minimum(this: Tensor, other: Operand): Tensor {
    return binary.minimum(this, other);
  }

  abs(this: Tensor): Tensor {
    return unary.abs(this);
  }

  sign(this: Tensor): Tensor {
    return unary.sign(this);
  }

  floor(this: Tensor): Tensor {
    return unary.floor(this);
  }

  ceil(this: Tensor): Tensor {
    return unary.ceil(this);
  }

  trunc(this: Tensor): Tensor {
    return unary.trunc(this);
  }

  round(this: Tensor, options?: unary.RoundOptions): Tensor {
    return unary.round(this, options);
  }

  sqrt(this: Tensor): Tensor {
    return unary.sqrt(this);
  }

  rsqrt(this: Tensor): Tensor {
    return power.rsqrt(this);
  }

  square(this: Tensor): Tensor {
    return unary.square(this);
  }

  reciprocal(this: Tensor): Tensor {
    return unary.reciprocal(this);
  }

  exp(this: Tensor): Tensor {
    return unary.exp(this);
  }

  expm1(this: Tensor): Tensor {
    return unary.expm1(this);
  }

  log(this: Tensor): Tensor {
    return unary.log(this);
  }

  log1p(this: Tensor): Tensor {
    return unary.log1p(this);
  }

  sin(this: Tensor): Tensor {
    return unary.sin(this);
  }

  cos(this: Tensor): Tensor {
    return unary.cos(this);
  }

  tan(this: Tensor): Tensor {
    return unary.tan(this);
  }

  tanh(this: Tensor): Tensor {
    return unary.tanh(this);
  }

  sigmoid(this: Tensor): Tensor {
    return unary.sigmoid(this);
  }

  relu(this: Tensor): Tensor {
    return unary.relu(this);
  }

  /** No element below `min` or above `max`. */
  clamp(this: Tensor, options: ternary.ClampOptions): Tensor {
    return ternary.clamp(this, options);
  }

  /** This where `condition` holds, else `other`. */
  where(this: Tensor, condition: Tensor, other: Operand): Tensor {
    return ternary.where(condition, this, other);
  }

  /** self + weight · (end − self). */
  lerp(this: Tensor, end: Tensor, weight: Operand): Tensor {
    return ternary.lerp(this, end, weight);
  }

  /** self + value · tensor1 · tensor2. */
  addcmul(this: Tensor, tensor1: Tensor, tensor2: Tensor, options?: ternary.ValueOptions): Tensor {
    return ternary.addcmul(this, tensor1, tensor2, options);
  }

  /** self + value · tensor1 / tensor2. */
  addcdiv(this: Tensor, tensor1: Tensor, tensor2: Tensor, options?: ternary.ValueOptions): Tensor {
    return ternary.addcdiv(this, tensor1, tensor2, options);
  }

  eq(this: Tensor, other: Operand): Tensor {
    return compare.eq(this, other);
  }

  ne(this: Tensor, other: Operand): Tensor {
    return compare.ne(this, other);
  }

  lt(this: Tensor, other: Operand): Tensor {
    return compare.lt(this, other);
  }

  le(this: Tensor, other: Operand): Tensor {
    return compare.le(this, other);
  }

  gt(this: Tensor, other: Operand): Tensor {
    return compare.gt(this, other);
  }

  ge(this: Tensor, other: Operand): Tensor {
    return compare.ge(this, other);
  }

  logicalAnd(this: Tensor, other: Operand): Tensor {
    return compare.logicalAnd(this, other);
  }

  logicalOr(this: Tensor, other: Operand): Tensor {
    return compare.logicalOr(this, other);
  }

  logicalXor(this: Tensor, other: Operand): Tensor {
    return compare.logicalXor(this, other);
  }

  logicalNot(this: Tensor): Tensor {
    return compare.logicalNot(this);
  }

  isnan(this: Tensor): Tensor {
    return compare.isnan(this);
  }

  isinf(this: Tensor): Tensor {
    return compare.isinf(this);
  }

  isfinite(this: Tensor): Tensor {
    return compare.isfinite(this);
  }

  // In place ----------------------------------------------------------------------------------

  sub_<T extends Tensor>(this: T, other: Operand, options?: binary.AlphaOptions): T {
    binary.sub_(this, other, options);
    return this;
  }

  div_<T extends Tensor>(this: T, other: Operand, options?: divide.DivOptions): T {
    divide.div_(this, other, options);
    return this;
  }

  pow_<T extends Tensor>(this: T, exponent: Operand): T {
    power.pow_(this, exponent);
    return this;
  }

  neg_<T extends Tensor>(this: T): T {
    unary.neg.inPlace(this);
    return this;
  }

  abs_<T extends Tensor>(this: T): T {
    unary.abs.inPlace(this);
    return this;
  }

  sign_<T extends Tensor>(this: T): T {
    unary.sign.inPlace(this);
    return this;
  }

  floor_<T extends Tensor>(this: T): T {
    unary.floor.inPlace(this);
    return this;
  }

  ceil_<T extends Tensor>(this: T): T {
    unary.ceil.inPlace(this);
    return this;
  }

  trunc_<T extends Tensor>(this: T): T {
    unary.trunc.inPlace(this);
    return this;
  }

  round_<T extends Tensor>(this: T, options?: unary.RoundOptions): T {
    unary.round_(this, options);
    return this;
  }

  sqrt_<T extends Tensor>(this: T): T {
    unary.sqrt.inPlace(this);
    return this;
  }

  rsqrt_<T extends Tensor>(this: T): T {
    power.rsqrt.inPlace(this);
    return this;
  }

  square_<T extends Tensor>(this: T): T {
    unary.square.inPlace(this);
    return this;
  }

  reciprocal_<T extends Tensor>(this: T): T {
    unary.reciprocal.inPlace(this);
    return this;
  }

  exp_<T extends Tensor>(this: T): T {
    unary.exp.inPlace(this);
    return this;
  }

  expm1_<T extends Tensor>(this: T): T {
    unary.expm1.inPlace(this);
    return this;
  }

  log_<T extends Tensor>(this: T): T {
    unary.log.inPlace(this);
    return this;
  }

  log1p_<T extends Tensor>(this: T): T {
    unary.log1p.inPlace(this);
    return this;
  }

  sin_<T extends Tensor>(this: T): T {
    unary.sin.inPlace(this);
    return this;
  }

  cos_<T extends Tensor>(this: T): T {
    unary.cos.inPlace(this);
    return this;
  }

  tan_<T extends Tensor>(this: T): T {
    unary.tan.inPlace(this);
    return this;
  }

  tanh_<T extends Tensor>(this: T): T {
    unary.tanh.inPlace(this);
    return this;
  }

  sigmoid_<T extends Tensor>(this: T): T {
    unary.sigmoid.inPlace(this);
    return this;
  }

  relu_<T extends Tensor>(this: T): T {
    unary.relu.inPlace(this);
    return this;
  }

  clamp_<T extends Tensor>(this: T, options: ternary.ClampOptions): T {
    ternary.clamp_(this, options);
    return this;
  }

  lerp_<T extends Tensor>(this: T, end: Tensor, weight: Operand): T {
    ternary.lerp_(this, end, weight);
    return this;
  }

  addcmul_<T extends Tensor>(
    this: T,
    tensor1: Tensor,
    tensor2: Tensor,
    options?: ternary.ValueOptions,
  ): T {
    ternary.addcmul_(this, tensor1, tensor2, options);
    return this;
  }

  addcdiv_<T extends Tensor>(
    this: T,
    tensor1: Tensor,
    tensor2: Tensor,
    options?: ternary.ValueOptions,
  ): T {
    ternary.addcdiv_(this, tensor1, tensor2, options);
    return this;
  }

  eq_<T extends Tensor>(this: T, other: Operand): T {
    compare.eq.inPlace(this, other);
    return this;
  }

  ne_<T extends Tensor>(this: T, other: Operand): T {
    compare.ne.inPlace(this, other);
    return this;
  }

  lt_<T extends Tensor>(this: T, other: Operand): T {
    compare.lt.inPlace(this, other);
    return this;
  }

  le_<T extends Tensor>(this: T, other: Operand): T {
    compare.le.inPlace(this, other);
    return this;
  }

  gt_<T extends Tensor>(this: T, other: Operand): T {
    compare.gt.inPlace(this, other);
    return this;
  }

  ge_<T extends Tensor>(this: T, other: Operand): T {
    compare.ge.inPlace(this, other);
    return this;
  }

  logicalAnd_<T extends Tensor>(this: T, other: Operand): T {
    compare.logicalAnd.inPlace(this, other);
    return this;
  }

  logicalOr_<T extends Tensor>(this: T, other: Operand): T {
    compare.logicalOr.inPlace(this, other);
    return this;
  }

  logicalXor_<T extends Tensor>(this: T, other: Operand): T {
    compare.logicalXor.inPlace(this, other);
    return this;
  }

  logicalNot_<T extends Tensor>(this: T): T {
    compare.logicalNot_(this);
    return this;
  }

  maskedFill_<T extends Tensor>(this: T, mask: Tensor, value: Operand): T {
    ternary.maskedFill_(this, mask, value);
    return this;
  }

  fill_<T extends Tensor>(this: T, value: Operand): T {
    fills.fill_(this, value);
    return this;
  }

  /** Filled with draws from U[from, to). */
  uniform_<T extends Tensor>(
    this: T,
    from?: number,
    to?: number,
    options?: fills.GeneratorOption,
  ): T {
    fills.uniform_(this, from, to, options);
    return this;
  }

  /** Filled with draws from N(mean, std²). */
  normal_<T extends Tensor>(
    this: T,
    mean?: number,
    std?: number,
    options?: fills.GeneratorOption,
  ): T {
    fills.normal_(this, mean, std, options);
    return this;
  }

  /** Filled with 1 with probability p, else 0. */
  bernoulli_<T extends Tensor>(this: T, p?: number, options?: fills.GeneratorOption): T {
    fills.bernoulli_(this, p, options);
    return this;
  }

  // Reductions --------------------------------------------------------------------------------

  /** The sum over some dimensions, or over all. */
  sum(this: Tensor, dim?: reduce.Dims, options?: reduce.SumOptions): Tensor {
    return reduce.sum(this, dim, options);
  }

  mean(this: Tensor, dim?: reduce.Dims, options?: reduce.SumOptions): Tensor {
    return reduce.mean(this, dim, options);
  }

  /** The variance; divides by n − 1 unless told otherwise. */
  var(this: Tensor, dim?: reduce.Dims | boolean, options?: VarOptions): Tensor {
    return varOf(this, dim, options);
  }

  std(this: Tensor, dim?: reduce.Dims | boolean, options?: VarOptions): Tensor {
    return std(this, dim, options);
  }

  prod(this: Tensor, dim?: number | null, options?: reduce.SumOptions): Tensor {
    return reduce.prod(this, dim, options);
  }

  /** The largest element, or with `dim` those along it and their positions. */
  max(this: Tensor): Tensor;
  max(this: Tensor, dim: number, options?: reduce.KeepdimOptions): extrema.ValuesAndIndices;
  max(this: Tensor, other: Tensor): Tensor;
  max(
    this: Tensor,
    arg?: number | Tensor,
    options?: reduce.KeepdimOptions,
  ): Tensor | extrema.ValuesAndIndices {
    return extrema.extremum("max", this, arg, options);
  }

  /** The smallest element, or with `dim` those along it and their positions. */
  min(this: Tensor): Tensor;
  min(this: Tensor, dim: number, options?: reduce.KeepdimOptions): extrema.ValuesAndIndices;
  min(this: Tensor, other: Tensor): Tensor;
  min(
    this: Tensor,
    arg?: number | Tensor,
    options?: reduce.KeepdimOptions,
  ): Tensor | extrema.ValuesAndIndices {
    return extrema.extremum("min", this, arg, options);
  }

  amax(this: Tensor, dim?: reduce.Dims, options?: reduce.KeepdimOptions): Tensor {
    return extrema.amax(this, dim, options);
  }

  amin(this: Tensor, dim?: reduce.Dims, options?: reduce.KeepdimOptions): Tensor {
    return extrema.amin(this, dim, options);
  }

  argmax(this: Tensor, dim?: number | null, options?: reduce.KeepdimOptions): Tensor {
    return extrema.argmax(this, dim, options);
  }

  argmin(this: Tensor, dim?: number | null, options?: reduce.KeepdimOptions): Tensor {
    return extrema.argmin(this, dim, options);
  }

  any(this: Tensor, dim?: number | null, options?: reduce.KeepdimOptions): Tensor {
    return reduce.any(this, dim, options);
  }

  all(this: Tensor, dim?: number | null, options?: reduce.KeepdimOptions): Tensor {
    return reduce.all(this, dim, options);
  }

  norm(
    this: Tensor,
    p?: number | "fro" | null,
    dim?: reduce.Dims,
    options?: reduce.SumOptions,
  ): Tensor {
    return norm(this, p, dim, options);
  }

  logsumexp(this: Tensor, dim: reduce.Dims, options?: reduce.KeepdimOptions): Tensor {
    return compose.logsumexp(this, dim, options);
  }

  cumsum(this: Tensor, dim: number, options?: DTypeOption): Tensor {
    return cumsum(this, dim, options);
  }

  softmax(this: Tensor, dim: number, options?: DTypeOption): Tensor {
    return softmax(this, dim, options);
  }

  logSoftmax(this: Tensor, dim: number, options?: DTypeOption): Tensor {
    return logSoftmax(this, dim, options);
  }

  // Products ----------------------------------------------------------------------------------

  matmul(this: Tensor, other: Tensor): Tensor {
    return products.matmul(this, other);
  }

  mm(this: Tensor, mat2: Tensor): Tensor {
    return products.mm(this, mat2);
  }

  bmm(this: Tensor, mat2: Tensor): Tensor {
    return products.bmm(this, mat2);
  }

  mv(this: Tensor, vec: Tensor): Tensor {
    return products.mv(this, vec);
  }

  dot(this: Tensor, other: Tensor): Tensor {
    return products.dot(this, other);
  }

  outer(this: Tensor, vec2: Tensor): Tensor {
    return products.outer(this, vec2);
  }

  addmm(this: Tensor, mat1: Tensor, mat2: Tensor, options?: products.AddmmOptions): Tensor {
    return products.addmm(this, mat1, mat2, options);
  }
}

declare module "./tensor.ts" {
  interface Tensor extends Methods {
    /** The dimensions in reverse order: a matrix transposed. */
    readonly T: Tensor;
  }
}

setAnyLinear(linear);

const { constructor: _, ...members } = Object.getOwnPropertyDescriptors(Methods.prototype);
Object.defineProperties(Tensor.prototype, members);
// An accessor of a class cannot say whose it is.
Object.defineProperty(Tensor.prototype, "T", {
  configurable: true,
  get(this: Tensor): Tensor {
    return views.reversed(this);
  },
});
