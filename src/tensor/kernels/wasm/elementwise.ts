/**
 * Elementwise operations and fused updates, over arrays in the kernels' memory as they lie and over
 * those on the JavaScript heap piece by piece.
 */
import type { TypedArray } from "../../dtype.ts";
import { type Body, COLUMN, FULL, type Layout, ROW, SCALAR } from "../accelerator.ts";
import { NUMBERS, SINGLES } from "../lanes.ts";
import {
  Code,
  F32,
  F64,
  type FunctionSource,
  I32,
  type Local,
  op,
  simd,
  V128,
  type ValueType,
} from "./assembler.ts";
import { bringIn, copyOut, FIRST_SLOT, PIECE_BYTES, SLOT_BYTES } from "./pieces.ts";
import { addressOf } from "./resident.ts";
import { getHeap, instantiate } from "./runtime.ts";
import { NotVectorizable, VectorLanes } from "./vector.ts";

type ElementKind = typeof SINGLE | typeof DOUBLE | typeof BYTE;
const SINGLE = 0;
const DOUBLE = 1;
const BYTE = 2;
const SIZES = [4, 8, 1] as const;

function kindOf(array: TypedArray): ElementKind | -1 {
  if (array instanceof Float32Array) return SINGLE;
  if (array instanceof Float64Array) return DOUBLE;
  return array instanceof Uint8Array ? BYTE : -1;
}

/** Where and as what an operand is found; part of a kernel's identity. */
interface Operand {
  readonly kind: ElementKind;
  readonly layout: Layout;
}

/** Pushes a vector of lanes read from memory, converted to the lanes' type. */
function load(code: Code, single: boolean, { kind }: Operand, at: Local, splat: boolean): void {
  code.get(at);
  if (kind === SINGLE && single) code.memory(splat ? simd.load32Splat : simd.load);
  else if (kind === DOUBLE) code.memory(splat ? simd.load64Splat : simd.load);
  else if (kind === SINGLE) {
    code.memory(splat ? simd.load32Splat : simd.load64Zero).simd(simd.promoteLow);
  } else {
    code.memory(splat ? simd.load8Splat : simd.load32Zero);
    code.simd(simd.extendLowI8x16U).simd(simd.extendLowI16x8U);
    code.simd(single ? simd.convertI32x4S : simd.convertLowI32x4S);
  }
}

/** Stores lanes, or a mask as bytes 0 and 1. */
function store(code: Code, single: boolean, kind: ElementKind, at: Local, value: Local): void {
  code.get(at);
  if (kind === BYTE) {
    // From masks of 32 or 64 bits down to bytes; -1 stays -1, of which one bit is kept.
    code.get(value);
    if (!single)
      code.get(value).simd(simd.shuffle, ...[0, 1, 2, 3, 8, 9, 10, 11], ...new Array(8).fill(0));
    code.get(value).simd(simd.narrowI32x4S);
    code.get(value).simd(simd.narrowI16x8S);
    code.v128(new Uint8Array(16).fill(1)).simd(simd.and);
    code.memory(single ? simd.store32Lane : simd.store16Lane, 0, 0);
  } else if (kind === DOUBLE || single) code.get(value).memory(simd.store);
  else code.get(value).simd(simd.demote).memory(simd.store64Lane, 0, 0);
}

/**
 * The kernel of a body: `(rows, columns, outputs…, operands…)`, addresses for arrays and numbers
 * for scalars; it answers whether the body refused a lane. Results may run over the end of their
 * array by less than a vector.
 */
function kernelSource(
  body: Body,
  single: boolean,
  outputs: readonly ElementKind[],
  operands: readonly Operand[],
): { readonly source: FunctionSource; readonly refuses: boolean } {
  const scalarType: ValueType = single ? F32 : F64;
  const types: ValueType[] = operands.map(({ layout }) => (layout === SCALAR ? scalarType : I32));
  const code = new Code([I32, I32, ...outputs.map(() => I32), ...types]);
  const [rows, columns] = [0, 1];
  const outAt = outputs.map((_, i) => 2 + i);
  const at = operands.map((_, i) => 2 + outputs.length + i);
  const values = operands.map(() => code.local(V128));
  const left = code.local(I32);
  const spill = code.local(I32);
  const lanes = single ? 4 : 2;

  const vector = new VectorLanes(code, single);
  operands.forEach(({ layout }, i) => {
    if (layout === SCALAR) code.get(at[i]!).simd(vector.ops.splat).set(values[i]!);
  });
  // Lanes of the last vector of a row that belong to the next.
  code
    .i32(0)
    .get(columns)
    .op(op.sub)
    .i32(lanes - 1)
    .op(op.and)
    .set(spill);
  const rowStart = operands.map(({ layout }, i) => {
    if (layout !== ROW) return at[i]!;
    const start = code.local(I32);
    code.copy(start, at[i]!);
    return start;
  });
  code.countdown(rows, 1, () => {
    operands.forEach((operand, i) => {
      if (operand.layout === ROW) code.copy(at[i]!, rowStart[i]!);
      if (operand.layout !== COLUMN) return;
      load(code, single, operand, at[i]!, true);
      code.set(values[i]!).bump(at[i]!, SIZES[operand.kind]);
    });
    code.copy(left, columns);
    code.countdown(left, lanes, () => {
      operands.forEach((operand, i) => {
        if (operand.layout > ROW) return;
        load(code, single, operand, at[i]!, false);
        code.set(values[i]!).bump(at[i]!, lanes * SIZES[operand.kind]);
      });
      body(vector, values).forEach((result, i) => {
        store(code, single, outputs[i]!, outAt[i]!, result);
        code.bump(outAt[i]!, lanes * SIZES[outputs[i]!]);
      });
    });
    const stepBack = (pointer: Local, kind: ElementKind) =>
      code.get(pointer).get(spill).i32(SIZES[kind]).op(op.mul, op.sub).set(pointer);
    operands.forEach(({ layout, kind }, i) => {
      if (layout === FULL) stepBack(at[i]!, kind);
    });
    outputs.forEach((kind, i) => {
      stepBack(outAt[i]!, kind);
    });
  });
  vector.finish();
  if (vector.outside === null) code.i32(0);
  else code.get(vector.outside).simd(simd.anyTrue);
  const source: FunctionSource = { name: "run", code, results: [I32] };
  return { source, refuses: vector.outside !== null };
}

type Run = (rows: number, columns: number, ...rest: number[]) => number;

interface Kernel {
  readonly run: Run;
  /** Whether there are lanes that it leaves to the plain loop. */
  readonly refuses: boolean;
}

/** A body with its kernels, one for each arrangement of operands that has occurred. */
export class Program {
  readonly #body: Body;
  readonly #kernels = new Map<number, Kernel | null>();

  constructor(body: Body) {
    this.#body = body;
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
      kernel = this.#compile(!wide, outs, inputs, layouts);
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

  #compile(
    single: boolean,
    outs: readonly TypedArray[],
    inputs: readonly (TypedArray | number)[],
    layouts: readonly Layout[],
  ): Kernel | null {
    const operands = inputs.map((input, i): Operand => {
      if (typeof input === "number") return { kind: single ? SINGLE : DOUBLE, layout: SCALAR };
      return { kind: checkedKind(input), layout: layouts[i]! };
    });
    try {
      const { source, refuses } = kernelSource(this.#body, single, outs.map(checkedKind), operands);
      return { run: instantiate<{ run: Run }>([source]).run, refuses };
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

function call(kernel: Run, rows: number, columns: number, args: readonly number[]): number {
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
