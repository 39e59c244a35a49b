import { isFloat, type TypedArray } from "../dtype.ts";
import { broadcastStrides, numel } from "../shape.ts";
import type { Strided } from "../storage.ts";
import {
  accelerator,
  COLUMN,
  FULL,
  type Layout,
  type Program,
  ROW,
  SCALAR,
} from "./accelerator.ts";
import { collapse, forEachRow, isDense, isDenseLike } from "./iterate.ts";

/** From this many elements on, copying to the vector kernel and back costs less than the loop. */
const WORTHWHILE = 96;

/** Whether there are vector kernels, and a result is large enough, and of a type, for them. */
export function isWorthwhile(out: Strided): boolean {
  return numel(out.shape) >= WORTHWHILE && isFloat(out.dtype) && accelerator !== null;
}

/** The same for a result of bytes, which is judged by what it is computed from. */
export function isWorthwhileTest(out: Strided, operand: Strided): boolean {
  return numel(out.shape) >= WORTHWHILE && isFloat(operand.dtype) && accelerator !== null;
}

/**
 * Runs a vector kernel over operands that broadcast to `out`.
 * @returns false, having written nothing, where the plain loop should do it.
 */
export function vectorized(program: Program, inputs: readonly Strided[], out: Strided): boolean {
  if (!isDense(out)) return false;
  const count = inputs.length;
  const arrays = new Array<TypedArray | number>(count);
  const offsets = new Array<number>(count);
  const layouts = new Array<Layout>(count);
  for (let i = 0; i < count; i++) {
    const input = inputs[i]!;
    const { data } = input.storage;
    offsets[i] = input.offset;
    if (isDenseLike(input, out.shape)) {
      arrays[i] = data;
      layouts[i] = FULL;
    } else if (numel(input.shape) === 1) {
      arrays[i] = data[input.offset]!;
      layouts[i] = SCALAR;
    } else return broadcast(program, inputs, out);
  }
  const n = numel(out.shape);
  return program.run(1, n, [out.storage.data], [out.offset], arrays, offsets, layouts);
}

/** As rows and columns; where there are more dimensions, one matrix after another. */
function broadcast(program: Program, inputs: readonly Strided[], out: Strided): boolean {
  const strides = inputs.map((t) => broadcastStrides(t.shape, t.strides, out.shape));
  const walk = collapse(out.shape, [out.strides, ...strides]);
  const last = walk.shape.length - 1;
  const columns = walk.shape[last]!;
  const rows = last > 0 ? walk.shape[last - 1]! : 1;
  const count = inputs.length;
  const layouts = new Array<Layout>(count);
  for (let i = 0; i < count; i++) {
    const inner = walk.strides[i + 1]![last]!;
    const outer = last > 0 ? walk.strides[i + 1]![last - 1]! : 0;
    if (inner === 1 && (outer === columns || rows === 1)) layouts[i] = FULL;
    else if (inner === 1 && outer === 0) layouts[i] = ROW;
    else if (inner === 0 && outer === 1) layouts[i] = COLUMN;
    else if (inner === 0 && outer === 0) layouts[i] = SCALAR;
    else return false;
  }
  if (last > 1 && rows * columns < WORTHWHILE) return false;
  const arrays = new Array<TypedArray | number>(count);
  const offsets = new Array<number>(count);
  const outs = [out.storage.data];
  const outOffsets = [out.offset];
  let done = true;
  const matrices = {
    shape: last > 0 ? walk.shape.slice(0, -1) : [1],
    strides: last > 0 ? walk.strides.map((s) => s.slice(0, -1)) : walk.strides.map(() => [0]),
  };
  forEachRow(matrices, [out.offset, ...inputs.map((t) => t.offset)], (at) => {
    for (let i = 0; i < count; i++) {
      const { data } = inputs[i]!.storage;
      offsets[i] = at[i + 1]!;
      arrays[i] = layouts[i] === SCALAR ? data[at[i + 1]!]! : data;
    }
    outOffsets[0] = at[0]!;
    done &&= program.run(rows, columns, outs, outOffsets, arrays, offsets, layouts);
  });
  return done;
}
