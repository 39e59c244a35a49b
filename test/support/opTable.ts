/**
 * One row an operation: what it is called, what it does, and inputs for which it has derivatives.
 * The gradient tests run every row over random shapes, broadcasts and strides.
 */
import { cat, tensor as makeTensor, stack, type Tensor, where, zeros } from "../../src/index.ts";
import { coarse, nonzero, positive, real, separated } from "./arbitraries.ts";
import { LAYERS } from "./layerTable.ts";
import { along, elementwise, inPlace, type OpRow, over, shaped, unary } from "./opRows.ts";

const [s0, s1, s2] = [separated(0), separated(1), separated(2)];

const positions = (...indices: number[]) => makeTensor(indices, { dtype: "int64" });
const zerosIndex = (like: Tensor) => zeros(like.shape, { dtype: "int64" });

const ELEMENTWISE: readonly OpRow[] = [
  unary("neg", (x) => x.neg()),
  unary("abs", (x) => x.abs(), nonzero),
  unary("sign", (x) => x.sign(), nonzero),
  unary("sqrt", (x) => x.sqrt(), positive),
  unary("rsqrt", (x) => x.rsqrt(), positive),
  unary("square", (x) => x.square()),
  unary("reciprocal", (x) => x.reciprocal(), nonzero),
  unary("exp", (x) => x.exp()),
  unary("expm1", (x) => x.expm1()),
  unary("log", (x) => x.log(), positive),
  unary("log1p", (x) => x.log1p(), positive),
  unary("sin", (x) => x.sin()),
  unary("cos", (x) => x.cos()),
  unary("tan", (x) => x.div(2).tan()),
  unary("tanh", (x) => x.tanh()),
  unary("sigmoid", (x) => x.sigmoid()),
  unary("relu", (x) => x.relu(), s0),
  unary("clamp to numbers", (x) => x.clamp({ min: -0.5, max: 0.5 }), s0),
  elementwise("clamp to tensors", [s0, s1, s2], (x, min, max) => x.clamp({ min, max })),
  elementwise("add", [real, real], (a, b) => a.add(b)),
  elementwise("add with alpha", [real, real], (a, b) => a.add(b, { alpha: -1.5 })),
  elementwise("sub", [real, real], (a, b) => a.sub(b)),
  elementwise("sub with alpha", [real, real], (a, b) => a.sub(b, { alpha: 0.5 })),
  elementwise("mul", [real, real], (a, b) => a.mul(b)),
  elementwise("div", [real, nonzero], (a, b) => a.div(b)),
  // PyTorch masks the exponent 0, and with it the mixed second derivative there.
  elementwise("pow", [positive, nonzero], (a, b) => a.pow(b)),
  unary("pow of a number", (x) => x.pow(3)),
  unary("pow of a fraction", (x) => x.pow(-0.5), positive),
  elementwise("maximum", [s0, s1], (a, b) => a.maximum(b)),
  elementwise("minimum", [s0, s1], (a, b) => a.minimum(b)),
  elementwise("where", [s0, s1, s2], (x, a, b) => where(x.gt(0), a, b)),
  elementwise("addcmul", [real, real, real], (x, a, b) => x.addcmul(a, b, { value: 0.7 })),
  elementwise("addcdiv", [real, real, nonzero], (x, a, b) => x.addcdiv(a, b, { value: -0.7 })),
  unary("floor", (x) => x.floor(), s0),
  unary("ceil", (x) => x.ceil(), s0),
  unary("trunc", (x) => x.trunc(), s0),
  unary("round", (x) => x.round(), s0),
  elementwise("div rounded down", [s0, s1], (a, b) => a.div(b, { roundingMode: "floor" })),
  elementwise("div rounded to zero", [s0, s1], (a, b) => a.div(b, { roundingMode: "trunc" })),
  unary("clamp to a least number", (x) => x.clamp({ min: -0.5 }), s0),
  unary("clamp to a greatest number", (x) => x.clamp({ max: 0.5 }), s0),
  elementwise("maskedFill", [s0, s1], (x, m) => x.maskedFill(m.detach().gt(0), -1)),
  elementwise("lerp", [real, real, real], (a, b, w) => a.lerp(b, w)),
];

