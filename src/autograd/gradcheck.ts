import { gradientsOf } from "../tensor/backward.ts";
import { isFloat } from "../tensor/dtype.ts";
import { isTensor } from "../tensor/make.ts";
import { reshape } from "../tensor/ops/view.ts";
import { checkOptions } from "../tensor/options.ts";
import { describe, formatShape, type Shape } from "../tensor/shape.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { willChange } from "../tensor/waiting.ts";
import { enableGrad } from "./gradMode.ts";

/** A function of tensors whose gradients are in question. */
export type Checked = (...inputs: Tensor[]) => Tensor | readonly Tensor[];

export interface GradcheckOptions {
  /** How far each element is moved, either way, for the finite differences; 1e-6. */
  eps?: number;
  /** Largest absolute deviation that passes; 1e-5. */
  atol?: number;
  /** Largest deviation that passes as a part of the numerical value; 1e-3. */
  rtol?: number;
  /** How far two backward passes over the same graph may differ; 0. */
  nondetTol?: number;
  /** false answers false where a gradient is wrong, instead of throwing; true. */
  raiseException?: boolean;
}

export interface GradgradcheckOptions extends GradcheckOptions {
  /** One gradient an output to start from, in float64; made up if absent. */
  gradOutputs?: Tensor | readonly Tensor[];
}

/** What `gradcheck` throws where a gradient is wrong. */
export class GradcheckError extends Error {
  override readonly name = "GradcheckError";
}

type Settings = Required<GradcheckOptions>;

const DEFAULTS: Settings = {
  eps: 1e-6,
  atol: 1e-5,
  rtol: 1e-3,
  nondetTol: 0,
  raiseException: true,
};

/**
 * Compares the gradients that backward gives with finite differences, element by element.
 * @param fn any function of tensors; called twice for every element of the inputs, which are changed
 *   and restored meanwhile. It must give the same result every time.
 * @param inputs the arguments of `fn`; those that require gradients are checked. float64, any strides
 *   as long as no two indices share an element.
 * @returns true, or false where a gradient is wrong and `raiseException` is false.
 * @throws GradcheckError naming output, input, indices and both values; TypeError or Error for inputs
 *   that cannot be checked.
 */
export function gradcheck(
  fn: Checked,
  inputs: Tensor | readonly Tensor[],
  options: GradcheckOptions = {},
): boolean {
  const settings = withDefaults("gradcheck", options);
  const list = asList(inputs);
  checkInputs("gradcheck", list);
  return judge(settings.raiseException, () => enableGrad(() => check(fn, list, settings)));
}

/**
 * Compares the gradients of gradients with finite differences of the gradients.
 * @param fn as for `gradcheck`.
 * @param inputs as for `gradcheck`.
 * @returns as `gradcheck`.
 * @throws as `gradcheck`.
 */
export function gradgradcheck(
  fn: Checked,
  inputs: Tensor | readonly Tensor[],
  options: GradgradcheckOptions = {},
): boolean {
  const { gradOutputs, ...rest } = options;
  const settings = withDefaults("gradgradcheck", rest);
  const list = asList(inputs);
  checkInputs("gradgradcheck", list);
  return judge(settings.raiseException, () =>
    enableGrad(() => {
      const cotangents =
        gradOutputs === undefined
          ? differentiable(fn(...list)).map(makeCotangent)
          : asList(gradOutputs).map((g) => (g.requiresGrad ? g : g.detach().requiresGrad_()));
      if (cotangents.length === 0) {
        throw new Error("gradgradcheck: no output of the function requires grad");
      }
      checkInputs("gradgradcheck", cotangents);
      const gradients: Checked = (...args) => {
        const variables = args.slice(0, list.length);
        const outputs = differentiable(fn(...variables));
        const found = gradientsOf(
          outputs,
          variables.filter((t) => t.requiresGrad),
          args.slice(list.length),
          { retainGraph: true, createGraph: true },
        );
        return found.filter((g) => g !== null);
      };
      check(gradients, [...list, ...cotangents], settings);
    }),
  );
}

