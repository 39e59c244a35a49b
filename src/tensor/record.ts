import { isGradEnabled, setGradEnabled } from "../autograd/gradMode.ts";
import { Node, type Rule } from "../autograd/graph.ts";
import type { DType } from "./dtype.ts";
import { copy } from "./kernels/elementwise.ts";
import { fresh } from "./make.ts";
import type { Op, ViewInfo } from "./op.ts";
import type { Shape } from "./shape.ts";
import type { Tensor } from "./tensor.ts";

/** What a derivative's first stage sees: naming a tensor here keeps it alive for backward. */
export class Use<P> {
  inputs: readonly Tensor[];
  params: P;
  /** @internal */
  saved: Tensor[] | null = null;
  #result: Tensor | null;
  /** In an in-place call: the tensor about to be overwritten; rules keep copies of its elements. */
  #overwritten: Tensor | null;
  #copies: Map<Tensor, Tensor> | null = null;

  constructor(
    inputs: readonly Tensor[],
    result: Tensor | null,
    overwritten: Tensor | null,
    params: P,
  ) {
    this.inputs = inputs;
    this.#result = result;
    this.#overwritten = overwritten;
    this.params = params;
  }

  /** The first input, kept for backward. */
  get a(): Tensor {
    return this.input(0);
  }

  /** The second input, kept for backward. */
  get b(): Tensor {
    return this.input(1);
  }

  /** The third input, kept for backward. */
  get c(): Tensor {
    return this.input(2);
  }

  /** The result, kept for backward. */
  get output(): Tensor {
    return this.#keep(this.#result!);
  }

  input(i: number): Tensor {
    const t = this.inputs[i]!;
    // Any tensor on the storage may be overwritten, not only the one that the call names.
    const spoilt = this.#overwritten !== null && t.storage === this.#overwritten.storage;
    return this.#keep(spoilt ? this.#before(t) : t);
  }

  /** A tensor as it was before the operation, in the same place of the graph. */
  #before(t: Tensor): Tensor {
    let copied = this.#copies?.get(t);
    if (copied === undefined) {
      copied = fresh(t.dtype, t.shape);
      copy(t, copied);
      copied.node = nodeOf(t);
      copied.outIndex = t.outIndex;
      this.#copies ??= new Map();
      this.#copies.set(t, copied);
    }
    return copied;
  }

  /** An input's shape, which keeps nothing alive. */
  shape(i: number): Shape {
    return this.inputs[i]!.shape;
  }

  #keep(t: Tensor): Tensor {
    if (t.wrapped) return t;
    if (this.saved === null) this.saved = [t];
    else this.saved.push(t);
    return t;
  }
}

export const AMBIGUOUS =
  "Given that this use case is ambiguous and error-prone, it is forbidden. You can clarify your code by moving both the view and the inplace either both inside the noGrad block (if you don't want the inplace to be tracked) or both outside (if you want the inplace to be tracked).";

/** The node at which a tensor's gradient arrives, made anew where its base was changed in place. */
export function nodeOf(t: Tensor): Node | null {
  const view = t.viewInfo;
  if (view === null || view.version === t.storage.version) return t.node;
  if (nodeOf(view.base) !== null) {
    if (view.kind === "noGrad") {
      if (!isGradEnabled()) return t.node;
      throw new Error(
        `A view was created in no_grad mode and its base or another view of its base has been modified inplace with grad mode enabled. ${AMBIGUOUS}`,
      );
    }
    const before = setGradEnabled(true);
    try {
      const again = replay(view, view.base);
      t.node = again.node;
      t.outIndex = again.outIndex;
    } finally {
      setGradEnabled(before);
    }
  }
  view.version = t.storage.version;
  return t.node;
}

/** Makes the same view of another tensor. */
export function replay(view: ViewInfo, base: Tensor): Tensor {
  return view.replay(view.parent === null ? base : replay(view.parent, base));
}

export function anyNode(inputs: readonly Tensor[]): boolean {
  for (let i = 0; i < inputs.length; i++) if (nodeOf(inputs[i]!) !== null) return true;
  return false;
}

function outputIndices(inputs: readonly Tensor[]): readonly number[] | null {
  for (let i = 0; i < inputs.length; i++) {
    if (inputs[i]!.outIndex !== 0) return inputs.map((t) => t.outIndex);
  }
  return null;
}

export function keepSaved<P>(node: Node, use: Use<P>): void {
  if (use.saved === null) return;
  node.saved = use.saved;
  for (const t of use.saved) t.storage.keepers++;
  node.savedVersions = use.saved.map((t) => t.storage.version);
}

export function record<P>(op: Op<P>, use: Use<P>, shape: Shape, dtype: DType): Node {
  const { inputs } = use;
  const n = inputs.length;
  const next = new Array<Node | null>(n);
  const rules = new Array<Rule | null>(n);
  const vjps = op.vjps!;
  for (let i = 0; i < n; i++) {
    const vjp = typeof vjps === "function" ? vjps(i) : vjps[i];
    const node = vjp ? nodeOf(inputs[i]!) : null;
    next[i] = node;
    rules[i] = node === null || !vjp ? null : vjp(use);
  }
  const node = new Node(op.name, next, outputIndices(inputs), rules, shape, dtype);
  return node;
}
