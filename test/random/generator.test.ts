import fc from "fast-check";
import { beforeEach, describe, expect, test } from "vitest";
import {
  defaultGenerator,
  Generator,
  getRngState,
  initialSeed,
  manualSeed,
  seed,
  setRngState,
} from "../../src/random/generator.ts";
import { readNumber, readNumbers, readString } from "../support/parity/encoding.ts";
import { arraysOf, expectWithinUlps, readFigures } from "./figures.ts";

const streams = readFigures("streams.jsonl");
const rng = readFigures("parity/rng.jsonl");

/** Any mixture of the generator's draws, so that a state is reached in every phase. */
function draw(generator: Generator, kind: number): number {
  if (kind === 0) return generator.random32();
  if (kind === 1) return Number(generator.random64());
  if (kind === 2) return generator.uniform32();
  if (kind === 3) return generator.uniform64();
  return generator.normal64(0, 1);
}

const kinds = fc.array(fc.integer({ min: 0, max: 4 }), { maxLength: 40 });
const seeds = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 64n - 1n });

describe("a seed", () => {
  test("gives PyTorch's stream, also a negative one or one beyond 2^53", () => {
    for (const record of streams("seed")) {
      const generator = new Generator().manualSeed(BigInt(readString(record.seed)));
      const { wanted } = arraysOf(record.want);
      expect(Array.from(wanted, () => generator.uniform64())).toEqual(Array.from(wanted));
      expect(String(generator.initialSeed())).toBe(readString(record.initial));
    }
  });

  test("of a new generator is PyTorch's default, whatever was drawn elsewhere", () => {
    const [record] = streams("default");
    const { wanted } = arraysOf(record?.want);
    const generator = new Generator();
    expect(generator.initialSeed()).toBe(67280421310721);
    expect(Array.from(wanted, () => generator.uniform64())).toEqual(Array.from(wanted));
  });

  test("is told back as a number where a number is exact", () => {
    const generator = new Generator();
    expect(generator.manualSeed(5n).initialSeed()).toBe(5);
    expect(generator.manualSeed(-1).initialSeed()).toBe(2n ** 64n - 1n);
    expect(generator.manualSeed(2 ** 53 - 1).initialSeed()).toBe(2 ** 53 - 1);
    expect(generator.manualSeed(2n ** 53n).initialSeed()).toBe(2n ** 53n);
  });

  test("means the same as a number and as a bigint, and can be set from what it is told back as", () => {
    fc.assert(
      fc.property(fc.maxSafeInteger(), (n) => {
        const a = new Generator().manualSeed(n);
        const b = new Generator().manualSeed(BigInt(n));
        const c = new Generator().manualSeed(a.initialSeed());
        const word = a.random32();
        expect([b.random32(), c.random32()]).toEqual([word, word]);
      }),
    );
  });

  test("drawn from the platform differs from call to call and repeats its stream", () => {
    const generator = new Generator();
    const first = generator.seed();
    const word = generator.random32();
    expect(generator.initialSeed()).toBe(first);
    expect(generator.seed()).not.toBe(first);
    expect(generator.manualSeed(first).random32()).toBe(word);
  });

  test("drops a waiting normal value", () => {
    const generator = new Generator().manualSeed(1);
    const first = generator.normal64(0, 1);
    expect(generator.manualSeed(1).normal64(0, 1)).toBe(first);
  });

  test("that is no integer in range throws and names it", () => {
    const generator = new Generator();
    const wrong = (value: unknown) => () => Reflect.apply(generator.manualSeed, generator, [value]);
    expect(wrong(1.5)).toThrow("manualSeed expected a long, but got float 1.5");
    expect(wrong(Number.NaN)).toThrow("manualSeed expected a long, but got float NaN");
    expect(wrong("a")).toThrow("manualSeed expected a long, but got string 'a'");
    expect(wrong(undefined)).toThrow("manualSeed expected a long, but got undefined");
    expect(wrong(2n ** 64n)).toThrow("Overflow when unpacking long");
    expect(wrong(-(2n ** 63n) - 1n)).toThrow("Overflow when unpacking long");
    expect(wrong(2 ** 53)).toThrow("pass a bigint beyond ±(2^53 - 1)");
  });
});

test("64-bit draws are PyTorch's", () => {
  for (const record of rng("random_i64")) {
    const generator = new Generator().manualSeed(BigInt(readString(record.seed)));
    // Tensor.random_() of int64 keeps 63 bits.
    for (const wanted of JSON.parse(JSON.stringify(record.want))) {
      expect(String(generator.random64() % 2n ** 63n)).toBe(wanted);
    }
  }
});

