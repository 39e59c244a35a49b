/**
 * Elementwise operations and fused updates, over arrays in the kernels' memory as they lie and over
 * those on the JavaScript heap piece by piece.
 */
import type { TypedArray } from "../../dtype.ts";
import { type Body, FULL, type Layout, ROW, SCALAR } from "../accelerator.ts";
import { isArithmetic, NUMBERS, SINGLES } from "../lanes.ts";
import {
  BYTE,
  DOUBLE,
  type ElementKind,
  kernelSource,
  type Operand,
  SINGLE,
} from "./elementwiseSource.ts";
import { bringIn, copyOut, FIRST_SLOT, PIECE_BYTES, SLOT_BYTES } from "./pieces.ts";
import { addressOf } from "./resident.ts";
import { getHeap, type Heap, instantiate } from "./runtime.ts";
import { NotVectorizable } from "./vector.ts";

function kindOf(array: TypedArray): ElementKind | -1 {
  if (array instanceof Float32Array) return SINGLE;
  if (array instanceof Float64Array) return DOUBLE;
  return array instanceof Uint8Array ? BYTE : -1;
}

export type Run = (rows: number, columns: number, ...rest: number[]) => number;

/** One arrangement's function: from addresses, and numbers for scalars, to whether it refused. */
export interface Kernel {
  readonly heap: Heap;
  readonly run: Run;
  /** Whether there are lanes that it leaves to the plain loop. */
  readonly refuses: boolean;
}

/** A body with its kernels, one for each arrangement of operands that has occurred. */
export class Program {
  readonly #body: Body;
  readonly #kernels = new Map<number, Kernel | null>();
  #isArithmetic: boolean | null = null;

  constructor(body: Body) {
    this.#body = body;
  }

  /** Whether the body, of four operands at most, is a few instructions a lane. */
  get isArithmetic(): boolean {
    this.#isArithmetic ??= isArithmetic(this.#body);
    return this.#isArithmetic;
  }

