import { numel } from "../shape.ts";
import type { Strided } from "../storage.ts";
import { accelerator } from "./accelerator.ts";
import { collapse, forEachRow, isDense } from "./iterate.ts";

/** From this many elements on, copying to the vector kernel and back costs less than the loop. */
const WORTHWHILE = 64;

/**
 * softmax (or its logarithm) of each lane along `dim`, shifted by the lane's maximum, so that
 * no exponential overflows.
 */
export function softmax(a: Strided, dim: number, log: boolean, out: Strided): void {
  const ad = a.storage.data;
  const od = out.storage.data;
  const n = a.shape[dim] ?? 1;
  const as = a.strides[dim] ?? 0;
  const os = out.strides[dim] ?? 0;
  const count = numel(a.shape);
  if (count >= WORTHWHILE && dim === a.shape.length - 1 && isDense(a) && isDense(out)) {
    if (accelerator?.softmaxRows(log, count / n, n, ad, a.offset, od, out.offset)) return;
  }
  const outer = a.shape.filter((_, d) => d !== dim);
  const walk = collapse(outer, [
    a.strides.filter((_, d) => d !== dim),
    out.strides.filter((_, d) => d !== dim),
  ]);
  const last = walk.shape.length - 1;
  const lanes = walk.shape[last]!;
  const aStep = walk.strides[0]![last]!;
  const oStep = walk.strides[1]![last]!;
  forEachRow(walk, [a.offset, out.offset], (at) => {
    for (let lane = 0; lane < lanes; lane++) {
      const i0 = at[0]! + lane * aStep;
      const o0 = at[1]! + lane * oStep;
      let max = -Infinity;
      for (let k = 0, i = i0; k < n; k++, i += as) {
        const x = ad[i]!;
        if (!(x <= max)) max = x;
      }
      let sum = 0;
      if (log) {
        for (let k = 0, i = i0; k < n; k++, i += as) sum += Math.exp(ad[i]! - max);
        const shift = Math.log(sum);
        for (let k = 0, i = i0, o = o0; k < n; k++, i += as, o += os) {
          od[o] = ad[i]! - max - shift;
        }
      } else {
        for (let k = 0, i = i0, o = o0; k < n; k++, i += as, o += os) {
          const e = Math.exp(ad[i]! - max);
          od[o] = e;
          sum += e;
        }
        for (let k = 0, o = o0; k < n; k++, o += os) od[o]! /= sum;
      }
    }
  });
}
