import { apply } from "../apply.ts";
import { type DType, getDefaultDtype, isFloat, scalarName } from "../dtype.ts";
import { fill, map2, map3 } from "../kernels/elementwise.ts";
import type { Lanes } from "../kernels/lanes.ts";
import { type Lane, reduce, sumLane } from "../kernels/reduce.ts";
import { fresh } from "../make.ts";
import type { Op, Vjp } from "../op.ts";
import { inDType, resultType } from "../operand.ts";
import type { Use } from "../record.ts";
import { broadcastShapes, formatShape, numel, sameShape } from "../shape.ts";
import { borrow, recycle } from "../spare.ts";
import { type Strided, scratch } from "../storage.ts";
import type { Tensor } from "../tensor.ts";
import { Map2, Map3, ternary } from "./family.ts";
import { minus, trueDiv } from "./plain.ts";
import { meanOfAll, sumOfAll } from "./reduce.ts";
import { clamp } from "./ternary.ts";
import { abs, log, sigmoid } from "./unary.ts";

// Losses of a prediction and a target of one shape. Each computes its elements and their mean or
// sum in one operation, so that a training step records one node and backward expands nothing.

/** What a loss answers: every element's loss, their mean or their sum. */
export type Reduction = "none" | "mean" | "sum";

interface LossParams {
  readonly reduction: Reduction;
}

/** @throws Error if `reduction` is none of the three. */
export function checkReduction(reduction: string): asserts reduction is Reduction {
  if (reduction !== "none" && reduction !== "mean" && reduction !== "sum") {
    throw new RangeError(`${reduction} is not a valid value for reduction`);
  }
}

/** The mean or sum of a loss's elements, where the loss itself has not reduced them. */
export function reduceLoss(loss: Tensor, reduction: Reduction): Tensor {
  if (reduction === "none") return loss;
  return reduction === "mean" ? meanOfAll(loss) : sumOfAll(loss);
}

/** How an elementwise loss is differentiated, with `g` as if nothing had been reduced. */
type ElementVjp = Vjp<LossParams>;

interface LossDefinition {
  readonly node: string;
  readonly map: Map2 | Map3;
  /** The result's dtype; refuses operands in PyTorch's words. */
  dtype(inputs: readonly Tensor[]): DType;
  /** Refuses values, once all operands are of the result's dtype. */
  readonly checkValues?: (inputs: readonly Strided[]) => void;
  readonly vjps: readonly (ElementVjp | null)[];
}

function elementwiseLoss(definition: LossDefinition): Op<LossParams> {
  const { node, map, dtype, checkValues, vjps } = definition;

  const elements = (operands: readonly Strided[], out: Strided): void => {
    const [a, b, c] = operands;
    if (map instanceof Map2) map2(map, a!, b!, out);
    else map3(map, a!, b!, c!, out);
  };

  return {
    name: node,
    shape: (inputs, { reduction }) => (reduction === "none" ? inputs[0]!.shape : []),
    dtype,
    kernel(inputs, out, { reduction }) {
      const operands = inputs.map((t) => inDType(t, out.dtype));
      checkValues?.(operands);
      if (reduction === "none") {
        elements(operands, out);
        return;
      }
      const each = borrow(out.dtype, inputs[0]!.shape);
      elements(operands, each);
      const n = numel(each.shape);
      const total = sumLane(each.storage.data, each.offset, n, 1);
      recycle(each.storage);
      out.storage.data[out.offset] = reduction === "mean" ? total / n : total;
    },
    vjps: vjps.map((vjp) => (vjp === null ? null : overReduction(vjp))),
  };
}

/** A sum hands its gradient to every element, a mean the n-th part of it. */
function overReduction(vjp: ElementVjp): Vjp<LossParams> {
  return (use: Use<LossParams>) => {
    const rule = vjp(use);
    if (use.params.reduction !== "mean") return rule;
    const n = numel(use.shape(0));
    return (g) => rule(trueDiv(g, n));
  };
}

// Squared error ---------------------------------------------------------------------------------

/** 2 · g · (x − y) in one pass. */
const squaredErrorGradient = ternary(
  "mseLossBackward",
  ["grad", "input", "target"],
  new Map3((m, g, x, y) => m.mul(m.sub(x, y), m.mul(g, m.constant(2)))),
  [
    ({ b: x, c: y }) =>
      (gg) =>
        squaredErrorGradient(gg, x, y),
    ({ a: g }) =>
      (gg) =>
        gg.mul(g).mul(2),
    ({ a: g }) =>
      (gg) =>
        gg.mul(g).mul(-2),
  ],
);

