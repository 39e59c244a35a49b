import { noGrad } from "../../autograd/gradMode.ts";
import { getDefaultDtype, isFloat } from "../dtype.ts";
import { checkTensor } from "../operand.ts";
import { checkOptions } from "../options.ts";
import { normalizeDims } from "../shape.ts";
import type { Tensor } from "../tensor.ts";
import { eq } from "./compare.ts";
import { amax } from "./extremum.ts";
import { minus } from "./plain.ts";
import type { Dims, KeepdimOptions } from "./reduce.ts";
import { sum } from "./reduce.ts";
import { where } from "./ternary.ts";
import { abs, exp, log } from "./unary.ts";
import { squeeze } from "./view.ts";

// Operations made of others, with no derivative of their own.

/**
 * log Σ exp(x) over some dimensions, shifted by the maximum so that nothing overflows.
 * @param dim one dimension or a list.
 */
export function logsumexp(input: Tensor, dim: Dims, options?: KeepdimOptions): Tensor {
  checkTensor("logsumexp", "input", input);
  if (options !== undefined) checkOptions("logsumexp", options, ["keepdim"]);
  const x = isFloat(input.dtype) ? input : input.to(getDefaultDtype());
  const dims = normalizeDims(dim, x.shape.length, "logsumexp");
  const empty = dims.some((d) => x.shape[d] === 0);
  const shift = noGrad(() => {
    if (empty) return sum(x, dims, { keepdim: true });
    const top = amax(x, dims, { keepdim: true });
    return where(eq(abs(top), Infinity), 0, top);
  });
  const result = log(sum(exp(minus(x, shift)), dims, { keepdim: true })).add(shift);
  return options?.keepdim === true ? result : squeeze(result, dims);
}