test("moving past a 64-bit draw gives its low half", () => {
  const a = new Generator().manualSeed(4);
  const b = new Generator().manualSeed(4);
  expect(BigInt(a.random64Low())).toBe(b.random64() & 0xffffffffn);
  expect(a.random32()).toBe(b.random32());
});

describe("a state", () => {
  test("that PyTorch saved continues as it does there", () => {
    for (const record of streams("state")) {
      const bytes = Uint8Array.from(Buffer.from(readString(record.state), "base64"));
      const { wanted } = arraysOf(record.want);
      const generator = new Generator().setState(bytes);
      const found = [0, 1, 2].map(() => generator.normal64(0, 1));
      found.push(...[0, 1, 2].map(() => generator.uniform64()));
      expectWithinUlps(found, wanted, 3);
    }
  });

  test("has PyTorch's bytes, but for those of a waiting normal value's last place", () => {
    for (const record of streams("state")) {
      const generator = new Generator().manualSeed(BigInt(readString(record.seed)));
      for (let i = 0; i < readNumber(record.normals); i++) generator.normal64(0, 1);
      for (let i = 0; i < readNumber(record.uniforms); i++) generator.uniform32();
      const wanted = Buffer.from(readString(record.state), "base64");
      const found = Buffer.from(generator.getState());
      const cached = found.readDoubleLE(5024);
      expectWithinUlps([cached], [wanted.readDoubleLE(5024)], 3);
      wanted.writeDoubleLE(cached, 5024);
      expect(found.equals(wanted)).toBe(true);
    }
  });

  test("resumes the stream wherever it was saved", () => {
    fc.assert(
      fc.property(seeds, kinds, fc.nat({ max: 700 }), kinds, (n, before, words, after) => {
        const generator = new Generator().manualSeed(n);
        for (const kind of before) draw(generator, kind);
        for (let i = 0; i < words; i++) generator.random32();
        const state = generator.getState();
        const other = new Generator().setState(state);
        expect(other.initialSeed()).toBe(generator.initialSeed());
        const found = after.map((kind) => draw(other, kind));
        expect(found).toEqual(after.map((kind) => draw(generator, kind)));
        expect(Buffer.compare(other.getState(), generator.getState())).toBe(0);
      }),
    );
  });

  test("is a copy, which later draws leave alone", () => {
    const generator = new Generator().manualSeed(2);
    const state = generator.getState();
    const copy = state.slice();
    generator.random32();
    expect(state).toEqual(copy);
  });

  test("may lie anywhere in a buffer", () => {
    const generator = new Generator().manualSeed(2);
    const padded = new Uint8Array(5056 + 3);
    padded.set(generator.getState(), 3);
    expect(new Generator().setState(padded.subarray(3)).random32()).toBe(generator.random32());
  });

  test("of the wrong type, size or content throws", () => {
    const generator = new Generator();
    const wrong = (value: unknown) => () => Reflect.apply(generator.setState, generator, [value]);
    expect(wrong(3)).toThrow("setState expected a Uint8Array, but got 3");
    expect(wrong(new Uint8Array(5))).toThrow(
      "of size 5056 but found the input RNG state size to be 5",
    );
    expect(wrong(new Uint8Array(5056))).toThrow("Invalid mt19937 state");
  });
});

describe("the default generator", () => {
  beforeEach(() => {
    manualSeed(0);
  });

  test("is what manualSeed returns and seeds", () => {
    expect(manualSeed(8)).toBe(defaultGenerator);
    expect(initialSeed()).toBe(8);
    expect(defaultGenerator.random32()).toBe(new Generator().manualSeed(8).random32());
  });

  test("saves and restores its state", () => {
    const state = getRngState();
    const word = defaultGenerator.random32();
    setRngState(state);
    expect(defaultGenerator.random32()).toBe(word);
  });

  test("can be seeded from the platform", () => {
    const drawn = seed();
    expect(initialSeed()).toBe(drawn);
  });
});

test("an option that a generator does not know throws", () => {
  const options: object = { device: "cpu" };
  expect(() => new Generator(options)).toThrow("unknown option 'device', expected mklBernoulli");
});

test("draws of several kinds share one stream, and normal values wait across the others", () => {
  for (const record of rng("interleave")) {
    const generator = new Generator().manualSeed(BigInt(readString(record.seed)));
    const wanted = JSON.parse(JSON.stringify(record.want));
    const single = (n: number, next: () => number) =>
      Array.from({ length: n }, () => Math.fround(next()));
    expect(single(3, () => generator.normal64(0, 1))).toEqual(readNumbers(wanted[0]));
    expect(single(2, () => generator.uniform32())).toEqual(readNumbers(wanted[1]));
    expect(single(2, () => generator.normal64(0, 1))).toEqual(readNumbers(wanted[2]));
  }
});
