import { apply, applyInPlace } from "../apply.ts";
import { scalarName } from "../dtype.ts";
import { copy, densely } from "../kernels/elementwise.ts";
import { scatterAdd as scatterAddKernel, take, takeSlices } from "../kernels/gather.ts";
import { fresh } from "../make.ts";
import type { Op } from "../op.ts";
import { checkTensor } from "../operand.ts";
import { checkOptions } from "../options.ts";
import { normalizeDim, type Shape } from "../shape.ts";
import type { Tensor } from "../tensor.ts";
import type { AlphaOptions } from "./binary.ts";
import { expand, reshape, reshapeTo } from "./view.ts";

function checkIndex(index: Tensor, fn: string): void {
  checkTensor(fn, "index", index);
  if (index.dtype !== "int64" && index.dtype !== "int32") {
    throw new TypeError(
      `${fn}(): Expected dtype int32/int64 for index, but got ${scalarName(index.dtype)}`,
    );
  }
}

// gather and its reverse ----------------------------------------------------------------------

const gatherOp: Op<number> = {
  name: "GatherBackward0",
  shape: ([, index]) => index!.shape,
  dtype: ([input]) => input!.dtype,
  kernel: ([input, index], out, dim) => take(input!, index!, dim, out),
  vjps: [
    (use) => {
      const { inputs, params: dim } = use;
      const { shape, dtype } = inputs[0]!;
      const index = use.b;
      return (g) => scatterAdd(fresh(dtype, shape), dim, index, g);
    },
    null,
  ],
};

function checkGather(input: Tensor, index: Tensor, dim: number, fn: string): void {
  checkTensor(fn, "index", index);
  if (index.dtype !== "int64") throw new TypeError(`${fn}(): Expected dtype int64 for index`);
  if (input.shape.length !== index.shape.length && input.shape.length * index.shape.length > 0) {
    throw new RangeError(
      `Index tensor must have the same number of dimensions as ${fn === "gather" ? "input" : "self"} tensor`,
    );
  }
  for (let d = 0; d < input.shape.length; d++) {
    if (d !== dim && (index.shape[d] ?? 1) > input.shape[d]!) {
      throw new RangeError(
        `Size does not match at dimension ${d} expected index ${show(index.shape)} to be smaller than self ${show(input.shape)} apart from dimension ${dim}`,
      );
    }
  }
}

function checkScatter(input: Tensor, index: Tensor, dim: number, source: Tensor): void {
  checkTensor("scatter", "src", source);
  checkGather(input, index, dim, "scatter");
  if (source.shape.length !== index.shape.length && source.shape.length * index.shape.length > 0) {
    throw new RangeError("Index tensor must have the same number of dimensions as src tensor");
  }
}

const show = (shape: Shape) => `[${shape.join(", ")}]`;

/**
 * out[i][j] = input[index[i][j]][j] for dim 0, and likewise along any dimension.
 * @param index int64, of the result's shape.
 */
export function gather(input: Tensor, dim: number, index: Tensor): Tensor {
  checkTensor("gather", "input", input);
  const d = normalizeDim(dim, input.shape.length, "gather");
  checkGather(input, index, d, "gather");
  return apply(gatherOp, [input, index], d);
}

const scatterAddOp: Op<number> = {
  name: "ScatterAddBackward0",
  shape: ([input]) => input!.shape,
  dtype: ([input, , source]) => {
    if (input!.dtype !== source!.dtype) {
      throw new TypeError("scatter(): Expected self.dtype to be equal to src.dtype");
    }
    return input!.dtype;
  },
  kernel([input, index, source], out, dim) {
    if (input!.storage !== out.storage) copy(input!, out);
    scatterAddKernel(source!, index!, dim, out);
  },
  vjps: [
    () => (g) => g,
    null,
    ({ b: index, params: dim }) =>
      (g) =>
        gather(g, dim, index),
  ],
};

/** input with each element of source added at its index along dim: the reverse of `gather`. */
export function scatterAdd(input: Tensor, dim: number, index: Tensor, source: Tensor): Tensor {
  checkTensor("scatterAdd", "input", input);
  const d = normalizeDim(dim, input.shape.length, "scatterAdd");
  checkScatter(input, index, d, source);
  return apply(scatterAddOp, [input, index, source], d);
}

export function scatterAdd_(self: Tensor, dim: number, index: Tensor, source: Tensor): Tensor {
  checkTensor("scatterAdd_", "input", self);
  const d = normalizeDim(dim, self.shape.length, "scatterAdd_");
  checkScatter(self, index, d, source);
  return applyInPlace(scatterAddOp, [self, index, source], d);
}

// Whole slices by their numbers ---------------------------------------------------------------

/** A vector of slice numbers as a gather index: the same number all over its slice. */
function spread(index: Tensor, shape: Shape, dim: number): Tensor {
  if (shape.length === 0) return reshapeTo(index, []);
  const flat = reshape(
    index.to("int64"),
    shape.map((_, d) => (d === dim ? -1 : 1)),
  );
  return expand(flat, shape.with(dim, flat.shape[dim]!));
}

const indexSelectOp: Op<number> = {
  name: "IndexSelectBackward0",
  shape: ([input, index], dim) => input!.shape.with(dim, index!.shape[0] ?? 1),
  dtype: ([input]) => input!.dtype,
  kernel: ([input, index], out, dim) => takeSlices(densely(input!), index!, dim, out),
  vjps: [
    (use) => {
      const { params: dim } = use;
      const { shape, dtype } = use.inputs[0]!;
      const index = use.b;
      return (g) => indexAdd(fresh(dtype, shape), dim, index, g);
    },
    null,
  ],
};

/**
 * The slices along a dimension that `index` names, in its order.
 * @param index a vector of int64 or int32.
 */
export function indexSelect(input: Tensor, dim: number, index: Tensor): Tensor {
  checkTensor("indexSelect", "input", input);
  const d = normalizeDim(dim, input.shape.length, "indexSelect");
  checkIndex(index, "index_select");
  if (index.shape.length > 1) {
    throw new RangeError("index_select(): Index is supposed to be a vector");
  }
  if (input.shape.length === 0) return gather(input, 0, spread(index, input.shape, 0));
  return apply(indexSelectOp, [input, index], d);
}

/** input with each slice of source, times alpha, added to the slice that `index` names. */
export function indexAdd(
  input: Tensor,
  dim: number,
  index: Tensor,
  source: Tensor,
  options: AlphaOptions = {},
): Tensor {
  checkTensor("indexAdd", "input", input);
  checkOptions("indexAdd", options, ["alpha"]);
  const d = normalizeDim(dim, input.shape.length, "indexAdd");
  checkIndex(index, "index_add");
  const { alpha = 1 } = options;
  return scatterAdd(
    input,
    d,
    spread(index, source.shape, d),
    alpha === 1 ? source : source.mul(alpha),
  );
}
