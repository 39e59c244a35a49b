import { apply } from "../apply.ts";
import { isFloat, scalarName } from "../dtype.ts";
import { densely } from "../kernels/elementwise.ts";
import type { Op, Vjp } from "../op.ts";
import { describe, formatShape, numel, type Shape, sameShape } from "../shape.ts";
import type { Strided } from "../storage.ts";
import type { Tensor } from "../tensor.ts";
import type { Reduction } from "./loss.ts";

interface NllParams {
  readonly reduction: Reduction;
  /** A class whose samples do not count. */
  readonly ignoreIndex: number;
  /** The log-probabilities' shape: [C], [N, C] or [N, C, d1, …]. */
  readonly shape: Shape;
}

/** The dimension of the classes. */
export function classDim(shape: Shape): number {
  return shape.length === 1 ? 0 : 1;
}

/**
 * Calls `visit` for every sample that counts, with its index among the samples, the position of its
 * class among the log-probabilities, and the weight of that class.
 * @returns the sum of the weights.
 * @throws RangeError for a class out of range.
 */
function forEachSample(
  target: Strided,
  weight: Strided | undefined,
  { shape, ignoreIndex }: NllParams,
  visit: (sample: number, position: number, weight: number) => void,
): number {
  const dim = classDim(shape);
  const classes = shape[dim]!;
  const inner = numel(shape.slice(dim + 1));
  const { storage, offset } = densely(target);
  const weights = weight === undefined ? undefined : densely(weight);
  const n = numel(target.shape);
  let total = 0;
  for (let i = 0; i < n; i++) {
    const c = storage.data[offset + i]!;
    if (c === ignoreIndex) continue;
    if (!(c >= 0 && c < classes)) throw new RangeError(`Target ${c} is out of bounds.`);
    const w = weights === undefined ? 1 : weights.storage.data[weights.offset + c]!;
    const outer = Math.floor(i / inner);
    visit(i, (outer * classes + c) * inner + (i - outer * inner), w);
    total += w;
  }
  return total;
}

// The loss is linear in the log-probabilities, and its derivative in the gradient: each of the two
// operations is the other's derivative.

/** Gives the gradient to `other`, with the same target and weight. */
function transposed(other: () => Op<NllParams>): Vjp<NllParams> {
  return (use) => {
    const rest = use.inputs.length > 2 ? [use.b, use.c] : [use.b];
    const { params } = use;
    return (g) => apply(other(), [g, ...rest], params);
  };
}

/** −weight · the log-probability of each sample's class, reduced. */
const pick: Op<NllParams> = {
  name: "NllLossBackward0",
  shape: ([, target], { reduction }) => (reduction === "none" ? target!.shape : []),
  dtype: ([logProbs]) => logProbs!.dtype,
  kernel([logProbs, target, weight], out, params) {
    const { storage, offset } = densely(logProbs!);
    const { data } = storage;
    const od = out.storage.data;
    if (params.reduction === "none") {
      forEachSample(target!, weight, params, (sample, position, w) => {
        od[out.offset + sample] = -w * data[offset + position]!;
      });
      return;
    }
    let sum = 0;
    const total = forEachSample(target!, weight, params, (_, position, w) => {
      sum -= w * data[offset + position]!;
    });
    od[out.offset] = params.reduction === "mean" ? sum / total : sum;
  },
  vjps: [transposed(() => spread), null, null],
};

/** −weight · gradient at each sample's class, 0 elsewhere. */
const spread: Op<NllParams> = {
  name: "NllLossBackwardBackward0",
  shape: (_, { shape }) => shape,
  dtype: ([grad]) => grad!.dtype,
  kernel([grad, target, weight], out, params) {
    const { storage, offset } = densely(grad!);
    const gd = storage.data;
    const od = out.storage.data;
    const each = params.reduction === "none";
    const count = params.reduction === "mean" ? forEachSample(target!, weight, params, skip) : 1;
    forEachSample(target!, weight, params, (sample, position, w) => {
      od[out.offset + position] = (-w * gd[each ? offset + sample : offset]!) / count;
    });
  },
  vjps: [transposed(() => pick), null, null],
};

function skip(): void {}

/**
 * Negative log-likelihood of classes, reduced; the mean is over the weights.
 * @param logProbs [C], [N, C] or [N, C, d1, …].
 * @param target class indices: a scalar, [N] or [N, d1, …].
 * @param weight a factor for each class, or null.
 * @param ignoreIndex a class whose samples do not count.
 * @throws RangeError or TypeError for shapes and dtypes that do not fit, or a class out of range.
 */
