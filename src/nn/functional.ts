import { isGradEnabled } from "../autograd/gradMode.ts";
import { fillBernoulli } from "../random/fill.ts";
import { type DType, isFloat, scalarName } from "../tensor/dtype.ts";
import { fresh } from "../tensor/make.ts";
import { checkTensor } from "../tensor/operand.ts";
import { ne } from "../tensor/ops/compare.ts";
import { div, div_ } from "../tensor/ops/divide.ts";
import { linear as linearOp } from "../tensor/ops/linear.ts";
import * as loss from "../tensor/ops/loss.ts";
import {
  checkWeight,
  classDim,
  nllLoss as nllLossOp,
  oneHot as oneHotOp,
} from "../tensor/ops/nll.ts";
import { minus } from "../tensor/ops/plain.ts";
import { sum as sumOp } from "../tensor/ops/reduce.ts";
import { logSoftmax as logSoftmaxOp, softmax as softmaxOp } from "../tensor/ops/softmax.ts";
import { where } from "../tensor/ops/ternary.ts";
import * as ops from "../tensor/ops/unary.ts";
import { view } from "../tensor/ops/view.ts";
import { checkOptions } from "../tensor/options.ts";
import { numel, sameShape } from "../tensor/shape.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { checkFlags, checkNumber, checkProbability, checkSmoothing } from "./checks.ts";

export type { Reduction } from "../tensor/ops/loss.ts";

/** Options of a loss. */
export interface LossOptions {
  /** "mean" or "sum" over all elements, or "none" for a loss an element; "mean". */
  reduction?: loss.Reduction;
}

/** Options of a loss whose elements can be weighted. */
export interface WeightedLossOptions extends LossOptions {
  /** A factor for each element's loss, broadcast to the input; none. */
  weight?: Tensor | null;
}

/** Options of `binaryCrossEntropyWithLogits`. */
export interface LogitsLossOptions extends WeightedLossOptions {
  /** A factor for the positive part of the loss, broadcast to the input; none. */
  posWeight?: Tensor | null;
}

/** Options of `nllLoss`. */
export interface NLLLossOptions extends LossOptions {
  /** [C]: a factor for each class, over which the mean is weighted too; none. */
  weight?: Tensor | null;
  /** A class whose samples do not count; -100. */
  ignoreIndex?: number;
}

/** Options of `crossEntropy`. */
export interface CrossEntropyLossOptions extends NLLLossOptions {
  /** The part of each target, 0 to 1, that is spread evenly over all classes; 0. */
  labelSmoothing?: number;
}

const REDUCTION = ["reduction"] as const;
const WEIGHTED = ["weight", "reduction"] as const;
const LOGITS = ["weight", "posWeight", "reduction"] as const;
const NLL = ["weight", "ignoreIndex", "reduction"] as const;
const CROSS_ENTROPY = ["weight", "ignoreIndex", "labelSmoothing", "reduction"] as const;

// Layers ----------------------------------------------------------------------------------------

/**
 * x · weightᵀ + bias.
 * @param input [..., inFeatures].
 * @param weight [outFeatures, inFeatures].
 * @param options.bias [outFeatures]; none.
 * @returns [..., outFeatures].
 * @throws RangeError or TypeError for shapes or dtypes that do not fit.
 */
export function linear(
  input: Tensor,
  weight: Tensor,
  options: { bias?: Tensor | null } = {},
): Tensor {
  checkTensor("linear", "input", input);
  checkTensor("linear", "weight", weight);
  checkOptions("linear", options, ["bias"]);
  return linearOp(input, weight, given("linear", "bias", options.bias));
}

/** Options of `dropout`. */
export interface DropoutOptions {
  /** The probability with which an element becomes 0; 0.5. */
  p?: number;
  /** false hands the input on as it is; true. */
  training?: boolean;
}

/**
 * Sets elements to 0 at random and scales the others by 1 / (1 − p).
 * @throws RangeError if `p` is not in [0, 1].
 */
export function dropout(input: Tensor, options: DropoutOptions = {}): Tensor {
  checkTensor("dropout", "input", input);
  checkOptions("dropout", options, ["p", "training"]);
  checkFlags("dropout", options, ["training"]);
  const { p = 0.5, training = true } = options;
  checkProbability("dropout", p);
  const n = numel(input.shape);
  if (p === 0 || !training || n === 0) return input;
  if (p === 1) return input.mul(fresh(input.dtype, []));
  const keep = fresh(input.dtype, input.shape);
  fillBernoulli(undefined, keep.storage.data, keep.offset, n, 1 - p);
  return input.mul(div_(keep, 1 - p));
}

// Activations -----------------------------------------------------------------------------------

/** max(x, 0), element by element. */
export function relu(input: Tensor): Tensor {
  checkTensor("relu", "input", input);
  return ops.relu(input);
}

