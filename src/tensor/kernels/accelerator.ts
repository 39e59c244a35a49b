/**
 * What may do a kernel's work in place of its plain loop, on large arrays. The WebAssembly kernels
 * announce themselves here when they are loaded; without them the plain loops do everything.
 */
import type { Strided } from "../storage.ts";
import type { Lanes } from "./lanes.ts";
import type { vectorized as vectorizedMap } from "./vectorized.ts";
import type { defer as deferMap } from "./wasm/deferred.ts";
import type { Program } from "./wasm/elementwise.ts";
import type { gemm } from "./wasm/matmul.ts";
import type { vectorReduce, vectorUpdate } from "./wasm/operands.ts";
import type { softmaxRows, sum } from "./wasm/reduce.ts";

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

/** Each function but the first answers false (or null) where the plain loop should do the work. */
export interface Accelerator {
  program(body: Body): Program;
  readonly map: typeof vectorizedMap;
  readonly defer: typeof deferMap;
  readonly update: typeof vectorUpdate;
  readonly reduce: typeof vectorReduce;
  readonly gemm: typeof gemm;
  readonly sum: typeof sum;
  readonly softmaxRows: typeof softmaxRows;
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
