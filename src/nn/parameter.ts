import { type DType, isFloat } from "../tensor/dtype.ts";
import { checkTensor } from "../tensor/operand.ts";
import { checkOptions } from "../tensor/options.ts";
import { Tensor } from "../tensor/tensor.ts";
import { checkFlags } from "./checks.ts";
import type { Members } from "./tree.ts";

/** Options of a `Parameter`. */
export interface ParameterOptions {
  /** Whether gradients accumulate in it; true. */
  requiresGrad?: boolean;
}

/** A tensor that a module learns: assigned to an attribute of one, it appears in `parameters()`. */
export class Parameter extends Tensor {
  /** Keeps a plain tensor from passing for a parameter at compile time; nothing at run time. */
  declare protected readonly parameterBrand: true;

  /**
   * @param data the elements, which are shared and not copied; its graph is left behind.
   * @throws TypeError if `data` is no tensor or an option unknown, Error for a dtype without gradients.
   */
  constructor(data: Tensor, options: ParameterOptions = {}) {
    checkTensor("Parameter", "data", data);
    checkOptions("Parameter", options, ["requiresGrad"]);
    checkFlags("Parameter", options, ["requiresGrad"]);
    super(data.storage, data.offset, data.shape, data.strides, data.dtype);
    if (options.requiresGrad ?? true) this.requiresGrad_();
  }

  override toString(): string {
    return `Parameter containing:\n${super.toString()}`;
  }
}

/**
 * Converts a parameter's elements and gradient; it stays the same object, so that whoever holds it
 * (an optimizer, another module) holds the converted one.
 */
function castInPlace(parameter: Parameter, dtype: DType): void {
  if (parameter.dtype === dtype) return;
  const { grad } = parameter;
  parameter.grad = null;
  parameter.data = parameter.detach().to(dtype);
  parameter.grad = grad === null ? null : grad.to(dtype);
}

/** Options of a `Buffer`. */
export interface BufferOptions {
  /** Whether it is part of `stateDict()`; true. */
  persistent?: boolean;
}

/**
 * A tensor that belongs to a module without being learned, such as a running mean: assigned to an
 * attribute of one, it is saved and cast with it.
 */
export class Buffer extends Tensor {
  readonly persistent: boolean;

  /**
   * @param data the elements, which are shared and not copied; its graph is left behind.
   * @throws TypeError if `data` is no tensor or an option unknown.
   */
  constructor(data: Tensor, options: BufferOptions = {}) {
    checkTensor("Buffer", "data", data);
    checkOptions("Buffer", options, ["persistent"]);
    checkFlags("Buffer", options, ["persistent"]);
    super(data.storage, data.offset, data.shape, data.strides, data.dtype);
    this.persistent = options.persistent ?? true;
  }
}

/** Converts a module's own floating-point parameters in place, and puts converted buffers in place. */
export function castMembers({ parameters, buffers }: Members, dtype: DType): void {
  for (const { value } of parameters) if (isFloat(value.dtype)) castInPlace(value, dtype);
  for (const { value, holder, property, persistent } of buffers) {
    if (!isFloat(value.dtype)) continue;
    const cast = value.to(dtype);
    const kept = value instanceof Buffer ? new Buffer(cast, { persistent }) : cast;
    Reflect.set(holder, property, kept);
  }
}
