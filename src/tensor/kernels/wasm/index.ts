/**
 * Kernels in WebAssembly over typed arrays of the JavaScript heap. Each takes arrays, offsets and
 * sizes, knows no tensor, and answers false (or null) where the plain loop should do the work:
 * because WebAssembly is missing, forbidden or switched off, or the case is none of the kernel's.
 */
export { type ChainInput, type ChainStep, runChain } from "./chain.ts";
export { type Kernel, Program } from "./elementwise.ts";
export { COLUMN, FULL, type Layout, ROW, SCALAR } from "./elementwiseSource.ts";
export { gemm } from "./matmul.ts";
export { reduceRows, softmaxRows, sum, sumColumns } from "./reduce.ts";
export { setWasmEnabled } from "./runtime.ts";
