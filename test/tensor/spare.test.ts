import { beforeAll, expect, test } from "vitest";
import { rawStorage, recycle, setPassing } from "../../src/tensor/spare.ts";
import { newStorage } from "../../src/tensor/storage.ts";

beforeAll(() => {
  setPassing(true);
});

test("only what will be given back takes the array of something that was", () => {
  const given = newStorage("float32", 1199);
  recycle(given);
  setPassing(false);
  expect(rawStorage("float32", 1199).data).not.toBe(given.data);
  expect(setPassing(true)).toBe(false);
  expect(rawStorage("float32", 1199).data).toBe(given.data);
});

// Lengths that no other test has, because what is kept outlives a test.
test("an array that was given up serves the next result of its type and length", () => {
  const given = newStorage("float32", 1201);
  recycle(given);
  expect(rawStorage("float64", 1201).data).not.toBe(given.data);
  expect(rawStorage("float32", 1202).data).not.toBe(given.data);
  const next = rawStorage("float32", 1201);
  expect(next.data).toBe(given.data);
  expect(next.serial).toBeGreaterThan(given.serial);
  expect(rawStorage("float32", 1201).data).not.toBe(given.data);
});

test("zeros are asked for by another name", () => {
  const given = newStorage("float64", 1203);
  given.data.fill(7);
  recycle(given);
  expect(newStorage("float64", 1203).data.every((x) => x === 0)).toBe(true);
});

test("few arrays are kept, and neither tiny, huge nor integer ones", () => {
  const many = Array.from({ length: 50 }, () => newStorage("float32", 1205));
  for (const storage of many) recycle(storage);
  const kept = new Set(many.map(({ data }) => data));
  const again = Array.from({ length: 50 }, () => rawStorage("float32", 1205).data);
  expect(again.filter((data) => kept.has(data))).toHaveLength(32);

  for (const [dtype, length] of [
    ["float64", 5],
    ["int64", 1206],
    ["float32", 2 ** 23 + 1],
  ] as const) {
    const given = newStorage(dtype, length);
    recycle(given);
    const next = rawStorage(dtype, length);
    expect(next.data === given.data && next.start === given.start).toBe(false);
  }
});