const squaredError = elementwiseLoss({
  node: "MseLossBackward0",
  map: new Map2((m, x, y) => {
    const d = m.sub(x, y);
    return m.mul(d, d);
  }),
  dtype([input, target]) {
    const dtype = resultType(input!, target!);
    if (!isFloat(dtype)) {
      throw new TypeError(`"mse_cpu" not implemented for '${scalarName(dtype)}'`);
    }
    return dtype;
  },
  vjps: [
    ({ a: x, b: y }) =>
      (g) =>
        squaredErrorGradient(g, x, y),
    ({ a: x, b: y }) =>
      (g) =>
        squaredErrorGradient(g, y, x),
  ],
});

/** (input − target)², reduced. */
export function mseLoss(input: Tensor, target: Tensor, reduction: Reduction): Tensor {
  checkSameSize(input, target);
  return apply(squaredError, [input, target], { reduction });
}

/**
 * |input − target|, reduced; composed, as in PyTorch.
 * @throws RangeError if the shapes differ.
 */
export function l1Loss(input: Tensor, target: Tensor, reduction: Reduction): Tensor {
  checkSameSize(input, target);
  return reduceLoss(abs(minus(input, target)), reduction);
}

/**
 * PyTorch warns here and goes on with what broadcasting makes of it, which is hardly ever the loss
 * that was meant: [n, 1] against [n] averages over n² differences.
 */
function checkSameSize(input: Tensor, target: Tensor): void {
  if (sameShape(input.shape, target.shape)) return;
  broadcastShapes(input.shape, target.shape);
  throw new RangeError(
    `Using a target size (${size(target)}) that is different to the input size (${size(input)}). This will likely lead to incorrect results due to broadcasting. Please ensure they have the same size.`,
  );
}

/** A shape as PyTorch's Python code writes it in messages. */
function size(t: Tensor): string {
  return `torch.Size(${formatShape(t.shape)})`;
}

// Binary cross entropy --------------------------------------------------------------------------

const crossEntropyOfProbabilities = elementwiseLoss({
  node: "BinaryCrossEntropyBackward0",
  // (y − 1) · log(1 − x) − y · log(x), with each logarithm held at −100 or above.
  map: new Map2((m, x, y) => {
    const floor = m.constant(-100);
    const logNot = m.max(m.log1p(m.neg(x)), floor);
    const log = m.max(m.log(x), floor);
    return m.sub(m.mul(m.sub(y, m.constant(1)), logNot), m.mul(y, log));
  }),
  dtype([input, target]) {
    const { dtype } = input!;
    if (!isFloat(dtype)) {
      throw new TypeError(`"binary_cross_entropy" not implemented for '${scalarName(dtype)}'`);
    }
    if (target!.dtype !== dtype) {
      throw new TypeError(
        `Found dtype ${scalarName(target!.dtype)} but expected ${scalarName(dtype)}`,
      );
    }
    return dtype;
  },
  checkValues([input]) {
    const within = scratch("bool", []);
    reduce(unitLane, input!, [...input!.shape.keys()], within);
    if (within.storage.data[within.offset] === 0) {
      throw new RangeError("all elements of input should be between 0 and 1");
    }
  },
  vjps: [
    ({ a: x, b: y }) =>
      (g) => {
        const variance = clamp(x.neg().add(1).mul(x), { min: 1e-12 });
        return trueDiv(minus(x, y).mul(g), variance);
      },
    ({ a: x }) =>
      (g) =>
        minus(log(x.neg().add(1)), log(x)).mul(g),
  ],
});

/** Whether all elements are in [0, 1]. */
const unitLane: Lane = (data, start, n, stride) => {
  for (let k = 0, i = start; k < n; k++, i += stride) {
    if (!(data[i]! >= 0 && data[i]! <= 1)) return 0;
  }
  return 1;
};

/**
 * Binary cross entropy of probabilities, reduced.
 * @param weight multiplies the elements' losses, or null.
 * @throws RangeError if the shapes differ or a probability is not in [0, 1].
 */
export function binaryCrossEntropy(
  input: Tensor,
  target: Tensor,
  weight: Tensor | null,
  reduction: Reduction,
): Tensor {
  if (!sameShape(input.shape, target.shape)) {
    throw new RangeError(
      `Using a target size (${size(target)}) that is different to the input size (${size(input)}) is deprecated. Please ensure they have the same size.`,
    );
  }
  return weighted(crossEntropyOfProbabilities, [input, target], weight, reduction);
}

function weighted(
  op: Op<LossParams>,
  inputs: readonly Tensor[],
  weight: Tensor | null,
  reduction: Reduction,
): Tensor {
  if (weight === null) return apply(op, inputs, { reduction });
  checkFits(weight, inputs[0]!);
  return reduceLoss(apply(op, inputs, { reduction: "none" }).mul(weight), reduction);
}

