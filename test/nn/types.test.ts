import { describe, expect, expectTypeOf, test } from "vitest";
import { nn, ones, type Tensor } from "../../src/index.ts";

class Classifier extends nn.Module {
  readonly model = new nn.Sequential(new nn.Linear(2, 4), new nn.ReLU(), new nn.Linear(4, 1));
  forward(x: Tensor): Tensor {
    return this.model.forward(x);
  }
}

class Attention extends nn.Module {
  forward(query: Tensor, key: Tensor, options: { scale: number }): [Tensor, Tensor] {
    return [query.mul(options.scale), key];
  }
}

// The compiler is the judge of what follows; at run time there is little to see.
describe("types", () => {
  test("forward has the arguments and the result that the class declares", () => {
    expectTypeOf<Classifier["forward"]>().toEqualTypeOf<(x: Tensor) => Tensor>();
    expectTypeOf<Attention["forward"]>().parameters.toEqualTypeOf<
      [query: Tensor, key: Tensor, options: { scale: number }]
    >();
    expectTypeOf(new Attention().forward(ones(1), ones(1), { scale: 2 })).toEqualTypeOf<
      [Tensor, Tensor]
    >();
    // @ts-expect-error an argument is missing
    expect(() => new Attention().forward(ones(1), ones(1))).toThrow();
  });

  test("Sequential takes modules from tensor to tensor only", () => {
    expectTypeOf<Classifier>().toExtend<nn.TensorModule>();
    expectTypeOf<nn.Sequential>().toExtend<nn.TensorModule>();
    expectTypeOf<Attention>().not.toExtend<nn.TensorModule>();
    expectTypeOf<nn.MSELoss>().not.toExtend<nn.TensorModule>();
    expectTypeOf<nn.ModuleList>().not.toExtend<nn.TensorModule>();
    // @ts-expect-error a loss takes two tensors
    expect(new nn.Sequential(new nn.MSELoss()).length).toBe(1);
  });

  test("a plain tensor is neither a parameter nor a buffer", () => {
    expectTypeOf<Tensor>().not.toExtend<nn.Parameter>();
    expectTypeOf<Tensor>().not.toExtend<nn.Buffer>();
    expectTypeOf<nn.Parameter>().toExtend<Tensor>();
    expectTypeOf<nn.Buffer>().toExtend<Tensor>();
    const layer = new nn.Linear(1, 1);
    // @ts-expect-error a parameter is wanted, or it would no longer learn
    layer.weight = ones(1, 1);
    expect(layer.parameters()).toHaveLength(1);
  });

  test("listings say what they list", () => {
    const model = new Classifier();
    expectTypeOf(model.parameters()).toEqualTypeOf<nn.Parameter[]>();
    expectTypeOf(model.namedParameters()).toEqualTypeOf<[string, nn.Parameter][]>();
    expectTypeOf(model.stateDict()).toEqualTypeOf<Record<string, Tensor>>();
    expectTypeOf(model.train().eval().double()).toEqualTypeOf<Classifier>();
    expect(model.parameters()).toHaveLength(4);
  });

  test("a list keeps the type of its modules, and initialization that of its tensor", () => {
    const list = new nn.ModuleList([new nn.Linear(1, 2)]);
    expectTypeOf(list.at(0)).toEqualTypeOf<nn.Linear>();
    expectTypeOf(nn.init.ones_(new nn.Parameter(ones(1)))).toEqualTypeOf<nn.Parameter>();
    expect(list.at(0).outFeatures).toBe(2);
  });

  test("options are named and of their type", () => {
    // @ts-expect-error not a reduction
    expect(() => new nn.MSELoss({ reduction: "average" })).toThrow();
    // @ts-expect-error a tensor is wanted
    expect(() => new nn.BCEWithLogitsLoss({ posWeight: 3 })).toThrow();
    // @ts-expect-error no flag
    expect(() => new nn.Linear(1, 1, { bias: "yes" })).toThrow();
  });
});
