/** Writes the vector kernel of an elementwise body, for one arrangement of operands at a time. */
import { type Body, COLUMN, FULL, type Layout, ROW, SCALAR } from "../accelerator.ts";
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
import { VectorLanes } from "./vector.ts";

export type ElementKind = typeof SINGLE | typeof DOUBLE | typeof BYTE;
export const SINGLE = 0;
export const DOUBLE = 1;
export const BYTE = 2;
const SIZES = [4, 8, 1] as const;

/** Where and as what an operand is found; part of a kernel's identity. */
export interface Operand {
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
export function kernelSource(
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