  /**
   * Computes results of `rows` by `columns` elements, each array dense from its offset on.
   * @param inputs arrays, or numbers where the layout is SCALAR.
   * @returns false, having written nothing, where the plain loop should do it.
   */
  run(
    rows: number,
    columns: number,
    outs: readonly TypedArray[],
    outOffsets: readonly number[],
    inputs: readonly (TypedArray | number)[],
    offsets: readonly number[],
    layouts: readonly Layout[],
  ): boolean {
    const heap = getHeap();
    if (heap === null) return false;
    let key = 1;
    let wide = false;
    for (let i = 0; i < outs.length; i++) {
      const kind = kindOf(outs[i]!);
      if (kind === -1) return false;
      wide ||= kind === DOUBLE;
      key = key * 4 + kind;
    }
    for (let i = 0; i < inputs.length; i++) {
      const input = inputs[i]!;
      if (typeof input === "number") {
        key = key * 16 + SCALAR;
        continue;
      }
      const kind = kindOf(input);
      if (kind === -1) return false;
      wide ||= kind === DOUBLE;
      key = key * 16 + kind * 4 + layouts[i]!;
    }
    let kernel = this.#kernels.get(key);
    if (kernel === undefined) {
      kernel = this.#compile(heap, !wide, outs, inputs, layouts);
      this.#kernels.set(key, kernel);
    }
    if (kernel === null) return false;

    // Where each result is written: in place, or in a slot (-1) from which it is copied out.
    const count = outs.length;
    const size = wide ? 8 : 4;
    let there = true;
    for (let i = 0; i < count; i++) {
      const at = addressOf(heap, outs[i]!, outOffsets[i]!);
      const kept =
        at !== -1 &&
        mayOverrun(outs[i]!, outOffsets[i]!, rows, columns, 16 / size) &&
        mayOverwrite(kernel, outs[i]!, outOffsets[i]!, inputs, offsets, layouts, rows === 1);
      places[i] = kept ? at : -1;
      there &&= kept;
    }
    for (let i = 0; there && i < inputs.length; i++) {
      const input = inputs[i]!;
      if (typeof input !== "number") there = addressOf(heap, input, 0) !== -1;
    }
    const piece = there ? Infinity : PIECE_BYTES / size;
    const rowStep = there ? rows : Math.max(1, Math.floor(piece / columns));
    const columnStep = Math.min(columns, piece);
    const args = new Array<number>(count + inputs.length);
    for (let row = 0; row < rows; row += rowStep) {
      const height = Math.min(rowStep, rows - row);
      for (let column = 0; column < columns; column += columnStep) {
        const width = Math.min(columnStep, columns - column);
        const start = row * columns + column;
        let slot = FIRST_SLOT;
        for (let i = 0; i < count; i++, slot += SLOT_BYTES) {
          const place = places[i]!;
          args[i] = place === -1 ? slot : place + start * outs[i]!.BYTES_PER_ELEMENT;
        }
        for (let i = 0; i < inputs.length; i++) {
          const input = inputs[i]!;
          if (typeof input === "number") {
            args[count + i] = input;
            continue;
          }
          const layout = layouts[i]!;
          const from = offsets[i]! + (layout === FULL ? start : layout === ROW ? column : row);
          const length = layout === FULL ? height * width : layout === ROW ? width : height;
          args[count + i] = bringIn(heap, slot, input, from, length);
          slot += SLOT_BYTES;
        }
        if (call(kernel.run, height, width, args) !== 0) {
          this.#plainly(
            !wide,
            height,
            width,
            start,
            columns,
            outs,
            outOffsets,
            inputs,
            offsets,
            layouts,
          );
          continue;
        }
        for (let i = 0; i < count; i++) {
          if (places[i] !== -1) continue;
          copyOut(heap, args[i]!, outs[i]!, outOffsets[i]! + start, height * width);
        }
      }
    }
    return true;
  }

  /** The kernel from operands of one type to one result of the same, or null if there is none. */
  kernel(single: boolean, layouts: readonly Layout[]): Kernel | null {
    const heap = getHeap();
    if (heap === null) return null;
    const kind = single ? SINGLE : DOUBLE;
    let key = 4 + kind;
    for (let i = 0; i < layouts.length; i++) {
      const layout = layouts[i]!;
      key = key * 16 + (layout === SCALAR ? SCALAR : kind * 4 + layout);
    }
    let kernel = this.#kernels.get(key);
    if (kernel === undefined) {
      const operands = layouts.map((layout): Operand => ({ kind, layout }));
      kernel = this.#build(heap, single, [kind], operands);
      this.#kernels.set(key, kernel);
    }
    return kernel;
  }

  #compile(
    heap: Heap,
    single: boolean,
    outs: readonly TypedArray[],
    inputs: readonly (TypedArray | number)[],
    layouts: readonly Layout[],
  ): Kernel | null {
    const operands = inputs.map((input, i): Operand => {
      if (typeof input === "number") return { kind: single ? SINGLE : DOUBLE, layout: SCALAR };
      return { kind: checkedKind(input), layout: layouts[i]! };
    });
    return this.#build(heap, single, outs.map(checkedKind), operands);
  }

  #build(
    heap: Heap,
    single: boolean,
    outputs: readonly ElementKind[],
    operands: readonly Operand[],
  ): Kernel | null {
    try {
      const { source, refuses } = kernelSource(this.#body, single, outputs, operands);
      return { heap, run: instantiate<{ run: Run }>([source]).run, refuses };
    } catch (error) {
      if (error instanceof NotVectorizable) return null;
      throw error;
    }
  }

  /** The piece whose lanes the kernel refused, element by element. */
  #plainly(
    single: boolean,
    height: number,
    width: number,
    start: number,
    columns: number,
    outs: readonly TypedArray[],
    outOffsets: readonly number[],
    inputs: readonly (TypedArray | number)[],
    offsets: readonly number[],
    layouts: readonly Layout[],
  ): void {
    const lanes = single ? SINGLES : NUMBERS;
    for (let i = 0; i < height; i++) {
      for (let j = 0; j < width; j++) {
        const at = start + i * columns + j;
        const values = inputs.map((input, k) => {
          if (typeof input === "number") return lanes.constant(input);
          const layout = layouts[k]!;
          const index =
            layout === FULL ? at : layout === ROW ? at % columns : (at - (at % columns)) / columns;
          return input[offsets[k]! + index]!;
        });
        this.#body(lanes, values).forEach((value, k) => {
          outs[k]![outOffsets[k]! + at] = Number(value);
        });
      }
    }
  }
}

// The results' addresses in the call under way; calls do not nest.
const places: number[] = [];

/** Whether a kernel may write lanes past the end of a result that lies in its array. */
function mayOverrun(
  out: TypedArray,
  offset: number,
  rows: number,
  columns: number,
  lanes: number,
): boolean {
  // Behind the array itself there is room; a row's overrun is overwritten by the next row.
  return columns % lanes === 0 || offset + rows * columns === out.length;
}

/** Whether every operand has been read by the time that a result, written in place, covers it. */
function mayOverwrite(
  { refuses }: Kernel,
  out: TypedArray,
  offset: number,
  inputs: readonly (TypedArray | number)[],
  offsets: readonly number[],
  layouts: readonly Layout[],
  oneRow: boolean,
): boolean {
  for (let i = 0; i < inputs.length; i++) {
    if (inputs[i] !== out) continue;
    // What a kernel refuses is computed again from the operands.
    if (refuses || !oneRow || layouts[i] !== FULL || offsets[i] !== offset) return false;
  }
  return true;
}

function checkedKind(array: TypedArray): ElementKind {
  const kind = kindOf(array);
  if (kind === -1) throw new NotVectorizable();
  return kind;
}

/** Runs a kernel. */
export function call(kernel: Run, rows: number, columns: number, args: readonly number[]): number {
  // Calls with a fixed number of arguments go straight into WebAssembly; a spread does not.
  switch (args.length) {
    case 2:
      return kernel(rows, columns, args[0]!, args[1]!);
    case 3:
      return kernel(rows, columns, args[0]!, args[1]!, args[2]!);
    case 4:
      return kernel(rows, columns, args[0]!, args[1]!, args[2]!, args[3]!);
    default:
      return kernel(rows, columns, ...args);
  }
}
