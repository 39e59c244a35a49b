import { expect, test } from "vitest";
import { clamp, lerp, ones, tensor, where, zeros } from "../../../src/index.ts";
import "../../support/matchers.ts";

const bytes = tensor([3, 200], { dtype: "uint8" });
const mask = tensor([true, false]);

test("numbers that do not fit integers are refused, and fractions cut off where PyTorch does", () => {
  const overflow = "value cannot be converted to type uint8_t without overflow: 300";
  expect(() => where(mask, bytes, 300)).toThrow(overflow);
  expect(() => clamp(bytes, { min: 300 })).toThrow(overflow);
  expect(() => bytes.maskedFill(mask, 300)).toThrow(overflow);
  expect(bytes.maskedFill(mask, 1.5).tolist()).toEqual([1, 200]);
  expect(zeros(2, { dtype: "int64" }).maskedFill(mask, -2.5).tolist()).toEqual([-2, 0]);
});

test("bools are not clamped, and integers not interpolated", () => {
  expect(() => mask.clamp({ min: true as never })).toThrow(
    `"clamp_min_cpu" not implemented for 'Bool'`,
  );
  expect(() => lerp(bytes, bytes, 0.5)).toThrow(`"lerp_kernel_scalar" not implemented for 'Byte'`);
  expect(() => lerp(bytes, bytes, bytes)).toThrow(
    `"lerp_kernel_tensor" not implemented for 'Byte'`,
  );
});

test("gradFn tells clamping and interpolating by numbers from that by tensors", () => {
  const x = ones(2, { requiresGrad: true });
  const results = [
    x.clamp({ min: 0 }),
    x.clamp({ min: 0, max: 1 }),
    x.clamp({ max: zeros(2) }),
    lerp(x, x, 0.5),
    lerp(x, x, x),
  ];
  expect(results.map((t) => t.gradFn?.name)).toEqual([
    "ClampBackward1",
    "ClampBackward1",
    "ClampBackward0",
    "LerpBackward0",
    "LerpBackward1",
  ]);
});
