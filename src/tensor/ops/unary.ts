import { fresh } from "../make.ts";
import { checkTensor } from "../operand.ts";
import { checkOptions } from "../options.ts";
import type { Tensor } from "../tensor.ts";
import { binary, Map1, Map2, notForBools, unary } from "./family.ts";
import { trueDiv } from "./plain.ts";

const zeroGradient = () => (g: Tensor) => fresh(g.dtype, g.shape);

export const neg = unary(
  "neg",
  new Map1((m, x) => m.neg(x), { int: (x) => 0 - x }),
  () => (g) => g.neg(),
  {
    promotion: "common",
    check([input]) {
      if (input!.dtype === "bool") {
        throw new TypeError(
          "Negation, the `-` operator, on a bool tensor is not supported. If you are trying to invert a mask, use the `~` or `logical_not()` operator instead.",
        );
      }
    },
  },
);

export const abs = unary(
  "abs",
  new Map1((m, x) => m.abs(x)),
  ({ a }) =>
    (g) =>
      g.mul(sign(a)),
  { promotion: "common", check: notForBools("abs_cpu") },
);

export const sign = unary(
  "sign",
  new Map1((m, x) => {
    const zero = m.constant(0);
    const one = m.constant(1);
    // NaN is neither above nor below 0, and so has sign 0, as in PyTorch.
    return m.select(m.gt(x, zero), one, m.select(m.lt(x, zero), m.neg(one), zero));
  }),
  zeroGradient,
  { promotion: "common" },
);

export const floor = unary("floor", new Map1((m, x) => m.floor(x)), zeroGradient, {
  promotion: "common",
  check: notForBools("floor_vml_cpu"),
});

export const ceil = unary("ceil", new Map1((m, x) => m.ceil(x)), zeroGradient, {
  promotion: "common",
  check: notForBools("ceil_vml_cpu"),
});

export const trunc = unary("trunc", new Map1((m, x) => m.trunc(x)), zeroGradient, {
  promotion: "common",
  check: notForBools("trunc_vml_cpu"),
});

const roundWhole = unary("round", new Map1((m, x) => m.nearest(x)), zeroGradient, {
  promotion: "common",
  check: notForBools("round_vml_cpu"),
});

export interface RoundOptions {
  /** Digits to keep behind the point; before it where negative. 0 unless given. */
  readonly decimals?: number;
}

/** To the nearest number of so many decimals (an integer unless told), halves to the even one. */
export function round(input: Tensor, options: RoundOptions = {}): Tensor {
  checkTensor("round", "input", input);
  checkOptions("round", options, ["decimals"]);
  const { decimals = 0 } = options;
  if (decimals === 0) return roundWhole(input);
  const scale = 10 ** Math.abs(decimals);
  return decimals > 0
    ? trueDiv(roundWhole(input.mul(scale)), scale)
    : roundWhole(trueDiv(input, scale)).mul(scale);
}

export function round_(self: Tensor, options: RoundOptions = {}): Tensor {
  checkOptions("round_", options, ["decimals"]);
  return (options.decimals ?? 0) === 0
    ? roundWhole.inPlace(self)
    : self.copy_(round(self, options));
}

export const sqrt = unary(
  "sqrt",
  new Map1((m, x) => m.sqrt(x)),
  ({ output: y }) =>
    (g) =>
      trueDiv(g, y.mul(2)),
);

/** 2·x·g in one pass. */
export const squareBackward = binary(
  "squareBackward",
  new Map2((m, g, x) => m.mul(g, m.mul(x, m.constant(2)))),
  [
    ({ b: x }) =>
      (gg) =>
        squareBackward(gg, x),
    ({ a: g }) =>
      (gg) =>
        squareBackward(gg, g),
  ],
);

/** x · x, in one rounding; PyTorch records it as a power. */
export const square = unary(
  "square",
  new Map1((m, x) => m.mul(x, x), { int32: (x) => Math.imul(x, x) }),
  ({ a }) =>
    (g) =>
      squareBackward(g, a),
  { promotion: "integer", node: "PowBackward0" },
);

export const reciprocal = unary(
  "reciprocal",
  new Map1((m, x) => m.div(m.constant(1), x)),
  ({ output: y }) =>
    (g) =>
      g.neg().mul(y.mul(y)),
);

export const exp = unary(
  "exp",
  new Map1((m, x) => m.exp(x)),
  ({ output: y }) =>
    (g) =>
      g.mul(y),
);

export const expm1 = unary(
  "expm1",
  new Map1((m, x) => m.expm1(x)),
  ({ output: y }) =>
    (g) =>
      g.mul(y.add(1)),
);

export const log = unary(
  "log",
  new Map1((m, x) => m.log(x)),
  ({ a }) =>
    (g) =>
      trueDiv(g, a),
);

export const log1p = unary(
  "log1p",
  new Map1((m, x) => m.log1p(x)),
  ({ a }) =>
    (g) =>
      trueDiv(g, a.add(1)),
  { node: "Log1PBackward0" },
);

export const sin = unary(
  "sin",
  new Map1((m, x) => m.sin(x)),
  ({ a }) =>
    (g) =>
      g.mul(cos(a)),
);

export const cos = unary(
  "cos",
  new Map1((m, x) => m.cos(x)),
  ({ a }) =>
    (g) =>
      g.mul(sin(a).neg()),
);

export const tan = unary(
  "tan",
  new Map1((m, x) => m.call(Math.tan, x)),
  ({ output: y }) =>
    (g) =>
      g.mul(square(y).add(1)),
);

/** g (1 − y²), in one pass. */
const tanhBackward = binary(
  "tanhBackward",
  new Map2((m, g, y) => m.mul(g, m.sub(m.constant(1), m.mul(y, y)))),
  [
    ({ b: y }) =>
      (g) =>
        tanhBackward(g, y),
    ({ a, b: y }) =>
      (g) =>
        g.mul(a).mul(y).mul(-2),
  ],
);

export const tanh = unary(
  "tanh",
  new Map1((m, x) => m.tanh(x)),
  ({ output: y }) =>
    (g) =>
      tanhBackward(g, y),
);

/** g (1 − y) y, in one pass. */
const sigmoidBackward = binary(
  "sigmoidBackward",
  new Map2((m, g, y) => m.mul(m.mul(g, m.sub(m.constant(1), y)), y)),
  [
    ({ b: y }) =>
      (g) =>
        sigmoidBackward(g, y),
    ({ a, b: y }) =>
      (g) =>
        g.mul(a).mul(y.mul(-2).add(1)),
  ],
);

export const sigmoid = unary(
  "sigmoid",
  new Map1((m, x) => m.div(m.constant(1), m.add(m.constant(1), m.exp(m.neg(x))))),
  ({ output: y }) =>
    (g) =>
      sigmoidBackward(g, y),
);

/** g where y > 0, else 0: one pass instead of a mask and a product. */
const reluBackward = binary(
  "reluBackward",
  new Map2((m, g, y) => m.select(m.le(y, m.constant(0)), m.constant(0), g)),
  [
    ({ b: y }) =>
      (g) =>
        reluBackward(g, y),
    zeroGradient,
  ],
);

// Not a maximum: PyTorch keeps -0, and NaN.
export const rectified: Map1 = new Map1((m, x) =>
  m.select(m.lt(x, m.constant(0)), m.constant(0), x),
);

/** max(x, 0); the gradient at 0 is 0. */
export const relu = unary(
  "relu",
  rectified,
  ({ output: y }) =>
    (g) =>
      reluBackward(g, y),
  { promotion: "common" },
);
