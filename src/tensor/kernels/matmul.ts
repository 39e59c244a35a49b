import type { TypedArray } from "../dtype.ts";
import type { Strided } from "../storage.ts";
import { accelerator } from "./accelerator.ts";

/**
 * out[m, n] = a[m, k] · b[k, n], each matrix given by its array, first
 * element and the distances between rows and between columns; `out` has dense rows.
 * Answers false where it does not take the case, and then has written nothing.
 */
export type Gemm = (
  m: number,
  n: number,
  k: number,
  a: TypedArray,
  aOffset: number,
  aRow: number,
  aCol: number,
  b: TypedArray,
  bOffset: number,
  bRow: number,
  bCol: number,
  out: TypedArray,
  outOffset: number,
  outRow: number,
) => boolean;

let fastGemm: Gemm | null = null;

/** Puts another implementation before the plain loop (SIMD, a BLAS), or takes it away again. */
export function setGemm(gemm: Gemm | null): void {
  fastGemm = gemm;
}

/** out = a · b for matrices of one dtype; `out` is dense. */
export function matmul(a: Strided, b: Strided, out: Strided): void {
  const m = a.shape[0]!;
  const k = a.shape[1]!;
  const n = b.shape[1]!;
  gemm(
    m,
    n,
    k,
    a.storage.data,
    a.offset,
    a.strides[0]!,
    a.strides[1]!,
    b.storage.data,
    b.offset,
    b.strides[0]!,
    b.strides[1]!,
    out.storage.data,
    out.offset,
    n,
  );
}

/** out[i] = a[i] · b[i] for every i of the first dimension. */
export function batchMatmul(a: Strided, b: Strided, out: Strided): void {
  const batch = a.shape[0]!;
  const m = a.shape[1]!;
  const k = a.shape[2]!;
  const n = b.shape[2]!;
  for (let i = 0; i < batch; i++) {
    gemm(
      m,
      n,
      k,
      a.storage.data,
      a.offset + i * a.strides[0]!,
      a.strides[1]!,
      a.strides[2]!,
      b.storage.data,
      b.offset + i * b.strides[0]!,
      b.strides[1]!,
      b.strides[2]!,
      out.storage.data,
      out.offset + i * m * n,
      n,
    );
  }
}

/**
 * See `Gemm`; takes every case.
 * @param bias n elements to add to each row, or null.
 * @param rectify whether negative results should then become 0.
 * @returns whether `bias` and `rectify` are done; where not, they are left to the caller.
 */
export function gemm(
  m: number,
  n: number,
  k: number,
  a: TypedArray,
  ao: number,
  ar: number,
  ac: number,
  b: TypedArray,
  bo: number,
  br: number,
  bc: number,
  out: TypedArray,
  oo: number,
  or: number,
  bias: Strided | null = null,
  rectify = false,
): boolean {
  const plain = bias === null && !rectify;
  if (fastGemm?.(m, n, k, a, ao, ar, ac, b, bo, br, bc, out, oo, or)) return plain;
  const whole = bias === null || bias.strides[0] === 1;
  const data = whole && bias !== null ? bias.storage.data : null;
  const at = bias === null ? 0 : bias.offset;
  const max = whole && rectify;
  const fast = accelerator;
  if (fast?.gemm(m, n, k, a, ao, ar, ac, b, bo, br, bc, out, oo, or, data, at, max)) return whole;
  plainGemm(m, n, k, a, ao, ar, ac, b, bo, br, bc, out, oo, or);
  return plain;
}

/** Four rows by two columns at a time, each sum in a register and in double precision. */
function plainGemm(
  m: number,
  n: number,
  k: number,
  a: TypedArray,
  ao: number,
  ar: number,
  ac: number,
  b: TypedArray,
  bo: number,
  br: number,
  bc: number,
  out: TypedArray,
  oo: number,
  or: number,
): void {
  let i = 0;
  for (; i + 4 <= m; i += 4) {
    const a0 = ao + i * ar;
    let j = 0;
    for (; j + 2 <= n; j += 2) {
      let s00 = 0;
      let s01 = 0;
      let s10 = 0;
      let s11 = 0;
      let s20 = 0;
      let s21 = 0;
      let s30 = 0;
      let s31 = 0;
      let p = a0;
      let q = bo + j * bc;
      for (let l = 0; l < k; l++) {
        const x = b[q]!;
        const y = b[q + bc]!;
        const r0 = a[p]!;
        const r1 = a[p + ar]!;
        const r2 = a[p + 2 * ar]!;
        const r3 = a[p + 3 * ar]!;
        s00 += r0 * x;
        s01 += r0 * y;
        s10 += r1 * x;
        s11 += r1 * y;
        s20 += r2 * x;
        s21 += r2 * y;
        s30 += r3 * x;
        s31 += r3 * y;
        p += ac;
        q += br;
      }
      const o = oo + i * or + j;
      out[o] = s00;
      out[o + 1] = s01;
      out[o + or] = s10;
      out[o + or + 1] = s11;
      out[o + 2 * or] = s20;
      out[o + 2 * or + 1] = s21;
      out[o + 3 * or] = s30;
      out[o + 3 * or + 1] = s31;
    }
    for (; j < n; j++) {
      for (let r = 0; r < 4; r++) {
        out[oo + (i + r) * or + j] = dotLoop(k, a, a0 + r * ar, ac, b, bo + j * bc, br);
      }
    }
  }
  for (; i < m; i++) {
    for (let j = 0; j < n; j++) {
      out[oo + i * or + j] = dotLoop(k, a, ao + i * ar, ac, b, bo + j * bc, br);
    }
  }
}

function dotLoop(
  k: number,
  a: TypedArray,
  ao: number,
  as: number,
  b: TypedArray,
  bo: number,
  bs: number,
): number {
  let s = 0;
  for (let l = 0, p = ao, q = bo; l < k; l++, p += as, q += bs) s += a[p]! * b[q]!;
  return s;
}
