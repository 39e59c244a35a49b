import fc from "fast-check";
import { expect, test } from "vitest";
import { Arena } from "../../../../src/tensor/kernels/wasm/arena.ts";

const runs = Number(process.env.FC_RUNS ?? 100);
const START = 1000;
const BYTES = 640;

test("room is handed out once, within the range, and all of it comes back", () => {
  // Positive: take so many bytes; else: give back one of those that are out.
  const steps = fc.array(fc.integer({ min: -20, max: 200 }), { maxLength: 60 });
  fc.assert(
    fc.property(steps, (list) => {
      const arena = new Arena(START, BYTES);
      const out: { at: number; bytes: number }[] = [];
      for (const step of list) {
        if (step > 0) {
          const at = arena.take(step);
          if (at === null) continue;
          expect(at).toBeGreaterThanOrEqual(START);
          expect(at + step).toBeLessThanOrEqual(START + BYTES);
          for (const other of out) {
            expect(at + step <= other.at || other.at + other.bytes <= at).toBe(true);
          }
          out.push({ at, bytes: step });
        } else if (out.length > 0) {
          const [given] = out.splice(-step % out.length, 1);
          arena.give(given!.at);
        }
      }
      for (const { at } of out) arena.give(at);
      expect(arena.take(BYTES)).toBe(START);
    }),
    { numRuns: runs * 2 },
  );
});

test("an arena without room has none to give", () => {
  expect(new Arena(START, 0).take(1)).toBeNull();
  const arena = new Arena(START, 64);
  expect(arena.take(65)).toBeNull();
  expect(arena.take(64)).toBe(START);
  expect(arena.take(1)).toBeNull();
});

test("what was not taken cannot be given back", () => {
  const arena = new Arena(START, BYTES);
  const at = arena.take(10)!;
  arena.give(at);
  expect(() => arena.give(at)).toThrow("Arena.give(): nothing was taken at 1000");
});
