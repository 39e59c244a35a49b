import type { DType } from "../tensor/dtype.ts";
import { formatShape, isExpandable, type Shape, sameShape } from "../tensor/shape.ts";
import { noteResults, recycle, recycleNoted, setPassing } from "../tensor/spare.ts";
import { type Storage, storagesCreated } from "../tensor/storage.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { setGradEnabled } from "./gradMode.ts";
import { ReadyQueue } from "./readyQueue.ts";

/** The gradient of one input, given that of the output; null where the input gets none. */
export type Rule = (grad: Tensor) => Tensor | null;
/** The same for an operation with several outputs; null where nothing arrived. */
export type MultiRule = (grads: readonly (Tensor | null)[]) => Tensor;
export type Hook = (grad: Tensor) => Tensor | undefined;

export interface HookEntry {
  /** Which output's gradient the hook gets. */
  readonly index: number;
  readonly hook: Hook;
  /** The tensor that keeps its gradient by this hook, and takes the hook along to a new node. */
  readonly retainedBy?: Tensor;
}

export interface OutputInfo {
  readonly shape: Shape;
  readonly dtype: DType;
}

let recorded = 0;
let pass = 0;

/**
 * One recorded operation. Nodes point at the nodes of their inputs, never at tensors, so that an
 * intermediate result lives only while a rule has kept it.
 */
export class Node {
  readonly name: string;
  /** Nodes are numbered as they are recorded, so an input's number is below its consumer's. */
  readonly seq: number;
  /** The node that made each input, or null where the input needs no gradient. */
  readonly next: readonly (Node | null)[];
  /** Which output of `next[i]` the input was. */
  readonly nextIndex: readonly number[] | null;
  readonly shape: Shape;
  readonly dtype: DType;
  /** Set instead of `shape` and `dtype` where there are several outputs. */
  readonly outputs: readonly OutputInfo[] | null;
  rules: readonly (Rule | null)[] | null;
  multiRule: MultiRule | null = null;
  /** Tensors that the rules keep, and the storage version that each had. */
  saved: Tensor[] | null = null;
  savedVersions: number[] | null = null;
  hooks: HookEntry[] | null = null;
  released = false;
  /** Where the result's elements are, if nobody sees them but operations that run before this one. */
  spare: Storage | null = null;

  // Scratch of the backward pass that is under way, so that a pass needs no map.
  pass = 0;
  pending: Tensor | null = null;
  pendings: (Tensor | null)[] | null = null;
  /** Whether `pending` was made by the engine's own additions and may be added to in place. */
  owned = false;
  needed = false;

  constructor(
    name: string,
    next: readonly (Node | null)[],
    nextIndex: readonly number[] | null,
    rules: readonly (Rule | null)[] | null,
    shape: Shape,
    dtype: DType,
    outputs: readonly OutputInfo[] | null = null,
  ) {
    this.name = name;
    this.seq = ++recorded;
    this.next = next;
    this.nextIndex = nextIndex;
    this.rules = rules;
    this.shape = shape;
    this.dtype = dtype;
    this.outputs = outputs;
  }

  info(index: number): OutputInfo {
    return this.outputs === null ? this : this.outputs[index]!;
  }

  /** The next operations towards the leaves, as PyTorch's `next_functions`. */
  get nextFunctions(): readonly (readonly [Node | null, number])[] {
    return this.next.map((node, i) => [node, this.nextIndex?.[i] ?? 0]);
  }

  toString(): string {
    return `<${this.name}>`;
  }
}

/** Where the gradient of a leaf arrives: the one node that knows a tensor. */
export class AccumulateGrad extends Node {
  readonly variable: Tensor;

  constructor(variable: Tensor) {
    super("AccumulateGrad", [], null, null, variable.shape, variable.dtype);
    this.variable = variable;
  }
}

/** A node and which of its outputs: where a gradient enters or is caught. */
export interface Edge {
  readonly node: Node;
  readonly index: number;
}

export interface BackwardOptions {
  readonly retainGraph: boolean;
  readonly createGraph: boolean;
}

/** What a pass found on a node that an outer, suspended pass had left there. */
interface Suspended {
  readonly node: Node;
  readonly pass: number;
  readonly pending: Tensor | null;
  readonly pendings: (Tensor | null)[] | null;
  readonly owned: boolean;
}

/**
 * One reverse sweep. An operation's number is above those of its inputs, so taking the highest
 * ready node first means that all of a node's gradient has arrived when its turn comes.
 */
