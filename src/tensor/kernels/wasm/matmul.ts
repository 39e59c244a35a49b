/** The matrix product of arrays in memory or on the JavaScript heap: operands in, tiles, result out. */
import type { TypedArray } from "../../dtype.ts";
import {
  ACCUMULATE,
  BIAS,
  BY_COLUMN,
  type GemmExports,
  gemmSource,
  RELU,
  TILE_BYTES,
} from "./gemm.ts";
import { addressOf } from "./resident.ts";
import { getHeap, type Heap, hasFusedMultiplyAdd, instantiate } from "./runtime.ts";

/** Below this many multiplications the plain loop is done before the operands are copied. */
const WORTHWHILE = 1000;
/**
 * Rows of A that go over all panels of B before the next: with up to 1024 inner steps they stay in the
 * second-level cache, from where a panel and four rows come as fast as they are needed.
 */
const ROWS = 128;

type Floats = Float32Array | Float64Array;

/** What depends on the element type: the functions, the memory's view, and sizes in elements. */
interface Machine {
  readonly functions: GemmExports;
  readonly size: 4 | 8;
  /** Side of the largest blocks that are copied in; A, B, C and the panels fill the scratch area. */
  readonly block: number;
}

let machine32: Machine | null = null;
let machine64: Machine | null = null;

function machine(single: boolean): Machine {
  if (single) {
    machine32 ??= {
      functions: instantiate<GemmExports>(gemmSource("float32", hasFusedMultiplyAdd())),
      size: 4,
      block: 1024,
    };
    return machine32;
  }
  machine64 ??= {
    functions: instantiate<GemmExports>(gemmSource("float64", hasFusedMultiplyAdd())),
    size: 8,
    block: 640,
  };
  return machine64;
}

/** Copies `outer` runs of `inner` elements into memory, run after run `ld` apart. */
function bringIn(
  to: Floats,
  at: number,
  ld: number,
  from: TypedArray,
  offset: number,
  outer: number,
  outerStride: number,
  inner: number,
  innerStride: number,
): void {
  if (innerStride === 1 || inner === 1) {
    if (outerStride === inner && ld === inner) {
      const length = outer * inner;
      to.set(length === from.length ? from : from.subarray(offset, offset + length), at);
      return;
    }
    if (inner >= 16) {
      for (let i = 0; i < outer; i++) {
        const start = offset + i * outerStride;
        to.set(from.subarray(start, start + inner), at + i * ld);
      }
      return;
    }
  }
  for (let i = 0; i < outer; i++) {
    const start = offset + i * outerStride;
    for (let j = 0; j < inner; j++) to[at + i * ld + j] = from[start + j * innerStride]!;
  }
}

/** Where runs of elements lie in memory: the first, and from one to the next, in elements. */
interface Runs {
  readonly at: number;
  readonly ld: number;
}

/**
 * `outer` runs of `inner` elements: as they lie if they are in memory, else copied to `slot`.
 * @param along whether the kernel reads a few whole runs after the other, and not part of each.
 */
function runs(
  heap: Heap,
  slot: Runs,
  along: boolean,
  from: TypedArray,
  offset: number,
  outer: number,
  outerStride: number,
  inner: number,
  innerStride: number,
): Runs {
  const address = addressOf(heap, from, offset);
  if (address !== -1 && (innerStride === 1 || inner === 1)) {
    const size = from.BYTES_PER_ELEMENT;
    const apart = along || leading(outer, outerStride, size) === outerStride;
    if ((apart && outerStride >= inner) || outer === 1)
      return { at: address / size, ld: outerStride };
  }
  const view = from instanceof Float32Array ? heap.f32 : heap.f64;
  bringIn(view, slot.at, slot.ld, from, offset, outer, outerStride, inner, innerStride);
  return slot;
}

/** Whether a matrix should be read by columns: those, not its rows, lie together. */
function readByColumn(rows: number, columns: number, rowStride: number, columnStride: number) {
  if (rowStride !== 1 && rows !== 1) return false;
  return (columnStride !== 1 && columns !== 1) || rows > columns;
}

/**
 * Distance between runs in memory. Runs whole kilobytes apart would fall into the same few sets of
 * the cache, so such runs are copied a cache line further apart.
 */
function leading(outer: number, inner: number, size: number): number {
  return outer > 16 && (inner * size) % 1024 === 0 ? inner + 64 / size : inner;
}

/**
 * out[m, n] = a[m, k] b[k, n] (+ bias[n]) (then negative results become 0). Each matrix is given by
 * its array, first element and the distances between rows and between columns.
 * @returns false, having written nothing, where the plain loop should do it.
 */
