import { expect, test } from "vitest";
import { MT19937 } from "../../src/random/mt19937.ts";

test("the 10,000th word of seed 5489 is the one that the C++ standard demands of mt19937", () => {
  const engine = new MT19937(5489);
  for (let i = 1; i < 10_000; i++) engine.next();
  expect(engine.next()).toBe(4123659995);
});

test("seeding again restarts the stream, also in the middle of a block", () => {
  const engine = new MT19937(3);
  const first = [engine.next(), engine.next()];
  engine.seed(3);
  expect([engine.next(), engine.next()]).toEqual(first);
});

test("only the low 32 bits of a seed count", () => {
  expect(new MT19937(2 ** 40 + 9).next()).toBe(new MT19937(9).next());
});
