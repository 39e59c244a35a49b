/** The matrix product of arrays on the JavaScript heap: operands in, tiles, result out. */
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
import { getHeap, type Heap, hasFusedMultiplyAdd, instantiate } from "./runtime.ts";

/** Inner steps for which a panel of B (8 kB) and four rows of A stay in the first-level cache. */
const INNER = 256;
/** Rows of A for which INNER columns (256 kB in float32) stay in the second-level cache. */
const ROWS = 256;
/** Largest block that is copied in at once; three of them and the panels fill the scratch area. */
const BLOCK32 = 1024;
const BLOCK64 = 640;

interface Kernels extends GemmExports {
  readonly view: Float32Array | Float64Array;
}

let compiled32: GemmExports | null = null;
let compiled64: GemmExports | null = null;

function compile(type: "float32" | "float64"): GemmExports {
  const { pack, gemm, matvec } = instantiate(gemmSource(type, hasFusedMultiplyAdd()));
  return { pack, gemm, matvec } as Kernels;
}
