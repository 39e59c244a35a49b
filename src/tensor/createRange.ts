import { CREATE_KEYS, type CreateOptions, dtypeOf, finish } from "./create.ts";
import { getDefaultDtype, scalarName } from "./dtype.ts";
import { castFunction } from "./kernels/elementwise.ts";
import { fresh } from "./make.ts";
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
  const options = args.find((x) => typeof x === "object") ?? {};
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
  const count = Math.ceil((end - start) / step);
  const out = fresh(dtype, [count]);
  const { data } = out.storage;
  for (let i = 0; i < count; i++) data[out.offset + i] = start + i * step;
  return finish(out, options);
}

function checkSteps(fn: string, steps: number): void {
  if (!Number.isInteger(steps) || steps < 0) {
    throw new RangeError(`number of steps must be non-negative (${fn}() got ${steps})`);
  }
}

/** Element i of `steps` from start to end, counted from the nearer end, as PyTorch rounds it. */
function spaced(start: number, end: number, steps: number): (i: number) => number {
  const step = steps > 1 ? (end - start) / (steps - 1) : 0;
  return (i) => (i < steps / 2 ? start + step * i : end - step * (steps - i - 1));
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
  const out = fresh(dtype, [steps]);
  const at = spaced(start, end, steps);
  const convert = castFunction("float64", dtype);
  for (let i = 0; i < steps; i++) {
    const x = steps === 1 ? start : at(i);
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
  const out = fresh(dtype, [steps]);
  const at = spaced(start, end, steps);
  const convert = castFunction("float64", dtype);
  for (let i = 0; i < steps; i++) {
    const x = base ** (steps === 1 ? start : at(i));
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
