/**
 * Kernels in WebAssembly over typed arrays of the JavaScript heap; loading this announces them. Each
 * takes arrays, offsets and sizes, knows no tensor, and answers false (or null) where the plain loop
 * should do the work: because WebAssembly is missing, forbidden or switched off, or the case is none
 * of the kernel's.
 */
import { setLater } from "../../spare.ts";
import { Storage } from "../../storage.ts";
import { Unmade } from "../../unmade.ts";
import { setAccelerator } from "../accelerator.ts";
import { vectorized } from "../vectorized.ts";
import { defer } from "./deferred.ts";
import { Program } from "./elementwise.ts";
import { gemm } from "./matmul.ts";
import { vectorReduce, vectorUpdate } from "./operands.ts";
import { reduceRows, softmaxRows, sum, sumColumns } from "./reduce.ts";

setAccelerator({
  program: (body) => new Program(body),
  map: vectorized,
  defer,
  update: vectorUpdate,
  gemm,
  sum,
  reduce: vectorReduce,
  softmaxRows,
});
setLater((dtype, length) => Storage.later(new Unmade(dtype, length), length));

export { setWasmEnabled } from "./runtime.ts";
export { gemm, Program, reduceRows, softmaxRows, sum, sumColumns };
