import { noGrad } from "../autograd/gradMode.ts";
import { getDefaultDtype } from "../tensor/dtype.ts";
import { fresh } from "../tensor/make.ts";
import { checkTensor } from "../tensor/operand.ts";
import { div } from "../tensor/ops/divide.ts";
import { cat, stack } from "../tensor/ops/join.ts";
import { norm } from "../tensor/ops/norm.ts";
import { narrow } from "../tensor/ops/part.ts";
import { clamp, clamp_ } from "../tensor/ops/ternary.ts";
import { reshape } from "../tensor/ops/view.ts";
import { checkOptions } from "../tensor/options.ts";
import { describe } from "../tensor/shape.ts";
import { Tensor } from "../tensor/tensor.ts";
import { checkFlags, checkNumber } from "./checks.ts";

/**
 * Scales gradients so that their norm, all taken together as one vector, is at most `maxNorm`.
 * @param parameters tensors whose `grad` is changed in place, or one of them.
 * @param maxNorm the largest norm, at least 0.
 * @param options.normType the order of the norm, or Infinity; 2.
 * @param options.errorIfNonfinite whether to throw if the norm is NaN or infinite; false.
 * @returns the norm before scaling.
 * @throws RangeError for a negative `maxNorm`, Error if asked for a norm that is not finite.
 */
export function clipGradNorm_(
  parameters: Tensor | Iterable<Tensor>,
  maxNorm: number,
  options: { normType?: number; errorIfNonfinite?: boolean } = {},
): Tensor {
  const fn = "clipGradNorm_";
  checkLimit(fn, "maxNorm", maxNorm);
  checkOptions(fn, options, ["normType", "errorIfNonfinite"]);
  checkFlags(fn, options, ["errorIfNonfinite"]);
  const { normType = 2, errorIfNonfinite = false } = options;
  checkNumber(fn, "normType", normType);
  const grads = gradsOf(fn, parameters);
  if (grads.length === 0) return fresh(getDefaultDtype(), []);
  return noGrad(() => {
    const norms = grads.map((grad) => norm(grad.detach(), normType));
    const total = norm(stack(norms), normType);
    if (errorIfNonfinite && !Number.isFinite(total.item())) {
      throw new Error(
        `The total norm of order ${normType} for gradients from \`parameters\` is non-finite, so it cannot be clipped. To disable this error and scale the gradients by the non-finite norm anyway, set \`errorIfNonfinite: false\``,
      );
    }
    // Scaling by 1 where nothing is to clip costs a pass and spares a decision.
    const scale = clamp(div(maxNorm, total.add(1e-6)), { max: 1 });
    for (const grad of grads) grad.detach().mul_(scale);
    return total;
  });
}

/**
 * Clips every element of the gradients to ±`clipValue`.
 * @param parameters tensors whose `grad` is changed in place, or one of them.
 * @param clipValue the largest magnitude, at least 0.
 * @throws RangeError for a negative `clipValue`.
 */
export function clipGradValue_(parameters: Tensor | Iterable<Tensor>, clipValue: number): void {
  checkLimit("clipGradValue_", "clipValue", clipValue);
  const grads = gradsOf("clipGradValue_", parameters);
  noGrad(() => {
    for (const grad of grads) clamp_(grad.detach(), { min: -clipValue, max: clipValue });
  });
}

/** The elements of all parameters as one vector, differentiable. */
export function parametersToVector(parameters: Iterable<Tensor>): Tensor {
  return cat(Array.from(parameters, (parameter) => reshape(parameter, [-1])));
}

/**
 * Copies a vector into parameters, the reverse of `parametersToVector`.
 * @param vec as many elements as the parameters have together.
 * @throws RangeError for another number of elements.
 */
export function vectorToParameters(vec: Tensor, parameters: Iterable<Tensor>): void {
  checkTensor("vectorToParameters", "vec", vec);
  const list = [...parameters];
  const wanted = list.reduce((sum, parameter) => sum + parameter.numel(), 0);
  if (vec.numel() !== wanted) {
    throw new RangeError(
      `vectorToParameters(): argument 'vec' has ${vec.numel()} elements, but the parameters have ${wanted}`,
    );
  }
  noGrad(() => {
    const flat = reshape(vec, [-1]);
    let start = 0;
    for (const parameter of list) {
      const n = parameter.numel();
      parameter.copy_(reshape(narrow(flat, 0, start, n), parameter.shape));
      start += n;
    }
  });
}

function checkLimit(fn: string, argument: string, value: number): void {
  checkNumber(fn, argument, value);
  if (value < 0) {
    throw new RangeError(`${fn}(): argument '${argument}' must not be negative, got ${value}`);
  }
}

function listOf(fn: string, parameters: Iterable<Tensor>): Tensor[] {
  if (typeof parameters === "object" && parameters !== null && Symbol.iterator in parameters) {
    return [...parameters];
  }
  throw new TypeError(
    `${fn}(): argument 'parameters' must be a Tensor or a list of them, not ${describe(parameters)}`,
  );
}

function gradsOf(fn: string, parameters: Tensor | Iterable<Tensor>): Tensor[] {
  const list = parameters instanceof Tensor ? [parameters] : listOf(fn, parameters);
  const grads: Tensor[] = [];
  for (const parameter of list) {
    checkTensor(fn, "parameters", parameter);
    const grad = parameter.lentGrad;
    if (grad !== null) grads.push(grad);
  }
  return grads;
}