function judge(raiseException: boolean, verdict: () => void): boolean {
  try {
    verdict();
  } catch (error) {
    if (!raiseException && error instanceof GradcheckError) return false;
    throw error;
  }
  return true;
}

function check(fn: Checked, inputs: readonly Tensor[], settings: Settings): void {
  const outputs = floats(fn(...inputs));
  for (const [o, output] of outputs.entries()) {
    if (!output.requiresGrad || output.dtype === "float64") continue;
    throw new TypeError(
      `output ${o} of the function is ${output.dtype}; finite differences need float64`,
    );
  }
  const checked = inputs.filter((t) => t.requiresGrad);
  // Where no output is differentiable, none may change with an input either.
  const anyDifferentiable = outputs.some((t) => t.requiresGrad);
  const jacobians = outputs.map((t) => analyticalRows(t, checked, settings.nondetTol));

  let column = -1;
  for (const [i, input] of inputs.entries()) {
    if (!input.requiresGrad) continue;
    column++;
    for (const [k, position] of positions(input).entries()) {
      const slopes = slopesAt(fn, inputs, input, position, settings.eps);
      for (const [o, output] of outputs.entries()) {
        if (anyDifferentiable && !output.requiresGrad) continue;
        for (const [r, numerical] of slopes[o]!.entries()) {
          const analytical = jacobians[o]![r]![column]![k]!;
          if (isClose(analytical, numerical, settings)) continue;
          const problem = anyDifferentiable
            ? `Jacobian mismatch for output ${o} with respect to input ${i},`
            : `Numerical gradient for function expected to be zero: output ${o} does not require grad but changes with input ${i},`;
          throw new GradcheckError(
            `${problem}\nat output index ${indexOf(r, output.shape)} and input index ${indexOf(k, input.shape)}:\nnumerical: ${numerical}\nanalytical: ${analytical}`,
          );
        }
      }
    }
  }
}

/** For each element of `output`, its gradient by each input, flattened; zeros where there is none. */
function analyticalRows(
  output: Tensor,
  inputs: readonly Tensor[],
  nondetTol: number,
): Float64Array[][] {
  const zeros = inputs.map((input) => new Float64Array(input.numel()));
  const rows: Float64Array[][] = [];
  for (let r = 0; r < output.numel(); r++) {
    if (!output.requiresGrad) {
      rows.push(zeros);
      continue;
    }
    const [row, again] = [backwardFrom(output, r, inputs), backwardFrom(output, r, inputs)];
    const same = row.every((g, i) => g.every((x, k) => sameWithin(x, again[i]![k]!, nondetTol)));
    if (!same) {
      throw new GradcheckError(
        "Backward is not reentrant, i.e., running backward with same input and grad_output multiple times gives different values. The tolerance for nondeterminism was " +
          `${nondetTol}.`,
      );
    }
    rows.push(row);
  }
  return rows;
}

function backwardFrom(output: Tensor, index: number, inputs: readonly Tensor[]): Float64Array[] {
  const seed = reshape(output.detach().clone().zero_(), [-1]);
  seed.storage.data[seed.offset + index] = 1;
  const found = gradientsOf([output], inputs, [reshape(seed, output.shape)], {
    retainGraph: true,
    createGraph: false,
  });
  return found.map((g, i) => (g === null ? new Float64Array(inputs[i]!.numel()) : valuesOf(g)));
}

/** The slope of every element of every floating-point output as one element of an input moves. */
function slopesAt(
  fn: Checked,
  inputs: readonly Tensor[],
  input: Tensor,
  position: number,
  eps: number,
): Float64Array[] {
  const center = input.storage.data[position]!;
  const put = (x: number): void => {
    willChange(input.storage);
    input.storage.data[position] = x;
  };
  const outputsAt = (x: number): Float64Array[] => {
    put(x);
    try {
      return floats(fn(...inputs)).map(valuesOf);
    } finally {
      put(center);
    }
  };
  const above = outputsAt(center + eps);
  const below = outputsAt(center - eps);
  return above.map((values, o) => values.map((value, r) => (value - below[o]![r]!) / (2 * eps)));
}

