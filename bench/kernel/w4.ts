/**
 * The library's matrix kernel with nothing around it: operands in WebAssembly's memory and packed
 * beforehand, the result left there. What the whole call reaches is compared with this.
 */
import {
  ACCUMULATE,
  type GemmExports,
  gemmSource,
  TILE_BYTES,
} from "../../src/tensor/kernels/wasm/gemm.ts";
import {
  getHeap,
  hasFusedMultiplyAdd,
  instantiate,
} from "../../src/tensor/kernels/wasm/runtime.ts";
import { operands } from "../inputs.ts";
import { corners, type Setup } from "../workloads.ts";

const PAGE = 65536;
/** Rows of A, and steps of the inner dimension, that stay in the caches. */
const [ROWS, DEPTH] = [128, 1024];

/** `data` [rows, columns], row by row, or that of its transpose turned around. */
function upright(data: Float64Array, rows: number, columns: number, transposed: boolean) {
  if (!transposed) return data;
  return data.map((_, i) => data[(i % columns) * rows + Math.floor(i / columns)]!);
}

export const setup: Setup = (params) => {
  if (params.kind !== "matmul") return "another workload";
  if (getHeap() === null) return "no WebAssembly";
  const { m, k, n, dtype } = params;
  const size = dtype === "float32" ? 4 : 8;
  const tile = TILE_BYTES / size;
  const panels = Math.ceil(n / tile) * k * TILE_BYTES;
  // Rows whole kilobytes apart would fall into the same few sets of the cache.
  const row = (k * size) % 1024 === 0 ? k + 64 / size : k;
  const [aAt, cAt] = [64, 64 + m * row * size];
  const bAt = (cAt + m * n * size + 64) & -64;
  const panelsAt = (bAt + k * n * size + 64) & -64;
  const { memory } = getHeap()!;
  const missing = panelsAt + panels + PAGE - memory.buffer.byteLength;
  if (missing > 0) memory.grow(Math.ceil(missing / PAGE));
  const { gemm, pack } = instantiate<GemmExports>(gemmSource(dtype, hasFusedMultiplyAdd()));
  const { buffer } = memory;
  const view = dtype === "float32" ? new Float32Array(buffer) : new Float64Array(buffer);
  const inputs = operands(m, k, n);
  const a = upright(inputs.a, m, k, params.transposeA);
  for (let i = 0; i < m; i++) view.set(a.subarray(i * k, (i + 1) * k), aAt / size + i * row);
  view.set(upright(inputs.b, k, n, params.transposeB), bAt / size);
  const width = Math.ceil(n / tile) * TILE_BYTES;
  for (let p = 0; p < k; p += DEPTH) {
    pack(Math.min(DEPTH, k - p), n, bAt + p * n * size, n * size, panelsAt + p * width, 0);
  }
  return {
    step() {
      for (let p = 0; p < k; p += DEPTH) {
        const depth = Math.min(DEPTH, k - p);
        const flags = p > 0 ? ACCUMULATE : 0;
        const b = panelsAt + p * width;
        for (let i = 0; i < m; i += ROWS) {
          const at = aAt + (i * row + p) * size;
          const c = cAt + i * n * size;
          const rows = Math.min(ROWS, m - i);
          const step = depth * TILE_BYTES;
          gemm(rows, n, depth, at, row * size, b, TILE_BYTES, step, c, n * size, flags, 0);
        }
      }
    },
    check: () => corners(view.slice(cAt / size, cAt / size + m * n), m, n),
  };
};
