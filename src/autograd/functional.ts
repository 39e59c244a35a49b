import { gradientsOf } from "../tensor/backward.ts";
import { isTensor } from "../tensor/make.ts";
import { checkOptions } from "../tensor/options.ts";
import { describe } from "../tensor/shape.ts";
import type { Tensor } from "../tensor/tensor.ts";

export interface GradOptions {
  /** One gradient to start from for each output; null or none for a scalar. */
  readonly gradOutputs?: Tensor | readonly (Tensor | null)[];
  /** Keeps what the graph has saved; `createGraph` unless given. */
  readonly retainGraph?: boolean;
  /** Records the pass itself, for gradients of gradients. */
  readonly createGraph?: boolean;
  /** Answers null for an input that was not used, instead of throwing. */
  readonly allowUnused?: boolean;
}

function list(value: Tensor | readonly Tensor[], argument: string): readonly Tensor[] {
  const all = isTensor(value) ? [value] : value;
  if (!Array.isArray(all) || !all.every(isTensor)) {
    throw new TypeError(
      `grad(): argument '${argument}' must be a Tensor or a list of Tensors, not ${describe(value)}`,
    );
  }
  return all;
}

/**
 * The gradients of `outputs` with respect to `inputs`; no leaf's `grad` is changed.
 * @returns one gradient an input, in order; null where `allowUnused` and the input was not used.
 * @throws Error for an input that was not used or needs no gradient.
 */
export function grad(
  outputs: Tensor | readonly Tensor[],
  inputs: Tensor | readonly Tensor[],
  options: GradOptions & { readonly allowUnused: true },
): (Tensor | null)[];
export function grad(
  outputs: Tensor | readonly Tensor[],
  inputs: Tensor | readonly Tensor[],
  options?: GradOptions & { readonly allowUnused?: false },
): Tensor[];
export function grad(
  outputs: Tensor | readonly Tensor[],
  inputs: Tensor | readonly Tensor[],
  options: GradOptions = {},
): (Tensor | null)[] {
  checkOptions("grad", options, ["gradOutputs", "retainGraph", "createGraph", "allowUnused"]);
  const { gradOutputs, createGraph = false, allowUnused = false } = options;
  const starts =
    gradOutputs === undefined ? null : isTensor(gradOutputs) ? [gradOutputs] : gradOutputs;
  const outputList = list(outputs, "outputs");
  if (starts !== null && starts.length !== outputList.length) {
    throw new RangeError(`got ${outputList.length} tensors and ${starts.length} gradients`);
  }
  const retainGraph = options.retainGraph ?? createGraph;
  const inputList = list(inputs, "inputs");
  if (inputList.length === 0) throw new RangeError("grad requires non-empty inputs.");
  const grads = gradientsOf(outputList, inputList, starts, {
    retainGraph,
    createGraph,
  });
  if (!allowUnused && grads.includes(null)) {
    throw new Error(
      "One of the differentiated Tensors appears to not have been used in the graph. Set allowUnused: true if this is the desired behavior.",
    );
  }
  return grads;
}
