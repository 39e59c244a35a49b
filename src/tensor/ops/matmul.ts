import { apply } from "../apply.ts";
import { isFloat, scalarName } from "../dtype.ts";
import { copy } from "../kernels/elementwise.ts";
import { batchMatmul, matmul as matmulKernel } from "../kernels/matmul.ts";
import type { Op } from "../op.ts";
import { checkTensor } from "../operand.ts";
import { checkOptions } from "../options.ts";
import { broadcastShapes, formatShape, isExpandable, numel, type Shape } from "../shape.ts";
import type { Tensor } from "../tensor.ts";
import { add } from "./binary.ts";
import { expand, reshapeTo, squeeze, transpose, transposed, unsqueeze } from "./view.ts";

/** The operands' common dtype; `kernel` is how PyTorch calls what it has not for bools. */
function sameDType(a: Tensor, b: Tensor, kernel: string): Tensor["dtype"] {
  if (a.dtype !== b.dtype) {
    throw new TypeError(
      `expected scalar type ${scalarName(a.dtype)} but found ${scalarName(b.dtype)}`,
    );
  }
  return notBool(a.dtype, kernel);
}

function notBool(dtype: Tensor["dtype"], kernel: string): Tensor["dtype"] {
  if (dtype === "bool") throw new TypeError(`"${kernel}" not implemented for 'Bool'`);
  return dtype;
}

const dimsOf = (t: Tensor) => t.shape.join("x");

const mmOp: Op<null> = {
  name: "MmBackward0",
  shape: ([a, b]) => {
    if (a!.shape[1] !== b!.shape[0]) {
      throw new RangeError(
        `mat1 and mat2 shapes cannot be multiplied (${dimsOf(a!)} and ${dimsOf(b!)})`,
      );
    }
    return [a!.shape[0]!, b!.shape[1]!];
  },
  dtype: ([a, b]) => sameDType(a!, b!, "addmm_impl_cpu_"),
  kernel: ([a, b], out) => matmulKernel(a!, b!, out),
  overwrites: true,
  vjps: [
    ({ b }) =>
      (g) =>
        product(g, transposed(b)),
    ({ a }) =>
      (g) =>
        product(transposed(a), g),
  ],
};

/**
 * The product of two matrices, [m, k] · [k, n] → [m, n].
 * @throws RangeError where the shapes do not fit.
 */
export function mm(input: Tensor, mat2: Tensor): Tensor {
  checkTensor("mm", "input", input);
  checkTensor("mm", "mat2", mat2);
  if (input.shape.length !== 2) throw new RangeError("self must be a matrix");
  if (mat2.shape.length !== 2) throw new RangeError("mat2 must be a matrix");
  return product(input, mat2);
}

/** As `mm`, of what is known to be matrices. */
export function product(a: Tensor, b: Tensor): Tensor {
  return apply(mmOp, [a, b], null);
}

const bmmOp: Op<null> = {
  name: "BmmBackward0",
  shape: ([a, b]) => {
    const [batch, m, k] = a!.shape;
    if (b!.shape[0] !== batch || b!.shape[1] !== k) {
      throw new RangeError(
        `Expected size for first two dimensions of batch2 tensor to be: ${formatShape([batch!, k!])} but got: ${formatShape(b!.shape.slice(0, 2))}.`,
      );
    }
    return [batch!, m!, b!.shape[2]!];
  },
  dtype: ([a, b]) => sameDType(a!, b!, "bmm"),
  kernel: ([a, b], out) => batchMatmul(a!, b!, out),
  overwrites: true,
  vjps: [
    ({ b }) =>
      (g) =>
        bmm(g, transpose(b, 1, 2)),
    ({ a }) =>
      (g) =>
        bmm(transpose(a, 1, 2), g),
  ],
};

/**
 * Products of matrices, pair by pair: [b, m, k] · [b, k, n] → [b, m, n].
 * @throws RangeError where the shapes do not fit.
 */
export function bmm(input: Tensor, mat2: Tensor): Tensor {
  checkTensor("bmm", "input", input);
  checkTensor("bmm", "mat2", mat2);
  if (input.shape.length !== 3) throw new RangeError("batch1 must be a 3D tensor");
  if (mat2.shape.length !== 3) throw new RangeError("batch2 must be a 3D tensor");
  return apply(bmmOp, [input, mat2], null);
}

