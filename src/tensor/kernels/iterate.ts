import { isContiguous, type Shape, sameShape } from "../shape.ts";
import type { Strided } from "../storage.ts";

/** Dimensions merged as far as every operand allows; `strides[k]` belongs to operand k. */
export interface Walk {
  readonly shape: number[];
  readonly strides: number[][];
}

/**
 * Merges neighbouring dimensions that every operand steps over as if they were one, and drops those
 * of size 1, so that loops get as long as they can.
 */
export function collapse(shape: Shape, strides: readonly Shape[]): Walk {
  const outShape: number[] = [];
  const outStrides: number[][] = strides.map(() => []);
  for (let dim = 0; dim < shape.length; dim++) {
    const size = shape[dim]!;
    if (size === 1) continue;
    const last = outShape.length - 1;
    const merges = last >= 0 && strides.every((s, k) => outStrides[k]![last]! === s[dim]! * size);
    if (merges) {
      outShape[last]! *= size;
      for (let k = 0; k < strides.length; k++) outStrides[k]![last] = strides[k]![dim]!;
    } else {
      outShape.push(size);
      for (let k = 0; k < strides.length; k++) outStrides[k]!.push(strides[k]![dim]!);
    }
  }
  if (outShape.length === 0) {
    outShape.push(1);
    for (const s of outStrides) s.push(0);
  }
  return { shape: outShape, strides: outStrides };
}

/**
 * Calls `row` once for each index of all but the last dimension of `walk`, with every operand's
 * position there. `offsets` is advanced in place and is the argument that `row` gets.
 */
export function forEachRow(
  walk: Walk,
  offsets: number[],
  row: (offsets: readonly number[]) => void,
): void {
  const { shape, strides } = walk;
  const outer = shape.length - 1;
  for (const size of shape) if (size === 0) return;
  if (outer === 0) {
    row(offsets);
    return;
  }
  const index = new Array<number>(outer).fill(0);
  for (;;) {
    row(offsets);
    let dim = outer - 1;
    for (; dim >= 0; dim--) {
      index[dim]!++;
      for (let k = 0; k < offsets.length; k++) offsets[k]! += strides[k]![dim]!;
      if (index[dim]! < shape[dim]!) break;
      for (let k = 0; k < offsets.length; k++) offsets[k]! -= strides[k]![dim]! * shape[dim]!;
      index[dim] = 0;
    }
    if (dim < 0) return;
  }
}

/** Whether an operand's elements lie one after another, in order, from `offset` on. */
export function isDense(t: Strided): boolean {
  return isContiguous(t.shape, t.strides);
}

/** Whether `t` can be read element by element along a dense result of `shape`. */
export function isDenseLike(t: Strided, shape: Shape): boolean {
  return sameShape(t.shape, shape) && isContiguous(t.shape, t.strides);
}
