import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { cat, nn, ones, type Tensor, tensor, zeros } from "../../src/index.ts";
import * as arbitrary from "../support/arbitraries.ts";
import "../support/matchers.ts";

const { clipGradNorm_, clipGradValue_, parametersToVector, vectorToParameters } = nn.utils;

function withGrad(grad: Tensor): nn.Parameter {
  const parameter = new nn.Parameter(zeros(grad.shape, { dtype: grad.dtype }));
  parameter.grad = grad;
  return parameter;
}

const parameters = fc
  .array(arbitrary.tensor({ strided: false }), { minLength: 1, maxLength: 4 })
  .map((grads) => grads.map((grad) => withGrad(grad)));

const allGrads = (list: readonly nn.Parameter[]) =>
  cat(list.map((parameter) => parameter.grad!.reshape(-1)));

describe("clipGradNorm_", () => {
  test("scales all gradients alike, down to the norm", () => {
    const norms = fc.constantFrom(1, 2, 3, Infinity);
    const limits = fc.double({ min: 0.1, max: 5, noNaN: true });
    fc.assert(
      fc.property(parameters, norms, limits, (list, normType, maxNorm) => {
        const before = allGrads(list);
        const norm = before.norm(normType).item();
        const total = clipGradNorm_(list, maxNorm, { normType }).item();
        expect(total).toBeCloseTo(norm, 10);
        const scale = Math.min(1, maxNorm / (norm + 1e-6));
        expect(allGrads(list)).toBeCloseToTensor(before.mul(scale));
      }),
    );
  });

  test("takes one tensor, and leaves parameters without gradient alone", () => {
    const parameter = withGrad(tensor([3, 4]));
    expect(clipGradNorm_([new nn.Parameter(ones(1)), parameter], 10).item()).toBe(5);
    expect(parameter.grad).toHaveValues([3, 4]);
    clipGradNorm_(parameter, 1);
    expect(parameter.grad).toHaveValues([0.6, 0.8]);
    expect(clipGradNorm_([], 1).item()).toBe(0);
  });

  test("changes the gradients in place", () => {
    const grad = tensor([3, 4]);
    clipGradNorm_(withGrad(grad), 1);
    expect(grad).toHaveValues([0.6, 0.8]);
  });

  test("reports a norm that is not finite where asked", () => {
    const parameter = withGrad(tensor([Number.NaN, 1]));
    expect(() => clipGradNorm_(parameter, 1, { errorIfNonfinite: true })).toThrow(
      "The total norm of order 2 for gradients from `parameters` is non-finite, so it cannot be clipped. To disable this error and scale the gradients by the non-finite norm anyway, set `errorIfNonfinite: false`",
    );
    expect(clipGradNorm_(parameter, 1).item()).toBeNaN();
  });

  test("refuses limits and options that are none", () => {
    expect(() => clipGradNorm_([], -1)).toThrow(
      "clipGradNorm_(): argument 'maxNorm' must not be negative, got -1",
    );
    expect(() => clipGradNorm_([], Number.NaN)).toThrow("argument 'maxNorm' must not be NaN");
    // @ts-expect-error a misspelt option
    expect(() => clipGradNorm_([], 1, { norm: 2 })).toThrow(
      "clipGradNorm_() got an unexpected option 'norm'; its options are: normType, errorIfNonfinite",
    );
    // @ts-expect-error a number is no tensor
    expect(() => clipGradNorm_([1], 1)).toThrow("argument 'parameters' must be Tensor, not int");
  });
});

describe("clipGradValue_", () => {
  test("brings every element within the limit", () => {
    const list = [withGrad(tensor([-3, 0.2, 5])), new nn.Parameter(ones(1))];
    clipGradValue_(list, 0.5);
    expect(list[0]!.grad).toHaveValues([-0.5, 0.2, 0.5]);
    clipGradValue_(list[0]!, 0);
    expect(list[0]!.grad).toHaveValues([0, 0, 0]);
  });

  test("refuses limits that are none", () => {
    expect(() => clipGradValue_([], -1)).toThrow(
      "clipGradValue_(): argument 'clipValue' must not be negative, got -1",
    );
    expect(() => clipGradValue_([], Number.NaN)).toThrow("argument 'clipValue' must not be NaN");
  });
});

describe("parameters as one vector", () => {
  test("go there and back", () => {
    fc.assert(
      fc.property(fc.array(arbitrary.tensor(), { minLength: 1, maxLength: 4 }), (tensors) => {
        const list = tensors.map((t) => new nn.Parameter(t));
        const vector = parametersToVector(list).detach();
        const copies = list.map((p) => new nn.Parameter(zeros(p.shape, { dtype: "float64" })));
        vectorToParameters(vector, copies);
        for (const [i, copy] of copies.entries()) {
          expect(copy.detach()).toEqualTensor(list[i]!.detach().contiguous());
        }
      }),
    );
  });

  test("are differentiable as a vector", () => {
    const layer = new nn.Linear(2, 1);
    parametersToVector(layer.parameters()).square().sum().backward();
    expect(layer.weight.grad).toBeCloseToTensor(layer.weight.detach().mul(2));
  });

  test("refuse a vector of another length", () => {
    const list = new nn.Linear(2, 1).parameters();
    expect(() => vectorToParameters(ones(4), list)).toThrow(
      "vectorToParameters(): argument 'vec' has 4 elements, but the parameters have 3",
    );
    // @ts-expect-error a list is no tensor
    expect(() => vectorToParameters([1, 2, 3], list)).toThrow("argument 'vec' must be Tensor");
    expect(() => parametersToVector([])).toThrow("expected a non-empty list of Tensors");
  });
});

test("clipping says what it got that is no list of tensors", () => {
  const untyped = (value: unknown): never => value as never;
  for (const value of [null, undefined, 3, {}]) {
    expect(() => clipGradNorm_(untyped(value), 1)).toThrow(
      "clipGradNorm_(): argument 'parameters' must be a Tensor or a list of them, not ",
    );
  }
});
