/** Assertions that hold for any operation. They need no test runner: they throw. */
import { autograd, Tensor } from "../../src/index.ts";
import { recycle, setPassing } from "../../src/tensor/spare.ts";
import { newStorage } from "../../src/tensor/storage.ts";

/** One use of an operation: inputs, and what is done with them. */
export interface Case {
  readonly inputs: readonly Tensor[];
  readonly fn: (...inputs: Tensor[]) => Tensor | readonly Tensor[];
}

export interface GradientTolerance {
  readonly eps?: number;
  readonly atol?: number;
  readonly rtol?: number;
}

/** First-order gradients agree with finite differences. */
export function assertGradients({ inputs, fn }: Case, tolerance: GradientTolerance = {}): void {
  autograd.gradcheck(fn, inputs, tolerance);
}

/** Second-order gradients agree with finite differences. */
export function assertSecondGradients(
  { inputs, fn }: Case,
  tolerance: GradientTolerance = {},
): void {
  autograd.gradgradcheck(fn, inputs, tolerance);
}

/** The results are those on dense copies of the inputs: where the elements lie does not matter. */
export function assertLayoutIndependent({ inputs, fn }: Case): void {
  const dense = inputs.map((t) => t.detach().clone().contiguous().requiresGrad_(t.requiresGrad));
  const found = asList(fn(...inputs));
  const expected = asList(fn(...dense));
  assertAlike(found, expected, "result");
  if (!found.some((t) => t.requiresGrad)) return;
  assertAlike(gradients(found, inputs), gradients(expected, dense), "gradient");
}

/** The results are the same in memory that was used before, whatever is left in it. */
export function assertMemoryIndependent({ inputs, fn }: Case): void {
  const run = () => {
    const results = asList(fn(...inputs));
    const clones = results.map((t) => t.detach().clone());
    return results.some((t) => t.requiresGrad)
      ? [...clones, ...gradients(results, inputs)]
      : clones;
  };
  const expected = run();
  for (const dtype of ["float32", "float64"] as const) {
    for (let length = 1; length <= 64; length++) {
      for (let spare = 0; spare < 3; spare++) {
        const storage = newStorage(dtype, length);
        // Tiny storages share their arrays and are not used again.
        if (storage.data.length === length) storage.data.fill(Number.NaN);
        recycle(storage);
      }
    }
  }
  const before = setPassing(true);
  try {
    assertAlike(run(), expected, "result or gradient", 0);
  } finally {
    setPassing(before);
  }
}

/** The gradient of a sum of two results is the sum of their gradients. */
export function assertBackwardIsAdditive(
  inputs: readonly Tensor[],
  f: Case["fn"],
  g: Case["fn"],
): void {
  const total = (fn: Case["fn"]) => asList(fn(...inputs)).reduce(sumWith, null)!;
  const together = gradients([total(f).add(total(g))], inputs);
  const first = gradients([total(f)], inputs);
  const second = gradients([total(g)], inputs);
  assertAlike(
    together,
    first.map((t, i) => t.add(second[i]!)),
    "gradient",
  );
}

/** Backward is linear: from a u + b v it gives a times that from u plus b times that from v. */
export function assertBackwardIsLinear({ inputs, fn }: Case, a: number, b: number): void {
  const outputs = differentiable(asList(fn(...inputs)));
  const u = outputs.map((t, i) => ramp(t, 0.3 + i));
  const v = outputs.map((t, i) => ramp(t, -0.7 - i));
  const from = (seeds: Tensor[]) => gradients(outputs, inputs, seeds);
  const mixed = from(u.map((t, i) => t.mul(a).add(v[i]!.mul(b))));
  const [gu, gv] = [from(u), from(v)];
  assertAlike(
    mixed,
    gu.map((t, i) => t.mul(a).add(gv[i]!.mul(b))),
    "gradient",
  );
}

function sumWith(total: Tensor | null, t: Tensor): Tensor {
  const sum = t.sum();
  return total === null ? sum : total.add(sum);
}

/** Elements `start`, `start` + 0.1, … in the shape of `t`. */
function ramp(t: Tensor, start: number): Tensor {
  const out = t.detach().clone().contiguous();
  const flat = out.view(-1);
  for (let i = 0; i < out.numel(); i++) flat.at(i).fill_(start + i / 10);
  return out;
}

function differentiable(outputs: readonly Tensor[]): Tensor[] {
  return outputs.filter((t) => t.requiresGrad);
}

function gradients(
  outputs: readonly Tensor[],
  inputs: readonly Tensor[],
  seeds?: readonly Tensor[],
): Tensor[] {
  const from = differentiable(outputs);
  const to = differentiable(inputs);
  const found = autograd.grad(from, to, {
    gradOutputs: seeds ?? from.map((t) => ramp(t, 0.5)),
    allowUnused: true,
    retainGraph: true,
  });
  return found.map((g, i) => g ?? to[i]!.detach().mul(0));
}

function asList(result: Tensor | readonly Tensor[]): readonly Tensor[] {
  return result instanceof Tensor ? [result] : result;
}

/** @throws Error where shapes or dtypes differ, or elements by more than rounding. */
export function assertAlike(
  found: readonly Tensor[],
  expected: readonly Tensor[],
  what: string,
  tolerance = 1e-10,
): void {
  for (const [i, want] of expected.entries()) {
    const got = found[i]!;
    if (got.shape.join() !== want.shape.join() || got.dtype !== want.dtype) {
      throw new Error(
        `${what} ${i} is ${got.dtype} [${got.shape.join(", ")}], expected ${want.dtype} [${want.shape.join(", ")}]`,
      );
    }
    const [a, b] = [got.toTypedArray(), want.toTypedArray()];
    for (let k = 0; k < b.length; k++) {
      const [x, y] = [a[k]!, b[k]!];
      if (Object.is(x, y) || x === y) continue;
      if (!(Math.abs(x - y) <= tolerance * Math.max(1, Math.abs(y)))) {
        throw new Error(`${what} ${i}, element ${k}: ${x}, expected ${y}`);
      }
    }
  }
}
