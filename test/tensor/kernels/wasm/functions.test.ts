import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { FULL } from "../../../../src/tensor/kernels/accelerator.ts";
import { NUMBERS } from "../../../../src/tensor/kernels/lanes.ts";
import { Program } from "../../../../src/tensor/kernels/wasm/index.ts";
import { ulpsBetween } from "../../../support/ulp.ts";

type Name = "exp" | "expm1" | "log" | "log1p" | "sin" | "cos" | "tanh" | "sqrt" | "nearest";

/** The kernel's results for some numbers. */
function evaluate(program: Program, single: boolean, ...operands: number[][]): number[] {
  const Type = single ? Float32Array : Float64Array;
  const inputs = operands.map((x) => Type.from(x));
  const out = new Type(inputs[0]!.length);
  const layouts = inputs.map(() => FULL as typeof FULL);
  const offsets = inputs.map(() => 0);
  expect(program.run(1, out.length, [out], [0], inputs, offsets, layouts)).toBe(true);
  return [...out];
}

/** Furthest that a result may be from the rounded exact one, in units of the last place. */
const LIMITS: Record<Name, { single: number; double: number }> = {
  exp: { single: 1, double: 1 },
  expm1: { single: 2, double: 2 },
  log: { single: 1, double: 1 },
  log1p: { single: 1, double: 2 },
  sin: { single: 1, double: 1 },
  cos: { single: 1, double: 1 },
  tanh: { single: 2, double: 3 },
  sqrt: { single: 0, double: 0 },
  nearest: { single: 0, double: 0 },
};
const names = Object.keys(LIMITS).filter((name): name is Name => name in LIMITS);

// Where results overflow, underflow, change their formula or have no neighbour.
const SPECIAL = [
  ...[0, 1, 2, 0.5, 1e-8, 1e-30, 1e-45, 1e-40, 5e-324, 1e-310, 2 ** -126, 2 ** -1022],
  ...[0.34, 0.35, 0.69, 0.7, 1.04, Math.PI, Math.PI / 2, 11, 710.4758600739439],
  ...[9.9, 10.1, 19.9, 20.1, 40, 80, 87.33655, 88.72283, 88.72284, 89, 103.9, 104, 105],
  ...[708.3964, 709.782712893384, 709.7827128933841, 745.1332191019411, 745.2, 746, 1e5, 999999],
  ...[2 ** 23, 2 ** 24 + 2, 2 ** 52 + 1, 1e30, 3.4e38, 1e300, 1.7e308, Infinity, Number.NaN],
].flatMap((x) => [x, -x]);

const anyNumber = fc.oneof(
  fc.double({ min: -10, max: 10, noNaN: true }),
  fc.double({ min: -800, max: 800, noNaN: true }),
  fc.double({ min: 0.5, max: 2, noNaN: true }),
  fc.double(),
);

describe.each(names)("%s", (name) => {
  const program = new Program((m, [x]) => [m[name](x!)]);

  test.each(["single", "double"] as const)(
    "is right to its last places in %s precision",
    (width) => {
      const single = width === "single";
      const round = single ? Math.fround : (x: number) => x;
      const check = (numbers: number[]) => {
        const arguments_ = numbers.map(round);
        const found = evaluate(program, single, arguments_);
        arguments_.forEach((x, i) => {
          const want = round(NUMBERS[name](x));
          const apart = ulpsBetween(found[i]!, want, single ? "float32" : "float64");
          expect(apart, `${name}(${x}) = ${found[i]}, not ${want}`).toBeLessThanOrEqual(
            LIMITS[name][width],
          );
        });
      };
      check(SPECIAL);
      fc.assert(fc.property(fc.array(anyNumber, { minLength: 1, maxLength: 50 }), check));
    },
  );

  test("keeps zeros' signs", () => {
    if (name === "cos" || name === "exp" || name === "log") return;
    for (const single of [true, false]) {
      expect(evaluate(program, single, [0, -0])).toEqual([0, -0]);
    }
  });
});

describe("pow", () => {
  const program = new Program((m, [a, b]) => [m.pow(a!, b!)]);
  const bases = [...SPECIAL, -3, 3, -0.1, 1.0000001];
  const exponents = [0, 1, -1, 2, 3, -3, 0.5, -0.5, 2.5, 127, 1e10, Infinity, Number.NaN];

  function check(a: number[], b: number[]): void {
    const [x, y] = [a.map(Math.fround), b.map(Math.fround)];
    const found = evaluate(program, true, x, y);
    found.forEach((got, i) => {
      const want = Math.fround(NUMBERS.pow(x[i]!, y[i]!));
      const apart = ulpsBetween(got, want, "float32");
      expect(apart, `${x[i]} ** ${y[i]} = ${got}, not ${want}`).toBeLessThanOrEqual(1);
    });
  }

  test("has C's values for every pair of special operands", () => {
    const pairs = bases.flatMap((a) =>
      exponents.flatMap(
        (b) =>
          [
            [a, b],
            [a, -b],
          ] as const,
      ),
    );
    check(
      pairs.map(([a]) => a),
      pairs.map(([, b]) => b),
    );
  });

  test("is right to its last place in single precision", () => {
    const pair = fc.tuple(anyNumber, fc.oneof(anyNumber, fc.integer({ min: -40, max: 40 })));
    fc.assert(
      fc.property(fc.array(pair, { minLength: 1 }), (pairs) => {
        check(
          pairs.map(([a]) => a),
          pairs.map(([, b]) => b),
        );
      }),
    );
  });

  test("leaves double precision to the scalar loop", () => {
    const out = new Float64Array(1);
    const inputs = [Float64Array.of(2), Float64Array.of(3)];
    expect(program.run(1, 1, [out], [0], inputs, [0, 0], [FULL, FULL])).toBe(false);
    expect(out[0]).toBe(0);
  });
});
