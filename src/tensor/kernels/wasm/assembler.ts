/**
 * A small WebAssembly assembler: functions over one imported memory, written instruction by
 * instruction in stack order. Encodings: WebAssembly core specification 2.0, appendix "Index of
 * Instructions"; the relaxed instructions from the relaxed-SIMD proposal.
 */

export const I32 = 0x7f;
export const F32 = 0x7d;
export const F64 = 0x7c;
export const V128 = 0x7b;
/** One of the four types above. */
export type ValueType = number;

/** Number of a local (parameters first) in the function being written. */
export type Local = number;

/** One-byte instructions. */
export const op = {
  select: 0x1b,
  eqz: 0x45,
  eq: 0x46,
  ltS: 0x48,
  gtS: 0x4a,
  leS: 0x4c,
  geS: 0x4e,
  add: 0x6a,
  sub: 0x6b,
  mul: 0x6c,
  and: 0x71,
  or: 0x72,
  shl: 0x74,
  shrU: 0x76,
  f32Load: 0x2a,
  f64Load: 0x2b,
  f32Store: 0x38,
  f64Store: 0x39,
  f32Add: 0x92,
  f64Add: 0xa0,
  f32Mul: 0x94,
  f64Mul: 0xa2,
  f32DemoteF64: 0xb6,
  f64PromoteF32: 0xbb,
} as const;

/** Instructions of the vector family (prefix 0xfd). */
export const simd = {
  load: 0x00,
  load8Splat: 0x07,
  load32Splat: 0x09,
  load64Splat: 0x0a,
  store: 0x0b,
  const: 0x0c,
  shuffle: 0x0d,
  i32x4Splat: 0x11,
  f32x4Splat: 0x13,
  f64x2Splat: 0x14,
  f32x4ExtractLane: 0x1f,
  f64x2ExtractLane: 0x21,
  i32x4LtS: 0x39,
  i32x4GtS: 0x3b,
  f32x4Eq: 0x41,
  f64x2Eq: 0x47,
  not: 0x4d,
  and: 0x4e,
  andnot: 0x4f,
  or: 0x50,
  xor: 0x51,
  bitselect: 0x52,
  anyTrue: 0x53,
  store16Lane: 0x59,
  store32Lane: 0x5a,
  store64Lane: 0x5b,
  load32Zero: 0x5c,
  load64Zero: 0x5d,
  demote: 0x5e,
  promoteLow: 0x5f,
  narrowI16x8S: 0x65,
  narrowI32x4S: 0x85,
  extendLowI8x16U: 0x89,
  extendLowI16x8U: 0xa9,
  i32x4Shl: 0xab,
  i32x4ShrS: 0xac,
  i32x4ShrU: 0xad,
  i32x4Add: 0xae,
  i32x4Sub: 0xb1,
  i64x2ExtendLowI32x4S: 0xc7,
  i64x2Shl: 0xcb,
  i64x2ShrU: 0xcd,
  i64x2Add: 0xce,
  i64x2Sub: 0xd1,
  truncSatF32x4S: 0xf8,
  convertI32x4S: 0xfa,
  truncSatF64x2SZero: 0xfc,
  convertLowI32x4S: 0xfe,
} as const;

/** The arithmetic that the two float shapes share, by the same names. */
export interface FloatOps {
  readonly splat: number;
  readonly extractLane: number;
  readonly eq: number;
  readonly ne: number;
  readonly lt: number;
  readonly gt: number;
  readonly le: number;
  readonly ge: number;
  readonly ceil: number;
  readonly floor: number;
  readonly trunc: number;
  readonly nearest: number;
  readonly abs: number;
  readonly neg: number;
  readonly sqrt: number;
  readonly add: number;
  readonly sub: number;
  readonly mul: number;
  readonly div: number;
  readonly min: number;
  readonly max: number;
  /** b < a ? b : a, and below a < b ? b : a. */
  readonly pmin: number;
  readonly pmax: number;
  readonly relaxedMadd: number;
  readonly loadSplat: number;
}

