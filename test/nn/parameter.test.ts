import { inspect } from "node:util";
import { describe, expect, test } from "vitest";
import { nn, tensor, zeros } from "../../src/index.ts";
import "../support/matchers.ts";

describe("parameters and buffers", () => {
  test("a parameter shares the elements of the tensor it is made of and requires gradients", () => {
    const data = zeros(2);
    const parameter = new nn.Parameter(data);
    data.fill_(3);
    expect(parameter).toHaveValues([3, 3]);
    expect([parameter.requiresGrad, parameter.isLeaf]).toEqual([true, true]);
    expect(new nn.Parameter(data, { requiresGrad: false }).requiresGrad).toBe(false);
  });

  test("a parameter leaves the graph of its tensor behind", () => {
    const x = tensor([1], { requiresGrad: true });
    expect(new nn.Parameter(x.mul(2)).gradFn).toBeNull();
  });

  test("a parameter prints what it is", () => {
    expect(String(new nn.Parameter(tensor([1, 2])))).toBe(
      "Parameter containing:\ntensor([1., 2.], requires_grad=True)",
    );
    expect(inspect(new nn.Parameter(tensor([1, 2]), { requiresGrad: false }))).toBe(
      "Parameter containing:\ntensor([1., 2.])",
    );
  });

  test("refuse what is no tensor, integers that would learn, and unknown options", () => {
    // @ts-expect-error a list is no tensor
    expect(() => new nn.Parameter([1])).toThrow("Parameter(): argument 'data' must be Tensor");
    expect(() => new nn.Parameter(zeros([1], { dtype: "int64" }))).toThrow(
      "only Tensors of floating point dtype can require gradients",
    );
    // @ts-expect-error a misspelt option
    expect(() => new nn.Parameter(zeros(1), { requireGrad: true })).toThrow(
      "Parameter() got an unexpected option 'requireGrad'; its options are: requiresGrad",
    );
    // @ts-expect-error a misspelt option
    expect(() => new nn.Buffer(zeros(1), { saved: true })).toThrow(
      "Buffer() got an unexpected option 'saved'; its options are: persistent",
    );
  });
});
