import { describe, expect, test } from "vitest";
import {
  autograd,
  manualSeed,
  noGrad,
  ones,
  rand,
  type Tensor,
  tensor,
  zeros,
} from "../../src/index.ts";
import "../support/matchers.ts";

const { gradcheck, gradgradcheck, GradcheckError } = autograd;

function leaf(values: number | number[] | number[][]): Tensor {
  return tensor(values, { dtype: "float64", requiresGrad: true });
}

/** x³ whose gradient is off by a factor: autograd sees two of the three factors only. */
const wrong = (x: Tensor) => x.mul(x).mul(x.detach());

/** x³ with the right gradient 3x², whose own gradient is missing the factor 3x of 6x. */
const wrongTwice = (x: Tensor) => x.mul(x.detach().square().mul(3)).sub(x.detach().pow(3).mul(2));

describe("gradcheck", () => {
  test("accepts right gradients of every input and output", () => {
    const inputs = [
      leaf([
        [0.5, -1],
        [2, 3],
      ]),
      leaf([0.3, 0.7]),
    ];
    expect(gradcheck((a, b) => [a.mul(b).sin(), a.matmul(b), b.exp()], inputs)).toBe(true);
  });

  test("takes one tensor as well as a list", () => {
    expect(gradcheck((x) => x.exp(), leaf([1, 2]))).toBe(true);
  });

  test("names input, output, indices and both values where a gradient is wrong", () => {
    const inputs = [
      leaf([1, 2]),
      leaf([
        [1, 2],
        [3, 4],
      ]),
    ];
    const check = () => gradcheck((a, b) => [a.mul(2), wrong(b)], inputs);
    expect(check).toThrow(GradcheckError);
    expect(check).toThrow(
      /^Jacobian mismatch for output 1 with respect to input 1,\nat output index \[0, 0\] and input index \[0, 0\]:\nnumerical: (3|2\.99\d+|3\.00\d+)\nanalytical: 2$/,
    );
  });

  test("answers false instead where it is told not to throw", () => {
    expect(gradcheck(wrong, leaf([1, 2]), { raiseException: false })).toBe(false);
    expect(gradcheck((x) => x.square(), leaf([1, 2]), { raiseException: false })).toBe(true);
  });

  test("throws what the function throws, whatever it is told", () => {
    const broken = () => {
      throw new RangeError("broken");
    };
    expect(() => gradcheck(broken, leaf(1), { raiseException: false })).toThrow(RangeError);
  });

  test("finds a gradient that is zero where it should not be", () => {
    expect(() => gradcheck((x) => x.mul(0).add(x.detach()), leaf([1]))).toThrow("analytical: 0");
  });

  test("finds a result that changes though it requires no gradient", () => {
    expect(() => gradcheck((x) => x.detach().mul(2), leaf([1]))).toThrow(
      "Numerical gradient for function expected to be zero: output 0 does not require grad",
    );
    expect(gradcheck((x) => x.detach().mul(0), leaf([1]))).toBe(true);
  });

  test("passes over outputs that cannot be differentiated", () => {
    expect(gradcheck((x) => [x.gt(0), x.mul(2), x.argmax()], leaf([1, -2]))).toBe(true);
  });

  test("moves only the elements of an input that is a view", () => {
    const base = zeros(3, 4, { dtype: "float64" });
    const view = base.t().slice(0, 1, 4, 2).detach();
    view
      .copy_(
        tensor(
          [
            [1, 2, 3],
            [4, 5, 6],
          ],
          { dtype: "float64" },
        ),
      )
      .requiresGrad_();
    expect(view.isContiguous()).toBe(false);
    expect(gradcheck((x) => x.pow(3).sum(1), view)).toBe(true);
    expect(base.sum().item()).toBe(21);
    expect(view).toHaveValues([1, 2, 3, 4, 5, 6]);
  });

  test("leaves inputs, their gradients and their graphs as they were", () => {
    const x = leaf([1, 2]);
    const before = x.exp().sum();
    gradcheck((t) => t.mul(t), x);
    expect(x).toHaveValues([1, 2]);
    expect(x.grad).toBeNull();
    before.backward();
    expect(x.grad).toHaveValues([Math.E, Math.E ** 2]);
  });

  test("restores an input when the function throws half-way", () => {
    const x = leaf([1, 2]);
    let calls = 0;
    const fragile = (t: Tensor) => {
      calls++;
      if (calls === 3) throw new Error("no more");
      return t.mul(2);
    };
    expect(() => gradcheck(fragile, x)).toThrow("no more");
    expect(x).toHaveValues([1, 2]);
  });

  test("works inside noGrad", () => {
    expect(noGrad(() => gradcheck((x) => x.square(), leaf([1, 2])))).toBe(true);
  });

  test("is as strict as its tolerances", () => {
    const loose = (x: Tensor) => x.mul(1.001).add(x.detach().mul(-0.001));
    expect(gradcheck(loose, leaf([1]), { rtol: 1e-2 })).toBe(true);
    expect(() => gradcheck(loose, leaf([1]), { rtol: 1e-4 })).toThrow(GradcheckError);
    expect(gradcheck(loose, leaf([1]), { rtol: 0, atol: 1e-2 })).toBe(true);
  });

  test("finds a backward pass that answers differently each time", () => {
    let passes = 0;
    const moody = (x: Tensor) => {
      const y = x.mul(1);
      y.registerHook((g) => {
        passes++;
        return g.add(passes / 1e3);
      });
      return y;
    };
    expect(() => gradcheck(moody, leaf([1]))).toThrow("Backward is not reentrant");
    expect(() => gradcheck(moody, leaf([1]), { nondetTol: 0.1 })).not.toThrow("not reentrant");
  });

  test.each([
    [
      "no input that requires gradients",
      () => gradcheck((x) => x, ones(1, { dtype: "float64" })),
      "gradcheck expects at least one input tensor to require gradient, but none of the them have requiresGrad: true.",
    ],
    [
      "an input in single precision",
      () => gradcheck((x) => x.mul(2), ones(1, { requiresGrad: true })),
      "gradcheck: input 0 requires gradient and is float32; finite differences need float64",
    ],
    [
      "an input with one element for several indices",
      () => gradcheck((x) => x, ones(1, { dtype: "float64" }).expand(3).requiresGrad_()),
      "The 0th input has a dimension with stride 0.",
    ],
  ])("throws for %s", (_, check, message) => {
    expect(check).toThrow(message);
  });

  test("accepts a function that hands its input on", () => {
    expect(gradcheck((x) => x, leaf([1, 2]))).toBe(true);
    expect(gradgradcheck((x) => x, leaf([1, 2]))).toBe(true);
  });

  test("throws for a result in single precision", () => {
    expect(() => gradcheck((x) => x.float(), leaf([1]))).toThrow(
      "output 0 of the function is float32; finite differences need float64",
    );
  });

  test("throws for what is no tensor", () => {
    const message = "gradcheck: expected a Tensor or a list of Tensors";
    expect(() => Reflect.apply(gradcheck, null, [() => 3, leaf(1)])).toThrow(`${message}, both`);
    expect(() => Reflect.apply(gradcheck, null, [wrong, [3]])).toThrow(message);
  });

  test.each([
    [{ eps: 0 }, "gradcheck(): option 'eps' must be a number above 0, got 0"],
    [{ atol: NaN }, "gradcheck(): option 'atol' must be a number that is not negative, got NaN"],
    [{ rtol: -1 }, "gradcheck(): option 'rtol' must be a number that is not negative, got -1"],
  ])("throws for %j", (options, message) => {
    expect(() => gradcheck(wrong, leaf(1), options)).toThrow(message);
  });

  test("throws for an unknown option", () => {
    expect(() => Reflect.apply(gradcheck, null, [wrong, leaf(1), { tolerance: 1 }])).toThrow(
      "gradcheck() got an unexpected option 'tolerance'; its options are: eps, atol, rtol, nondetTol, raiseException",
    );
  });
});

