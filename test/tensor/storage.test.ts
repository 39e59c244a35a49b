import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { tensor, zeros } from "../../src/index.ts";
import type { DType } from "../../src/tensor/dtype.ts";
import { newStorage, Storage } from "../../src/tensor/storage.ts";

const dtypes = fc.constantFrom<DType>("float32", "float64", "int64", "int32", "uint8", "bool");
const lengths = fc.oneof(fc.nat({ max: 40 }), fc.nat({ max: 3000 }));

describe("new storages", () => {
  test("are zeroed, as long as asked for, and apart, though small ones share memory", () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(dtypes, lengths), { maxLength: 60 }), (asked) => {
        const storages = asked.map(([dtype, length], i) => {
          const storage = newStorage(dtype, length);
          const elements = storage.data.subarray(storage.start, storage.start + length);
          expect(storage.length).toBe(length);
          expect(elements.length).toBe(length);
          expect(elements.every((x) => x === 0)).toBe(true);
          elements.fill(i + 1);
          return elements;
        });
        storages.forEach((elements, i) => {
          expect(elements.every((x) => x === i + 1)).toBe(true);
        });
      }),
    );
  });

  test("pin little more than a few arrays of their size", () => {
    for (const length of [9, 17, 100, 1000, 2048, 5000]) {
      for (const dtype of ["float32", "float64"] as const) {
        const { data } = newStorage(dtype, length);
        expect(data.buffer.byteLength).toBeLessThan(16 * data.byteLength + 1024);
      }
    }
  });

  test("hand out copies with memory of their own, which may be transferred", () => {
    for (const length of [3, 100, 1000]) {
      const t = zeros(length);
      const { buffer, byteLength } = t.toTypedArray();
      if (!(buffer instanceof ArrayBuffer)) throw new TypeError("the memory is shared");
      expect(buffer.byteLength).toBe(byteLength);
      structuredClone(buffer, { transfer: [buffer] });
      expect(t.add(1).sum().item()).toBe(length);
    }
  });
});

test("elements that are pending are made when they are first read, once", () => {
  let made = 0;
  const settle = () => Float32Array.of(++made, 2);
  const storage = Storage.later({ settle }, 2);
  expect(made).toBe(0);
  expect([...storage.data]).toEqual([1, 2]);
  expect(storage.data).toBe(storage.data);
  expect(storage.pending).toBeNull();
  storage.settle();
  expect(made).toBe(1);
  expect(tensor([1]).storage.pending).toBeNull();
});
