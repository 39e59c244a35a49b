/**
 * Elementwise results that are put off until somebody reads them, so that a chain such as
 * `a.mul(b).add(c).relu()` runs in one pass: a fresh array costs more than the arithmetic that fills
 * it. Nothing but the time shows it: operands are kept as they were, and a result waits for a few
 * more operations at most.
 */
import type { TypedArray } from "../../dtype.ts";
import { broadcastStrides, numel } from "../../shape.ts";
import { type Pending, Snapshot, type Storage, type Strided } from "../../storage.ts";
import { allocateRaw, Unmade } from "../../unmade.ts";
import { stopWaiting, wait } from "../../waiting.ts";
import { COLUMN, FULL, type Layout, ROW, SCALAR } from "../accelerator.ts";
import { collapse, isDense, isDenseLike } from "../iterate.ts";
import { type ChainInput, type ChainStep, runChain } from "./chain.ts";
import type { Kernel, Program } from "./elementwise.ts";

/** A chain takes so many operations at most. */
const MOST_STEPS = 8;

/** An array operand: a storage as it was, read from an offset on. */
interface Read {
  readonly snapshot: Snapshot;
  readonly offset: number;
}

/** How operands lie against a result taken as rows; one row where none is a row or a column. */
interface Arrangement {
  readonly rows: number;
  readonly layouts: readonly Layout[];
}

/** A result that has yet to be computed. */
class Deferred implements Pending {
  readonly result: Storage;
  readonly single: boolean;
  readonly kernel: Kernel;
  readonly layouts: readonly Layout[];
  readonly operands: readonly (Read | number)[];
  /** The rows in which it and all that it is built on can be computed. */
  readonly rows: number;
  /** How many operations that takes at most. */
  readonly steps: number;

  constructor(
    result: Storage,
    single: boolean,
    kernel: Kernel,
    layouts: readonly Layout[],
    operands: readonly (Read | number)[],
    rows: number,
    steps: number,
  ) {
    this.result = result;
    this.single = single;
    this.kernel = kernel;
    this.layouts = layouts;
    this.operands = operands;
    this.rows = rows;
    this.steps = steps;
  }

  settle(): TypedArray {
    stopWaiting(this.result);
    const { steps, inputs } = planOf(this);
    const { length } = this.result;
    const out = allocateRaw(this.single ? "float32" : "float64", length);
    runChain(steps, inputs, this.rows, length / this.rows, out);
    for (const operand of this.operands)
      if (typeof operand !== "number") operand.snapshot.readers--;
    return out;
  }
}

/** The operations behind a result, each once and after its operands, and the arrays they read. */
function planOf(root: Deferred): { steps: ChainStep[]; inputs: ChainInput[] } {
  const steps: ChainStep[] = [];
  const inputs: ChainInput[] = [];
  const known = new Map<Deferred, number>();
  const stepOf = (deferred: Deferred): number => {
    const found = known.get(deferred);
    if (found !== undefined) return found;
    const { kernel, layouts } = deferred;
    const operands = deferred.operands.map((operand, i) => {
      if (typeof operand === "number") return operand;
      const { storage } = operand.snapshot;
      if (storage.pending instanceof Deferred) return -1 - stepOf(storage.pending);
      return inputs.push({ array: storage.data, offset: operand.offset, layout: layouts[i]! }) - 1;
    });
    const step = steps.push({ kernel, layouts, operands }) - 1;
    known.set(deferred, step);
    return step;
  };
  stepOf(root);
  return { steps, inputs };
}

/**
 * Puts an operation off.
 * @param out a result that nobody has seen.
 * @returns false, having changed nothing, where it should run now.
 */
export function defer(program: Program, inputs: readonly Strided[], out: Strided): boolean {
  const result = out.storage;
  if (!(result.pending instanceof Unmade) || !program.isArithmetic) return false;
  const arrangement = arrange(inputs, out);
  if (arrangement === null) return false;
  const { layouts } = arrangement;
  const single = out.dtype === "float32";
  const kernel = program.kernel(single, layouts);
  if (kernel === null || kernel.refuses) return false;
  let { rows } = arrangement;
  let steps = 1;
  const operands = inputs.map((input, i): Read | number => {
    const { storage, offset } = input;
    if (layouts[i] === SCALAR) return storage.data[offset]!;
    const before = storage.pending;
    if (before instanceof Deferred) {
      const fits =
        layouts[i] === FULL &&
        before.result.length === result.length &&
        steps + before.steps <= MOST_STEPS &&
        (rows === 1 || before.rows === 1 || rows === before.rows);
      if (fits) {
        rows = Math.max(rows, before.rows);
        steps += before.steps;
        stopWaiting(storage);
      } else storage.settle();
    }
    storage.snapshot ??= new Snapshot(storage);
    storage.snapshot.readers++;
    return { snapshot: storage.snapshot, offset };
  });
  result.pending = new Deferred(result, single, kernel, layouts, operands, rows, steps);
  wait(result);
  return true;
}

/** How the operands lie, or null where the plain loop or a separate pass should read one of them. */
function arrange(inputs: readonly Strided[], out: Strided): Arrangement | null {
  if (!isDense(out) || numel(out.shape) !== out.storage.length) return null;
  const layouts = new Array<Layout>(inputs.length);
  let flat = true;
  for (let i = 0; i < inputs.length; i++) {
    const input = inputs[i]!;
    if (numel(input.shape) === 1) {
      layouts[i] = SCALAR;
      continue;
    }
    // What is read now and changed again and again would have to be copied each time.
    if (input.dtype !== out.dtype || input.storage.changes) return null;
    layouts[i] = FULL;
    flat &&= isDenseLike(input, out.shape);
  }
  if (flat) return { rows: 1, layouts };
  const strides = inputs.map((t) => broadcastStrides(t.shape, t.strides, out.shape));
  const walk = collapse(out.shape, [out.strides, ...strides]);
  if (walk.shape.length > 2) return null;
  const last = walk.shape.length - 1;
  for (let i = 0; i < inputs.length; i++) {
    if (layouts[i] === SCALAR) continue;
    const inner = walk.strides[i + 1]![last]!;
    const outer = last > 0 ? walk.strides[i + 1]![0]! : 0;
    if (inner === 1 && (last === 0 || outer === walk.shape[last])) layouts[i] = FULL;
    else if (inner === 1 && outer === 0) layouts[i] = ROW;
    else if (inner === 0 && outer === 1) layouts[i] = COLUMN;
    else return null;
  }
  return { rows: last > 0 ? walk.shape[0]! : 1, layouts };
}
