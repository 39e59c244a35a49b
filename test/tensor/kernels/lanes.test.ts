import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { NUMBERS, SINGLES } from "../../../src/tensor/kernels/lanes.ts";

describe("nearest", () => {
  test("takes halves to the even neighbour and keeps the sign of zero", () => {
    const cases = [
      [0.5, 0],
      [1.5, 2],
      [2.5, 2],
      [-0.5, -0],
      [-1.5, -2],
      [-0.2, -0],
      [0.49999999999999994, 0],
      [2 ** 52 + 1, 2 ** 52 + 1],
      [-0, -0],
      [Infinity, Infinity],
      [Number.NaN, Number.NaN],
    ] as const;
    for (const [x, want] of cases) expect(NUMBERS.nearest(x)).toBe(want);
  });

  test("is no further than a half from any number", () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (x) => {
        const rounded = NUMBERS.nearest(x);
        expect(Number.isInteger(rounded)).toBe(true);
        expect(Math.abs(rounded - x)).toBeLessThanOrEqual(0.5);
      }),
    );
  });
});

describe("pow", () => {
  test("answers 1 where C does and JavaScript says NaN", () => {
    expect(NUMBERS.pow(1, Number.NaN)).toBe(1);
    expect(NUMBERS.pow(1, Infinity)).toBe(1);
    expect(NUMBERS.pow(-1, -Infinity)).toBe(1);
    expect(NUMBERS.pow(Number.NaN, 0)).toBe(1);
    expect(NUMBERS.pow(2, Number.NaN)).toBeNaN();
  });
});

describe("SINGLES", () => {
  test("rounds every step to single precision", () => {
    const third = Math.fround(1 / 3);
    expect(SINGLES.constant(1 / 3)).toBe(third);
    expect(SINGLES.add(third, 1)).toBe(Math.fround(third + 1));
    expect(SINGLES.mul(third, third)).toBe(Math.fround(third * third));
    expect(SINGLES.exp(1)).toBe(Math.fround(Math.E));
    expect(SINGLES.call(Math.cbrt, 2)).toBe(Math.fround(Math.cbrt(2)));
    expect(SINGLES.call2(Math.atan2, 1, 2)).toBe(Math.fround(Math.atan2(1, 2)));
  });

  test("leaves what cannot leave single precision as it is", () => {
    expect(SINGLES.neg).toBe(NUMBERS.neg);
    expect(SINGLES.select(true, 1, 2)).toBe(1);
  });
});
