import { describe, expect, it } from "vitest";
import { formatNumber, formatPower } from "../../../site/src/ui/numbers.ts";

describe("a number for a reader", () => {
  it.each([
    [0, "0"],
    [-1.5, "−1.5"],
    [0.40587541600795535, "0.405875"],
    [0.000037441268933750455, "3.744e−5"],
    [96486184973657310, "9.649e16"],
    [1000, "1000"],
    [Number.NaN, "NaN"],
    [Number.NEGATIVE_INFINITY, "−∞"],
  ])("%d is %s", (value, text) => {
    expect(formatNumber(value)).toBe(text);
  });
});

describe("a tick on a logarithmic axis", () => {
  it.each([
    [1e-12, "10⁻¹²"],
    [0.1, "10⁻¹"],
    [1, "1"],
    [1000, "1000"],
    [1e5, "10⁵"],
    [2, ""],
    [null, ""],
  ])("%d is %s", (value, text) => {
    expect(formatPower(value)).toBe(text);
  });
});
