import { AccumulateGrad, type Node } from "../autograd/graph.ts";
import {
  type BackwardOptions,
  backward,
  registerHook,
  retainGrad,
  setRequiresGrad,
} from "./backward.ts";
import { checkDType, type DType, type TypedArray } from "./dtype.ts";
import { formatTensor } from "./format.ts";
import { setTensorClass } from "./make.ts";
import type { ViewInfo } from "./op.ts";
import { checkTensor, type Operand } from "./operand.ts";
import * as binary from "./ops/binary.ts";
import * as compose from "./ops/compose.ts";
import * as copies from "./ops/copy.ts";
import * as extrema from "./ops/extremum.ts";
import * as fills from "./ops/fill.ts";
import * as indexing from "./ops/index.ts";
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
import { item, type Nested, tolist, toTypedArray } from "./read.ts";
import { nodeOf } from "./record.ts";
import {
  isContiguous,
  normalizeOwnDim,
  numel,
  type Shape,
  type Sizes,
  sameShape,
  sizesOf,
} from "./shape.ts";
import { recycle } from "./spare.ts";
import type { Storage } from "./storage.ts";

/**
 * A strided, multi-dimensional array that can record what is done with it.
 *
 * Methods are PyTorch's, camelCased; a trailing `_` changes the tensor in place. Each is one line:
 * what it does stands with its operation in `ops/`.
 */
export class Tensor {
  readonly storage: Storage;
  /** Index in `storage.data` of the first element. */
  readonly offset: number;
  readonly shape: Shape;
  /** Elements to skip per step along each dimension. */
  readonly strides: Shape;
  readonly dtype: DType;

  /** @internal Where this tensor's gradient arrives, as last known; `nodeOf` brings it up to date. */
  node: Node | null = null;
  /** @internal Which output of `node` this is. */
  outIndex = 0;
  /** @internal How this came to share another tensor's elements. */
  viewInfo: ViewInfo | null = null;
  /** @internal A number that became a tensor: it does not promote tensors of its category. */
  wrapped = false;
  /** Whether a tensor that is no leaf keeps its gradient; see `retainGrad`. */
  retainsGrad = false;
  #grad: Tensor | null = null;
  /** Whether only the engine has held `#grad` so far. */
  #gradIsUnseen = false;

  /** Use `tensor`, `zeros` and their like; this only puts a view on a storage. */
  constructor(storage: Storage, offset: number, shape: Shape, strides: Shape, dtype: DType) {
    this.storage = storage;
    this.offset = offset;
    this.shape = shape;
    this.strides = strides;
    this.dtype = dtype;
  }

  // Autograd ----------------------------------------------------------------------------------

  /** The gradient that backward has accumulated, of this tensor's shape; null before any. */
  get grad(): Tensor | null {
    this.#gradIsUnseen = false;
    return this.#grad;
  }

