import { checkTensor, type Operand } from "../operand.ts";
import type { Tensor } from "../tensor.ts";
import { comparison } from "./family.ts";
import { abs } from "./unary.ts";

// Tests of elements: the results are bool, and there is nothing to differentiate.

export const eq = comparison("eq", (m, a, b) => m.eq(a, b));
export const ne = comparison("ne", (m, a, b) => m.ne(a, b));
export const lt = comparison("lt", (m, a, b) => m.lt(a, b));
export const le = comparison("le", (m, a, b) => m.le(a, b));
export const gt = comparison("gt", (m, a, b) => m.gt(a, b));
export const ge = comparison("ge", (m, a, b) => m.ge(a, b));

export const logicalAnd = comparison(
  "logicalAnd",
  (m, a, b) => {
    const zero = m.constant(0);
    return m.and(m.ne(a, zero), m.ne(b, zero));
  },
  2,
);

export const logicalOr = comparison(
  "logicalOr",
  (m, a, b) => {
    const zero = m.constant(0);
    return m.or(m.ne(a, zero), m.ne(b, zero));
  },
  2,
);

export const logicalXor = comparison(
  "logicalXor",
  (m, a, b) => {
    const zero = m.constant(0);
    const p = m.ne(a, zero);
    const q = m.ne(b, zero);
    return m.and(m.or(p, q), m.not(m.and(p, q)));
  },
  2,
);

export function logicalNot(input: Operand): Tensor {
  return eq(input, 0);
}

export function logicalNot_(self: Tensor): Tensor {
  return eq.inPlace(self, 0);
}

export function isnan(input: Tensor): Tensor {
  checkTensor("isnan", "input", input);
  return ne(input, input);
}

/** The size of each element, which neither is recorded nor refuses bools. */
function magnitude(fn: string, input: Tensor): Tensor {
  checkTensor(fn, "input", input);
  return input.dtype === "bool" ? input : abs(input.detach());
}

export function isinf(input: Tensor): Tensor {
  return eq(magnitude("isinf", input), Infinity);
}

export function isfinite(input: Tensor): Tensor {
  return lt(magnitude("isfinite", input), Infinity);
}
