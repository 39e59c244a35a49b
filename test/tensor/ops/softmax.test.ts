import { expect, test } from "vitest";
import { logSoftmax, ones, softmax } from "../../../src/index.ts";

const untyped = (value: unknown): never => value as never;

test("softmax names what it cannot take", () => {
  const ints = ones(2, 2, { dtype: "int64" });
  expect(() => ints.softmax(0)).toThrow(`"softmax_kernel_impl" not implemented for 'Long'`);
  expect(() => ints.softmax(1)).toThrow(`"softmax_lastdim_kernel_impl" not implemented for 'Long'`);
  expect(() => logSoftmax(ints, 0)).toThrow(`"log_softmax_kernel_impl" not implemented for 'Long'`);
  expect(() => softmax(untyped(null), 0)).toThrow(
    "softmax(): argument 'input' must be Tensor, not null",
  );
  expect(() => logSoftmax(ones(2), 0, untyped({ type: "float64" }))).toThrow(
    "logSoftmax() got an unexpected option 'type'",
  );
  expect(() => ones(2).softmax(1)).toThrow("Dimension out of range");
});
