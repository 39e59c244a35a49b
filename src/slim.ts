// The public list. A bundle of it holds what a program uses; `index.ts` adds what a bundler could not
// find out to be unused: all methods of tensors, and the WebAssembly kernels.

export { enableGrad, isGradEnabled, noGrad } from "./autograd/gradMode.ts";
export * as autograd from "./autograd/index.ts";
export * as data from "./data/index.ts";
export * as nn from "./nn/index.ts";
export * as optim from "./optim/index.ts";
export * as random from "./random/index.ts";
export {
  Generator,
  getRngState,
  initialSeed,
  manualSeed,
  seed,
  setRngState,
} from "./random/index.ts";
export type { BackwardOptions } from "./tensor/backward.ts";
export {
  type CreateOptions,
  empty,
  emptyLike,
  eye,
  fromTypedArray,
  full,
  fullLike,
  type NestedData,
  ones,
  onesLike,
  tensor,
  zeros,
  zerosLike,
} from "./tensor/create.ts";
export {
  type RandomOptions,
  rand,
  randint,
  randintLike,
  randLike,
  randn,
  randnLike,
  randperm,
} from "./tensor/createRandom.ts";
export {
  arange,
  type LogspaceOptions,
  linspace,
  logspace,
  meshgrid,
} from "./tensor/createRange.ts";
export {
  bool,
  type DType,
  float32,
  float64,
  getDefaultDtype,
  int32,
  int64,
  setDefaultDtype,
  type TypedArray,
  uint8,
} from "./tensor/dtype.ts";
export { type PrintOptions, setPrintoptions } from "./tensor/format.ts";
export { isTensor } from "./tensor/make.ts";
export {
  add,
  maximum,
  minimum,
  mul,
  sub,
} from "./tensor/ops/binary.ts";
export {
  eq,
  ge,
  gt,
  isfinite,
  isinf,
  isnan,
  le,
  logicalAnd,
  logicalNot,
  logicalOr,
  logicalXor,
  lt,
  ne,
} from "./tensor/ops/compare.ts";
export { logsumexp } from "./tensor/ops/compose.ts";
export { clone, detach, flip } from "./tensor/ops/copy.ts";
export { div } from "./tensor/ops/divide.ts";
export {
  amax,
  amin,
  argmax,
  argmin,
  max,
  min,
  type ValuesAndIndices,
} from "./tensor/ops/extremum.ts";
export { gather, indexAdd, indexSelect, scatterAdd } from "./tensor/ops/index.ts";
export { cat, stack } from "./tensor/ops/join.ts";
export { addmm, bmm, dot, matmul, mm, mv, outer } from "./tensor/ops/matmul.ts";
export { norm } from "./tensor/ops/norm.ts";
export { chunk, diagonal, narrow, select, slice, split, unbind } from "./tensor/ops/part.ts";
export { pow, rsqrt } from "./tensor/ops/power.ts";
export { all, any, type Dims, mean, prod, sum } from "./tensor/ops/reduce.ts";
export { cumsum } from "./tensor/ops/scan.ts";
export { logSoftmax, softmax } from "./tensor/ops/softmax.ts";
export { addcdiv, addcmul, clamp, lerp, maskedFill, where } from "./tensor/ops/ternary.ts";
export {
  abs,
  ceil,
  cos,
  exp,
  expm1,
  floor,
  log,
  log1p,
  neg,
  reciprocal,
  relu,
  round,
  sigmoid,
  sign,
  sin,
  sqrt,
  square,
  tan,
  tanh,
  trunc,
} from "./tensor/ops/unary.ts";
export { std, varOf as var } from "./tensor/ops/variance.ts";
export {
  expand,
  flatten,
  permute,
  reshape,
  squeeze,
  t,
  transpose,
  unsqueeze,
  view,
} from "./tensor/ops/view.ts";
export { Tensor } from "./tensor/tensor.ts";
