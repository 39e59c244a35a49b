import { CREATE_KEYS, type CreateOptions, dtypeOf, finish } from "./create.ts";
import { checkFits, type DType, getDefaultDtype, isFloat, scalarName } from "./dtype.ts";
import { castFunction } from "./kernels/elementwise.ts";
import { fresh } from "./make.ts";
import { checkTensor } from "./operand.ts";
import { expand, reshape } from "./ops/view.ts";
import { checkOptions } from "./options.ts";
import { describe, numel } from "./shape.ts";
import type { Tensor } from "./tensor.ts";

function checkFinite(fn: string, name: string, value: number): void {
  if (typeof value !== "number" || !Number.isFinite(value)) {
    throw new RangeError(
      `${fn}(): unsupported range: '${name}' must be finite, got ${describe(value)}`,
    );
  }
}

/**
 * start, start + step, … up to before end; int64 where all three are integers.
 * Called as `arange(end)`, `arange(start, end)` or `arange(start, end, step)`, options last.
 */
export function arange(end: number, options?: CreateOptions): Tensor;
export function arange(start: number, end: number, options?: CreateOptions): Tensor;
export function arange(start: number, end: number, step: number, options?: CreateOptions): Tensor;
export function arange(...args: (number | CreateOptions | undefined)[]): Tensor {
  const numbers = args.filter((x) => typeof x === "number");
  const [options = {}, ...rest] = args.filter((x) => typeof x !== "number" && x !== undefined);
  if (
    numbers.length === 0 ||
    numbers.length > 3 ||
    rest.length > 0 ||
    typeof options !== "object"
  ) {
    throw new TypeError(
      `arange() takes one to three numbers and options, got (${args.map(describe).join(", ")})`,
    );
  }
  const [start, end, step] =
    numbers.length === 1 ? [0, numbers[0]!, 1] : [numbers[0]!, numbers[1]!, numbers[2] ?? 1];
  checkFinite("arange", "start", start);
  checkFinite("arange", "end", end);
  checkFinite("arange", "step", step);
  if (step === 0) throw new RangeError("step must be nonzero");
  if ((end - start) * step < 0) {
    throw new RangeError("upper bound and larger bound inconsistent with step sign");
  }
  const integers = [start, end, step].every(Number.isInteger);
  const dtype = dtypeOf("arange", options, integers ? "int64" : getDefaultDtype());
  refuseBool("arange", dtype);
  const [first, by] = isFloat(dtype) ? [start, step] : [Math.trunc(start), Math.trunc(step)];
  if (by === 0) throw new RangeError("step must be nonzero");
  // PyTorch cuts all three to int64, but to no narrower type, before it counts.
  const span = dtype === "int64" ? Math.trunc(end) - first : end - start;
  const count = Math.ceil(span / (dtype === "int64" ? by : step));
  const out = fresh(dtype, [count]);
  const { data } = out.storage;
  for (let i = 0; i < count; i++) data[out.offset + i] = first + i * by;
  return finish(out, options);
}

function refuseBool(fn: string, dtype: DType): void {
  if (dtype === "bool") throw new TypeError(`"${fn}_cpu" not implemented for 'Bool'`);
}

/** A bound in the dtype of the result, as PyTorch converts it before anything else. */
function bound(fn: string, name: string, value: number, dtype: DType): number {
  if (typeof value !== "number") {
    throw new TypeError(`${fn}(): argument '${name}' must be a number, not ${describe(value)}`);
  }
  if (isFloat(dtype)) return value;
  checkFits(value, dtype);
  return Math.trunc(value);
}

function checkSteps(fn: string, steps: number): void {
  if (!Number.isInteger(steps) || steps < 0) {
    throw new RangeError(`number of steps must be non-negative (${fn}() got ${steps})`);
  }
}

