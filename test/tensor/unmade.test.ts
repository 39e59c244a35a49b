import { expect, test } from "vitest";
import { Storage } from "../../src/tensor/storage.ts";
import { allocateRaw, Unmade } from "../../src/tensor/unmade.ts";

test("an array of any contents has the type and length asked for, and aligned memory of its own", () => {
  for (const length of [1, 2000, 40_000, 300_000, 1_000_001]) {
    const single = allocateRaw("float32", length);
    const double = allocateRaw("float64", length);
    expect(single).toBeInstanceOf(Float32Array);
    expect(double).toBeInstanceOf(Float64Array);
    expect([single.length, double.length]).toEqual([length, length]);
    expect([single.byteOffset, double.byteOffset]).toEqual([0, 0]);
    expect(single.buffer).not.toBe(double.buffer);
    expect(single.buffer.byteLength).toBe(single.byteLength);
  }
});

test("more memory than there is is refused with what was asked for", () => {
  expect(() => allocateRaw("float64", 2 ** 50)).toThrow(
    "can't allocate memory: you tried to allocate 9007199254740992 bytes for 1125899906842624 elements of float64",
  );
});

test("elements that are to be written have no memory until then", () => {
  const storage = Storage.later(new Unmade("float32", 300_000), 300_000);
  expect(storage.pending).not.toBeNull();
  expect(storage.data.length).toBe(300_000);
  expect(storage.pending).toBeNull();
});