export function nllLoss(
  logProbs: Tensor,
  target: Tensor,
  weight: Tensor | null,
  ignoreIndex: number,
  reduction: Reduction,
): Tensor {
  checkSizes(logProbs.shape, target.shape);
  checkWeight(weight, logProbs, "");
  if (target.dtype !== "int64" && target.dtype !== "uint8") {
    throw new TypeError(`expected scalar type Long but found ${scalarName(target.dtype)}`);
  }
  if (!isFloat(logProbs.dtype)) {
    throw new TypeError(`"nll_loss_out_frame" not implemented for '${scalarName(logProbs.dtype)}'`);
  }
  const inputs = weight === null ? [logProbs, target] : [logProbs, target, weight];
  return apply(pick, inputs, { reduction, ignoreIndex, shape: logProbs.shape });
}

/** @throws RangeError where a target of shape `target` is none for predictions of shape `input`. */
function checkSizes(input: Shape, target: Shape): void {
  if (input.length < 1) throw new RangeError("Expected 1 or more dimensions (got 0)");
  if (input.length > 1 && target.length > 0 && input[0] !== target[0]) {
    throw new RangeError(
      `Expected input batch_size (${input[0]}) to match target batch_size (${target[0]}).`,
    );
  }
  if (input.length <= 2) {
    if (target.length > 1) {
      throw new RangeError("0D or 1D target tensor expected, multi-target not supported");
    }
    if (input.length === 1 ? target.length !== 0 : target.length !== 1) {
      throw new RangeError(
        `size mismatch (got input: ${formatShape(input)}, target: ${formatShape(target)})`,
      );
    }
    return;
  }
  const wanted = [input[0]!, ...input.slice(2)];
  if (sameShape(target, wanted)) return;
  if (input.length === 4) {
    if (target.length !== 3) {
      throw new RangeError(
        `only batches of spatial targets supported (3D tensors) but got targets of dimension: ${target.length}`,
      );
    }
    throw new RangeError(
      `size mismatch (got input: ${formatShape(input)} , target: ${formatShape(target)}`,
    );
  }
  throw new RangeError(`Expected target size ${formatShape(wanted)}, got ${formatShape(target)}`);
}

/**
 * @param fn stands before the message, as PyTorch has it in one of two places.
 * @throws RangeError or TypeError where `weight` is no vector of one factor a class.
 */
export function checkWeight(weight: Tensor | null, input: Tensor, fn: string): void {
  if (weight === null) return;
  const classes = input.shape[classDim(input.shape)]!;
  if (weight.shape.length !== 1 || weight.shape[0] !== classes) {
    throw new RangeError(
      `${fn}weight tensor should be defined either for all ${classes} classes or no classes but got weight tensor of shape: ${formatShape(weight.shape)}`,
    );
  }
  if (weight.dtype !== input.dtype) {
    throw new TypeError(
      `expected scalar type ${scalarName(input.dtype)} but found ${scalarName(weight.dtype)}`,
    );
  }
}

const oneHotOp: Op<number> = {
  name: "OneHotBackward0",
  shape: ([input], classes) => [...input!.shape, classes],
  dtype: () => "int64",
  kernel([input], out, classes) {
    const { storage, offset } = densely(input!);
    const od = out.storage.data;
    const n = numel(input!.shape);
    for (let i = 0; i < n; i++) od[out.offset + i * classes + storage.data[offset + i]!] = 1;
  },
  vjps: null,
};

/**
 * Classes as vectors that are 1 at the class and 0 elsewhere.
 * @param input int64 of any shape.
 * @param numClasses the vectors' length, or -1 for the largest class and one more.
 * @throws RangeError or TypeError for a class or number of classes that cannot be.
 */
export function oneHot(input: Tensor, numClasses: number): Tensor {
  if (input.dtype !== "int64") throw new TypeError("one_hot is only applicable to index tensor.");
  if (!Number.isInteger(numClasses)) {
    throw new TypeError(`oneHot(): numClasses must be an integer, got ${describe(numClasses)}`);
  }
  if (numel(input.shape) === 0) {
    if (numClasses <= 0) {
      throw new RangeError("Can not infer total number of classes from empty tensor.");
    }
    return apply(oneHotOp, [input], numClasses);
  }
  const { storage, offset } = densely(input);
  let least = Infinity;
  let largest = -Infinity;
  for (let i = offset, end = offset + numel(input.shape); i < end; i++) {
    least = Math.min(least, storage.data[i]!);
    largest = Math.max(largest, storage.data[i]!);
  }
  if (least < 0) throw new RangeError("Class values must be non-negative.");
  const classes = numClasses === -1 ? largest + 1 : numClasses;
  if (largest >= classes) throw new RangeError("Class values must be smaller than num_classes.");
  return apply(oneHotOp, [input], classes);
}
