import { expect, test } from "vitest";
import { addmm, tensor } from "../../../src/index.ts";

test("bools have no products, as in PyTorch", () => {
  const b = tensor([
    [true, false],
    [true, true],
  ]);
  const row = b.at(0);
  const missing = (kernel: string) => `"${kernel}" not implemented for 'Bool'`;
  expect(() => b.matmul(b)).toThrow(missing("addmm_impl_cpu_"));
  expect(() => addmm(b, b, b)).toThrow(missing("addmm_impl_cpu_"));
  expect(() => b.matmul(row)).toThrow(missing("addmv_impl_cpu"));
  expect(() => row.matmul(row)).toThrow(missing("dot"));
  expect(() => b.unsqueeze(0).bmm(b.unsqueeze(0))).toThrow(missing("bmm"));
  expect(row.outer(row).tolist()).toEqual([
    [true, false],
    [false, false],
  ]);
});
