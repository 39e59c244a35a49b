/**
 * What may do a kernel's work in place of its plain loop, on large arrays. The WebAssembly kernels
 * announce themselves here when they are loaded; without them the plain loops do everything.
 */
import type { TypedArray } from "../dtype.ts";
import type { Strided } from "../storage.ts";
import type { Lanes } from "./lanes.ts";
import type { Lane } from "./reduce.ts";
import type { UpdateKernel } from "./update.ts";
import type { Program } from "./wasm/elementwise.ts";

export type { Program };

/** How an operand lies against a result of rows and columns. */
export type Layout = typeof FULL | typeof ROW | typeof COLUMN | typeof SCALAR;
/** An element for each of the result's. */
export const FULL = 0;
/** One row, the same for all rows of the result. */
export const ROW = 1;
/** One element a row. */
export const COLUMN = 2;
/** One number for all. */
export const SCALAR = 3;

/** Any body's common form: from all operands to all results, masks among them. */
export type Body = <V, M>(m: Lanes<V, M>, x: readonly V[]) => readonly (V | M)[];

/** Each function answers false (or null) where the plain loop should do the work. */
export interface Accelerator {
  program(body: Body): Program;
  /** Runs a program over operands that broadcast to `out`. */
  map(program: Program, inputs: readonly Strided[], out: Strided): boolean;
  /** Puts a program off whose result, `out`, nobody has seen. */
  defer(program: Program, inputs: readonly Strided[], out: Strided): boolean;
  /** Runs an update over dense operands of one shape and dtype. */
  update(kernel: UpdateKernel, operands: readonly Strided[], scalars: readonly number[]): boolean;
  /** out[m, n] = a[m, k] b[k, n] (+ bias[n]) (then negative results become 0). */
  gemm(
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
    bias: TypedArray | null,
    biasOffset: number,
    relu: boolean,
  ): boolean;
  /** The sum of `n` elements from `offset` on, in double precision. */
  sum(array: TypedArray, offset: number, n: number): number | null;
  /** Reduces the dimensions `dims` (ascending) of `a` into `out`, as `reduce` does. */
  reduce(lane: Lane, a: Strided, dims: readonly number[], out: Strided): boolean;
  /** Softmax, or its logarithm, of each row of a dense matrix. */
  softmaxRows(
    logarithm: boolean,
    rows: number,
    columns: number,
    array: TypedArray,
    offset: number,
    out: TypedArray,
    outOffset: number,
  ): boolean;
}

/** What has announced itself. */
export let accelerator: Accelerator | null = null;

export function setAccelerator(found: Accelerator): void {
  accelerator = found;
}

/** What has vector kernels; they are made when they are first wanted. */
export class Vectorizable {
  readonly #body: Body;
  #program: Program | null = null;

  constructor(body: Body) {
    this.#body = body;
  }

  /** Only to be asked for where there is an accelerator. */
  get program(): Program {
    this.#program ??= accelerator!.program(this.#body);
    return this.#program;
  }
}

/** Runs a vector kernel over operands that broadcast to `out`, where there is an accelerator. */
export function vectorized(program: Program, inputs: readonly Strided[], out: Strided): boolean {
  return accelerator!.map(program, inputs, out);
}

/** Puts an operation off, where there is an accelerator. */
export function defer(program: Program, inputs: readonly Strided[], out: Strided): boolean {
  return accelerator!.defer(program, inputs, out);
}
