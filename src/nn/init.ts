import { noGrad } from "../autograd/gradMode.ts";
import { fillRandperm } from "../random/fill.ts";
import type { Generator } from "../random/generator.ts";
import { loop1 } from "../tensor/kernels/elementwise.ts";
import { fresh } from "../tensor/make.ts";
import { checkTensor } from "../tensor/operand.ts";
import { div } from "../tensor/ops/divide.ts";
import { fill_, normal_ as normalOp, uniform_ as uniformOp } from "../tensor/ops/fill.ts";
import { dot } from "../tensor/ops/matmul.ts";
import { norm } from "../tensor/ops/norm.ts";
import { at, diagonal, unbind } from "../tensor/ops/part.ts";
import { minus } from "../tensor/ops/plain.ts";
import { clamp_ } from "../tensor/ops/ternary.ts";
import { t, view } from "../tensor/ops/view.ts";
import { checkOptions } from "../tensor/options.ts";
import { describe } from "../tensor/shape.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { checkNumber } from "./checks.ts";
import { erf, erfInverse } from "./erf.ts";

// All of these fill a tensor in place, without recording, and answer it. Gains, deviations and bounds
// are computed in double precision and in PyTorch's order, so that the draws agree to the last bit.

/** Where the random numbers come from. */
export interface InitOptions {
  /** The generator to draw from; the default one. */
  generator?: Generator;
}

/** A nonlinearity by PyTorch's name, for `calculateGain`. */
export type Nonlinearity =
  | "linear"
  | "conv1d"
  | "conv2d"
  | "conv3d"
  | "conv_transpose1d"
  | "conv_transpose2d"
  | "conv_transpose3d"
  | "sigmoid"
  | "tanh"
  | "relu"
  | "leaky_relu"
  | "selu";

/**
 * The factor by which weights before a nonlinearity are scaled so that variance is kept.
 * @param nonlinearity PyTorch's name of it, such as "leaky_relu".
 * @param param the negative slope of a leaky ReLU; 0.01.
 * @throws RangeError for any other name, TypeError for a slope that is no number.
 */
export function calculateGain(nonlinearity: Nonlinearity, param?: number): number {
  switch (nonlinearity) {
    case "tanh":
      return 5 / 3;
    case "relu":
      return Math.sqrt(2);
    case "leaky_relu": {
      if (param !== undefined && (typeof param !== "number" || Number.isNaN(param))) {
        throw new TypeError(`negative_slope ${String(param)} not a valid number`);
      }
      return Math.sqrt(2 / (1 + (param ?? 0.01) ** 2));
    }
    case "selu":
      return 3 / 4;
    case "sigmoid":
    case "linear":
    case "conv1d":
    case "conv2d":
    case "conv3d":
    case "conv_transpose1d":
    case "conv_transpose2d":
    case "conv_transpose3d":
      return 1;
    default:
      throw new RangeError(`Unsupported nonlinearity ${String(nonlinearity)}`);
  }
}

/** Fills with draws from U(a, b); a 0 and b 1 unless given. */
export function uniform_<T extends Tensor>(
  tensor: T,
  options: InitOptions & { a?: number; b?: number } = {},
): T {
  checkTensor("uniform_", "tensor", tensor);
  checkOptions("uniform_", options, ["a", "b", "generator"]);
  return drawUniform(tensor, options.a ?? 0, options.b ?? 1, options);
}

/** Fills with draws from a normal distribution; mean 0 and std 1 unless given. */
export function normal_<T extends Tensor>(
  tensor: T,
  options: InitOptions & { mean?: number; std?: number } = {},
): T {
  checkTensor("normal_", "tensor", tensor);
  checkOptions("normal_", options, ["mean", "std", "generator"]);
  return drawNormal(tensor, options.mean ?? 0, options.std ?? 1, options);
}

/**
 * Fills with draws from a normal distribution between two bounds: uniform draws between the bounds'
 * probabilities, through the inverse of the distribution function.
 * @param options.mean @param options.std of the distribution before it is cut; 0 and 1.
 * @param options.a @param options.b the bounds; -2 and 2.
 * @throws RangeError if the bounds are in the wrong order.
 */
export function truncNormal_<T extends Tensor>(
  tensor: T,
  options: InitOptions & { mean?: number; std?: number; a?: number; b?: number } = {},
): T {
  checkTensor("truncNormal_", "tensor", tensor);
  checkOptions("truncNormal_", options, ["mean", "std", "a", "b", "generator"]);
  const { mean = 0, std = 1, a = -2, b = 2 } = options;
  const probability = (x: number) => (1 + erf((x - mean) / std / Math.sqrt(2))) / 2;
  drawUniform(tensor, 2 * probability(a) - 1, 2 * probability(b) - 1, options);
  noGrad(() => {
    loop1(erfInverse, tensor, tensor);
    clamp_(tensor.mul_(std * Math.sqrt(2)).add_(mean), { min: a, max: b });
  });
  return tensor;
}

