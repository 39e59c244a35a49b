import { sameShape } from "./shape.ts";
import type { Strided } from "./storage.ts";

/** @throws Error if two indices of `self` name one element. */
export function checkSelfOverlap(self: Strided): void {
  const { shape, strides } = self;
  for (let i = 0; i < shape.length; i++) {
    if (strides[i] === 0 && shape[i]! > 1) {
      throw new Error(
        "unsupported operation: more than one element of the written-to tensor refers to a single memory location. Please clone() the tensor before performing the operation.",
      );
    }
  }
}

/** Whether writing `self` element by element could change elements of `t` that are still to be read. */
export function overlapsPartly(self: Strided, t: Strided): boolean {
  if (t.storage !== self.storage || t === self) return false;
  const same =
    t.offset === self.offset &&
    sameShape(t.shape, self.shape) &&
    sameShape(t.strides, self.strides);
  return !same && extent(self)[0] <= extent(t)[1] && extent(t)[0] <= extent(self)[1];
}

function extent(t: Strided): [first: number, last: number] {
  let last = t.offset;
  for (let i = 0; i < t.shape.length; i++) {
    if (t.shape[i] === 0) return [t.offset, t.offset - 1];
    last += (t.shape[i]! - 1) * t.strides[i]!;
  }
  return [t.offset, last];
}
