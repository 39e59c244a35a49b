import type { MultiRule, Rule } from "../autograd/graph.ts";
import type { DType } from "./dtype.ts";
import type { Geometry } from "./make.ts";
import type { Use } from "./record.ts";
import type { Shape } from "./shape.ts";
import type { Strided } from "./storage.ts";
import type { Tensor } from "./tensor.ts";

/** The first stage of a derivative: names what must be kept, and answers the rule that uses it. */
export type Vjp<P> = (use: Use<P>) => Rule;

/**
 * An operation: all that the library knows of it. `apply` runs and records it; nothing else does.
 * Rules are written in tensor operations, so that they can be differentiated again, and never undo
 * broadcasting: the engine does. They keep nothing that they make, because its memory serves again.
 */
export interface Op<P> {
  /** The name of its gradFn, in PyTorch's spelling: `MulBackward0`. */
  readonly name: string;
  shape(inputs: readonly Tensor[], params: P): Shape;
  dtype(inputs: readonly Tensor[], params: P): DType;
  /** Fills `out`, dense and of that shape and dtype; in an in-place call `out` may be strided. */
  kernel(inputs: readonly Tensor[], out: Strided, params: P): void;
  /** Whether the kernel writes every element whatever stood there; if not, `out` begins zeroed. */
  readonly overwrites?: true;
  /** A derivative an input, null where there is none; a function where inputs are many. */
  readonly vjps: readonly (Vjp<P> | null)[] | ((input: number) => Vjp<P>) | null;
}

/** An operation whose result shares its input's storage. */
export interface ViewOp<P> {
  readonly name: string;
  geometry(input: Strided, params: P): Geometry;
  readonly vjp: Vjp<P>;
}

/** An operation with several results that all share its input's storage. */
export interface MultiViewOp<P> {
  readonly name: string;
  geometries(input: Strided, params: P): readonly Geometry[];
  readonly vjp: (use: Use<P>) => MultiRule;
}

/** How a view came about: enough to make it again from another base. */
export interface ViewInfo {
  /** The tensor at the root of the chain, never itself a view. */
  readonly base: Tensor;
  readonly parent: ViewInfo | null;
  readonly replay: (input: Tensor) => Tensor;
  /** Views made without recording, or several at once, must not be changed in place later. */
  readonly kind: "plain" | "noGrad" | "multi";
  readonly name: string;
  /** The storage version for which the tensor's `node` holds. */
  version: number;
}

/** The same operation under another name, as PyTorch calls the node of another signature. */
export function renamed<O extends { readonly name: string }>(op: O, name: string): O {
  return { ...op, name };
}