  set grad(grad: Tensor | null) {
    if (grad !== null) checkGrad(this, grad);
    // Nobody can ask for it any more: its memory serves the next one.
    if (this.#gradIsUnseen) recycle(this.#grad!.storage);
    this.#gradIsUnseen = false;
    this.#grad = grad;
  }

  /** @internal `grad`, for code of the library that does not keep it. */
  get lentGrad(): Tensor | null {
    return this.#grad;
  }

  /** @internal Makes `grad`, which nobody else holds, this tensor's first gradient. */
  ownGrad(grad: Tensor): void {
    this.#grad = grad;
    this.#gradIsUnseen = true;
  }

  get requiresGrad(): boolean {
    return nodeOf(this) !== null;
  }

  set requiresGrad(mode: boolean) {
    if (mode === true && !this.isLeaf) {
      throw new Error("you can only change requires_grad flags of leaf variables.");
    }
    setRequiresGrad(this, mode);
  }

  /** Whether no recorded operation made this tensor. */
  get isLeaf(): boolean {
    const node = nodeOf(this);
    return node === null || node instanceof AccumulateGrad;
  }

  /** The recorded operation that made this tensor, or null for a leaf. */
  get gradFn(): Node | null {
    const node = nodeOf(this);
    return node instanceof AccumulateGrad ? null : node;
  }

  /** How often the elements were changed in place. */
  get version(): number {
    return this.storage.version;
  }

  /** A tensor on the same elements that records nothing, for changes behind autograd's back. */
  get data(): Tensor {
    return copies.detach(this);
  }

  /** Puts other elements (of any shape and dtype) in place of these; the tensor stays the same object. */
  set data(source: Tensor) {
    replaceData(this, source);
  }

  /** The tensor of which this is a view, or null. */
  get base(): Tensor | null {
    return this.viewInfo === null ? null : this.viewInfo.base;
  }

  /**
   * Adds this tensor's gradients to the `grad` of the leaves it was made of.
   * @throws Error where nothing requires grad, the tensor is no scalar and no gradient is given, the
   *   graph was freed, or a tensor that it needs was changed in place.
   */
  backward(options?: BackwardOptions): void {
    backward(this, options);
  }

  /** Sets whether gradients accumulate here; only leaves may stop. */
  requiresGrad_(mode = true): this {
    setRequiresGrad(this, mode);
    return this;
  }

  /** Keeps the gradient that arrives here, though this is no leaf. */
  retainGrad(): void {
    retainGrad(this);
  }

  /** Calls `hook` with each gradient that arrives here; a tensor it returns takes its place. */
  registerHook(hook: (grad: Tensor) => Tensor | undefined): () => void {
    return registerHook(this, hook);
  }

  /** The same elements outside of the graph. */
  detach(): Tensor {
    return copies.detach(this);
  }

  // Reading -----------------------------------------------------------------------------------

  /** The one element as a number; 1 or 0 for bool. */
  item(): number {
    return item(this);
  }

  /** The elements as nested lists. */
  tolist(): Nested<number | boolean> {
    return tolist(this);
  }

  /** A copy of the elements in row-major order. */
  toTypedArray(): TypedArray {
    return toTypedArray(this);
  }

  size(): Shape;
  size(dim: number): number;
  size(dim?: number): Shape | number {
    return dim === undefined
      ? this.shape
      : this.shape[normalizeOwnDim(dim, this.shape.length, "size")]!;
  }

  /** The number of dimensions. */
  dim(): number {
    return this.shape.length;
  }

  get ndim(): number {
    return this.shape.length;
  }

  /** The number of elements. */
  numel(): number {
    return numel(this.shape);
  }

  stride(): Shape;
  stride(dim: number): number;
  stride(dim?: number): Shape | number {
    return dim === undefined
      ? this.strides
      : this.strides[normalizeOwnDim(dim, this.shape.length, "stride")]!;
  }

  storageOffset(): number {
    return this.offset - this.storage.start;
  }

  isContiguous(): boolean {
    return isContiguous(this.shape, this.strides);
  }

  /** The slices along the first dimension: `const [x, y] = point`. */
  [Symbol.iterator](): IterableIterator<Tensor> {
    if (this.shape.length === 0) throw new TypeError("iteration over a 0-d tensor");
    return parts.unbind(this)[Symbol.iterator]();
  }

  toString(): string {
    return formatTensor({
      dtype: this.dtype,
      shape: this.shape,
      strides: this.strides,
      offset: this.offset,
      data: this.storage.data,
      requiresGrad: this.requiresGrad,
      gradFn: this.gradFn?.name ?? null,
    });
  }

  [Symbol.for("nodejs.util.inspect.custom")](): string {
    return this.toString();
  }

  // Dtypes ------------------------------------------------------------------------------------

  /** The elements converted to `dtype`, or the tensor itself where it has that already. */
  to(dtype: DType): Tensor {
    checkDType("to", dtype);
    return copies.to(this, dtype);
  }

  float(): Tensor {
    return copies.to(this, "float32");
  }

  double(): Tensor {
    return copies.to(this, "float64");
  }

  long(): Tensor {
    return copies.to(this, "int64");
  }

  int(): Tensor {
    return copies.to(this, "int32");
  }

  byte(): Tensor {
    return copies.to(this, "uint8");
  }

  bool(): Tensor {
    return copies.to(this, "bool");
  }

  /** The elements in another tensor's dtype. */
  typeAs(other: Tensor): Tensor {
    return copies.typeAs(this, other);
  }

  /** Zeros of this tensor's dtype. */
  newZeros(shape: Shape, options?: { readonly dtype?: DType }): Tensor {
    return fills.newZeros(this, shape, options);
  }

  // Views and copies --------------------------------------------------------------------------

  /** The same elements under another shape, on the same storage; one size may be -1. */
  view(...sizes: Sizes): Tensor {
    return views.view(this, sizesOf(sizes, "view"));
  }

  /** As `view`, but copies where the strides allow no view. */
  reshape(...sizes: Sizes): Tensor {
    return views.reshape(this, sizesOf(sizes, "reshape"));
  }

  viewAs(other: Tensor): Tensor {
    checkTensor("viewAs", "other", other);
    return views.view(this, other.shape);
  }

  reshapeAs(other: Tensor): Tensor {
    checkTensor("reshapeAs", "other", other);
    return views.reshape(this, other.shape);
  }

  /** Dimensions `startDim` to `endDim` (all unless given) made one. */
  flatten(startDim?: number, endDim?: number): Tensor {
    return views.flatten(this, startDim, endDim);
  }

  /** The transpose of a matrix. */
  t(): Tensor {
    return views.t(this);
  }

  /** The dimensions in reverse order: a matrix transposed. */
  get T(): Tensor {
    return views.reversed(this);
  }

  /** Two dimensions exchanged. */
  transpose(dim0: number, dim1: number): Tensor {
    return views.transpose(this, dim0, dim1);
  }

  /** The dimensions in the order given. */
  permute(...dims: Sizes): Tensor {
    return views.permute(this, sizesOf(dims, "permute"));
  }

  /** Without dimensions of size 1. */
  squeeze(dim?: number | readonly number[]): Tensor {
    return views.squeeze(this, dim);
  }

  /** A dimension of size 1 put in before `dim`. */
  unsqueeze(dim: number): Tensor {
    return views.unsqueeze(this, dim);
  }

  /** Dimensions of size 1 repeated without a copy; -1 keeps a size. */
  expand(...sizes: Sizes): Tensor {
    return views.expand(this, sizesOf(sizes, "expand"));
  }

  expandAs(other: Tensor): Tensor {
    checkTensor("expandAs", "other", other);
    return views.expand(this, other.shape);
  }

  /** One index of each leading dimension: `t.at(0)`, `t.at(-1, 2)`. */
  at(...indices: number[]): Tensor {
    return parts.at(this, indices);
  }

  /** One index along a dimension, which is dropped. */
  select(dim: number, index: number): Tensor {
    return parts.select(this, dim, index);
  }

  /** Indices `start` to before `end` of a dimension, every `step`-th. */
  slice(dim?: number, start?: number | null, end?: number | null, step?: number): Tensor {
    return parts.slice(this, dim, start, end, step);
  }

  /** `length` indices of a dimension, from `start` on. */
  narrow(dim: number, start: number | Tensor, length: number): Tensor {
    return parts.narrow(this, dim, start, length);
  }

  /** A diagonal of two dimensions, as the last dimension of a view. */
  diagonal(options?: parts.DiagonalOptions): Tensor {
    return parts.diagonal(this, options);
  }

  /** Every index of a dimension, as views without it. */
  unbind(dim?: number): Tensor[] {
    return parts.unbind(this, dim);
  }

  /** Parts along a dimension, as views. */
  split(sizes: number | readonly number[], dim?: number): Tensor[] {
    return parts.split(this, sizes, dim);
  }

  /** At most `chunks` parts of equal size along a dimension, as views. */
  chunk(chunks: number, dim?: number): Tensor[] {
    return parts.chunk(this, chunks, dim);
  }

  /** The elements in reverse order along `dims`. */
  flip(dims: number | readonly number[]): Tensor {
    return copies.flip(this, dims);
  }

  /** A dense copy, through which gradients pass. */
  clone(): Tensor {
    return copies.clone(this);
  }

  /** The tensor itself where its elements lie densely in order, else such a copy. */
  contiguous(): Tensor {
    return copies.contiguous(this);
  }

  /** The elements at the positions `index` (int64) along `dim`. */
  gather(dim: number, index: Tensor): Tensor {
    return indexing.gather(this, dim, index);
  }

  /** The slices along `dim` that `index` (a vector) names. */
  indexSelect(dim: number, index: Tensor): Tensor {
    return indexing.indexSelect(this, dim, index);
  }

  indexAdd(dim: number, index: Tensor, source: Tensor, options?: binary.AlphaOptions): Tensor {
    return indexing.indexAdd(this, dim, index, source, options);
  }

  /** With each element of `source` added at its position along `dim`. */
  scatterAdd(dim: number, index: Tensor, source: Tensor): Tensor {
    return indexing.scatterAdd(this, dim, index, source);
  }

  scatterAdd_(dim: number, index: Tensor, source: Tensor): Tensor {
    return indexing.scatterAdd_(this, dim, index, source);
  }

  /** With `value` where `mask` holds. */
  maskedFill(mask: Tensor, value: Operand): Tensor {
    return ternary.maskedFill(this, mask, value);
  }

  /** Summed over what broadcasting from `sizes` would repeat. */
  sumToSize(...sizes: Sizes): Tensor {
    return reduce.sumToSize(this, sizesOf(sizes, "sumToSize"));
  }

  // Elementwise -------------------------------------------------------------------------------

  add(other: Operand, options?: binary.AlphaOptions): Tensor {
    return binary.add(this, other, options);
  }

  sub(other: Operand, options?: binary.AlphaOptions): Tensor {
    return binary.sub(this, other, options);
  }

  mul(other: Operand): Tensor {
    return binary.mul(this, other);
  }

  div(other: Operand, options?: binary.DivOptions): Tensor {
    return binary.div(this, other, options);
  }

  pow(exponent: Operand): Tensor {
    return power.pow(this, exponent);
  }

  maximum(other: Operand): Tensor {
    return binary.maximum(this, other);
  }

  minimum(other: Operand): Tensor {
    return binary.minimum(this, other);
  }

  neg(): Tensor {
    return unary.neg(this);
  }

  abs(): Tensor {
    return unary.abs(this);
  }

  sign(): Tensor {
    return unary.sign(this);
  }

  floor(): Tensor {
    return unary.floor(this);
  }

  ceil(): Tensor {
    return unary.ceil(this);
  }

  trunc(): Tensor {
    return unary.trunc(this);
  }

  round(options?: unary.RoundOptions): Tensor {
    return unary.round(this, options);
  }

  sqrt(): Tensor {
    return unary.sqrt(this);
  }

  rsqrt(): Tensor {
    return unary.rsqrt(this);
  }

  square(): Tensor {
    return unary.square(this);
  }

  reciprocal(): Tensor {
    return unary.reciprocal(this);
  }

  exp(): Tensor {
    return unary.exp(this);
  }

  expm1(): Tensor {
    return unary.expm1(this);
  }

  log(): Tensor {
    return unary.log(this);
  }

  log1p(): Tensor {
    return unary.log1p(this);
  }

  sin(): Tensor {
    return unary.sin(this);
  }

  cos(): Tensor {
    return unary.cos(this);
  }

  tan(): Tensor {
    return unary.tan(this);
  }

  tanh(): Tensor {
    return unary.tanh(this);
  }

  sigmoid(): Tensor {
    return unary.sigmoid(this);
  }

  relu(): Tensor {
    return unary.relu(this);
  }

  /** No element below `min` or above `max`. */
  clamp(options: ternary.ClampOptions): Tensor {
    return ternary.clamp(this, options);
  }

  /** This where `condition` holds, else `other`. */
  where(condition: Tensor, other: Operand): Tensor {
    return ternary.where(condition, this, other);
  }

  /** self + weight · (end − self). */
  lerp(end: Tensor, weight: Operand): Tensor {
    return ternary.lerp(this, end, weight);
  }

  /** self + value · tensor1 · tensor2. */
  addcmul(tensor1: Tensor, tensor2: Tensor, options?: ternary.ValueOptions): Tensor {
    return ternary.addcmul(this, tensor1, tensor2, options);
  }

  /** self + value · tensor1 / tensor2. */
  addcdiv(tensor1: Tensor, tensor2: Tensor, options?: ternary.ValueOptions): Tensor {
    return ternary.addcdiv(this, tensor1, tensor2, options);
  }

  eq(other: Operand): Tensor {
    return binary.eq(this, other);
  }

  ne(other: Operand): Tensor {
    return binary.ne(this, other);
  }

  lt(other: Operand): Tensor {
    return binary.lt(this, other);
  }

  le(other: Operand): Tensor {
    return binary.le(this, other);
  }

  gt(other: Operand): Tensor {
    return binary.gt(this, other);
  }

  ge(other: Operand): Tensor {
    return binary.ge(this, other);
  }

  logicalAnd(other: Operand): Tensor {
    return binary.logicalAnd(this, other);
  }

  logicalOr(other: Operand): Tensor {
    return binary.logicalOr(this, other);
  }

  logicalXor(other: Operand): Tensor {
    return binary.logicalXor(this, other);
  }

  logicalNot(): Tensor {
    return binary.logicalNot(this);
  }

  isnan(): Tensor {
    return binary.isnan(this);
  }

  isinf(): Tensor {
    return binary.isinf(this);
  }

  isfinite(): Tensor {
    return binary.isfinite(this);
  }

  // In place ----------------------------------------------------------------------------------

  add_(other: Operand, options?: binary.AlphaOptions): this {
    binary.add_(this, other, options);
    return this;
  }

  sub_(other: Operand, options?: binary.AlphaOptions): this {
    binary.sub_(this, other, options);
    return this;
  }

  mul_(other: Operand): this {
    binary.mul.inPlace(this, other);
    return this;
  }

  div_(other: Operand, options?: binary.DivOptions): this {
    binary.div_(this, other, options);
    return this;
  }

  pow_(exponent: Operand): this {
    power.pow_(this, exponent);
    return this;
  }

  neg_(): this {
    unary.neg.inPlace(this);
    return this;
  }

  abs_(): this {
    unary.abs.inPlace(this);
    return this;
  }

  sign_(): this {
    unary.sign.inPlace(this);
    return this;
  }

  floor_(): this {
    unary.floor.inPlace(this);
    return this;
  }

  ceil_(): this {
    unary.ceil.inPlace(this);
    return this;
  }

  trunc_(): this {
    unary.trunc.inPlace(this);
    return this;
  }

  round_(options?: unary.RoundOptions): this {
    unary.round_(this, options);
    return this;
  }

  sqrt_(): this {
    unary.sqrt.inPlace(this);
    return this;
  }

  rsqrt_(): this {
    unary.rsqrt.inPlace(this);
    return this;
  }

  square_(): this {
    unary.square.inPlace(this);
    return this;
  }

  reciprocal_(): this {
    unary.reciprocal.inPlace(this);
    return this;
  }

  exp_(): this {
    unary.exp.inPlace(this);
    return this;
  }

  expm1_(): this {
    unary.expm1.inPlace(this);
    return this;
  }

  log_(): this {
    unary.log.inPlace(this);
    return this;
  }

  log1p_(): this {
    unary.log1p.inPlace(this);
    return this;
  }

  sin_(): this {
    unary.sin.inPlace(this);
    return this;
  }

  cos_(): this {
    unary.cos.inPlace(this);
    return this;
  }

  tan_(): this {
    unary.tan.inPlace(this);
    return this;
  }

  tanh_(): this {
    unary.tanh.inPlace(this);
    return this;
  }

  sigmoid_(): this {
    unary.sigmoid.inPlace(this);
    return this;
  }

  relu_(): this {
    unary.relu.inPlace(this);
    return this;
  }

  clamp_(options: ternary.ClampOptions): this {
    ternary.clamp_(this, options);
    return this;
  }

  lerp_(end: Tensor, weight: Operand): this {
    ternary.lerp_(this, end, weight);
    return this;
  }

  addcmul_(tensor1: Tensor, tensor2: Tensor, options?: ternary.ValueOptions): this {
    ternary.addcmul_(this, tensor1, tensor2, options);
    return this;
  }

  addcdiv_(tensor1: Tensor, tensor2: Tensor, options?: ternary.ValueOptions): this {
    ternary.addcdiv_(this, tensor1, tensor2, options);
    return this;
  }

  eq_(other: Operand): this {
    binary.eq.inPlace(this, other);
    return this;
  }

  ne_(other: Operand): this {
    binary.ne.inPlace(this, other);
    return this;
  }

  lt_(other: Operand): this {
    binary.lt.inPlace(this, other);
    return this;
  }

  le_(other: Operand): this {
    binary.le.inPlace(this, other);
    return this;
  }

  gt_(other: Operand): this {
    binary.gt.inPlace(this, other);
    return this;
  }

  ge_(other: Operand): this {
    binary.ge.inPlace(this, other);
    return this;
  }

  logicalAnd_(other: Operand): this {
    binary.logicalAnd.inPlace(this, other);
    return this;
  }

  logicalOr_(other: Operand): this {
    binary.logicalOr.inPlace(this, other);
    return this;
  }

  logicalXor_(other: Operand): this {
    binary.logicalXor.inPlace(this, other);
    return this;
  }

  logicalNot_(): this {
    binary.logicalNot_(this);
    return this;
  }

  maskedFill_(mask: Tensor, value: Operand): this {
    ternary.maskedFill_(this, mask, value);
    return this;
  }

  /** Overwritten with `source`, converted and broadcast. */
  copy_(source: Operand): this {
    fills.copy_(this, source);
    return this;
  }

  fill_(value: Operand): this {
    fills.fill_(this, value);
    return this;
  }

  zero_(): this {
    fills.zero_(this);
    return this;
  }

  /** Filled with draws from U[from, to). */
  uniform_(from?: number, to?: number, options?: fills.GeneratorOption): this {
    fills.uniform_(this, from, to, options);
    return this;
  }

  /** Filled with draws from N(mean, std²). */
  normal_(mean?: number, std?: number, options?: fills.GeneratorOption): this {
    fills.normal_(this, mean, std, options);
    return this;
  }

  /** Filled with 1 with probability p, else 0. */
  bernoulli_(p?: number, options?: fills.GeneratorOption): this {
    fills.bernoulli_(this, p, options);
    return this;
  }

  // Reductions --------------------------------------------------------------------------------

  /** The sum over some dimensions, or over all. */
  sum(dim?: reduce.Dims, options?: reduce.SumOptions): Tensor {
    return reduce.sum(this, dim, options);
  }

  mean(dim?: reduce.Dims, options?: reduce.SumOptions): Tensor {
    return reduce.mean(this, dim, options);
  }

  /** The variance; divides by n − 1 unless told otherwise. */
  var(dim?: reduce.Dims | boolean, options?: VarOptions): Tensor {
    return varOf(this, dim, options);
  }

  std(dim?: reduce.Dims | boolean, options?: VarOptions): Tensor {
    return std(this, dim, options);
  }

  prod(dim?: number | null, options?: reduce.SumOptions): Tensor {
    return reduce.prod(this, dim, options);
  }

  /** The largest element, or with `dim` those along it and their positions. */
  max(): Tensor;
  max(dim: number, options?: reduce.KeepdimOptions): extrema.ValuesAndIndices;
  max(other: Tensor): Tensor;
  max(arg?: number | Tensor, options?: reduce.KeepdimOptions): Tensor | extrema.ValuesAndIndices {
    return extrema.extremum("max", this, arg, options);
  }

  /** The smallest element, or with `dim` those along it and their positions. */
  min(): Tensor;
  min(dim: number, options?: reduce.KeepdimOptions): extrema.ValuesAndIndices;
  min(other: Tensor): Tensor;
  min(arg?: number | Tensor, options?: reduce.KeepdimOptions): Tensor | extrema.ValuesAndIndices {
    return extrema.extremum("min", this, arg, options);
  }

  amax(dim?: reduce.Dims, options?: reduce.KeepdimOptions): Tensor {
    return extrema.amax(this, dim, options);
  }

  amin(dim?: reduce.Dims, options?: reduce.KeepdimOptions): Tensor {
    return extrema.amin(this, dim, options);
  }

  argmax(dim?: number | null, options?: reduce.KeepdimOptions): Tensor {
    return extrema.argmax(this, dim, options);
  }

  argmin(dim?: number | null, options?: reduce.KeepdimOptions): Tensor {
    return extrema.argmin(this, dim, options);
  }

  any(dim?: number | null, options?: reduce.KeepdimOptions): Tensor {
    return reduce.any(this, dim, options);
  }

  all(dim?: number | null, options?: reduce.KeepdimOptions): Tensor {
    return reduce.all(this, dim, options);
  }

  norm(p?: number | "fro" | null, dim?: reduce.Dims, options?: reduce.SumOptions): Tensor {
    return norm(this, p, dim, options);
  }

  logsumexp(dim: reduce.Dims, options?: reduce.KeepdimOptions): Tensor {
    return compose.logsumexp(this, dim, options);
  }

  cumsum(dim: number, options?: DTypeOption): Tensor {
    return cumsum(this, dim, options);
  }

  softmax(dim: number, options?: DTypeOption): Tensor {
    return softmax(this, dim, options);
  }

  logSoftmax(dim: number, options?: DTypeOption): Tensor {
    return logSoftmax(this, dim, options);
  }

  // Products ----------------------------------------------------------------------------------

  matmul(other: Tensor): Tensor {
    return products.matmul(this, other);
  }

  mm(mat2: Tensor): Tensor {
    return products.mm(this, mat2);
  }

  bmm(mat2: Tensor): Tensor {
    return products.bmm(this, mat2);
  }

  mv(vec: Tensor): Tensor {
    return products.mv(this, vec);
  }

  dot(other: Tensor): Tensor {
    return products.dot(this, other);
  }

  outer(vec2: Tensor): Tensor {
    return products.outer(this, vec2);
  }

  addmm(mat1: Tensor, mat2: Tensor, options?: products.AddmmOptions): Tensor {
    return products.addmm(this, mat1, mat2, options);
  }
}

function replaceData(t: Tensor, source: Tensor): void {
  checkTensor("data", "value", source);
  if (!t.isLeaf) throw new Error("data of a tensor that is no leaf cannot be replaced");
  const { storage, offset, shape, strides, dtype } = source;
  // A graph that has saved the tensor must find it changed.
  storage.version = Math.max(storage.version, t.storage.version) + 1;
  Object.assign(t, { storage, offset, shape, strides, dtype });
  // The gradient's node knows shape and dtype.
  if (t.node !== null) t.node = new AccumulateGrad(t);
}

function checkGrad(t: Tensor, grad: Tensor): void {
  if (!(grad instanceof Tensor)) {
    throw new TypeError(`assigned grad expected to be a Tensor or null but got ${typeof grad}`);
  }
  if (grad === t) throw new Error("can't assign Variable as its own grad");
  if (!sameShape(grad.shape, t.shape))
    throw new RangeError("assigned grad has data of a different size");
  if (grad.dtype !== t.dtype) throw new TypeError("assigned grad has data of a different type");
}

setTensorClass(Tensor);