/** 1 / (1 + exp(−x)), element by element. */
export function sigmoid(input: Tensor): Tensor {
  checkTensor("sigmoid", "input", input);
  return ops.sigmoid(input);
}

/** The hyperbolic tangent, element by element. */
export function tanh(input: Tensor): Tensor {
  checkTensor("tanh", "input", input);
  return ops.tanh(input);
}

/**
 * exp(x) over its sum along a dimension.
 * @param dim the dimension whose elements sum to 1.
 * @param options.dtype what the input is cast to first; none.
 */
export function softmax(input: Tensor, dim: number, options: { dtype?: DType } = {}): Tensor {
  checkTensor("softmax", "input", input);
  checkOptions("softmax", options, ["dtype"]);
  return softmaxOp(input, dim, options);
}

/**
 * The logarithm of `softmax`, exact where the softmax itself would round to 0.
 * @param dim the dimension whose elements' exponentials sum to 1.
 * @param options.dtype what the input is cast to first; none.
 */
export function logSoftmax(input: Tensor, dim: number, options: { dtype?: DType } = {}): Tensor {
  checkTensor("logSoftmax", "input", input);
  checkOptions("logSoftmax", options, ["dtype"]);
  return logSoftmaxOp(input, dim, options);
}

/**
 * Classes as vectors that are 1 at the class and 0 elsewhere.
 * @param input class indices, int64, of any shape.
 * @param options.numClasses the vectors' length; -1 for the largest index and one more.
 * @returns int64, one dimension more than `input`.
 * @throws RangeError for an index below 0 or above the last class.
 */
export function oneHot(input: Tensor, options: { numClasses?: number } = {}): Tensor {
  checkTensor("oneHot", "input", input);
  checkOptions("oneHot", options, ["numClasses"]);
  return oneHotOp(input, options.numClasses ?? -1);
}

// Losses ----------------------------------------------------------------------------------------

/**
 * Mean squared error.
 * @throws RangeError if the shapes differ: a loss never broadcasts.
 */
export function mseLoss(input: Tensor, target: Tensor, options: LossOptions = {}): Tensor {
  checkPair("mseLoss", input, target);
  checkOptions("mseLoss", options, REDUCTION);
  return loss.mseLoss(input, target, reductionOf(options));
}

/**
 * Mean absolute error.
 * @throws RangeError if the shapes differ: a loss never broadcasts.
 */
export function l1Loss(input: Tensor, target: Tensor, options: LossOptions = {}): Tensor {
  checkPair("l1Loss", input, target);
  checkOptions("l1Loss", options, REDUCTION);
  return loss.l1Loss(input, target, reductionOf(options));
}

/**
 * Binary cross entropy of probabilities; logarithms are held at −100 or above.
 * @param input probabilities.
 * @param target of the same shape and dtype, 0 to 1.
 * @throws RangeError if the shapes differ or a probability is not in [0, 1].
 */
export function binaryCrossEntropy(
  input: Tensor,
  target: Tensor,
  options: WeightedLossOptions = {},
): Tensor {
  const fn = "binaryCrossEntropy";
  checkPair(fn, input, target);
  checkOptions(fn, options, WEIGHTED);
  const weight = given(fn, "weight", options.weight);
  checkConstant(fn, "weight", weight);
  return loss.binaryCrossEntropy(input, target, weight, reductionOf(options));
}

/**
 * Binary cross entropy of logits, that is of sigmoid(input): stable where the sigmoid would round to
 * 0 or 1.
 * @param target of the same shape, 0 to 1.
 * @throws RangeError if the shapes differ: a loss never broadcasts.
 */
export function binaryCrossEntropyWithLogits(
  input: Tensor,
  target: Tensor,
  options: LogitsLossOptions = {},
): Tensor {
  const fn = "binaryCrossEntropyWithLogits";
  checkPair(fn, input, target);
  checkOptions(fn, options, LOGITS);
  const weight = given(fn, "weight", options.weight);
  const posWeight = given(fn, "posWeight", options.posWeight);
  const reduction = reductionOf(options);
  return loss.binaryCrossEntropyWithLogits(input, target, weight, posWeight, reduction);
}

/**
 * Negative log-likelihood of classes.
 * @param input log-probabilities: [C], [N, C] or [N, C, d1, …].
 * @param target class indices, int64: a scalar, [N] or [N, d1, …].
 * @throws RangeError or TypeError for shapes and dtypes that do not fit, or a class out of range.
 */
export function nllLoss(input: Tensor, target: Tensor, options: NLLLossOptions = {}): Tensor {
  checkPair("nllLoss", input, target);
  checkOptions("nllLoss", options, NLL);
  const weight = given("nllLoss", "weight", options.weight);
  checkConstant("nllLoss", "weight", weight);
  return nllLossOp(input, target, weight, ignoreIndexOf("nllLoss", options), reductionOf(options));
}