const row = (t: Tensor) => ({
  storage: t.storage,
  offset: t.offset,
  shape: [1, t.shape[0]!],
  strides: [0, t.strides[0]!],
  dtype: t.dtype,
});

const column = (t: Tensor) => ({
  storage: t.storage,
  offset: t.offset,
  shape: [t.shape[0]!, 1],
  strides: [t.strides[0]!, 0],
  dtype: t.dtype,
});

const dotOp: Op<null> = {
  name: "DotBackward0",
  shape: ([a, b]) => {
    if (a!.shape[0] !== b!.shape[0]) {
      throw new RangeError(
        `inconsistent tensor size, expected tensor ${formatShape(a!.shape)} and src ${formatShape(b!.shape)} to have the same number of elements, but got ${a!.shape[0]} and ${b!.shape[0]} elements respectively`,
      );
    }
    return [];
  },
  dtype: ([a, b]) => {
    if (a!.dtype !== b!.dtype) {
      throw new TypeError(
        `dot : expected both vectors to have same dtype, but found ${scalarName(a!.dtype)} and ${scalarName(b!.dtype)}`,
      );
    }
    return notBool(a!.dtype, "dot");
  },
  kernel: ([a, b], out) => matmulKernel(row(a!), column(b!), out),
  vjps: [
    ({ b }) =>
      (g) =>
        g.mul(b),
    ({ a }) =>
      (g) =>
        g.mul(a),
  ],
};

/**
 * The inner product of two vectors.
 * @throws RangeError unless both are vectors of one length.
 */
export function dot(input: Tensor, other: Tensor): Tensor {
  checkTensor("dot", "input", input);
  checkTensor("dot", "tensor", other);
  if (input.shape.length !== 1 || other.shape.length !== 1) {
    throw new RangeError(
      `1D tensors expected, but got ${input.shape.length}D and ${other.shape.length}D tensors`,
    );
  }
  return apply(dotOp, [input, other], null);
}

const mvOp: Op<null> = {
  name: "MvBackward0",
  shape: ([a, v]) => {
    if (a!.shape[1] !== v!.shape[0]) {
      throw new RangeError(`size mismatch, got ${a!.shape[0]}, ${dimsOf(a!)},${v!.shape[0]}`);
    }
    return [a!.shape[0]!];
  },
  dtype: ([a, v]) => sameDType(a!, v!, "addmv_impl_cpu"),
  kernel: ([a, v], out) =>
    matmulKernel(a!, column(v!), { ...out, storage: out.storage, shape: [out.shape[0]!, 1] }),
  vjps: [
    ({ b: v }) =>
      (g) =>
        outer(g, v),
    ({ a }) =>
      (g) =>
        mv(transposed(a), g),
  ],
};

/**
 * A matrix times a vector, [m, k] · [k] → [m].
 * @throws RangeError where the shapes do not fit.
 */
export function mv(input: Tensor, vec: Tensor): Tensor {
  checkTensor("mv", "input", input);
  checkTensor("mv", "vec", vec);
  if (input.shape.length !== 2 || vec.shape.length !== 1) {
    throw new RangeError(
      `vector + matrix @ vector expected, got ${vec.shape.length}, ${input.shape.length}, ${vec.shape.length}`,
    );
  }
  return apply(mvOp, [input, vec], null);
}

/** The outer product of two vectors, [m], [n] → [m, n]. */
export function outer(input: Tensor, vec2: Tensor): Tensor {
  checkTensor("outer", "input", input);
  checkTensor("outer", "vec2", vec2);
  if (input.shape.length !== 1) {
    throw new RangeError(`outer: Expected 1-D argument self, but got ${input.shape.length}-D`);
  }
  if (vec2.shape.length !== 1) {
    throw new RangeError(`outer: Expected 1-D argument vec2, but got ${vec2.shape.length}-D`);
  }
  return unsqueeze(input, 1).mul(vec2);
}

interface Addmm {
  readonly beta: number;
  readonly alpha: number;
}

