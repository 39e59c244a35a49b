/** Sums, extremes and softmax of dense arrays, piece by piece. */
import type { TypedArray } from "../../dtype.ts";
import { bringIn, copyOut, FIRST_SLOT, PIECE_BYTES, SLOT_BYTES } from "./pieces.ts";
import { type RowsExports, reduceSource, softmaxSource } from "./rows.ts";
import { getHeap, type Heap, instantiate, SCRATCH_BYTES } from "./runtime.ts";

type Reductions = Pick<RowsExports, "sum" | "sumRows" | "maxRows" | "minRows" | "sumColumns">;
type Softmax = Pick<RowsExports, "softmax">;
type LogSoftmax = Pick<RowsExports, "logSoftmax">;

const reductions: (Reductions | undefined)[] = [];
const softmaxes: (Softmax | undefined)[] = [];
const logSoftmaxes: (LogSoftmax | undefined)[] = [];

/** Up to here a row is summed lane by lane; longer ones in blocks, as exactly as long arrays. */
const SHORT_ROW = 128;
/** Rows that are added up before the sum is carried over with its rounding error. */
const ROW_BLOCK = 128;

/** 1 for float32, 0 for float64, null for what the kernels do not know or cannot take. */
function widthOf(array: TypedArray): 0 | 1 | null {
  if (array instanceof Float32Array) return 1;
  return array instanceof Float64Array ? 0 : null;
}

function reducing(single: 0 | 1): Reductions {
  reductions[single] ??= instantiate<Reductions>(reduceSource(single === 1));
  return reductions[single];
}

/**
 * The sum of `n` elements from `offset` on, in double precision.
 * @returns null where the plain loop should do it.
 */
export function sum(array: TypedArray, offset: number, n: number): number | null {
  const single = widthOf(array);
  const heap = single === null ? null : getHeap();
  if (heap === null || single === null) return null;
  return sumPieces(heap, reducing(single), single, array, offset, n);
}

function sumPieces(
  heap: Heap,
  functions: Reductions,
  single: 0 | 1,
  array: TypedArray,
  offset: number,
  n: number,
): number {
  const piece = PIECE_BYTES / (single ? 4 : 8);
  let total = 0;
  let lost = 0;
  for (let done = 0; done < n; done += piece) {
    const length = Math.min(piece, n - done);
    const at = bringIn(heap, FIRST_SLOT, array, offset + done, length);
    const part = functions.sum(length, at);
    // What rounding takes from the larger is kept (A. Neumaier 1974).
    const next = total + part;
    lost += Math.abs(total) >= Math.abs(part) ? total - next + part : part - next + total;
    total = next;
  }
  return Number.isFinite(total) ? total + lost : total;
}

/**
 * One sum, largest or smallest element a row of a dense matrix.
 * @returns false, having written nothing, where the plain loop should do it.
 */
export function reduceRows(
  kind: "sum" | "max" | "min",
  rows: number,
  columns: number,
  array: TypedArray,
  offset: number,
  out: TypedArray,
  outOffset: number,
): boolean {
  const single = widthOf(array);
  if (single === null || widthOf(out) !== single) return false;
  const heap = getHeap();
  if (heap === null) return false;
  const functions = reducing(single);
  if (kind === "sum" && columns > SHORT_ROW) {
    for (let i = 0; i < rows; i++) {
      const start = offset + i * columns;
      out[outOffset + i] = sumPieces(heap, functions, single, array, start, columns);
    }
    return true;
  }
  const run =
    kind === "sum" ? functions.sumRows : kind === "max" ? functions.maxRows : functions.minRows;
  const piece = PIECE_BYTES / (single ? 4 : 8);
  const rowStep = Math.max(1, Math.floor(piece / columns));
  const view = single ? heap.f32 : heap.f64;
  const result = FIRST_SLOT + SLOT_BYTES;
  const place = result / (single ? 4 : 8);
  for (let row = 0; row < rows; row += rowStep) {
    const height = Math.min(rowStep, rows - row);
    if (height * columns <= piece) {
      const at = bringIn(heap, FIRST_SLOT, array, offset + row * columns, height * columns);
      run(height, columns, at, result);
      copyOut(heap, result, out, outOffset + row, height);
      continue;
    }
    // A row longer than a piece: the extreme of its pieces' extremes.
    let best = kind === "max" ? -Infinity : Infinity;
    for (let done = 0; done < columns; done += piece) {
      const length = Math.min(piece, columns - done);
      const at = bringIn(heap, FIRST_SLOT, array, offset + row * columns + done, length);
      run(1, length, at, result);
      best = kind === "max" ? Math.max(best, view[place]!) : Math.min(best, view[place]!);
    }
    out[outOffset + row] = best;
  }
  return true;
}

