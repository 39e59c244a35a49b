import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { eye, Generator, manualSeed, nn, ones, rand, type Tensor, zeros } from "../../src/index.ts";
import { erf, erfInverse } from "../../src/nn/erf.ts";
import "../support/matchers.ts";

const { init } = nn;
const float64 = { dtype: "float64" } as const;

function extremes(t: Tensor): [number, number] {
  return [t.min().item(), t.max().item()];
}

/** All of them, as functions of a matrix. */
const FILLS: readonly (readonly [string, (t: nn.Parameter, generator?: Generator) => Tensor])[] = [
  ["uniform_", (t, generator) => init.uniform_(t, { a: 1, b: 2, ...from(generator) })],
  ["normal_", (t, generator) => init.normal_(t, { mean: 5, std: 0.1, ...from(generator) })],
  ["truncNormal_", (t, generator) => init.truncNormal_(t, from(generator))],
  ["xavierUniform_", (t, generator) => init.xavierUniform_(t, from(generator))],
  ["xavierNormal_", (t, generator) => init.xavierNormal_(t, from(generator))],
  ["kaimingUniform_", (t, generator) => init.kaimingUniform_(t, from(generator))],
  ["kaimingNormal_", (t, generator) => init.kaimingNormal_(t, from(generator))],
  ["orthogonal_", (t, generator) => init.orthogonal_(t, from(generator))],
  ["sparse_", (t, generator) => init.sparse_(t, 0.5, from(generator))],
  ["constant_", (t) => init.constant_(t, 3)],
  ["ones_", (t) => init.ones_(t)],
  ["zeros_", (t) => init.zeros_(t)],
  ["eye_", (t) => init.eye_(t)],
];

const from = (generator: Generator | undefined) => (generator === undefined ? {} : { generator });

describe.each(FILLS)("%s", (name, fill) => {
  test("fills a parameter in place, outside of the graph, and answers it", () => {
    const parameter = new nn.Parameter(ones(4, 3).mul(7));
    expect(fill(parameter)).toBe(parameter);
    expect([parameter.isLeaf, parameter.requiresGrad]).toEqual([true, true]);
    expect(parameter).not.toEqualTensor(ones(4, 3).mul(7));
  });

  test("draws from the generator that it is given, and else from the default one", () => {
    const drawn = () => new nn.Parameter(zeros(4, 3));
    manualSeed(11);
    const byDefault = fill(drawn());
    expect(fill(drawn(), new Generator().manualSeed(11))).toEqualTensor(byDefault);
    manualSeed(11);
    const next = rand(1);
    manualSeed(11);
    fill(drawn(), new Generator());
    if (!/constant|ones|zeros|eye/.test(name)) expect(rand(1)).toEqualTensor(next);
  });
});

describe("distributions", () => {
  test("are as wide as they are asked to be", () => {
    manualSeed(0);
    const [low, high] = extremes(init.uniform_(zeros(5000), { a: -3, b: 1 }));
    expect([Math.round(low * 50) / 50, Math.round(high * 50) / 50]).toEqual([-3, 1]);
    const normal = init.normal_(zeros([5000], float64), { mean: 2, std: 0.5 });
    expect(normal.mean().item()).toBeCloseTo(2, 1);
    expect(normal.std().item()).toBeCloseTo(0.5, 1);
    const cut = init.truncNormal_(zeros([5000], float64), { mean: 1, std: 2, a: 0, b: 1.5 });
    expect(extremes(cut).map((x) => Math.round(x * 100) / 100)).toEqual([0, 1.5]);
  });

  test("keep variance forward or backward, by the shape of the weight", () => {
    manualSeed(0);
    const weight = () => zeros([200, 50, 2], float64);
    const std = (t: Tensor) => t.std().item();
    const gain = Math.sqrt(2);
    expect(std(init.kaimingNormal_(weight()))).toBeCloseTo(gain / Math.sqrt(100), 2);
    expect(std(init.kaimingUniform_(weight(), { mode: "fan_out" }))).toBeCloseTo(
      gain / Math.sqrt(400),
      2,
    );
    expect(std(init.kaimingUniform_(weight(), { nonlinearity: "linear" }))).toBeCloseTo(0.1, 2);
    expect(std(init.xavierUniform_(weight(), { gain: 3 }))).toBeCloseTo(3 * Math.sqrt(2 / 500), 2);
    expect(std(init.xavierNormal_(weight()))).toBeCloseTo(Math.sqrt(2 / 500), 2);
  });

  test("leave a tensor without elements as it is", () => {
    expect(init.kaimingUniform_(zeros(2, 0)).shape).toEqual([2, 0]);
    expect(init.kaimingNormal_(zeros(0, 2)).shape).toEqual([0, 2]);
    expect(init.orthogonal_(zeros(0, 2)).shape).toEqual([0, 2]);
  });
});

