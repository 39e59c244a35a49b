import { expect, test } from "vitest";
import { cppNumber } from "../../src/random/checks.ts";

test("a number in a message looks as C++ prints it", () => {
  const shown: readonly (readonly [number, string])[] = [
    [0, "0"],
    [-1, "-1"],
    [0.1, "0.1"],
    [-0.5, "-0.5"],
    [1 / 3, "0.333333"],
    [123456, "123456"],
    [1234567, "1.23457e+06"],
    [999999.5, "1e+06"],
    [0.0001, "0.0001"],
    [0.00001, "1e-05"],
    [3e38, "3e+38"],
    [-1e-300, "-1e-300"],
    [Number.NaN, "nan"],
    [Number.POSITIVE_INFINITY, "inf"],
    [Number.NEGATIVE_INFINITY, "-inf"],
  ];
  for (const [x, text] of shown) expect(cppNumber(x)).toBe(text);
});
