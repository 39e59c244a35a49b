import { describe, expect, it } from "vitest";
import { parse } from "../../../site/src/expression/parser.ts";
import { sampleField } from "../../../site/src/race/field.ts";
import { heightScale } from "../../../site/src/race/levels.ts";

const scaleOf = (source: string) => {
  const field = sampleField(parse(source), { x0: -2, x1: 2, y0: -2, y1: 2 }, 41, 41);
  return { field, scale: heightScale(field, 10) };
};

describe("the scale of heights", () => {
  it("is linear where all heights are alike, logarithmic where peaks dwarf valleys", () => {
    expect(scaleOf("x + y").scale.kind).toBe("linear");
    expect(scaleOf("(1-x)^2 + 100*(y-x^2)^2").scale.kind).toBe("logarithmic");
  });

  it.each(["x + y", "exp(3x) + y^2", "x^2 - y^2"])(
    "rises with the height of %s from 0 to 1",
    (source) => {
      const { field, scale } = scaleOf(source);
      const units = [...field.values].sort((a, b) => a - b).map(scale.toUnit);
      expect(units).toEqual([...units].sort((a, b) => a - b));
      expect(units[0]).toBe(0);
      expect(units.at(-1)).toBe(1);
    },
  );

  it("puts its levels at even steps of the scale", () => {
    const { scale } = scaleOf("exp(3x) + y^2");
    scale.levels.forEach((level, index) => {
      expect(scale.toUnit(level)).toBeCloseTo((index + 0.5) / 10, 3);
    });
  });

  it("has no levels where there is nothing to tell apart", () => {
    expect(scaleOf("0*x").scale.levels).toEqual([]);
    expect(scaleOf("log(-1 - x^2)").scale.levels).toEqual([]);
  });
});
