import type { Value } from "./encoding.ts";

/**
 * How PyTorch's arguments become ours, a line a function: PyTorch's parameters by its own names and
 * in its own order. Those before the bar are positional here too; those behind it, and any keyword
 * that is not listed, go into the options object. A star marks an operand, that is a parameter where
 * a number takes part in type promotion, a hash one where Python's bools are numbers. Of alternatives, parted by semicolons, the first counts whose
 * `&kind` arguments are of that kind. A function that is not listed takes what it is given:
 * positional arguments as they come, keywords as options.
 */
const SIGNATURES: Readonly<Record<string, string>> = {
  // elementwise
  add: "input*, other* | alpha",
  sub: "input*, other* | alpha",
  rsub: "input*, other* | alpha",
  mul: "input*, other*",
  div: "input*, other* | rounding_mode",
  true_divide: "input*, other*",
  floor_divide: "input*, other*",
  remainder: "input*, other*",
  fmod: "input*, other*",
  pow: "input*, exponent*",
  float_power: "input*, exponent*",
  atan2: "input*, other*",
  maximum: "input, other",
  minimum: "input, other",
  logaddexp: "input*, other*",
  eq: "input, other*",
  ne: "input, other*",
  lt: "input, other*",
  le: "input, other*",
  gt: "input, other*",
  ge: "input, other*",
  clamp: "input | min*, max*",
  clamp_min: "input, min*",
  clamp_max: "input, max*",
  where: "condition, input*, other*",
  lerp: "input, end, weight*",
  addcmul: "input, tensor1, tensor2 | value",
  addcdiv: "input, tensor1, tensor2 | value",
  round: "input | decimals",
  nan_to_num: "input | nan, posinf, neginf",
  isclose: "input, other | rtol, atol, equal_nan",
  allclose: "input, other | rtol, atol, equal_nan",
  logit: "input | eps",

  // reductions
  sum: "input, dim | keepdim, dtype",
  mean: "input, dim | keepdim, dtype",
  nansum: "input, dim | keepdim, dtype",
  nanmean: "input, dim | keepdim, dtype",
  prod: "input, dim | keepdim, dtype",
  var: "input, unbiased&bool | keepdim; input, dim | unbiased, keepdim, correction",
  std: "input, unbiased&bool | keepdim; input, dim | unbiased, keepdim, correction",
  var_mean: "input, unbiased&bool | keepdim; input, dim | unbiased, keepdim, correction",
  std_mean: "input, unbiased&bool | keepdim; input, dim | unbiased, keepdim, correction",
  max: "input, dim | keepdim",
  min: "input, dim | keepdim",
  amax: "input, dim | keepdim",
  amin: "input, dim | keepdim",
  aminmax: "input | dim, keepdim",
  argmax: "input, dim | keepdim",
  argmin: "input, dim | keepdim",
  all: "input, dim | keepdim",
  any: "input, dim | keepdim",
  median: "input, dim | keepdim",
  nanmedian: "input, dim | keepdim",
  mode: "input, dim | keepdim",
  norm: "input, p, dim | keepdim, dtype",
  logsumexp: "input, dim | keepdim",
  cumsum: "input, dim | dtype",
  cumprod: "input, dim | dtype",
  count_nonzero: "input, dim",
  quantile: "input, q, dim | keepdim, interpolation",
  nanquantile: "input, q, dim | keepdim, interpolation",
  "linalg.vector_norm": "x, ord, dim | keepdim, dtype",
  "linalg.matrix_norm": "A, ord, dim | keepdim, dtype",
  "linalg.norm": "A, ord, dim | keepdim, dtype",
  sort: "input, dim | descending, stable",
  argsort: "input, dim | descending, stable",
  topk: "input, k, dim | largest, sorted",
  kthvalue: "input, k, dim | keepdim",

  // matrices
  addmm: "input, mat1, mat2 | beta, alpha",
  addmv: "input, mat, vec | beta, alpha",
  addr: "input, vec1, vec2 | beta, alpha",
  addbmm: "input, batch1, batch2 | beta, alpha",
  baddbmm: "input, batch1, batch2 | beta, alpha",

  // shapes
  flatten: "input, start_dim, end_dim",
  flip: "input, dims",
  diagonal: "input | offset, dim1, dim2",
  diag_embed: "input | offset, dim1, dim2",
  diag: "input, diagonal",
  tril: "input, diagonal",
  triu: "input, diagonal",
  squeeze: "input, dim",
  split: "input, split_size, dim",
  split_with_sizes: "input, split_sizes, dim",
  cat: "tensors, dim",
  stack: "tensors, dim",
  repeat_interleave: "input, repeats, dim",
  nonzero: "input | as_tuple",
  meshgrid: "tensors | indexing",

  // factories
  arange: "start#, end#, step# | dtype, requires_grad",
  linspace: "start, end, steps | dtype, requires_grad",
  logspace: "start, end, steps | base, dtype, requires_grad",
  eye: "n, m | dtype, requires_grad",

  // activations and losses
  softmax: "input, dim | dtype",
  log_softmax: "input, dim | dtype",
  "nn.functional.softmin": "input, dim | dtype",
  "nn.functional.linear": "input, weight | bias",
  "nn.functional.dropout": "input | p, training",

  // autograd
  backward: "self | gradient, retain_graph, create_graph, inputs",
  "autograd.grad":
    "outputs, inputs | grad_outputs, retain_graph, create_graph, only_inputs, allow_unused",

  // modules
  "nn.Linear": "in_features, out_features | bias",
  "nn.Flatten": "start_dim, end_dim",
  "nn.Dropout": "p",
  "nn.Softmax": "dim",
  "nn.LogSoftmax": "dim",
  "nn.MSELoss": "| size_average, reduce, reduction",
  "nn.L1Loss": "| size_average, reduce, reduction",
  "nn.BCELoss": "| weight, size_average, reduce, reduction",
  "nn.BCEWithLogitsLoss": "| weight, size_average, reduce, reduction, pos_weight",
  "nn.NLLLoss": "| weight, size_average, ignore_index, reduce, reduction",
  "nn.CrossEntropyLoss": "| weight, size_average, ignore_index, reduce, reduction, label_smoothing",

  // initialization
  "nn.init.constant_": "tensor, val",
  "nn.init.sparse_": "tensor, sparsity | std",
};

export interface Parameter {
  readonly name: string;
  readonly operand: boolean;
  readonly number: boolean;
  /** The kind of value that this alternative is for; "" for any. */
  readonly kind: string;
}

export interface Signature {
  readonly positional: readonly Parameter[];
  readonly options: readonly Parameter[];
}

function parameters(text: string): Parameter[] {
  return text
    .split(",")
    .map((part) => part.trim())
    .filter((part) => part !== "")
    .map((part) => {
      const [, name = "", kind = "", mark] = /^(\w+)(?:&(\w+))?([*#])?$/.exec(part) ?? [];
      return { name, kind, operand: mark === "*", number: mark === "#" };
    });
}

/** The signature of `nn.functional.linear`, `sum`, …, where one is written down for such arguments. */
export function signatureOf(
  path: string,
  args: readonly Value[],
  table: Readonly<Record<string, string>> = SIGNATURES,
): Signature | null {
  const text = Object.hasOwn(table, path) ? table[path] : undefined;
  if (text === undefined) return null;
  for (const alternative of text.split(";")) {
    const [positional = "", options = ""] = alternative.split("|");
    const signature = { positional: parameters(positional), options: parameters(options) };
    const all = [...signature.positional, ...signature.options];
    if (all.every((p, i) => p.kind === "" || args[i]?.kind === p.kind)) return signature;
  }
  return null;
}