/** @throws RangeError if `weight` would broadcast `input` to a larger shape, or not at all. */
function checkFits(weight: Tensor, input: Tensor): void {
  const shape = broadcastShapes(input.shape, weight.shape);
  if (sameShape(shape, input.shape)) return;
  throw new RangeError(
    `output with shape ${formatShape(input.shape)} doesn't match the broadcast shape ${formatShape(shape)}`,
  );
}

// Binary cross entropy of logits ----------------------------------------------------------------

/** log(1 / (1 + exp(−x))), whose exponential can neither overflow nor round to 1. */
function logSigmoid<V, M>(m: Lanes<V, M>, x: V): V {
  return m.sub(m.min(x, m.constant(0)), m.log1p(m.exp(m.neg(m.abs(x)))));
}

function logitsDType([input, target]: readonly Tensor[]): DType {
  if (target!.dtype === "bool") {
    throw new TypeError(
      "Subtraction, the `-` operator, with a bool tensor is not supported. If you are trying to invert a mask, use the `~` or `logical_not()` operator instead.",
    );
  }
  if (!isFloat(target!.dtype)) {
    const computed = isFloat(input!.dtype) ? input!.dtype : getDefaultDtype();
    throw new TypeError(
      `result type ${scalarName(computed)} can't be cast to the desired output type ${scalarName(target!.dtype)}`,
    );
  }
  return target!.dtype;
}

/** g · (sigmoid(x) − y) in one pass. */
const logitsGradient = ternary(
  "binaryCrossEntropyWithLogitsBackward",
  ["grad", "input", "target"],
  new Map3((m, g, x, y) => {
    const one = m.constant(1);
    return m.mul(g, m.sub(m.div(one, m.add(one, m.exp(m.neg(x)))), y));
  }),
  [
    ({ b: x, c: y }) =>
      (gg) =>
        gg.mul(minus(sigmoid(x), y)),
    ({ a: g, b: x }) =>
      (gg) => {
        const s = sigmoid(x);
        return gg.mul(g).mul(s.mul(s.neg().add(1)));
      },
    ({ a: g }) =>
      (gg) =>
        gg.mul(g).neg(),
  ],
);

// Fused for stability, and because every step of a binary classifier runs it: PyTorch's own formula.
const crossEntropyOfLogits = elementwiseLoss({
  node: "BinaryCrossEntropyWithLogitsBackward0",
  map: new Map2((m, x, y) => m.sub(m.mul(m.sub(m.constant(1), y), x), logSigmoid(m, x))),
  dtype: logitsDType,
  vjps: [
    ({ a: x, b: y }) =>
      (g) =>
        logitsGradient(g, x, y),
    ({ a: x }) =>
      (g) =>
        x.neg().mul(g),
  ],
});

const crossEntropyOfLogitsWithPosWeight = elementwiseLoss({
  node: "BinaryCrossEntropyWithLogitsBackward0",
  map: new Map3((m, x, y, posWeight) => {
    const one = m.constant(1);
    const logWeight = m.add(m.mul(m.sub(posWeight, one), y), one);
    return m.sub(m.mul(m.sub(one, y), x), m.mul(logWeight, logSigmoid(m, x)));
  }),
  dtype: logitsDType,
  vjps: [
    ({ a: x, b: y, c: posWeight }) =>
      (g) => {
        const positive = posWeight.mul(y);
        const rate = minus(positive.add(1), y).mul(sigmoid(x));
        return minus(rate, positive).mul(g);
      },
    ({ a: x, c: posWeight }) =>
      (g) =>
        minus(minus(posWeight, 1).mul(lossOfPositives(x)), x).mul(g),
    ({ a: x, b: y }) =>
      (g) =>
        y.mul(lossOfPositives(x)).mul(g),
  ],
});

/** log(1 + exp(−x)) with its derivatives: the loss where every target is 1. */
function lossOfPositives(x: Tensor): Tensor {
  const ones = fresh(x.dtype, x.shape);
  fill(ones, 1);
  return apply(crossEntropyOfLogits, [x, ones], { reduction: "none" });
}

/**
 * Binary cross entropy of logits, reduced; stable for any logit.
 * @param weight multiplies the elements' losses, or null.
 * @param posWeight multiplies the part of the positive targets, or null.
 * @throws RangeError if the shapes differ.
 */
export function binaryCrossEntropyWithLogits(
  input: Tensor,
  target: Tensor,
  weight: Tensor | null,
  posWeight: Tensor | null,
  reduction: Reduction,
): Tensor {
  if (!sameShape(input.shape, target.shape)) {
    throw new RangeError(
      `Target size (${size(target)}) must be the same as input size (${size(input)})`,
    );
  }
  if (posWeight === null) return weighted(crossEntropyOfLogits, [input, target], weight, reduction);
  checkFits(posWeight, input);
  const inputs = [input, target, posWeight];
  return weighted(crossEntropyOfLogitsWithPosWeight, inputs, weight, reduction);
}