class Pass {
  readonly #id = ++pass;
  readonly #queue = new ReadyQueue();
  readonly #options: BackwardOptions;
  /** Only nodes on a path to one of these run, where given. */
  readonly #targets: readonly Edge[] | null;
  readonly caught: (Tensor | null)[];
  #suspended: Suspended[] | null = null;

  constructor(options: BackwardOptions, targets: readonly Edge[] | null) {
    this.#options = options;
    this.#targets = targets;
    this.caught = targets === null ? [] : targets.map(() => null);
  }

  run(roots: readonly Edge[], grads: readonly Tensor[]): void {
    if (this.#targets !== null) this.#markNeeded(roots, this.#targets);
    const before = setGradEnabled(this.#options.createGraph);
    const passing = setPassing(!this.#options.createGraph);
    try {
      for (let i = 0; i < roots.length; i++) {
        this.#send(roots[i]!.node, roots[i]!.index, grads[i]!, false);
      }
      while (this.#queue.size > 0) this.#evaluate(this.#queue.pop());
    } finally {
      setGradEnabled(before);
      setPassing(passing);
      while (this.#queue.size > 0) clear(this.#queue.pop());
      if (this.#suspended !== null) for (const s of this.#suspended) resume(s);
    }
  }

  #enter(node: Node): boolean {
    if (node.pass === this.#id) return false;
    if (node.pending !== null || node.pendings !== null) {
      // A hook or rule has started this pass inside another one that is waiting at this node.
      this.#suspended ??= [];
      const { pass: id, pending, pendings, owned } = node;
      this.#suspended.push({ node, pass: id, pending, pendings, owned });
      clear(node);
    }
    node.pass = this.#id;
    return true;
  }

  #markNeeded(roots: readonly Edge[], targets: readonly Edge[]): void {
    const seen: Node[] = [];
    const stack: Node[] = [];
    const visit = (node: Node) => {
      if (!this.#enter(node)) return;
      node.needed = false;
      seen.push(node);
      stack.push(node);
    };
    for (const { node } of roots) visit(node);
    while (stack.length > 0) {
      for (const node of stack.pop()!.next) if (node !== null) visit(node);
    }
    for (const { node } of targets) node.needed = true;
    seen.sort((a, b) => a.seq - b.seq);
    for (const node of seen) {
      if (!node.needed) node.needed = node.next.some((n) => n?.needed === true);
    }
  }

  #send(node: Node, index: number, grad: Tensor, owned: boolean): void {
    if (this.#targets === null) this.#enter(node);
    else if (!node.needed) return;
    if (node.outputs !== null) {
      if (node.pendings === null) {
        node.pendings = new Array<Tensor | null>(node.outputs.length).fill(null);
        this.#queue.push(node);
      }
      const held = node.pendings[index]!;
      node.pendings[index] = held === null ? grad : held.add(grad);
    } else if (node.pending === null) {
      node.pending = grad;
      node.owned = owned;
      this.#queue.push(node);
    } else if (node.owned && !this.#options.createGraph) {
      node.pending.add_(grad);
      if (owned) recycle(grad.storage);
    } else {
      node.pending = node.pending.add(grad);
      node.owned = true;
    }
  }

  #evaluate(node: Node): void {
    let grad = node.pending;
    const grads = node.pendings;
    let owned = node.owned && !this.#options.createGraph;
    clear(node);
    if (node.hooks !== null) {
      owned = false;
      // What the engine makes it gives back, but a hook's results are the user's.
      const passing = setPassing(false);
      for (const { index, hook } of node.hooks) {
        const current = grads === null ? grad : grads[index]!;
        if (current === null) continue;
        const replaced = hook(current);
        if (replaced === undefined) continue;
        const checked = conform(replaced, node.info(index), node, index, "a hook of");
        if (grads === null) grad = checked;
        else grads[index] = checked;
      }
      setPassing(passing);
    }
    if (this.#targets !== null) {
      for (let i = 0; i < this.#targets.length; i++) {
        const target = this.#targets[i]!;
        if (target.node !== node) continue;
        this.caught[i] = grads === null ? grad : grads[target.index]!;
        owned = false;
      }
      if (!node.next.some((n) => n?.needed === true)) return;
    }
    if (node instanceof AccumulateGrad)
      accumulate(node.variable, grad!, owned, this.#options.createGraph);
    else this.#propagate(node, grad, grads, owned);
  }

  /** @param owned whether nobody else can hold `grad`, so that its memory may serve again. */
  #propagate(
    node: Node,
    grad: Tensor | null,
    grads: readonly (Tensor | null)[] | null,
    owned: boolean,
  ): void {
    if (node.released) throw secondBackward();
    if (node.saved !== null) checkVersions(node);
    const { next, nextIndex, rules } = node;
    let passedOn = !owned;
    for (let i = 0; i < next.length; i++) {
      const to = next[i]!;
      if (to === null || (this.#targets !== null && !to.needed)) continue;
      const rule = rules === null ? null : rules[i]!;
      if (node.multiRule === null && rule === null) continue;
      const mark = storagesCreated();
      noteResults();
      let result: Tensor | null;
      if (node.multiRule !== null) result = node.multiRule(grads!);
      else result = rule!(grad!);
      if (result === null) {
        recycleNoted(null);
        continue;
      }
      const index = nextIndex === null ? 0 : nextIndex[i]!;
      result = conform(result, to.info(index), node, i, "the rule of");
      recycleNoted(result.storage);
      passedOn ||= result.storage === grad!.storage;
      // A storage made since the mark is known to nobody but this sweep. An expanded one cannot be
      // added to.
      const own = result.storage.serial > mark && result.isContiguous();
      this.#send(to, index, result, own);
    }
    if (!this.#options.retainGraph) {
      if (node.saved !== null) release(node);
      // The recorded gradient of an earlier pass may still keep it.
      if (node.spare?.keepers === 0) recycle(node.spare);
      node.spare = null;
    }
    if (!passedOn) recycle(grad!.storage);
  }
}

function clear(node: Node): void {
  node.pending = null;
  node.pendings = null;
  node.owned = false;
}

function resume(s: Suspended): void {
  s.node.pass = s.pass;
  s.node.pending = s.pending;
  s.node.pendings = s.pendings;
  s.node.owned = s.owned;
}

function release(node: Node): void {
  for (const { storage } of node.saved!) storage.keepers--;
  node.rules = null;
  node.multiRule = null;
  node.saved = null;
  node.savedVersions = null;
  node.released = true;
}

function secondBackward(): Error {
  return new Error(
    "Trying to backward through the graph a second time (or directly access saved tensors after they have already been freed). Saved intermediate values of the graph are freed when you call .backward() or autograd.grad(). Specify retainGraph: true if you need to backward through the graph a second time or if you need to access saved tensors after calling backward.",
  );
}

function checkVersions(node: Node): void {
  const saved = node.saved!;
  for (let i = 0; i < saved.length; i++) {
    const tensor = saved[i]!;
    const expected = node.savedVersions![i]!;
    const version = tensor.storage.version;
    if (version === expected) continue;
    const made = tensor.gradFn === null ? "" : `, which is output 0 of ${tensor.gradFn.name},`;
    throw new Error(
      `one of the variables needed for gradient computation has been modified by an inplace operation: [${tensor.dtype} ${formatShape(tensor.shape)}]${made} is at version ${version}; expected version ${expected} instead, needed by ${node.name}. Hint: clone() the tensor before the in-place operation, or use the operation's out-of-place form.`,
    );
  }
}

/** Brings a rule's result to its input's shape and dtype: sums what broadcasting had repeated. */
function conform(grad: Tensor, info: OutputInfo, node: Node, i: number, who: string): Tensor {
  let result = grad;
  if (!sameShape(grad.shape, info.shape)) {
    if (!isExpandable(info.shape, grad.shape)) {
      throw new Error(
        `${who} ${node.name} returned an invalid gradient at index ${i} - got ${formatShape(grad.shape)} but expected shape compatible with ${formatShape(info.shape)}`,
      );
    }
    result = grad.sumTo(info.shape);
  }
  return result.dtype === info.dtype ? result : result.to(info.dtype);
}

/**
 * Adds to a leaf's gradient.
 * @param owned whether nobody else can hold `grad`, so that the leaf may keep it without a copy.
 */
export function accumulate(
  variable: Tensor,
  grad: Tensor,
  owned: boolean,
  createGraph: boolean,
): void {
  const held = variable.lentGrad;
  if (held === null && createGraph) variable.grad = grad.clone();
  else if (held === null) variable.ownGrad(owned && grad.isContiguous() ? grad : grad.clone());
  else if (createGraph || held.requiresGrad) variable.grad = held.add(grad);
  else {
    held.add_(grad);
    if (owned) recycle(grad.storage);
  }
}

/**
 * Sends `grads` from `roots` back through the graph.
 * @param targets where given, their gradients are caught and returned (null where none arrived) and
 *   no leaf is changed; else gradients accumulate in the leaves.
 */
export function runBackward(
  roots: readonly Edge[],
  grads: readonly Tensor[],
  options: BackwardOptions,
  targets: readonly Edge[] | null,
): (Tensor | null)[] {
  const sweep = new Pass(options, targets);
  sweep.run(roots, grads);
  return sweep.caught;
}
