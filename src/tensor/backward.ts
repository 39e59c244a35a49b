import { noGrad } from "../autograd/gradMode.ts";
import { AccumulateGrad, accumulate, type Edge, runBackward } from "../autograd/graph.ts";
import { isFloat } from "./dtype.ts";
import { fresh, isTensor } from "./make.ts";
import { checkOptions } from "./options.ts";
import { nodeOf } from "./record.ts";
import { describe, numel, type Shape, sameShape } from "./shape.ts";
import type { Tensor } from "./tensor.ts";

export interface BackwardOptions {
  /** The gradient to start from, of the tensor's shape; 1 for a scalar. */
  readonly gradient?: Tensor;
  /** Keeps what the graph has saved, so that backward can run again; `createGraph` unless given. */
  readonly retainGraph?: boolean;
  /** Records the backward pass itself, for gradients of gradients. */
  readonly createGraph?: boolean;
  /** Only these accumulate gradients; every leaf unless given. */
  readonly inputs?: Tensor | readonly Tensor[];
}

const BACKWARD_OPTIONS = ["gradient", "retainGraph", "createGraph", "inputs"];

const size = (shape: Shape) => `torch.Size([${shape.join(", ")}])`;

/** The edge at which a tensor's gradient arrives. */
function edgeOf(t: Tensor): Edge | null {
  const node = nodeOf(t);
  return node === null ? null : { node, index: t.outIndex };
}

/** Where the sweep starts, and with what. */
export function rootsOf(
  outputs: readonly Tensor[],
  gradients: readonly (Tensor | null)[] | null,
): { edges: Edge[]; grads: Tensor[] } {
  const edges: Edge[] = [];
  const grads: Tensor[] = [];
  outputs.forEach((output, i) => {
    const given = gradients?.[i] ?? null;
    const edge = edgeOf(output);
    if (given !== null) {
      if (!sameShape(given.shape, output.shape)) {
        throw new RangeError(
          `Mismatch in shape: grad_output[${i}] has a shape of ${size(given.shape)} and output[${i}] has a shape of ${size(output.shape)}.`,
        );
      }
    } else if (edge !== null && numel(output.shape) !== 1) {
      throw new Error("grad can be implicitly created only for scalar outputs");
    }
    if (edge === null) {
      throw new Error(`element ${i} of tensors does not require grad and does not have a grad_fn`);
    }
    edges.push(edge);
    grads.push(given ?? ones(output));
  });
  return { edges, grads };
}

function ones(like: Tensor): Tensor {
  const t = fresh(like.dtype, like.shape);
  t.storage.data.fill(1, t.offset, t.offset + numel(t.shape));
  return t;
}

/**
 * Adds the gradients of `tensor` to the `grad` of the leaves it was made of.
 * @throws Error where no gradient is needed, or where the tensor is no scalar and none is given.
 */
export function backward(tensor: Tensor, options: BackwardOptions = {}): void {
  checkOptions("backward", options, BACKWARD_OPTIONS);
  const { gradient, createGraph = false, inputs } = options;
  if (gradient !== undefined && !isTensor(gradient)) {
    throw new TypeError(`gradients can be either Tensors or None, but got ${describe(gradient)}`);
  }
  const retainGraph = options.retainGraph ?? createGraph;
  const { edges, grads } = rootsOf([tensor], gradient === undefined ? null : [gradient]);
  if (inputs === undefined) {
    runBackward(edges, grads, { retainGraph, createGraph }, null);
    return;
  }
  const list = isTensor(inputs) ? [inputs] : inputs;
  if (list.length === 0) throw new RangeError("'inputs' argument to backward() cannot be empty.");
  const targets = targetsOf(list);
  const caught = runBackward(edges, grads, { retainGraph, createGraph }, targets);
  list.forEach((t, i) => {
    const grad = caught[i] ?? null;
    if (grad === null) return;
    if (createGraph) accumulate(t, grad, false, true);
    else noGrad(() => accumulate(t, grad, false, false));
  });
}

function targetsOf(inputs: readonly Tensor[]): Edge[] {
  return inputs.map((t) => {
    const edge = edgeOf(t);
    if (edge === null) throw new Error("One of the differentiated Tensors does not require grad");
    return edge;
  });
}

/**
 * The gradients of `outputs` with respect to `inputs`, null where an input was not used.
 * @param gradients one to start from an output, null for a scalar.
 */
export function gradientsOf(
  outputs: readonly Tensor[],
  inputs: readonly Tensor[],
  gradients: readonly (Tensor | null)[] | null,
  options: { readonly retainGraph: boolean; readonly createGraph: boolean },
): (Tensor | null)[] {
  const { edges, grads } = rootsOf(outputs, gradients);
  return runBackward(edges, grads, options, targetsOf(inputs));
}

/** Makes a tensor a leaf that gathers gradients, or no longer. */
export function setRequiresGrad(t: Tensor, mode: boolean): void {
  if (typeof mode !== "boolean") {
    throw new TypeError(`requiresGrad must be a boolean, not ${describe(mode)}`);
  }
  if (!t.isLeaf) {
    if (mode) return;
    throw new Error(
      "you can only change requires_grad flags of leaf variables. If you want to use a computed variable in a subgraph that doesn't require differentiation use varNoGrad = var.detach().",
    );
  }
  if (mode && !isFloat(t.dtype)) {
    throw new TypeError("only Tensors of floating point dtype can require gradients");
  }
  if (!mode) t.node = null;
  else if (t.node === null) t.node = new AccumulateGrad(t);
}

/** Keeps the gradient that arrives at a tensor that is no leaf. */
export function retainGrad(t: Tensor): void {
  const node = nodeOf(t);
  if (node === null) throw new Error("can't retain_grad on Tensor that has requires_grad=False");
  if (t.isLeaf || t.retainsGrad) return;
  t.retainsGrad = true;
  node.hooks ??= [];
  node.hooks.push({
    index: t.outIndex,
    retainedBy: t,
    hook: (g) => {
      t.grad = t.grad === null ? g.clone() : t.grad.add(g);
      return undefined;
    },
  });
}

/**
 * Calls `hook` with the gradient of `t` whenever one arrives; what it returns takes its place.
 * @returns a function that takes the hook away again.
 */
export function registerHook(t: Tensor, hook: (grad: Tensor) => Tensor | undefined): () => void {
  const node = nodeOf(t);
  if (node === null) {
    throw new Error("cannot register a hook on a tensor that doesn't require gradient");
  }
  const entry = { index: t.outIndex, hook };
  node.hooks ??= [];
  node.hooks.push(entry);
  return () => {
    node.hooks = node.hooks?.filter((e) => e !== entry) ?? null;
  };
}