/** Comparisons and arithmetic are numbered consecutively from a first opcode. */
function floatOps(
  comparisons: number,
  arithmetic: number,
  rounding: readonly [ceil: number, floor: number, trunc: number, nearest: number],
  rest: Pick<FloatOps, "splat" | "extractLane" | "relaxedMadd" | "loadSplat">,
): FloatOps {
  const [ceil, floor, trunc, nearest] = rounding;
  return {
    ...rest,
    ceil,
    floor,
    trunc,
    nearest,
    eq: comparisons,
    ne: comparisons + 1,
    lt: comparisons + 2,
    gt: comparisons + 3,
    le: comparisons + 4,
    ge: comparisons + 5,
    abs: arithmetic,
    neg: arithmetic + 1,
    sqrt: arithmetic + 3,
    add: arithmetic + 4,
    sub: arithmetic + 5,
    mul: arithmetic + 6,
    div: arithmetic + 7,
    min: arithmetic + 8,
    max: arithmetic + 9,
    pmin: arithmetic + 10,
    pmax: arithmetic + 11,
  };
}

export const f32x4: FloatOps = floatOps(simd.f32x4Eq, 0xe0, [0x67, 0x68, 0x69, 0x6a], {
  splat: simd.f32x4Splat,
  extractLane: simd.f32x4ExtractLane,
  relaxedMadd: 0x105,
  loadSplat: simd.load32Splat,
});

export const f64x2: FloatOps = floatOps(simd.f64x2Eq, 0xec, [0x74, 0x75, 0x7a, 0x94], {
  splat: simd.f64x2Splat,
  extractLane: simd.f64x2ExtractLane,
  relaxedMadd: 0x107,
  loadSplat: simd.load64Splat,
});

function unsigned(bytes: number[], value: number): void {
  while (value > 127) {
    bytes.push((value & 127) | 128);
    value >>>= 7;
  }
  bytes.push(value);
}

function signed(bytes: number[], value: number): void {
  while (value < -64 || value > 63) {
    bytes.push((value & 127) | 128);
    value >>= 7;
  }
  bytes.push(value & 127);
}

const VOID = 0x40;

/** Instructions and locals of one function. Methods return the code, to be written in a row. */
export class Code {
  readonly bytes: number[] = [];
  readonly locals: ValueType[] = [];
  readonly parameters: readonly ValueType[];

  constructor(parameters: readonly ValueType[]) {
    this.parameters = parameters;
  }

  local(type: ValueType): Local {
    return this.parameters.length + this.locals.push(type) - 1;
  }

  get(local: Local): this {
    this.bytes.push(0x20);
    unsigned(this.bytes, local);
    return this;
  }

  set(local: Local): this {
    this.bytes.push(0x21);
    unsigned(this.bytes, local);
    return this;
  }

  tee(local: Local): this {
    this.bytes.push(0x22);
    unsigned(this.bytes, local);
    return this;
  }

  i32(value: number): this {
    this.bytes.push(0x41);
    signed(this.bytes, value | 0);
    return this;
  }

  f32(value: number): this {
    this.bytes.push(0x43, ...new Uint8Array(Float32Array.of(value).buffer));
    return this;
  }

  f64(value: number): this {
    this.bytes.push(0x44, ...new Uint8Array(Float64Array.of(value).buffer));
    return this;
  }

  /** One-byte instructions without immediates. */
  op(...codes: number[]): this {
    this.bytes.push(...codes);
    return this;
  }

  /** A vector instruction, with its immediate bytes (lane numbers, constants). */
  simd(code: number, ...immediates: number[]): this {
    this.bytes.push(0xfd);
    unsigned(this.bytes, code);
    this.bytes.push(...immediates);
    return this;
  }

  /** A vector load or store at a constant offset from the address on the stack. */
  memory(code: number, offset = 0, ...immediates: number[]): this {
    this.simd(code, 0);
    unsigned(this.bytes, offset);
    this.bytes.push(...immediates);
    return this;
  }

  /** A scalar load or store at a constant offset from the address on the stack. */
  scalarMemory(code: number, offset = 0): this {
    this.bytes.push(code, 0);
    unsigned(this.bytes, offset);
    return this;
  }