const REDUCTIONS: readonly OpRow[] = [
  unary("sum of all", (x) => x.sum()),
  over("sum", (x, dims, keepdim) => x.sum(dims, { keepdim })),
  unary("mean of all", (x) => x.mean()),
  over("mean", (x, dims, keepdim) => x.mean(dims, { keepdim })),
  over("var", (x, dims, keepdim) => x.var(dims, { keepdim }), real, 2),
  over("var, biased", (x, dims, keepdim) => x.var(dims, { keepdim, correction: 0 })),
  over("std", (x, dims, keepdim) => x.std(dims, { keepdim }), s0, 2),
  shaped(
    "prod of all",
    2,
    (n, m) => [[n, m]],
    (x) => x.prod(),
  ),
  along("prod", (x, dim, keepdim) => x.prod(dim, { keepdim }), nonzero),
  along("prod of zeros among others", (x, dim) => x.prod(dim), coarse),
  unary("max of all", (x) => x.max(), s0),
  unary("min of all", (x) => x.min(), s0),
  along("max", (x, dim, keepdim) => x.max(dim, { keepdim }).values, s0),
  along("min", (x, dim, keepdim) => x.min(dim, { keepdim }).values, s0),
  over("amax", (x, dims, keepdim) => x.amax(dims, { keepdim }), s0),
  over("amin", (x, dims, keepdim) => x.amin(dims, { keepdim }), s0),
  unary("norm of all", (x) => x.norm(), nonzero),
  over("norm", (x, dims, keepdim) => x.norm(2, dims, { keepdim }), nonzero),
  over("norm of another order", (x, dims, keepdim) => x.norm(3, dims, { keepdim }), nonzero),
  over("logsumexp", (x, dims, keepdim) => x.logsumexp(dims, { keepdim })),
  along("cumsum", (x, dim) => x.cumsum(dim)),
  along("softmax", (x, dim) => x.softmax(dim)),
  along("logSoftmax", (x, dim) => x.logSoftmax(dim)),
];

const PRODUCTS: readonly OpRow[] = [
  shaped(
    "mm",
    3,
    (n, m, k) => [
      [n, k],
      [k, m],
    ],
    (a, b) => a.mm(b),
  ),
  shaped(
    "mv",
    2,
    (n, k) => [[n, k], [k]],
    (a, b) => a.mv(b),
  ),
  shaped(
    "dot",
    1,
    (k) => [[k], [k]],
    (a, b) => a.dot(b),
  ),
  shaped(
    "outer",
    2,
    (n, m) => [[n], [m]],
    (a, b) => a.outer(b),
  ),
  shaped(
    "bmm",
    4,
    (b, n, m, k) => [
      [b, n, k],
      [b, k, m],
    ],
    (x, y) => x.bmm(y),
  ),
  shaped(
    "matmul of vectors",
    1,
    (k) => [[k], [k]],
    (a, b) => a.matmul(b),
  ),
  shaped(
    "matmul of vector and matrix",
    2,
    (k, m) => [[k], [k, m]],
    (a, b) => a.matmul(b),
  ),
  shaped(
    "matmul of matrix and vector",
    2,
    (n, k) => [[n, k], [k]],
    (a, b) => a.matmul(b),
  ),
  shaped(
    "matmul of matrices",
    3,
    (n, m, k) => [
      [n, k],
      [k, m],
    ],
    (a, b) => a.matmul(b),
  ),
  shaped(
    "matmul of batches that broadcast",
    4,
    (b, n, m, k) => [
      [b, 1, n, k],
      [2, k, m],
    ],
    (x, y) => x.matmul(y),
  ),
  shaped(
    "matmul of batch and vector",
    3,
    (b, n, k) => [[b, n, k], [k]],
    (x, y) => x.matmul(y),
  ),
  shaped(
    "addmm",
    3,
    (n, m, k) => [[m], [n, k], [k, m]],
    (c, a, b) => c.addmm(a, b, { beta: 0.5, alpha: 2 }),
  ),
];

const VIEWS: readonly OpRow[] = [
  unary("view", (x) => x.contiguous().view(-1)),
  unary("reshape", (x) => x.reshape(-1, 1)),
  unary("flatten", (x) => x.flatten()),
  shaped(
    "t",
    2,
    (n, m) => [[n, m]],
    (x) => x.t(),
  ),
  along("transpose", (x, dim) => x.transpose(0, dim)),
  shaped(
    "permute",
    3,
    (a, b, c) => [[a, b, c]],
    (x) => x.permute(2, 0, 1),
  ),
  along("at", (x) => x.at(-1)),
  along("slice", (x, dim, flag) => x.slice(dim, flag ? 1 : 0, 3, flag ? 1 : 2)),
  along("squeeze", (x, dim) => x.sum(dim, { keepdim: true }).squeeze(dim)),
  along("unsqueeze", (x, dim) => x.unsqueeze(dim)),
  along("expand", (x, dim) => x.sum(dim, { keepdim: true }).expand(...x.shape)),
  unary("expand to more dimensions", (x) => x.expand(2, ...x.shape)),
  unary("expandAs", (x) => x.sum().expandAs(x)),
  along("sumToSize", (x, dim) => x.sumToSize(x.sum(dim, { keepdim: true }).shape)),
  along("unbind", (x, dim) => x.unbind(dim)),
  along("split", (x, dim) => x.split(2, dim)),
  along("chunk", (x, dim) => x.chunk(2, dim)),
  shaped(
    "diagonal",
    2,
    (n, m) => [[n, m]],
    (x) => x.diagonal(),
  ),
  along("select", (x, dim) => x.select(dim, 0)),
  along("narrow", (x, dim) => x.narrow(dim, 0, 1)),
  along("flip", (x, dim) => x.flip(dim)),
  unary("viewAs", (x) => x.contiguous().viewAs(x)),
  shaped(
    "reshapeAs",
    2,
    (n, m) => [[n, m]],
    (x) => x.t().reshapeAs(x),
  ),
  unary("contiguous", (x) => x.contiguous()),
  unary("clone", (x) => x.clone()),
];

