import { isGradEnabled } from "../autograd/gradMode.ts";
import { Node, type OutputInfo } from "../autograd/graph.ts";
import { canCast, isFloat, scalarName } from "./dtype.ts";
import { countRead } from "./home.ts";
import { copy } from "./kernels/elementwise.ts";
import { type UpdateKernel, update } from "./kernels/update.ts";
import { alias, fresh, raw } from "./make.ts";
import type { MultiViewOp, Op, ViewInfo, ViewOp } from "./op.ts";
import { checkSelfOverlap, overlapsPartly } from "./overlap.ts";
import { AMBIGUOUS, anyNode, keepSaved, nodeOf, record, replay, Use } from "./record.ts";
import { formatShape, SCALAR, sameShape } from "./shape.ts";
import { scratch } from "./storage.ts";
import type { Tensor } from "./tensor.ts";
import { willChange } from "./waiting.ts";

/**
 * Runs an operation and, where an input requires gradients, records it.
 * @throws whatever the operation's shape rule finds wrong.
 */
export function apply<P>(op: Op<P>, inputs: readonly Tensor[], params: P): Tensor {
  const shape = op.shape(inputs, params);
  const dtype = op.dtype(inputs, params);
  for (let i = 0; i < inputs.length; i++) countRead(inputs[i]!.storage);
  const out = op.overwrites ? raw(dtype, shape) : fresh(dtype, shape);
  op.kernel(inputs, out, params);
  if (isGradEnabled() && op.vjps !== null && isFloat(out.dtype) && anyNode(inputs)) {
    const use = new Use(inputs, out, null, params);
    const node = record(op, use, shape, out.dtype);
    keepSaved(node, use);
    out.node = node;
  }
  return out;
}

/**
 * Runs two operations, the second on the first's result, by one kernel that never makes the result
 * between them; records both. For operations whose rules do not keep that result.
 */
export function applyPair(
  first: Op<null>,
  second: Op<null>,
  kernel: (inputs: readonly Tensor[], out: Tensor) => void,
  inputs: readonly Tensor[],
): Tensor {
  const shape = first.shape(inputs, null);
  for (let i = 0; i < inputs.length; i++) countRead(inputs[i]!.storage);
  const out = raw(first.dtype(inputs, null), shape);
  kernel(inputs, out);
  if (isGradEnabled() && isFloat(out.dtype) && anyNode(inputs)) {
    const between = alias(out);
    const firstUse = new Use(inputs, null, null, null);
    between.node = record(first, firstUse, shape, out.dtype);
    keepSaved(between.node, firstUse);
    const secondUse = new Use([between], out, null, null);
    out.node = record(second, secondUse, shape, out.dtype);
    keepSaved(out.node, secondUse);
  }
  return out;
}

/** Runs and records an operation whose result is a view of its input. */
export function applyView<P>(op: ViewOp<P>, input: Tensor, params: P): Tensor {
  const out = alias(input, op.geometry(input, params));
  const recording = isGradEnabled();
  const node = nodeOf(input);
  out.viewInfo = {
    base: input.viewInfo === null ? input : input.viewInfo.base,
    parent: input.viewInfo,
    replay: (t) => applyView(op, t, params),
    kind: recording ? (input.viewInfo?.kind ?? "plain") : "noGrad",
    name: op.name,
    version: input.storage.version,
  };
  if (recording && node !== null) {
    const use = new Use([input], out, null, params);
    const rule = op.vjp(use);
    out.node = new Node(
      op.name,
      [node],
      input.outIndex === 0 ? null : [input.outIndex],
      [rule],
      out.shape,
      out.dtype,
    );
    keepSaved(out.node, use);
  }
  return out;
}

/** Runs and records an operation with several views of its input as results. */
export function applyViews<P>(op: MultiViewOp<P>, input: Tensor, params: P): Tensor[] {
  const recording = isGradEnabled();
  const node = nodeOf(input);
  const outputs = op.geometries(input, params).map((g) => alias(input, g));
  outputs.forEach((out, i) => {
    out.viewInfo = {
      base: input.viewInfo === null ? input : input.viewInfo.base,
      parent: input.viewInfo,
      replay: (t) => applyViews(op, t, params)[i]!,
      kind: recording ? "multi" : "noGrad",
      name: op.name,
      version: input.storage.version,
    };
  });
  if (recording && node !== null) {
    const use = new Use([input], null, null, params);
    const infos: OutputInfo[] = outputs.map((t) => ({ shape: t.shape, dtype: t.dtype }));
    const made = new Node(
      op.name,
      [node],
      input.outIndex === 0 ? null : [input.outIndex],
      null,
      SCALAR,
      input.dtype,
      infos,
    );
    made.multiRule = op.vjp(use);
    keepSaved(made, use);
    outputs.forEach((out, i) => {
      out.node = made;
      out.outIndex = i;
    });
  }
  return outputs;
}

/**
 * Runs an operation and writes its result over its first input.
 * @throws Error where PyTorch would: a leaf that requires grad, a shape or dtype that does not fit,
 *   overlapping memory.
 */