describe("gains", () => {
  test("are those of PyTorch's table", () => {
    const names = [
      "linear",
      "conv1d",
      "conv_transpose3d",
      "sigmoid",
      "tanh",
      "relu",
      "selu",
    ] as const;
    const gains = names.map((name) => init.calculateGain(name));
    expect(gains).toEqual([1, 1, 1, 1, 5 / 3, Math.sqrt(2), 0.75]);
    expect(init.calculateGain("leaky_relu")).toBe(Math.sqrt(2 / (1 + 0.01 ** 2)));
    expect(init.calculateGain("leaky_relu", 3)).toBe(Math.sqrt(2 / 10));
  });

  test("are refused for what has none", () => {
    // @ts-expect-error no nonlinearity
    expect(() => init.calculateGain("foo")).toThrow("Unsupported nonlinearity foo");
    // @ts-expect-error no slope
    expect(() => init.calculateGain("leaky_relu", "a")).toThrow(
      "negative_slope a not a valid number",
    );
    expect(() => init.calculateGain("leaky_relu", Number.NaN)).toThrow("not a valid number");
  });
});

describe("orthogonal_", () => {
  test("makes rows or columns orthonormal, times the gain", () => {
    const size = fc.integer({ min: 1, max: 6 });
    fc.assert(
      fc.property(size, size, fc.nat(), (rows, columns, seed) => {
        manualSeed(seed);
        const q = init.orthogonal_(zeros([rows, columns], float64), { gain: 2 });
        const product = rows < columns ? q.mm(q.t()) : q.t().mm(q);
        const identity = eye(Math.min(rows, columns), float64).mul(4);
        expect(product).toBeCloseToTensor(identity, { atol: 1e-13 });
      }),
    );
  });

  test("takes the dimensions after the first together", () => {
    manualSeed(3);
    const matrix = init.orthogonal_(zeros([3, 8], float64));
    manualSeed(3);
    const kernel = init.orthogonal_(zeros([3, 2, 2, 2], float64));
    expect(kernel.view(3, 8)).toEqualTensor(matrix);
  });
});

describe("patterns", () => {
  test("eye_ has ones on the diagonal, however the matrix lies", () => {
    expect(init.eye_(ones(2, 3))).toHaveValues([1, 0, 0, 0, 1, 0]);
    expect(init.eye_(ones(2, 3).t())).toHaveValues([1, 0, 0, 1, 0, 0]);
  });

  test("dirac_ hands channels on, group by group", () => {
    const x = rand(2, 3);
    const kernel = init.dirac_(ones(4, 3, 3));
    expect(x.matmul(kernel.select(2, 1).t()).slice(1, 0, 3)).toBeCloseToTensor(x);
    expect(kernel.sum().item()).toBe(3);
    const grouped = init.dirac_(ones(4, 2, 1, 3), { groups: 2 });
    expect(grouped.at(2, 0, 0, 1).item()).toBe(1);
    expect(grouped.sum().item()).toBe(4);
  });

  test("sparse_ sets a part of each column to 0", () => {
    const t = init.sparse_(zeros(10, 4), 0.25);
    expect(t.eq(0).sum(0).tolist()).toEqual([3, 3, 3, 3]);
  });
});

