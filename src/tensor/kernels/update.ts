import { numel } from "../shape.ts";
import type { Strided } from "../storage.ts";
import { accelerator } from "./accelerator.ts";
import { copy, densely } from "./elementwise.ts";
import { isDense } from "./iterate.ts";
import { NUMBERS, SINGLES, type Update } from "./lanes.ts";
import { isWorthwhile } from "./vectorized.ts";

/** An update of several arrays in one pass: the first `writes` operands are overwritten. */
export class UpdateKernel {
  readonly body: Update;
  readonly writes: number;

  constructor(writes: number, body: Update) {
    this.writes = writes;
    this.body = body;
  }
}

// One element's operands and results; the loop is synchronous, so that one set serves all calls.
const x: number[] = [];
const out: number[] = [];

function denseUpdate(
  kernel: UpdateKernel,
  operands: readonly Strided[],
  scalars: readonly number[],
): void {
  const { body, writes } = kernel;
  const first = operands[0]!;
  if (isWorthwhile(first) && accelerator?.update(kernel, operands, scalars)) return;
  const single = first.dtype === "float32";
  const m = single ? SINGLES : NUMBERS;
  const s = single ? scalars.map(Math.fround) : scalars;
  const n = numel(first.shape);
  for (let i = 0; i < n; i++) {
    for (let k = 0; k < operands.length; k++) {
      x[k] = operands[k]!.storage.data[operands[k]!.offset + i]!;
    }
    body(m, x, s, out);
    for (let k = 0; k < writes; k++) {
      operands[k]!.storage.data[operands[k]!.offset + i] = out[k]!;
    }
  }
}

/** Runs `kernel` over operands of one shape and dtype. */
export function update(
  kernel: UpdateKernel,
  operands: readonly Strided[],
  scalars: readonly number[],
): void {
  if (operands.every(isDense)) {
    denseUpdate(kernel, operands, scalars);
    return;
  }
  const dense = operands.map(densely);
  denseUpdate(kernel, dense, scalars);
  for (let k = 0; k < kernel.writes; k++) {
    if (dense[k] !== operands[k]) copy(dense[k]!, operands[k]!);
  }
}