const JOINS: readonly OpRow[] = [
  shaped(
    "cat",
    3,
    (n, m, k) => [
      [n, k],
      [m, k],
    ],
    (a, b) => cat([a, b], 0),
  ),
  shaped(
    "cat of one tensor twice",
    2,
    (n, m) => [[n, m]],
    (a) => cat([a, a], 1),
  ),
  shaped(
    "stack",
    2,
    (n, m) => [
      [n, m],
      [n, m],
    ],
    (a, b) => stack([a, b], 1),
  ),
];

const INDEXED: readonly OpRow[] = [
  along("gather", (x, dim) => x.gather(dim, zerosIndex(x.narrow(dim, 0, 1)))),
  along("indexSelect", (x, dim) => x.indexSelect(dim, positions(0, x.size(dim) - 1, 0))),
  along("indexAdd", (x, dim) =>
    x.indexAdd(dim, positions(0, 0), x.indexSelect(dim, positions(0, 0))),
  ),
  along("scatterAdd", (x, dim) => x.scatterAdd(dim, zerosIndex(x), x.sin())),
];

const [a, b, c] = [real, real, real];

const IN_PLACE: readonly OpRow[] = [
  inPlace("add_", [a, b], (x, y) => x.add_(y)),
  inPlace("add_ with alpha", [a, b], (x, y) => x.add_(y, { alpha: 0.5 })),
  inPlace("sub_", [a, b], (x, y) => x.sub_(y)),
  inPlace("mul_", [a, b], (x, y) => x.mul_(y)),
  inPlace("div_", [a, nonzero], (x, y) => x.div_(y)),
  inPlace("pow_", [positive, nonzero], (x, y) => x.pow_(y)),
  inPlace("pow_ of a number", [a], (x) => x.pow_(3)),
  inPlace("addcmul_", [a, b, c], (x, y, z) => x.addcmul_(y, z, { value: 0.5 })),
  inPlace("addcdiv_", [a, b, nonzero], (x, y, z) => x.addcdiv_(y, z)),
  inPlace("lerp_", [a, b, c], (x, y, w) => x.lerp_(y, w)),
  inPlace("clamp_", [s0], (x) => x.clamp_({ min: -0.5, max: 0.5 })),
  inPlace("maskedFill_", [s0, s1], (x, m) => x.maskedFill_(m.detach().gt(0), 2)),
  inPlace("copy_", [a, b], (x, y) => x.copy_(y)),
  inPlace("fill_", [a], (x) => x.fill_(3)),
  inPlace("zero_", [a], (x) => x.zero_()),
  inPlace("neg_", [a], (x) => x.neg_()),
  inPlace("abs_", [nonzero], (x) => x.abs_()),
  inPlace("sign_", [nonzero], (x) => x.sign_()),
  inPlace("floor_", [s0], (x) => x.floor_()),
  inPlace("ceil_", [s0], (x) => x.ceil_()),
  inPlace("trunc_", [s0], (x) => x.trunc_()),
  inPlace("round_", [s0], (x) => x.round_()),
  inPlace("sqrt_", [positive], (x) => x.sqrt_()),
  inPlace("rsqrt_", [positive], (x) => x.rsqrt_()),
  inPlace("square_", [a], (x) => x.square_()),
  inPlace("reciprocal_", [nonzero], (x) => x.reciprocal_()),
  inPlace("exp_", [a], (x) => x.exp_()),
  inPlace("expm1_", [a], (x) => x.expm1_()),
  inPlace("log_", [positive], (x) => x.log_()),
  inPlace("log1p_", [positive], (x) => x.log1p_()),
  inPlace("sin_", [a], (x) => x.sin_()),
  inPlace("cos_", [a], (x) => x.cos_()),
  inPlace("tan_", [a], (x) => x.div_(2).tan_()),
  inPlace("tanh_", [a], (x) => x.tanh_()),
  inPlace("sigmoid_", [a], (x) => x.sigmoid_()),
  inPlace("relu_", [s0], (x) => x.relu_()),
  inPlace("scatterAdd_", [a, b], (x, y) => {
    const rows = x.unsqueeze(0);
    return rows.scatterAdd_(0, zerosIndex(rows), y.expand(...rows.shape));
  }),
];

/** Every differentiable operation. */
export const OPS: readonly OpRow[] = [
  ...ELEMENTWISE,
  ...REDUCTIONS,
  ...PRODUCTS,
  ...VIEWS,
  ...JOINS,
  ...INDEXED,
  ...IN_PLACE,
  ...LAYERS,
];