/**
 * Cross entropy of logits against classes or class probabilities.
 * @param input logits: [C], [N, C] or [N, C, d1, …].
 * @param target class indices, int64, without the dimension C; or probabilities of the input's shape.
 * @throws RangeError or TypeError for shapes, dtypes and options that do not fit.
 */
export function crossEntropy(
  input: Tensor,
  target: Tensor,
  options: CrossEntropyLossOptions = {},
): Tensor {
  const fn = "crossEntropy";
  checkPair(fn, input, target);
  checkOptions(fn, options, CROSS_ENTROPY);
  const weight = given(fn, "weight", options.weight);
  const ignoreIndex = ignoreIndexOf(fn, options);
  const smoothing = options.labelSmoothing ?? 0;
  checkSmoothing(smoothing);
  const reduction = reductionOf(options);
  if (sameShape(input.shape, target.shape)) {
    if (!isFloat(target.dtype)) {
      throw new TypeError(
        `Expected floating point type for target with class probabilities, got ${scalarName(target.dtype)}`,
      );
    }
    if (ignoreIndex >= 0) {
      throw new RangeError("ignore_index is not supported for floating point target");
    }
    return againstProbabilities(input, target, weight, smoothing, reduction);
  }
  checkConstant(fn, "weight", weight);
  const logProbs = input.shape.length === 0 ? input : logSoftmaxOp(input, classDim(input.shape));
  const nll = nllLossOp(logProbs, target, weight, ignoreIndex, reduction);
  if (smoothing === 0) return nll;
  const even = againstAllClasses(logProbs, target, weight, ignoreIndex, reduction);
  const classes = input.shape[classDim(input.shape)]!;
  return nll.mul(1 - smoothing).add(even.mul(smoothing / classes));
}

/** A weight a class, in the shape that broadcasts along the classes of `input`. */
function alongClasses(weight: Tensor, input: Tensor): Tensor {
  const dim = classDim(input.shape);
  const shape = input.shape.map((_, d) => (d === dim ? -1 : 1));
  return view(weight, shape);
}

function againstProbabilities(
  input: Tensor,
  target: Tensor,
  weight: Tensor | null,
  smoothing: number,
  reduction: loss.Reduction,
): Tensor {
  checkWeight(weight, input, "cross_entropy: ");
  const dim = classDim(input.shape);
  const classes = input.shape[dim]!;
  const smooth = smoothing > 0 ? target.mul(1 - smoothing).add(smoothing / classes) : target;
  const product = logSoftmaxOp(input, dim).mul(smooth);
  const weighted = weight === null ? product : product.mul(alongClasses(weight, input));
  if (reduction === "none") return sumOp(weighted, dim).neg();
  const sum = sumOp(weighted).neg();
  return reduction === "sum" ? sum : div(sum, numel(input.shape) / classes);
}

/** The loss of a target that is spread over all classes, times their number. */
function againstAllClasses(
  logProbs: Tensor,
  target: Tensor,
  weight: Tensor | null,
  ignoreIndex: number,
  reduction: loss.Reduction,
): Tensor {
  const dim = classDim(logProbs.shape);
  const weighted = weight === null ? logProbs : logProbs.mul(alongClasses(weight, logProbs));
  const counts = ne(target, ignoreIndex);
  const each = where(counts, sumOp(weighted, dim).neg(), 0);
  if (reduction === "none") return each;
  if (reduction === "sum") return sumOp(each);
  // The same divisor as the other part of the loss has: the sum of the weights of the samples.
  const ones = minus(fresh(logProbs.dtype, logProbs.shape), 1);
  return div(sumOp(each), nllLossOp(ones, target, weight, ignoreIndex, "sum"));
}

// Options ---------------------------------------------------------------------------------------

function checkPair(fn: string, input: Tensor, target: Tensor): void {
  checkTensor(fn, "input", input);
  checkTensor(fn, "target", target);
}

function given(fn: string, name: string, value: Tensor | null | undefined): Tensor | null {
  if (value === undefined || value === null) return null;
  checkTensor(fn, name, value);
  return value;
}

function reductionOf({ reduction = "mean" }: LossOptions): loss.Reduction {
  loss.checkReduction(reduction);
  return reduction;
}

function ignoreIndexOf(fn: string, { ignoreIndex = -100 }: NLLLossOptions): number {
  checkNumber(fn, "ignoreIndex", ignoreIndex);
  return ignoreIndex;
}

/** @throws Error if a gradient would be expected where there is none. */
function checkConstant(fn: string, argument: string, value: Tensor | null): void {
  if (value?.requiresGrad === true && isGradEnabled()) {
    throw new Error(
      `The function '${fn}' is not differentiable with respect to argument '${argument}'. This input cannot have requiresGrad true.`,
    );
  }
}
