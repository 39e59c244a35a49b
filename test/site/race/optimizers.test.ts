import { optim, tensor } from "tapegrad";
import { describe, expect, it } from "vitest";
import { createOptimizer, label, OPTIMIZERS, optionOf } from "../../../site/src/race/optimizers.ts";

const point = () => tensor([1, 2], { dtype: "float64", requiresGrad: true });

describe("the catalogue of optimizers", () => {
  it("has every optimizer that the library exports", () => {
    const exported = Object.entries(optim)
      .filter(
        ([, value]) => typeof value === "function" && value.prototype instanceof optim.Optimizer,
      )
      .map(([name]) => name);
    expect(OPTIMIZERS.map(({ kind }): string => kind).sort()).toEqual(exported.sort());
  });

  it.each(OPTIMIZERS.map(({ kind }) => kind))(
    "gives %s every option and the library's defaults",
    (kind) => {
      const config = { kind, options: {} };
      const made = createOptimizer([point()], config);
      const { defaults } = new optim[kind]([point()], { lr: Number(optionOf(config, "lr")) });
      if (!(made instanceof optim.Optimizer)) throw new Error("not one of the library's");
      expect(made.defaults).toEqual(defaults);
      const keys = Object.keys(defaults).flatMap((key) =>
        key === "betas" ? ["beta1", "beta2"] : [key],
      );
      const info = OPTIMIZERS.find((candidate) => candidate.kind === kind);
      expect(info?.options.map(({ key }) => key).sort()).toEqual(keys.sort());
    },
  );

  it("names an optimizer by its rate and by what is not usual", () => {
    expect(label({ kind: "Adam", options: { lr: 0.01 } })).toBe("Adam lr 0.01");
    expect(label({ kind: "SGD", options: { lr: 0.1, momentum: 0.9, nesterov: true } })).toBe(
      "SGD lr 0.1, momentum 0.9, nesterov",
    );
  });
});