/** Sets every element to `val`. */
export function constant_<T extends Tensor>(tensor: T, val: number): T {
  checkTensor("constant_", "tensor", tensor);
  if (typeof val !== "number") {
    throw new TypeError(`constant_(): argument 'val' must be a number, got ${describe(val)}`);
  }
  noGrad(() => fill_(tensor, val));
  return tensor;
}

/** Sets every element to 1. */
export function ones_<T extends Tensor>(tensor: T): T {
  return constant_(tensor, 1);
}

/** Sets every element to 0. */
export function zeros_<T extends Tensor>(tensor: T): T {
  return constant_(tensor, 0);
}

/**
 * Makes a matrix the identity, as far as it goes.
 * @throws RangeError if `tensor` is no matrix.
 */
export function eye_<T extends Tensor>(tensor: T): T {
  checkMatrix("eye_", tensor);
  noGrad(() => {
    tensor.zero_();
    fill_(diagonal(tensor), 1);
  });
  return tensor;
}

/**
 * Makes a convolution's kernel hand its channels on unchanged: a 1 at the centre for each channel.
 * @param tensor [out, in, …] with one to three spatial dimensions.
 * @param options.groups into how many groups the channels are divided; 1.
 * @throws RangeError for another shape, or groups that do not divide the channels.
 */
export function dirac_<T extends Tensor>(tensor: T, options: { groups?: number } = {}): T {
  checkTensor("dirac_", "tensor", tensor);
  checkOptions("dirac_", options, ["groups"]);
  const { groups = 1 } = options;
  const [out = 0, channels = 0, ...spatial] = tensor.shape;
  if (spatial.length < 1 || spatial.length > 3) {
    throw new RangeError("Only tensors with 3, 4, or 5 dimensions are supported");
  }
  if (!Number.isInteger(groups) || groups < 1 || out % groups !== 0) {
    throw new RangeError("dim 0 must be divisible by groups");
  }
  const perGroup = out / groups;
  noGrad(() => {
    tensor.zero_();
    for (let group = 0; group < groups; group++) {
      for (let channel = 0; channel < Math.min(perGroup, channels); channel++) {
        const centre = spatial.map((size) => Math.floor(size / 2));
        fill_(at(tensor, [group * perGroup + channel, channel, ...centre]), 1);
      }
    }
  });
  return tensor;
}

/** Options of the Xavier initializations. */
export interface XavierOptions extends InitOptions {
  /** Scales the result; 1. See `calculateGain`. */
  gain?: number;
}

/** Fills uniformly so that variance is kept forward and backward alike (Glorot and Bengio 2010). */
export function xavierUniform_<T extends Tensor>(tensor: T, options: XavierOptions = {}): T {
  const bound = Math.sqrt(3) * xavierStd("xavierUniform_", tensor, options);
  return drawUniform(tensor, -bound, bound, options);
}

/** Fills normally so that variance is kept forward and backward alike (Glorot and Bengio 2010). */
export function xavierNormal_<T extends Tensor>(tensor: T, options: XavierOptions = {}): T {
  return drawNormal(tensor, 0, xavierStd("xavierNormal_", tensor, options), options);
}

function xavierStd(fn: string, tensor: Tensor, options: XavierOptions): number {
  checkTensor(fn, "tensor", tensor);
  checkOptions(fn, options, ["gain", "generator"]);
  const { gain = 1 } = options;
  checkNumber(fn, "gain", gain);
  const { fanIn, fanOut } = fans(tensor);
  return gain * Math.sqrt(2 / (fanIn + fanOut));
}

/** Options of the Kaiming initializations. */
export interface KaimingOptions extends InitOptions {
  /** The negative slope of the leaky ReLU that follows; 0. */
  a?: number;
  /** Whether variance is kept forward, "fan_in", or backward, "fan_out"; "fan_in". */
  mode?: "fan_in" | "fan_out";
  /** What follows; "leaky_relu". See `calculateGain`. */
  nonlinearity?: Nonlinearity;
}

/** Fills uniformly so that a rectifier that follows keeps variance (He et al. 2015). */
export function kaimingUniform_<T extends Tensor>(tensor: T, options: KaimingOptions = {}): T {
  const std = kaimingStd("kaimingUniform_", tensor, options);
  if (std === null) return tensor;
  const bound = Math.sqrt(3) * std;
  return drawUniform(tensor, -bound, bound, options);
}

/** Fills normally so that a rectifier that follows keeps variance (He et al. 2015). */
export function kaimingNormal_<T extends Tensor>(tensor: T, options: KaimingOptions = {}): T {
  const std = kaimingStd("kaimingNormal_", tensor, options);
  return std === null ? tensor : drawNormal(tensor, 0, std, options);
}