/**
 * The sum of each column of a dense matrix.
 * @returns false, having written nothing, where the plain loop should do it.
 */
export function sumColumns(
  rows: number,
  columns: number,
  array: TypedArray,
  offset: number,
  out: TypedArray,
  outOffset: number,
): boolean {
  const single = widthOf(array);
  if (single === null || widthOf(out) !== single) return false;
  const heap = getHeap();
  if (heap === null) return false;
  const functions = reducing(single);
  const piece = PIECE_BYTES / 8;
  const columnStep = Math.min(columns, piece);
  const sums = FIRST_SLOT + SLOT_BYTES;
  const lost = sums + SLOT_BYTES;
  for (let column = 0; column < columns; column += columnStep) {
    const width = Math.min(columnStep, columns - column);
    // Rows can be taken together only whole.
    const fitting = width === columns ? Math.max(1, Math.floor(piece / width)) : 1;
    const rowStep = Math.min(ROW_BLOCK, fitting);
    heap.f64.fill(0, sums / 8, sums / 8 + width);
    heap.f64.fill(0, lost / 8, lost / 8 + width);
    for (let row = 0; row < rows; row += rowStep) {
      const height = Math.min(rowStep, rows - row);
      const at = bringIn(heap, FIRST_SLOT, array, offset + row * columns + column, height * width);
      functions.sumColumns(height, width, at, sums, lost);
    }
    for (let j = 0; j < width; j++) {
      const total = heap.f64[sums / 8 + j]!;
      const rest = heap.f64[lost / 8 + j]!;
      out[outOffset + column + j] = Number.isFinite(total) ? total + rest : total;
    }
  }
  return true;
}

/**
 * Softmax, or its logarithm, of each row of a dense matrix.
 * @returns false, having written nothing, where the plain loop should do it.
 */
export function softmaxRows(
  logarithm: boolean,
  rows: number,
  columns: number,
  array: TypedArray,
  offset: number,
  out: TypedArray,
  outOffset: number,
): boolean {
  const single = widthOf(array);
  if (single === null || widthOf(out) !== single) return false;
  const size = single ? 4 : 8;
  // A row is worked on as a whole, however long it is, as long as it fits twice.
  const rowStep = Math.max(1, Math.floor(PIECE_BYTES / size / columns));
  const result = FIRST_SLOT + ((rowStep * columns * size + 255) & -64);
  if (2 * result > SCRATCH_BYTES) return false;
  const heap = getHeap();
  if (heap === null) return false;
  let run: RowsExports["softmax"];
  if (logarithm) {
    logSoftmaxes[single] ??= instantiate<LogSoftmax>(softmaxSource(true, single === 1));
    run = logSoftmaxes[single].logSoftmax;
  } else {
    softmaxes[single] ??= instantiate<Softmax>(softmaxSource(false, single === 1));
    run = softmaxes[single].softmax;
  }
  for (let row = 0; row < rows; row += rowStep) {
    const height = Math.min(rowStep, rows - row);
    const at = bringIn(heap, FIRST_SLOT, array, offset + row * columns, height * columns);
    run(height, columns, at, result);
    copyOut(heap, result, out, outOffset + row * columns, height * columns);
  }
  return true;
}
