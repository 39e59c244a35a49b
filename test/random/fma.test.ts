import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { fma32, fma64 } from "../../src/random/fma.ts";

/** A double as significand * 2^exponent, exactly. */
function parts(x: number): [significand: bigint, exponent: number] {
  const [bits = 0n] = new BigUint64Array(Float64Array.of(x).buffer);
  const biased = Number((bits >> 52n) & 0x7ffn);
  const fraction = bits & 0xfffffffffffffn;
  const significand = biased === 0 ? fraction : fraction | (1n << 52n);
  return [bits >> 63n ? -significand : significand, Math.max(biased, 1) - 1075];
}

/** a * b + c in integers of any length, rounded once, ties to even, to so many significant bits. */
function exact(a: number, b: number, c: number, digits: number): number {
  const [[sa, ea], [sb, eb], [sc, ec]] = [parts(a), parts(b), parts(c)];
  const exponent = Math.min(ea + eb, ec);
  const sum = sa * sb * 2n ** BigInt(ea + eb - exponent) + sc * 2n ** BigInt(ec - exponent);
  const magnitude = sum < 0n ? -sum : sum;
  const excess = magnitude.toString(2).length - digits;
  let rounded = magnitude;
  if (excess > 0) {
    const unit = 1n << BigInt(excess);
    const rest = magnitude % unit;
    rounded = magnitude - rest;
    if (rest * 2n > unit || (rest * 2n === unit && (rounded / unit) % 2n === 1n)) rounded += unit;
  }
  // The significand fits by now; dividing out trailing zeros keeps Number() exact.
  let shift = exponent;
  while (rounded !== 0n && rounded % 2n === 0n) {
    rounded /= 2n;
    shift += 1;
  }
  const value = Number(rounded) * 2 ** shift;
  return sum < 0n ? -value : value;
}

const signed = (max: number) => fc.double({ min: -max, max, noNaN: true });
const scaled = fc
  .tuple(signed(2), fc.integer({ min: -60, max: 60 }))
  .map(([x, exponent]) => x * 2 ** exponent)
  .filter((x) => x === 0 || Math.abs(x) > 2 ** -200);
const single = scaled.map(Math.fround).filter((x) => x === 0 || Math.abs(x) > 2 ** -60);

describe("fma32", () => {
  test("rounds once, as integers of any length say", () => {
    fc.assert(
      fc.property(single, single, single, (a, b, c) => {
        fc.pre(Math.abs(a * b) + Math.abs(c) > 2 ** -100);
        expect(fma32(a, b, c) + 0).toBe(exact(a, b, c, 24) + 0);
      }),
      { numRuns: 2000 },
    );
  });

  test("rounds a double that lies half way by what the double has lost", () => {
    const a = 1 + 2 ** -23;
    const b = 1 - 2 ** -23; // a * b = 1 - 2^-46, which a double near 2^24 cannot tell from 1
    for (const sign of [1, -1]) {
      expect(fma32(sign * a, b, sign * (2 ** 24 + 2))).toBe(sign * (2 ** 24 + 2));
      expect(fma32(sign * a, b, -sign * (2 ** 24 + 2))).toBe(-sign * (2 ** 24 + 2));
      expect(fma32(sign * a, b, sign * 2 ** 24)).toBe(sign * 2 ** 24);
      expect(fma32(sign, 1, sign * 2 ** 24)).toBe(sign * 2 ** 24); // a true tie: to even
      expect(fma32(sign, 1, sign * (2 ** 24 + 2))).toBe(sign * (2 ** 24 + 4));
    }
  });
});

describe("fma64", () => {
  test("rounds once, as integers of any length say", () => {
    fc.assert(
      fc.property(scaled, scaled, scaled, (a, b, c) => {
        expect(fma64(a, b, c) + 0).toBe(exact(a, b, c, 53) + 0);
      }),
      { numRuns: 2000 },
    );
  });

  test("rounds sums that nearly cancel", () => {
    fc.assert(
      fc.property(scaled, scaled, fc.integer({ min: -3, max: 3 }), (a, b, steps) => {
        const c = -a * b * (1 + steps * 2 ** -52);
        expect(fma64(a, b, c) + 0).toBe(exact(a, b, c, 53) + 0);
      }),
      { numRuns: 1000 },
    );
  });

  test("does not overflow on the way to a finite result", () => {
    expect(fma64(0.75, 1.7e308, -8e307)).toBe(exact(0.75, 1.7e308, -8e307, 53));
    expect(fma64(0.3, 1.6e308, 1e300)).toBe(exact(0.3, 1.6e308, 1e300, 53));
  });

  test("gives what multiplying and adding gives where a term is not finite", () => {
    expect(fma64(0.5, Number.POSITIVE_INFINITY, 1)).toBe(Number.POSITIVE_INFINITY);
    expect(fma64(0.5, 1, Number.NEGATIVE_INFINITY)).toBe(Number.NEGATIVE_INFINITY);
    expect(fma64(0, Number.POSITIVE_INFINITY, 1)).toBeNaN();
    expect(fma64(1, 1, Number.NaN)).toBeNaN();
  });
});