/** The deviation, or null for a tensor without elements. */
function kaimingStd(fn: string, tensor: Tensor, options: KaimingOptions): number | null {
  checkTensor(fn, "tensor", tensor);
  checkOptions(fn, options, ["a", "mode", "nonlinearity", "generator"]);
  if (tensor.shape.includes(0)) return null;
  const { a = 0, mode = "fan_in", nonlinearity = "leaky_relu" } = options;
  if (mode !== "fan_in" && mode !== "fan_out") {
    throw new RangeError(
      `Mode ${String(mode)} not supported, please use one of ['fan_in', 'fan_out']`,
    );
  }
  const { fanIn, fanOut } = fans(tensor);
  const fan = mode === "fan_in" ? fanIn : fanOut;
  return calculateGain(nonlinearity, a) / Math.sqrt(fan);
}

/**
 * Fills with a matrix whose rows or columns, whichever are fewer, are orthonormal (Saxe et al. 2013);
 * dimensions after the first are taken together.
 * @param options.gain scales the result; 1.
 * @throws RangeError for fewer than two dimensions.
 */
export function orthogonal_<T extends Tensor>(
  tensor: T,
  options: InitOptions & { gain?: number } = {},
): T {
  checkTensor("orthogonal_", "tensor", tensor);
  checkOptions("orthogonal_", options, ["gain", "generator"]);
  const { gain = 1, ...source } = options;
  checkNumber("orthogonal_", "gain", gain);
  if (tensor.shape.length < 2) {
    throw new RangeError("Only tensors with 2 or more dimensions are supported");
  }
  if (tensor.numel() === 0) return tensor;
  const rows = tensor.shape[0]!;
  noGrad(() => {
    const drawn = normalOp(fresh(tensor.dtype, [rows, tensor.numel() / rows]), 0, 1, source);
    const tall = rows < drawn.shape[1]! ? t(drawn) : drawn;
    // Q of the QR decomposition with a positive diagonal of R is what Gram and Schmidt arrive at.
    const basis: Tensor[] = [];
    for (const column of unbind(tall.to("float64"), 1)) {
      let rest = column;
      // Twice is enough to be orthogonal to rounding (Giraud et al. 2005).
      for (let pass = 0; pass < 2; pass++) {
        for (const unit of basis) rest = minus(rest, unit.mul(dot(unit, rest)));
      }
      basis.push(div(rest, norm(rest)));
    }
    const target = view(tensor, [rows, -1]);
    const columns = unbind(rows < drawn.shape[1]! ? t(target) : target, 1);
    for (const [i, unit] of basis.entries()) columns[i]!.copy_(unit);
    tensor.mul_(gain);
  });
  return tensor;
}

/**
 * Fills normally with mean 0 and sets a part of each column to 0 (Martens 2010).
 * @param sparsity the part of each column, 0 to 1, that becomes 0.
 * @param options.std the deviation of the others; 0.01.
 * @throws RangeError if `tensor` is no matrix.
 */
export function sparse_<T extends Tensor>(
  tensor: T,
  sparsity: number,
  options: InitOptions & { std?: number } = {},
): T {
  checkMatrix("sparse_", tensor);
  checkOptions("sparse_", options, ["std", "generator"]);
  checkNumber("sparse_", "sparsity", sparsity);
  if (sparsity < 0 || sparsity > 1) {
    throw new RangeError(`sparse_(): argument 'sparsity' must be from 0 to 1, got ${sparsity}`);
  }
  const rows = tensor.shape[0]!;
  const zeros = Math.ceil(sparsity * rows);
  drawNormal(tensor, 0, options.std ?? 0.01, options);
  const order = new Float64Array(rows);
  noGrad(() => {
    for (const column of unbind(t(tensor))) {
      fillRandperm(options.generator, order, 0, rows);
      for (const row of order.subarray(0, zeros)) fill_(at(column, [row]), 0);
    }
  });
  return tensor;
}

// Shared ----------------------------------------------------------------------------------------

function drawUniform<T extends Tensor>(tensor: T, from: number, to: number, o: InitOptions): T {
  noGrad(() => uniformOp(tensor, from, to, source(o)));
  return tensor;
}

function drawNormal<T extends Tensor>(tensor: T, mean: number, std: number, o: InitOptions): T {
  noGrad(() => normalOp(tensor, mean, std, source(o)));
  return tensor;
}

function source({ generator }: InitOptions): InitOptions {
  return generator === undefined ? {} : { generator };
}

/** How many inputs each output has, and the reverse. */
function fans({ shape }: Tensor): { fanIn: number; fanOut: number } {
  const [out = 0, channels = 0, ...spatial] = shape;
  if (shape.length < 2) {
    throw new RangeError(
      "Fan in and fan out can not be computed for tensor with fewer than 2 dimensions",
    );
  }
  const field = spatial.reduce((product, size) => product * size, 1);
  return { fanIn: channels * field, fanOut: out * field };
}

function checkMatrix(fn: string, tensor: Tensor): void {
  checkTensor(fn, "tensor", tensor);
  if (tensor.shape.length !== 2) {
    throw new RangeError("Only tensors with 2 dimensions are supported");
  }
}
