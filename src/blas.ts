/**
 * `import "tapegrad/blas"` puts a system BLAS behind the matrix products, in Node. It wants the
 * package koffi beside tapegrad, and OpenBLAS (or another CBLAS) on the machine; macOS has
 * Accelerate. Nothing else changes: without this import, or after `disableBlas()`, products run on
 * tapegrad's own kernels.
 */
import type { TypedArray } from "./tensor/dtype.ts";
import { type Gemm, setGemm } from "./tensor/kernels/matmul.ts";

declare const process: {
  readonly platform: string;
  readonly env: Record<string, string | undefined>;
};

const CANDIDATES: Readonly<Record<string, readonly string[]>> = {
  darwin: ["/System/Library/Frameworks/Accelerate.framework/Accelerate"],
  win32: ["libopenblas.dll", "openblas.dll"],
  linux: ["libopenblas.so.0", "libopenblas.so", "libblas.so.3", "libcblas.so.3"],
};

// CBLAS's numbers for its enumerations.
const ROW_MAJOR = 101;
const AS_IT_IS = 111;
const TRANSPOSED = 112;

/** Below this many multiplications a call out of JavaScript costs more than the product. */
const WORTHWHILE = 512;

type CblasGemm = (
  order: number,
  transposeA: number,
  transposeB: number,
  m: number,
  n: number,
  k: number,
  alpha: number,
  a: TypedArray,
  aRow: number,
  b: TypedArray,
  bRow: number,
  beta: number,
  c: TypedArray,
  cRow: number,
) => void;

interface Blas {
  readonly library: string;
  readonly sgemm: CblasGemm;
  readonly dgemm: CblasGemm;
}

async function loadKoffi() {
  try {
    return (await import("koffi")).default;
  } catch (cause) {
    throw new Error("tapegrad/blas needs the package koffi: npm install koffi", { cause });
  }
}

function prototype(name: string, type: "float" | "double"): string {
  return `void ${name}(int order, int transA, int transB, int m, int n, int k, ${type} alpha, ${type} *a, int lda, ${type} *b, int ldb, ${type} beta, ${type} *c, int ldc)`;
}

async function load(): Promise<Blas> {
  const koffi = await loadKoffi();
  const chosen = process.env.TAPEGRAD_BLAS;
  const names = chosen === undefined ? (CANDIDATES[process.platform] ?? []) : [chosen];
  const reasons: string[] = [];
  for (const name of names) {
    try {
      const found = koffi.load(name);
      return {
        library: name,
        sgemm: found.func(prototype("cblas_sgemm", "float")),
        dgemm: found.func(prototype("cblas_dgemm", "double")),
      };
    } catch (error) {
      reasons.push(error instanceof Error ? error.message : String(error));
    }
  }
  throw new Error(
    `tapegrad/blas found no BLAS on this machine; it looked for ${names.join(", ") || "none"}. Install OpenBLAS (Debian: libopenblas0-pthread), or name a library in TAPEGRAD_BLAS. ${reasons.join("; ")}`,
  );
}

const { library, sgemm, dgemm } = await load();

/** How CBLAS reads a matrix with these strides: its transposition and row length, or 0 for not. */
function layout(rows: number, columns: number, rowStride: number, columnStride: number): number {
  if ((columnStride === 1 || columns === 1) && (rowStride >= columns || rows === 1)) {
    return rows === 1 ? columns : rowStride;
  }
  if ((rowStride === 1 || rows === 1) && (columnStride >= rows || columns === 1)) {
    return -(columns === 1 ? rows : columnStride);
  }
  return 0;
}

const gemm: Gemm = (m, n, k, a, ao, ar, ac, b, bo, br, bc, out, oo, or) => {
  if (m * n * k < WORTHWHILE) return false;
  const single = out instanceof Float32Array;
  if (!single && !(out instanceof Float64Array)) return false;
  const aRow = layout(m, k, ar, ac);
  const bRow = layout(k, n, br, bc);
  if (aRow === 0 || bRow === 0) return false;
  const product = single ? sgemm : dgemm;
  product(
    ROW_MAJOR,
    aRow > 0 ? AS_IT_IS : TRANSPOSED,
    bRow > 0 ? AS_IT_IS : TRANSPOSED,
    m,
    n,
    k,
    1,
    ao === 0 ? a : a.subarray(ao),
    Math.abs(aRow),
    bo === 0 ? b : b.subarray(bo),
    Math.abs(bRow),
    0,
    oo === 0 ? out : out.subarray(oo),
    or,
  );
  return true;
};

/** The library that was found, as it was loaded. */
export const blasLibrary: string = library;

/** Runs the matrix products of float32 and float64 tensors on the BLAS; importing does this once. */
export function enableBlas(): void {
  setGemm(gemm);
}

/** Goes back to tapegrad's own kernels. */
export function disableBlas(): void {
  setGemm(null);
}

enableBlas();