function isClose(found: number, wanted: number, { atol, rtol }: Settings): boolean {
  return found === wanted || Math.abs(found - wanted) <= atol + rtol * Math.abs(wanted);
}

function sameWithin(a: number, b: number, tolerance: number): boolean {
  return Object.is(a, b) || Math.abs(a - b) <= tolerance;
}

function checkInputs(fn: string, inputs: readonly Tensor[]): void {
  if (!inputs.some((t) => t.requiresGrad)) {
    throw new Error(
      `${fn} expects at least one input tensor to require gradient, but none of the them have requiresGrad: true.`,
    );
  }
  for (const [i, input] of inputs.entries()) {
    if (!input.requiresGrad) continue;
    if (input.dtype !== "float64") {
      throw new TypeError(
        `${fn}: input ${i} requires gradient and is ${input.dtype}; finite differences need float64, such as ${fn}(fn, [x.detach().double().requiresGrad_()])`,
      );
    }
    if (input.stride().some((stride, d) => stride === 0 && input.shape[d]! > 1)) {
      throw new Error(
        `The ${i}th input has a dimension with stride 0. ${fn} only supports inputs that are non-overlapping to be able to compute the numerical gradients correctly. You should call .contiguous on the input before passing it to ${fn}.`,
      );
    }
  }
}

function floats(outputs: Tensor | readonly Tensor[]): Tensor[] {
  return asList(outputs).filter((t) => isFloat(t.dtype));
}

function differentiable(outputs: Tensor | readonly Tensor[]): Tensor[] {
  return asList(outputs).filter((t) => t.requiresGrad);
}

/** A gradient to start from: of either sign, of size about 1, and never the same twice in a row. */
function makeCotangent(output: Tensor): Tensor {
  const cotangent = output.detach().clone();
  for (const [i, position] of positions(cotangent).entries()) {
    // Multiples of the golden ratio spread evenly over the unit interval.
    const spread = ((i + 1) * 0.6180339887498949) % 1;
    cotangent.storage.data[position] = (i % 2 === 0 ? 1 : -1) * (0.5 + spread);
  }
  return cotangent.requiresGrad_();
}

/** Where each element lies in the storage, in row-major order. */
function positions(t: Tensor): number[] {
  let found = [t.offset];
  for (const [d, size] of t.shape.entries()) {
    const stride = t.strides[d]!;
    found = found.flatMap((start) => Array.from({ length: size }, (_, i) => start + i * stride));
  }
  return found;
}

function valuesOf(t: Tensor): Float64Array {
  const { data } = t.storage;
  return Float64Array.from(positions(t), (position) => data[position]!);
}

/** A flat index as one index a dimension, for a message. */
function indexOf(flat: number, shape: Shape): string {
  const index = new Array<number>(shape.length);
  for (let d = shape.length - 1; d >= 0; d--) {
    index[d] = flat % shape[d]!;
    flat = Math.floor(flat / shape[d]!);
  }
  return formatShape(index);
}

function asList(tensors: Tensor | readonly Tensor[]): readonly Tensor[] {
  if (!isTensor(tensors) && !(Array.isArray(tensors) && tensors.every(isTensor))) {
    throw new TypeError(
      `gradcheck: expected a Tensor or a list of Tensors, both as inputs and as the function's result, got ${describe(tensors)}`,
    );
  }
  return isTensor(tensors) ? [tensors] : tensors;
}

function withDefaults(fn: string, given: GradcheckOptions): Settings {
  checkOptions(fn, given, Object.keys(DEFAULTS));
  const settings = { ...DEFAULTS, ...given };
  for (const name of ["eps", "atol", "rtol", "nondetTol"] as const) {
    const value = settings[name];
    if (typeof value === "number" && value >= 0 && (value > 0 || name !== "eps")) continue;
    const wanted = name === "eps" ? "a number above 0" : "a number that is not negative";
    throw new RangeError(`${fn}(): option '${name}' must be ${wanted}, got ${describe(value)}`);
  }
  return settings;
}
