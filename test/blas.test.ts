import fc from "fast-check";
import { afterAll, describe, expect, test } from "vitest";
import { type DType, matmul, ones, tensor } from "../src/index.ts";
import * as arbitraries from "./support/arbitraries.ts";
import "./support/matchers.ts";

// On a machine without a BLAS the import has to say so; .ci/run installs one.
const loaded = await import("../src/blas.ts").catch((error: unknown) => error);

function isBlas(value: unknown): value is typeof import("../src/blas.ts") {
  return typeof value === "object" && value !== null && "blasLibrary" in value;
}

afterAll(() => {
  if (isBlas(loaded)) loaded.disableBlas();
});

test("the import names the library that it found, or what is missing", () => {
  if (isBlas(loaded)) expect(loaded.blasLibrary).toMatch(/blas|Accelerate/i);
  else expect(String(loaded)).toMatch(/tapegrad\/blas (found no BLAS|needs the package koffi)/);
});

if (isBlas(loaded)) {
  const { disableBlas, enableBlas } = loaded;

  describe("products on the BLAS", () => {
    test("are those of the library's own kernels, for any layout and both dtypes", () => {
      const size = fc.integer({ min: 1, max: 24 });
      const matrices = fc
        .tuple(size, size, size, fc.constantFrom<DType>("float32", "float64"))
        .chain(([m, k, n, dtype]) =>
          fc.tuple(
            arbitraries.tensor({ shape: [m, k], dtype }),
            arbitraries.tensor({ shape: [k, n], dtype }),
          ),
        );
      fc.assert(
        fc.property(matrices, ([a, b]) => {
          enableBlas();
          const fast = matmul(a, b);
          disableBlas();
          expect(fast).toBeCloseToTensor(matmul(a, b));
        }),
      );
    });

    test("leave integers and small products to the library", () => {
      enableBlas();
      const a = ones(20, 20, { dtype: "int64" });
      expect(matmul(a, a).at(0, 0).item()).toBe(20);
      expect(matmul(tensor([[2]]), tensor([[3]])).item()).toBe(6);
    });
  });
}