  /** A vector constant, given as a typed array of 16 bytes. */
  v128(value: Float32Array | Float64Array | Int32Array | Uint8Array): this {
    return this.simd(simd.const, ...new Uint8Array(value.buffer, value.byteOffset, 16));
  }

  /** `local += by`. */
  bump(local: Local, by: number): this {
    return this.get(local).i32(by).op(op.add).set(local);
  }

  /** `local += by`, where `by` is a local too. */
  advance(local: Local, by: Local): this {
    return this.get(local).get(by).op(op.add).set(local);
  }

  /** `to = from`. */
  copy(to: Local, from: Local): this {
    return this.get(from).set(to);
  }

  /** Runs `body` if the condition on the stack holds, else `otherwise`. */
  if(body: () => void, otherwise?: () => void): this {
    this.bytes.push(0x04, VOID);
    body();
    if (otherwise !== undefined) {
      this.bytes.push(0x05);
      otherwise();
    }
    this.bytes.push(0x0b);
    return this;
  }

  /** Runs `body` again and again for as long as it leaves a true condition on the stack. */
  loop(body: () => void): this {
    this.bytes.push(0x03, VOID);
    body();
    this.bytes.push(0x0d, 0, 0x0b);
    return this;
  }

  /** A body that `leave` can jump out of. */
  block(body: () => void): this {
    this.bytes.push(0x02, VOID);
    body();
    this.bytes.push(0x0b);
    return this;
  }

  /** Jumps out of the body `depth` levels up (0 is the innermost) if the condition holds. */
  leaveIf(depth: number): this {
    this.bytes.push(0x0d, depth);
    return this;
  }

  /** Runs `body` while `local` > 0, lowering it by `step` after each turn. */
  countdown(local: Local, step: number, body: () => void): this {
    return this.get(local)
      .i32(0)
      .op(op.gtS)
      .if(() =>
        this.loop(() => {
          body();
          this.get(local).i32(-step).op(op.add).tee(local).i32(0).op(op.gtS);
        }),
      );
  }

  /** Calls another function of the same module. */
  call(index: number): this {
    this.bytes.push(0x10);
    unsigned(this.bytes, index);
    return this;
  }
}

/** One function of a module; exported under its name. */
export interface FunctionSource {
  readonly name: string;
  readonly code: Code;
  readonly results?: readonly ValueType[];
}

function section(id: number, content: number[]): number[] {
  const bytes = [id];
  unsigned(bytes, content.length);
  return bytes.concat(content);
}

function vector(items: readonly (readonly number[])[]): number[] {
  const bytes: number[] = [];
  unsigned(bytes, items.length);
  for (const item of items) for (const byte of item) bytes.push(byte);
  return bytes;
}

function name(text: string): number[] {
  return [text.length, ...Array.from(text, (c) => c.charCodeAt(0))];
}

function body({ code }: FunctionSource): number[] {
  // One run a local: longer than grouping by type, but numbers stay in order of declaration.
  const locals = vector(code.locals.map((type) => [1, type]));
  const bytes: number[] = [];
  unsigned(bytes, locals.length + code.bytes.length + 1);
  for (const byte of locals) bytes.push(byte);
  for (const byte of code.bytes) bytes.push(byte);
  bytes.push(0x0b);
  return bytes;
}

/** The bytes of a module that imports its memory as "m" "m" and exports every function. */
export function assemble(functions: readonly FunctionSource[]): Uint8Array<ArrayBuffer> {
  const types = functions.map(({ code, results = [] }) => [
    0x60,
    code.parameters.length,
    ...code.parameters,
    results.length,
    ...results,
  ]);
  return Uint8Array.from([
    ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00],
    ...section(1, vector(types)),
    ...section(2, vector([[...name("m"), ...name("m"), 0x02, 0x00, 0x00]])),
    ...section(3, vector(functions.map((_, i) => [i]))),
    ...section(7, vector(functions.map((f, i) => [...name(f.name), 0x00, i]))),
    ...section(10, vector(functions.map(body))),
  ]);
}