describe("gradgradcheck", () => {
  test("accepts right second gradients", () => {
    const inputs = [
      leaf([
        [0.5, -1],
        [2, 3],
      ]),
      leaf([0.3, 0.7]),
    ];
    expect(gradgradcheck((a, b) => a.mul(b).sin().matmul(b), inputs)).toBe(true);
  });

  test("finds a wrong second gradient behind a right first one", () => {
    const x = leaf([1, 2]);
    expect(gradcheck(wrongTwice, x, { raiseException: false })).toBe(true);
    expect(() => gradgradcheck(wrongTwice, x)).toThrow(GradcheckError);
    expect(gradgradcheck(wrongTwice, x, { raiseException: false })).toBe(false);
  });

  test("starts from the gradients that are given", () => {
    const x = leaf([1, 2]);
    const gradOutputs = tensor([0.5, -2], { dtype: "float64" });
    expect(gradgradcheck((t) => t.pow(3), x, { gradOutputs })).toBe(true);
    expect(gradOutputs.requiresGrad).toBe(false);
  });

  test("throws where nothing can be differentiated", () => {
    expect(() => gradgradcheck((x) => x.detach(), leaf([1]))).toThrow(
      "gradgradcheck: no output of the function requires grad",
    );
  });

  test("leaves the random stream where it is", () => {
    manualSeed(3);
    const expected = rand(2);
    manualSeed(3);
    gradgradcheck((x) => x.square(), leaf([1, 2]));
    expect(rand(2)).toEqualTensor(expected);
  });
});