/** Element i of `steps` from start to end, counted from the nearer end, as PyTorch rounds it. */
function spaced(start: number, end: number, steps: number): (i: number) => number {
  const step = steps > 1 ? (end - start) / (steps - 1) : 0;
  return (i) => (i < Math.floor(steps / 2) ? start + step * i : end - step * (steps - i - 1));
}

/** `steps` values from start to end, both included, evenly spaced. */
export function linspace(
  start: number,
  end: number,
  steps: number,
  options: CreateOptions = {},
): Tensor {
  checkSteps("linspace", steps);
  const dtype = dtypeOf("linspace", options, getDefaultDtype());
  refuseBool("linspace", dtype);
  const first = bound("linspace", "start", start, dtype);
  const out = fresh(dtype, [steps]);
  const at = spaced(first, bound("linspace", "end", end, dtype), steps);
  const convert = castFunction("float64", dtype);
  for (let i = 0; i < steps; i++) {
    const x = steps === 1 ? first : at(i);
    out.storage.data[out.offset + i] = convert === null ? x : convert(x);
  }
  return finish(out, options);
}

export interface LogspaceOptions extends CreateOptions {
  /** 10 unless given. */
  readonly base?: number;
}

/** base to the power of `steps` evenly spaced exponents. */
export function logspace(
  start: number,
  end: number,
  steps: number,
  options: LogspaceOptions = {},
): Tensor {
  checkSteps("logspace", steps);
  const { base = 10 } = options;
  const dtype = dtypeOf("logspace", options, getDefaultDtype(), [...CREATE_KEYS, "base"]);
  refuseBool("logspace", dtype);
  const first = bound("logspace", "start", start, dtype);
  const out = fresh(dtype, [steps]);
  const at = spaced(first, bound("logspace", "end", end, dtype), steps);
  const convert = castFunction("float64", dtype);
  for (let i = 0; i < steps; i++) {
    // JavaScript's 1 ** NaN is NaN, C's is 1.
    const x = base === 1 ? 1 : base ** (steps === 1 ? first : at(i));
    out.storage.data[out.offset + i] = convert === null ? x : convert(x);
  }
  return finish(out, options);
}

/**
 * Coordinate grids of vectors.
 * @param options indexing: "ij" (default, as torch) or "xy" (as NumPy).
 */
export function meshgrid(
  tensors: readonly Tensor[],
  options: { readonly indexing?: "ij" | "xy" } = {},
): Tensor[] {
  checkOptions("meshgrid", options, ["indexing"]);
  const { indexing = "ij" } = options;
  if (indexing !== "ij" && indexing !== "xy") {
    throw new RangeError(
      `torch.meshgrid: indexing must be one of "xy" or "ij", but received: ${String(indexing)}`,
    );
  }
  if (!Array.isArray(tensors)) {
    throw new TypeError(
      `meshgrid(): argument 'tensors' must be an array of Tensors, not ${describe(tensors)}`,
    );
  }
  for (const t of tensors) checkTensor("meshgrid", "tensors", t);
  if (tensors.length === 0) throw new RangeError("meshgrid expects a non-empty TensorList");
  for (const t of tensors) {
    if (t.dtype !== tensors[0]!.dtype) {
      throw new TypeError("torch.meshgrid expects all tensors to have the same dtype");
    }
    if (t.shape.length > 1) {
      throw new RangeError(
        `torch.meshgrid: Expected 0D or 1D tensor in the tensor list but got: ${scalarName(t.dtype)} with ${t.shape.length} dimensions`,
      );
    }
  }
  const swap = indexing === "xy" && tensors.length > 1;
  const order = swap ? [tensors[1]!, tensors[0]!, ...tensors.slice(2)] : tensors;
  const shape = order.map((t) => numel(t.shape));
  const grids = order.map((t, d) =>
    expand(
      reshape(
        t,
        shape.map((_, i) => (i === d ? -1 : 1)),
      ),
      shape,
    ),
  );
  if (!swap) return grids;
  return [grids[1]!, grids[0]!, ...grids.slice(2)];
}
