import { AccumulateGrad, type Node } from "../autograd/graph.ts";
import { type BackwardOptions, backward, setRequiresGrad } from "./backward.ts";
import { checkDType, type DType, type TypedArray } from "./dtype.ts";
import { formatTensor } from "./format.ts";
import { setTensorClass } from "./make.ts";
import type { ViewInfo } from "./op.ts";
import { checkTensor, type Operand } from "./operand.ts";
import * as binary from "./ops/binary.ts";
import * as copies from "./ops/copy.ts";
import * as fills from "./ops/fill.ts";
import * as reduce from "./ops/reduce.ts";
import * as unary from "./ops/unary.ts";
import { item, type Nested, tolist, toTypedArray } from "./read.ts";
import { nodeOf } from "./record.ts";
import { isContiguous, normalizeOwnDim, numel, type Shape, sameShape } from "./shape.ts";
import { recycle } from "./spare.ts";
import type { Storage } from "./storage.ts";

/**
 * A strided, multi-dimensional array that can record what is done with it.
 *
 * Methods are PyTorch's, camelCased; a trailing `_` changes the tensor in place. Each is one line:
 * what it does stands with its operation in `ops/`. Here are those that the library itself calls; the
 * others are in `methods.ts`, so that a program which does not load them has no need of their operations.
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

  // Views and copies --------------------------------------------------------------------------

  /** A dense copy, through which gradients pass. */
  clone(): Tensor {
    return copies.clone(this);
  }

  /** @internal Summed over what broadcasting from `shape` has repeated. */
  sumTo(shape: Shape): Tensor {
    return reduce.sumToSize(this, shape);
  }

  // Elementwise -------------------------------------------------------------------------------

  add(other: Operand, options?: binary.AlphaOptions): Tensor {
    return binary.add(this, other, options);
  }

  mul(other: Operand): Tensor {
    return binary.mul(this, other);
  }

  neg(): Tensor {
    return unary.neg(this);
  }

  // In place ----------------------------------------------------------------------------------

  add_(other: Operand, options?: binary.AlphaOptions): this {
    binary.add_(this, other, options);
    return this;
  }

  mul_(other: Operand): this {
    binary.mul.inPlace(this, other);
    return this;
  }

  /** Overwritten with `source`, converted and broadcast. */
  copy_(source: Operand): this {
    fills.copy_(this, source);
    return this;
  }

  zero_(): this {
    fills.zero_(this);
    return this;
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