export function applyInPlace<P>(op: Op<P>, inputs: readonly Tensor[], params: P): Tensor {
  const self = inputs[0]!;
  const shape = op.shape(inputs, params);
  if (!sameShape(shape, self.shape)) {
    throw new RangeError(
      `output with shape ${formatShape(self.shape)} doesn't match the broadcast shape ${formatShape(shape)}`,
    );
  }
  const dtype = op.dtype(inputs, params);
  if (!canCast(dtype, self.dtype)) {
    throw new TypeError(
      `result type ${scalarName(dtype)} can't be cast to the desired output type ${scalarName(self.dtype)}`,
    );
  }
  checkSelfOverlap(self);
  for (let i = 0; i < inputs.length; i++) countRead(inputs[i]!.storage);
  const recording = isGradEnabled() && isFloat(self.dtype) && anyNode(inputs);
  if (recording || isWatched(self)) checkInPlace(self);
  if (recording && op.vjps === null) {
    throw new Error(`${op.name}: the in-place form is not differentiable`);
  }
  const safe = inputs.map((t, i) => (i > 0 && overlapsPartly(self, t) ? detachedCopy(t) : t));
  const use = recording ? new Use(inputs, self, self, params) : null;
  const node = use === null ? null : record(op, use, self.shape, self.dtype);
  willChange(self.storage);
  if (dtype === self.dtype) {
    op.kernel(safe, self, params);
  } else {
    const wide = scratch(dtype, shape);
    op.kernel(safe, wide, params);
    copy(wide, self);
  }
  self.storage.version++;
  if (node !== null && use !== null) {
    keepSaved(node, use);
    rebase(self, node);
  }
  return self;
}

/**
 * Overwrites the first tensors with an update of all of them, in one pass. Records nothing.
 * @throws Error where recording is on and a tensor requires grad, or shapes or dtypes differ.
 */
export function applyUpdate(
  name: string,
  kernel: UpdateKernel,
  tensors: readonly Tensor[],
  scalars: readonly number[],
): void {
  if (isGradEnabled() && anyNode(tensors)) {
    throw new Error(`${name}: the update cannot be recorded; call it under noGrad`);
  }
  const { shape, dtype } = tensors[0]!;
  for (const t of tensors) {
    if (!sameShape(t.shape, shape) || t.dtype !== dtype) {
      throw new RangeError(
        `${name}: expected tensors of shape ${formatShape(shape)} and dtype ${dtype}, but got ${formatShape(t.shape)} and ${t.dtype}`,
      );
    }
  }
  for (let i = 0; i < kernel.writes; i++) checkSelfOverlap(tensors[i]!);
  for (let i = 0; i < tensors.length; i++) countRead(tensors[i]!.storage);
  for (let i = 0; i < kernel.writes; i++) willChange(tensors[i]!.storage);
  update(kernel, tensors, scalars);
  for (let i = 0; i < kernel.writes; i++) tensors[i]!.storage.version++;
}

/** Whether a change would reach a recorded tensor through a view that recording did not see. */
function isWatched(self: Tensor): boolean {
  return isGradEnabled() && self.viewInfo !== null && nodeOf(self.viewInfo.base) !== null;
}

/** Makes `node` the origin of a tensor that was just overwritten, and of its part of the base. */
function rebase(self: Tensor, node: Node): void {
  const old = self.node;
  const view = self.viewInfo;
  if (view === null) {
    self.node = node;
    self.outIndex = 0;
  } else {
    rebaseView(view, node);
  }
  if (self.retainsGrad && old !== null) moveRetained(self, old, nodeOf(self)!);
}

/** A tensor keeps the gradient of what it holds now, not of what was overwritten. */
function moveRetained(self: Tensor, from: Node, to: Node): void {
  const moved = from.hooks?.filter((entry) => entry.retainedBy === self) ?? [];
  from.hooks = from.hooks?.filter((entry) => entry.retainedBy !== self) ?? null;
  to.hooks = [...(to.hooks ?? []), ...moved.map((e) => ({ ...e, index: self.outIndex }))];
}

function rebaseView(view: ViewInfo, node: Node): void {
  const { base } = view;
  const before = nodeOf(base);
  base.node = new Node(
    "CopySlices",
    [before, node],
    base.outIndex === 0 ? null : [base.outIndex, 0],
    [
      (g) => {
        const rest = g.clone();
        replay(view, rest).zero_();
        return rest;
      },
      (g) => replay(view, g),
    ],
    base.shape,
    base.dtype,
  );
  base.outIndex = 0;
}

/** @throws Error where an in-place change of `self` would lose or corrupt gradients. */
export function checkInPlace(self: Tensor): void {
  const node = nodeOf(self);
  const view = self.viewInfo;
  if (view !== null) {
    if (view.base.isLeaf && view.base.requiresGrad) {
      throw new Error(
        "a view of a leaf Variable that requires grad is being used in an in-place operation.",
      );
    }
    if (view.kind === "multi") {
      throw new Error(
        `Output ${self.outIndex} of ${view.name} is a view and is being modified inplace. This view is the output of a function that returns multiple views. Such functions do not allow the output views to be modified inplace. You should replace the inplace operation by an out-of-place one.`,
      );
    }
    if (view.kind === "noGrad") {
      throw new Error(
        `A view was created in no_grad mode and is being modified inplace with grad mode enabled. ${AMBIGUOUS}`,
      );
    }
  }
  if (node !== null && self.isLeaf) {
    throw new Error("a leaf Variable that requires grad is being used in an in-place operation.");
  }
}

function detachedCopy(t: Tensor): Tensor {
  const out = fresh(t.dtype, t.shape);
  copy(t, out);
  return out;
}