export function gemm(
  m: number,
  n: number,
  k: number,
  a: TypedArray,
  aOffset: number,
  aRow: number,
  aColumn: number,
  b: TypedArray,
  bOffset: number,
  bRow: number,
  bColumn: number,
  out: TypedArray,
  outOffset: number,
  outRow: number,
  bias: TypedArray | null = null,
  biasOffset = 0,
  relu = false,
): boolean {
  if (m * n * k < WORTHWHILE) return false;
  const single = out instanceof Float32Array;
  if (!single && !(out instanceof Float64Array)) return false;
  const heap = getHeap();
  if (heap === null) return false;
  const { functions, size, block } = machine(single);
  const view = single ? heap.f32 : heap.f64;
  const aByColumn = readByColumn(m, k, aRow, aColumn);
  const bByColumn = readByColumn(k, n, bRow, bColumn);
  const epilogue = (bias === null ? 0 : BIAS) | (relu ? RELU : 0);

  const kBlock = Math.min(k, block);
  const nBlock = Math.min(n, block);
  const mBlock = Math.min(m, block);
  const aLd = aByColumn ? leading(kBlock, mBlock, size) : leading(mBlock, kBlock, size);
  const bLd = bByColumn ? leading(nBlock, kBlock, size) : leading(kBlock, nBlock, size);
  // Packing pays once enough rows go over a panel; narrow rows of B lie together as they are.
  const packed = bByColumn || (m >= 32 && nBlock * size >= 256);
  // Where everything lies, in elements, a cache line between.
  const line = 64 / size;
  const biasAt = line;
  const cAt = biasAt + nBlock + line;
  const aSlot = { at: cAt + mBlock * nBlock + line, ld: aLd };
  const bSlot = { at: aSlot.at + (aByColumn ? kBlock : mBlock) * aLd + line, ld: bLd };
  const panelsAt = (bSlot.at + (bByColumn ? nBlock : kBlock) * bLd + 2 * line) & -line;

  for (let n0 = 0; n0 < n; n0 += nBlock) {
    const columns = Math.min(nBlock, n - n0);
    if (bias !== null)
      bringIn(view, biasAt, columns, bias, biasOffset + n0, 1, columns, columns, 1);
    let bRuns = bSlot;
    for (let m0 = 0; m0 < m; m0 += mBlock) {
      const rows = Math.min(mBlock, m - m0);
      const cAddress = addressOf(heap, out, outOffset + m0 * outRow + n0);
      const cFrom = cAddress === -1 ? cAt : cAddress / size;
      const cLd = cAddress === -1 ? columns : outRow;
      for (let k0 = 0; k0 < k; k0 += kBlock) {
        const steps = Math.min(kBlock, k - k0);
        const aStart = aOffset + m0 * aRow + k0 * aColumn;
        const aRuns = aByColumn
          ? runs(heap, aSlot, false, a, aStart, steps, aColumn, rows, aRow)
          : runs(heap, aSlot, true, a, aStart, rows, aRow, steps, aColumn);
        const bIsIn = m0 > 0 && kBlock === k;
        if (!bIsIn) {
          const bStart = bOffset + k0 * bRow + n0 * bColumn;
          bRuns = bByColumn
            ? runs(heap, bSlot, true, b, bStart, columns, bColumn, steps, bRow)
            : runs(heap, bSlot, false, b, bStart, steps, bRow, columns, bColumn);
        }
        const stage = (k0 > 0 ? ACCUMULATE : 0) | (k0 + steps === k ? epilogue : 0);
        // One column, or one row of a product with a matrix stored by columns: rows times a vector.
        const down = columns === 1 && cLd === 1 && !aByColumn && (bByColumn || bRuns.ld === 1);
        if (down || (m === 1 && bByColumn && (!aByColumn || aRuns.ld === 1))) {
          const [matrix, vector] = down ? [aRuns, bRuns] : [bRuns, aRuns];
          functions.matvec(
            down ? rows : columns,
            steps,
            matrix.at * size,
            matrix.ld * size,
            vector.at * size,
            cFrom * size,
            stage,
            biasAt * size,
            down ? 0 : size,
          );
          continue;
        }
        if (packed && !bIsIn) {
          const flags = bByColumn ? BY_COLUMN : 0;
          functions.pack(steps, columns, bRuns.at * size, bRuns.ld * size, panelsAt * size, flags);
        }
        for (let i = 0; i < rows; i += ROWS) {
          functions.gemm(
            Math.min(ROWS, rows - i),
            columns,
            steps,
            (aRuns.at + (aByColumn ? i : i * aRuns.ld)) * size,
            aRuns.ld * size,
            (packed ? panelsAt : bRuns.at) * size,
            packed ? TILE_BYTES : bRuns.ld * size,
            packed ? steps * TILE_BYTES : TILE_BYTES,
            (cFrom + i * cLd) * size,
            cLd * size,
            (aByColumn ? BY_COLUMN : 0) | stage,
            biasAt * size,
          );
        }
      }
      if (cAddress !== -1) continue;
      if (outRow === columns || rows === 1) {
        out.set(view.subarray(cAt, cAt + rows * columns), outOffset + m0 * outRow + n0);
      } else {
        for (let i = 0; i < rows; i++) {
          const row = cAt + i * columns;
          out.set(view.subarray(row, row + columns), outOffset + (m0 + i) * outRow + n0);
        }
      }
    }
  }
  return true;
}
