import { describe, expect, test } from "vitest";
import { add, ones, pow, sub, tensor } from "../../../src/index.ts";
import "../../support/matchers.ts";

/** What a caller without types may pass. */
const untyped = (value: unknown): never => value as never;

const bools = tensor([true, false]);

describe("powers of integers", () => {
  test("wrap around in 32 bits, to the last one", () => {
    // 3 ** 41 = 36472996377170786403, whose low 32 bits are these.
    const power = Number(BigInt.asIntN(32, 3n ** 41n));
    const base = tensor([3, -3], { dtype: "int32" });
    expect(base.pow(41).tolist()).toEqual([power, -power]);
    expect(base.pow(tensor([41, 41], { dtype: "int32" })).tolist()).toEqual([power, -power]);
  });

  test("beyond what a double holds can still be printed", () => {
    expect(String(tensor([3], { dtype: "int64" }).pow(1e4))).toBe("tensor([Infinity])");
  });

  test("refuse an exponent that their dtype cannot hold", () => {
    expect(() => tensor([2], { dtype: "uint8" }).pow(300)).toThrow(
      "value cannot be converted to type uint8_t without overflow: 300",
    );
  });
});

test("bools have no powers, divisions with rounding or absolute values, as in PyTorch", () => {
  expect(() => pow(bools, bools)).toThrow(`"pow" not implemented for 'Bool'`);
  expect(() => bools.div(bools, { roundingMode: "floor" })).toThrow(
    `"div_floor_cpu" not implemented for 'Bool'`,
  );
  expect(() => bools.abs()).toThrow(`"abs_cpu" not implemented for 'Bool'`);
  expect(() => bools.floor()).toThrow(`"floor_vml_cpu" not implemented for 'Bool'`);
  expect(bools.isfinite().tolist()).toEqual([true, true]);
});

test("gradFn tells the signatures of a function apart, as PyTorch does", () => {
  const x = ones(2, { requiresGrad: true });
  const names = [x.pow(2), x.pow(x), pow(2, x), x.div(2), x.div(2, { roundingMode: "trunc" })];
  expect(names.map((t) => t.gradFn?.name)).toEqual([
    "PowBackward0",
    "PowBackward1",
    "PowBackward2",
    "DivBackward0",
    "DivBackward2",
  ]);
});

test("options that there are not are refused", () => {
  expect(() => add(1, 2, untyped({ aplha: 2 }))).toThrow(
    "add() got an unexpected option 'aplha'; its options are: alpha",
  );
  expect(() => sub(1, 2, untyped(3))).toThrow("sub(): options must be an object, got 3");
  expect(() => ones(1).div_(2, untyped({ mode: "floor" }))).toThrow(
    "div_() got an unexpected option 'mode'",
  );
});