const addmmOp: Op<Addmm> = {
  name: "AddmmBackward0",
  shape([input, a, b]) {
    const shape = mmOp.shape([a!, b!], null);
    if (!isExpandable(input!.shape, shape)) {
      throw new RangeError(
        `The expanded size of the tensor (${shape[1]}) must match the existing size (${input!.shape.at(-1)}) at non-singleton dimension 1.  Target sizes: ${formatShape(shape)}.  Tensor sizes: ${formatShape(input!.shape)}`,
      );
    }
    return shape;
  },
  dtype: ([input, a, b]) => {
    sameDType(input!, a!, "addmm_impl_cpu_");
    return sameDType(a!, b!, "addmm_impl_cpu_");
  },
  kernel([input, a, b], out, { beta, alpha }) {
    // A beta of 0 leaves the input unread, NaN and all.
    const scaled =
      alpha === 1 ? mm(a!.detach(), b!.detach()) : mm(a!.detach(), b!.detach()).mul(alpha);
    copy(
      beta === 0 ? scaled : add(scaled, beta === 1 ? input!.detach() : input!.detach().mul(beta)),
      out,
    );
  },
  vjps: [
    ({ params: { beta } }) =>
      (g) =>
        beta === 1 ? g : g.mul(beta),
    ({ c: b, params: { alpha } }) =>
      (g) => {
        const grad = product(g, transposed(b));
        return alpha === 1 ? grad : grad.mul(alpha);
      },
    ({ b: a, params: { alpha } }) =>
      (g) => {
        const grad = product(transposed(a), g);
        return alpha === 1 ? grad : grad.mul(alpha);
      },
  ],
};

export interface AddmmOptions {
  /** Multiplies `input`; 1 unless given. */
  readonly beta?: number;
  /** Multiplies the product; 1 unless given. */
  readonly alpha?: number;
}

/**
 * beta · input + alpha · (mat1 · mat2), where `input` broadcasts to the product's shape.
 * @throws RangeError where the shapes do not fit.
 */
export function addmm(
  input: Tensor,
  mat1: Tensor,
  mat2: Tensor,
  options: AddmmOptions = {},
): Tensor {
  checkTensor("addmm", "input", input);
  checkTensor("addmm", "mat1", mat1);
  checkTensor("addmm", "mat2", mat2);
  if (mat1.shape.length !== 2)
    throw new RangeError(`mat1 must be a matrix, got ${mat1.shape.length}-D tensor`);
  if (mat2.shape.length !== 2)
    throw new RangeError(`mat2 must be a matrix, got ${mat2.shape.length}-D tensor`);
  checkOptions("addmm", options, ["beta", "alpha"]);
  // Integer matrices have integer factors: PyTorch drops what is behind the point.
  const factor = (x = 1) => (isFloat(input.dtype) ? x : Math.trunc(x));
  const params = { beta: factor(options.beta), alpha: factor(options.alpha) };
  return apply(addmmOp, [input, mat1, mat2], params);
}

/** The last two dimensions made one batch of matrices, the batch dimensions broadcast to `batch`. */
function asBatch(t: Tensor, batch: Shape): Tensor {
  const [m, n] = t.shape.slice(-2);
  return reshapeTo(expand(t, [...batch, m!, n!]), [numel(batch), m!, n!]);
}

/**
 * The matrix product as torch.matmul defines it for every pair of ranks: vectors gain a dimension
 * for the product and lose it again, and batch dimensions broadcast.
 * @throws RangeError where the shapes do not fit or an operand is a scalar.
 */
export function matmul(input: Tensor, other: Tensor): Tensor {
  checkTensor("matmul", "input", input);
  checkTensor("matmul", "other", other);
  const a = input.shape.length;
  const b = other.shape.length;
  if (a === 0 || b === 0) {
    throw new RangeError(
      `both arguments to matmul need to be at least 1D, but they are ${a}D and ${b}D`,
    );
  }
  if (a === 1 && b === 1) return dot(input, other);
  if (a === 2 && b === 1) return mv(input, other);
  if (a === 2 && b === 2) return mm(input, other);
  if (a === 1) {
    return squeeze(matmul(unsqueeze(input, 0), other), -2);
  }
  if (b === 1) return squeeze(matmul(input, unsqueeze(other, 1)), -1);
  if (b === 2) {
    // One tall product instead of a batch of small ones.
    const [k] = input.shape.slice(-1);
    const lead = input.shape.slice(0, -1);
    const rows = reshapeTo(input, [numel(lead), k!]);
    return reshapeTo(mm(rows, other), [...lead, other.shape[1]!]);
  }
  const batch = broadcastShapes(input.shape.slice(0, -2), other.shape.slice(0, -2));
  const products = bmm(asBatch(input, batch), asBatch(other, batch));
  return reshapeTo(products, [...batch, input.shape[a - 2]!, other.shape[b - 1]!]);
}