describe("bad arguments", () => {
  test("shapes that have no fans, no diagonal or no kernel", () => {
    const fans = "Fan in and fan out can not be computed for tensor with fewer than 2 dimensions";
    expect(() => init.xavierUniform_(ones(2))).toThrow(fans);
    expect(() => init.xavierNormal_(ones(2))).toThrow(fans);
    expect(() => init.kaimingUniform_(ones(2))).toThrow(fans);
    expect(() => init.kaimingNormal_(ones(2))).toThrow(fans);
    const matrix = "Only tensors with 2 dimensions are supported";
    expect(() => init.eye_(ones(2))).toThrow(matrix);
    expect(() => init.sparse_(ones(2), 0.1)).toThrow(matrix);
    expect(() => init.dirac_(ones(2, 2))).toThrow(
      "Only tensors with 3, 4, or 5 dimensions are supported",
    );
    expect(() => init.dirac_(ones(3, 2, 2), { groups: 2 })).toThrow(
      "dim 0 must be divisible by groups",
    );
    expect(() => init.orthogonal_(ones(2))).toThrow(
      "Only tensors with 2 or more dimensions are supported",
    );
  });

  test("values out of range", () => {
    expect(() => init.uniform_(ones(2), { a: 3, b: 1 })).toThrow(
      "uniform_ expects to return a [from, to) range, but found from=3 > to=1",
    );
    expect(() => init.normal_(ones(2), { std: -1 })).toThrow(
      "normal expects std >= 0.0, but found std -1",
    );
    expect(() => init.truncNormal_(ones(2), { a: 1, b: -1 })).toThrow("uniform_ expects");
    expect(() => init.sparse_(ones(2, 2), 2)).toThrow(
      "sparse_(): argument 'sparsity' must be from 0 to 1, got 2",
    );
    expect(() => init.xavierUniform_(ones(2, 2), { gain: Number.NaN })).toThrow(
      "xavierUniform_(): argument 'gain' must not be NaN",
    );
    // @ts-expect-error no mode
    expect(() => init.kaimingUniform_(ones(2, 2), { mode: "foo" })).toThrow(
      "Mode foo not supported, please use one of ['fan_in', 'fan_out']",
    );
    // @ts-expect-error no number
    expect(() => init.constant_(ones(2), "1")).toThrow("argument 'val' must be a number");
  });

  test("integers, what is no tensor, and unknown options", () => {
    const whole = ones([2], { dtype: "int64" });
    expect(() => init.uniform_(whole)).toThrow(`"check_uniform_bounds" not implemented for 'Long'`);
    expect(() => init.normal_(whole)).toThrow(`"normal_kernel_cpu" not implemented for 'Long'`);
    // @ts-expect-error a list is no tensor
    expect(() => init.ones_([1])).toThrow("argument 'tensor' must be Tensor, not Array");
    // @ts-expect-error not an option of this distribution
    expect(() => init.uniform_(ones(2), { mean: 1 })).toThrow(
      "uniform_() got an unexpected option 'mean'; its options are: a, b, generator",
    );
  });
});

describe("the error function", () => {
  test("and its inverse undo one another", () => {
    fc.assert(
      fc.property(fc.double({ min: -0.999999, max: 0.999999, noNaN: true }), (y) => {
        expect(Math.abs(erf(erfInverse(y)) - y)).toBeLessThanOrEqual(3e-15);
      }),
    );
  });

  test("is the area under its density", () => {
    // Simpson's rule on 2/√π · exp(-t²).
    const density = (t: number) => (2 / Math.sqrt(Math.PI)) * Math.exp(-t * t);
    for (const x of [0.1, 0.5, 1, 2, 3.5, 5]) {
      const n = 2000;
      const h = x / n;
      let sum = density(0) + density(x);
      for (let i = 1; i < n; i++) sum += (i % 2 === 1 ? 4 : 2) * density(i * h);
      expect(erf(x)).toBeCloseTo((sum * h) / 3, 12);
      expect(erf(-x)).toBe(-erf(x));
    }
  });

  test("ends at ±1, where its inverse is infinite", () => {
    expect([erf(0), erf(7), erf(-Infinity), erf(Number.NaN)]).toEqual([0, 1, -1, Number.NaN]);
    expect([erfInverse(0), erfInverse(1), erfInverse(-1)]).toEqual([0, Infinity, -Infinity]);
    expect(erfInverse(1.5)).toBeNaN();
  });
});
