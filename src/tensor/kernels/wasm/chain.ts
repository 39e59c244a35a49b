/**
 * Several elementwise operations in one pass: each piece goes through all of them while it is in the
 * cache, and what lies between two of them is never stored.
 */
import type { TypedArray } from "../../dtype.ts";
import { FULL, type Layout, ROW, SCALAR } from "../accelerator.ts";
import { call, type Kernel } from "./elementwise.ts";
import { bringIn, copyOut, FIRST_SLOT, PIECE_BYTES, SLOT_BYTES } from "./pieces.ts";

/** An array that a chain reads, dense from its offset on. */
export interface ChainInput {
  readonly array: TypedArray;
  readonly offset: number;
  readonly layout: Layout;
}

/** One operation of a chain; the last one's result is the chain's. */
export interface ChainStep {
  readonly kernel: Kernel;
  readonly layouts: readonly Layout[];
  /** For each operand the number, or which input it is, or -1 - k for the result of step k. */
  readonly operands: readonly number[];
}

/** What the kernels of a chain are called with: in each step the result's address, then operands'. */
interface Placed {
  readonly args: readonly number[][];
  /** The slot of each input. */
  readonly slots: readonly number[];
}

/** Gives every input and result a slot of the scratch area; a result's serves again once it is read. */
function place(steps: readonly ChainStep[], inputs: number): Placed {
  const lastReader = new Array<number>(steps.length).fill(-1);
  for (let s = 0; s < steps.length; s++) {
    const { operands, layouts } = steps[s]!;
    for (let i = 0; i < operands.length; i++) {
      const from = operands[i]!;
      if (layouts[i] !== SCALAR && from < 0) lastReader[-1 - from] = s;
    }
  }
  let end = FIRST_SLOT;
  const slots = new Array<number>(inputs);
  for (let i = 0; i < inputs; i++, end += SLOT_BYTES) slots[i] = end;
  const free: number[] = [];
  const args = new Array<number[]>(steps.length);
  for (let s = 0; s < steps.length; s++) {
    const { operands, layouts } = steps[s]!;
    const own = new Array<number>(operands.length + 1);
    // A slot is free only after the step that reads it: kernels must not overwrite their operands.
    const result = free.pop();
    own[0] = result ?? end;
    if (result === undefined) end += SLOT_BYTES;
    for (let i = 0; i < operands.length; i++) {
      const from = operands[i]!;
      if (layouts[i] === SCALAR) own[i + 1] = from;
      else if (from >= 0) own[i + 1] = slots[from]!;
      else {
        const step = -1 - from;
        own[i + 1] = args[step]![0]!;
        if (lastReader[step] === s) {
          free.push(own[i + 1]!);
          // The same result as a second operand is given back once.
          lastReader[step] = -1;
        }
      }
    }
    args[s] = own;
  }
  return { args, slots };
}

/** Fills `out` with the result of the last of `steps`, taking it as `rows` by `columns` elements. */
export function runChain(
  steps: readonly ChainStep[],
  inputs: readonly ChainInput[],
  rows: number,
  columns: number,
  out: TypedArray,
): void {
  const { heap } = steps[0]!.kernel;
  const { args, slots } = place(steps, inputs.length);
  const addresses = new Array<number>(inputs.length);
  const piece = PIECE_BYTES / out.BYTES_PER_ELEMENT;
  const rowStep = Math.max(1, Math.floor(piece / columns));
  const columnStep = Math.min(columns, piece);
  for (let row = 0; row < rows; row += rowStep) {
    const height = Math.min(rowStep, rows - row);
    for (let column = 0; column < columns; column += columnStep) {
      const width = Math.min(columnStep, columns - column);
      const start = row * columns + column;
      for (let i = 0; i < inputs.length; i++) {
        const { array, offset, layout } = inputs[i]!;
        const from = offset + (layout === FULL ? start : layout === ROW ? column : row);
        const length = layout === FULL ? height * width : layout === ROW ? width : height;
        addresses[i] = bringIn(heap, slots[i]!, array, from, length);
      }
      for (let s = 0; s < steps.length; s++) {
        const { kernel, layouts, operands } = steps[s]!;
        const own = args[s]!;
        // A piece of several rows is one, unless an operand is a row or a column.
        let flat = true;
        for (let i = 0; i < operands.length; i++) {
          const layout = layouts[i]!;
          if (layout !== SCALAR && operands[i]! >= 0) own[i + 1] = addresses[operands[i]!]!;
          flat &&= layout === FULL || layout === SCALAR;
        }
        if (flat) call(kernel.run, 1, height * width, own);
        else call(kernel.run, height, width, own);
      }
      copyOut(heap, args.at(-1)![0]!, out, start, height * width);
    }
  }
}
