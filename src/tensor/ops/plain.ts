import type { Tensor } from "../tensor.ts";
import { binary, Map2 } from "./family.ts";

// What derivatives are written in, beside the methods of the class: without the options that the
// functions of the same names have.

/** input − other, without options. */
export const minus = binary(
  "sub",
  new Map2((m, a, b) => m.sub(a, b)),
  [() => (g) => g, () => (g) => g.neg()],
  { check: refuseBools },
);

/** @throws TypeError for operands that are bool. */
export function refuseBools([a, b]: readonly Tensor[]): void {
  if (a!.dtype === "bool" && b!.dtype === "bool") {
    throw new TypeError(
      "Subtraction, the `-` operator, with two bool tensors is not supported. Use the `^` or `logical_xor()` operator instead.",
    );
  }
  if (a!.dtype === "bool" || b!.dtype === "bool") {
    throw new TypeError(
      "Subtraction, the `-` operator, with a bool tensor is not supported. If you are trying to invert a mask, use the `~` or `logical_not()` operator instead.",
    );
  }
}

/** input / other, without options. */
export const trueDiv = binary(
  "div",
  new Map2((m, a, b) => m.div(a, b)),
  [
    ({ b }) =>
      (g) =>
        trueDiv(g, b),
    ({ a, b }) =>
      (g) =>
        g.neg().mul(trueDiv(trueDiv(a, b), b)),
  ],
  { promotion: "float" },
);
