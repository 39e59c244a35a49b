import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  fillBernoulli,
  fillBernoulliTensor,
  fillCauchy,
  fillExponential,
  fillGeometric,
  fillLogNormal,
  fillNormal,
  fillRandint,
  fillRandperm,
  fillUniform,
} from "../../src/random/fill.ts";
import { defaultGenerator, Generator, manualSeed } from "../../src/random/generator.ts";
import type { TypedArray } from "../../src/tensor/dtype.ts";
import {
  type JsonObject,
  readList,
  readNumber,
  readNumbers,
  readString,
  readTensor,
} from "../support/parity/encoding.ts";
import { arrayFor, arraysOf, expectWithinUlps, readFigures } from "./figures.ts";

const rng = readFigures("parity/rng.jsonl");
const streams = readFigures("streams.jsonl");

const seeded = (record: JsonObject) => new Generator().manualSeed(BigInt(readString(record.seed)));

type Draw = (generator: Generator, data: TypedArray, n: number, record: JsonObject) => void;

/** Every float distribution of rng.jsonl, and how far float64 may be off: V8's Math is not the C library. */
const FLOATS: readonly [kind: string, doubleUlps: number, draw: Draw][] = [
  ["rand", 0, (g, data, n) => fillUniform(g, data, 0, n)],
  ["uniform", 0, (g, data, n, r) => fillUniform(g, data, 0, n, readNumber(r.a), readNumber(r.b))],
  ["randn", 3, (g, data, n) => fillNormal(g, data, 0, n)],
  ["normal", 3, (g, data, n, r) => fillNormal(g, data, 0, n, readNumber(r.a), readNumber(r.b))],
  ["exponential", 25, (g, data, n, r) => fillExponential(g, data, 0, n, readNumber(r.a))],
  [
    "log_normal",
    25,
    (g, data, n, r) => fillLogNormal(g, data, 0, n, readNumber(r.a), readNumber(r.b)),
  ],
  ["cauchy", 25, (g, data, n, r) => fillCauchy(g, data, 0, n, readNumber(r.a), readNumber(r.b))],
  ["geometric", 0, (g, data, n, r) => fillGeometric(g, data, 0, n, readNumber(r.a))],
];

describe("PyTorch's figures", () => {
  test.each(FLOATS)("of %s: float32 exactly, float64 within %d ulp", (kind, bound, draw) => {
    for (const record of rng(kind)) {
      const data = arrayFor(record);
      draw(seeded(record), data, data.length, record);
      expectWithinUlps(data, readNumbers(record.want), record.dtype === "float32" ? 0 : bound);
    }
  });

  test("of randint, up to ranges beyond 2^32", () => {
    for (const record of rng("randint")) {
      const data = new Float64Array(readNumber(record.n));
      const [low, high] = [Number(readString(record.lo)), Number(readString(record.hi))];
      fillRandint(seeded(record), data, 0, data.length, low, high);
      expect(Array.from(data, String)).toEqual(readList(record.want));
    }
  });

  test("of randperm", () => {
    for (const record of rng("randperm")) {
      const data = new Float64Array(readNumber(record.n));
      fillRandperm(seeded(record), data, 0, data.length);
      const step = readNumber(record.step);
      expect(Array.from(data).filter((_, i) => i % step === 0)).toEqual(readNumbers(record.want));
    }
  });

  test("of bernoulli_(p), whatever the array's type", () => {
    for (const record of rng("bernoulli_s")) {
      for (const data of [new Uint8Array(readNumber(record.n)), arrayFor(record)]) {
        fillBernoulli(seeded(record), data, 0, data.length, readNumber(record.p));
        expect(Array.from(data)).toEqual(readNumbers(record.want));
      }
    }
  });

  test("of dropout masks", () => {
    for (const record of rng("dropout")) {
      const keep = 1 - readNumber(record.p);
      const data = arrayFor(record);
      fillBernoulli(seeded(record), data, 0, data.length, keep);
      const scale = data instanceof Float32Array ? Math.fround(keep) : keep;
      expect(Array.from(data.map((kept) => kept / scale))).toEqual(readNumbers(record.want));
    }
  });

  test("of bernoulli(probabilities), in the probabilities' precision", () => {
    for (const record of rng("bernoulli_t")) {
      const probs = arrayFor(record);
      probs.set(readNumbers(record.p));
      const data = new Uint8Array(probs.length);
      fillBernoulliTensor(seeded(record), data, 0, data.length, probs, 0);
      expect(Array.from(data)).toEqual(readNumbers(record.want));
    }
    for (const record of streams("bernoulli")) {
      const { wanted, empty } = arraysOf(record.want);
      const probs = arraysOf(record.p).wanted;
      fillBernoulliTensor(seeded(record), empty, 0, empty.length, probs, 0);
      expect(empty).toEqual(wanted);
    }
  });
});

describe("PyTorch's figures at the edges", () => {
  test("of uniform_: huge, tiny, equal and close bounds", () => {
    for (const record of streams("uniform")) {
      const { wanted, empty } = arraysOf(record.want);
      const [low, high] = [readNumber(record.low), readNumber(record.high)];
      fillUniform(seeded(record), empty, 0, empty.length, low, high);
      expect(empty, `[${low}, ${high})`).toEqual(wanted);
    }
  });

  test("of normal_: lengths around whole blocks, and memory with gaps", () => {
    for (const record of streams("normal")) {
      const { wanted, empty } = arraysOf(record.want);
      const [mean, std] = [readNumber(record.mean), readNumber(record.std)];
      const contiguous = record.contiguous === true;
      fillNormal(seeded(record), empty, 0, empty.length, mean, std, contiguous);
      expectWithinUlps(empty, wanted, empty instanceof Float32Array ? 0 : 3);
    }
  });

  test("of randint: each type's largest ranges, bounds that float32 cannot hold", () => {
    for (const record of streams("randint")) {
      const { wanted, empty } = arraysOf(record.want);
      const [low, high] = [readNumber(record.low), readNumber(record.high)];
      fillRandint(seeded(record), empty, 0, empty.length, low, high);
      expect(empty, `[${low}, ${high})`).toEqual(wanted);
    }
  });

  test("of geometric_ in integers", () => {
    for (const record of streams("geometric")) {
      const { wanted, empty } = arraysOf(record.want);
      fillGeometric(seeded(record), empty, 0, empty.length, readNumber(record.p));
      expect(empty).toEqual(wanted);
    }
  });

  test("of exponential_ with rate 0 and an infinite rate", () => {
    for (const record of streams("exponential")) {
      const { wanted, empty } = arraysOf(record.want);
      fillExponential(seeded(record), empty, 0, empty.length, readNumber(record.rate));
      expect(Array.from(empty, (x) => x + 0)).toEqual(Array.from(wanted, (x) => x + 0));
    }
    expect(readTensor(streams("exponential")[0]?.want).data[0]).toBe(Number.POSITIVE_INFINITY);
  });
});

describe("a fill", () => {
  const draws: readonly [
    string,
    (g: Generator | undefined, d: Float64Array, o: number, n: number) => void,
  ][] = [
    ["uniform", (g, d, o, n) => fillUniform(g, d, o, n, -1, 2)],
    ["normal", (g, d, o, n) => fillNormal(g, d, o, n)],
    ["normal with gaps", (g, d, o, n) => fillNormal(g, d, o, n, 0, 1, false)],
    ["randint", (g, d, o, n) => fillRandint(g, d, o, n, -5, 9)],
    ["wide randint", (g, d, o, n) => fillRandint(g, d, o, n, -5, 2 ** 40)],
    ["randperm", (g, d, o, n) => fillRandperm(g, d, o, n)],
    ["bernoulli", (g, d, o, n) => fillBernoulli(g, d, o, n, 0.3)],
    ["exponential", (g, d, o, n) => fillExponential(g, d, o, n)],
    ["logNormal", (g, d, o, n) => fillLogNormal(g, d, o, n)],
    ["cauchy", (g, d, o, n) => fillCauchy(g, d, o, n)],
    ["geometric", (g, d, o, n) => fillGeometric(g, d, o, n, 0.4)],
  ];

  test.each(draws)("of %s writes its stretch and nothing beside it", (_, draw) => {
    fc.assert(
      fc.property(fc.nat(40), fc.nat(5), fc.integer(), (n, offset, seed) => {
        const whole = new Float64Array(offset + n + 3).fill(-99);
        draw(new Generator().manualSeed(seed), whole, offset, n);
        const alone = new Float64Array(n);
        draw(new Generator().manualSeed(seed), alone, 0, n);
        expect(whole.subarray(offset, offset + n)).toEqual(alone);
        const beside = [...whole.subarray(0, offset), ...whole.subarray(offset + n)];
        expect(beside.every((x) => x === -99)).toBe(true);
      }),
      { numRuns: 30 },
    );
  });

  test.each(draws)("of %s draws from the default generator if none is named", (_, draw) => {
    const [found, wanted] = [new Float64Array(20), new Float64Array(20)];
    manualSeed(3);
    draw(undefined, found, 0, 20);
    draw(new Generator().manualSeed(3), wanted, 0, 20);
    expect(found).toEqual(wanted);
    expect(defaultGenerator.random32()).not.toBe(new Generator().manualSeed(3).random32());
  });
});

test("randint stays within its bounds, and reaches both", () => {
  const bounds = fc
    .tuple(fc.maxSafeInteger(), fc.nat(30))
    .filter(([low, width]) => Number.isSafeInteger(low + width + 1));
  fc.assert(
    fc.property(bounds, fc.integer(), ([low, width], seed) => {
      const data = new Float64Array(40 * (width + 1));
      fillRandint(new Generator().manualSeed(seed), data, 0, data.length, low, low + width + 1);
      expect(Math.min(...data)).toBe(low);
      expect(Math.max(...data)).toBe(low + width);
    }),
    // 40 draws an integer miss a given one once in 10^17.
    { numRuns: 50 },
  );
});

test("randperm is a permutation", () => {
  fc.assert(
    fc.property(fc.nat(200), fc.integer(), (n, seed) => {
      const data = new Int32Array(n);
      fillRandperm(new Generator().manualSeed(seed), data, 0, n);
      expect(data.sort()).toEqual(Int32Array.from({ length: n }, (_, i) => i));
    }),
  );
});

test("uniform values lie in [from, to], also after rounding to float32", () => {
  const bound = fc.float({ noNaN: true, noDefaultInfinity: true, min: -(2 ** 100), max: 2 ** 100 });
  fc.assert(
    fc.property(bound, bound, fc.integer(), (a, b, seed) => {
      const [from, to] = [Math.min(a, b), Math.max(a, b)];
      for (const data of [new Float32Array(20), new Float64Array(20)]) {
        fillUniform(new Generator().manualSeed(seed), data, 0, 20, from, to);
        for (const x of data) expect(x >= from && x <= to).toBe(true);
      }
    }),
  );
});

describe("MKL's bernoulli_(p)", () => {
  /** MCG31m1 in integers of any length, from the word that seeds it. */
  function stream(word: number, n: number): number[] {
    const modulus = 2n ** 31n - 1n;
    let x = BigInt(word) % modulus || 1n;
    return Array.from({ length: n }, () => {
      const sample = Number(x) / Number(modulus);
      x = (x * 1132489760n) % modulus;
      return sample;
    });
  }

  test("compares the stream of MCG31m1 with p, at the cost of one word", () => {
    fc.assert(
      fc.property(fc.integer(), fc.double({ min: 0, max: 1, noNaN: true }), (seed, p) => {
        const generator = new Generator({ mklBernoulli: true }).manualSeed(seed);
        const plain = new Generator().manualSeed(seed);
        const data = new Float32Array(50);
        fillBernoulli(generator, data, 0, 50, p);
        const wanted = stream(plain.random32(), 50).map((x) => (x < p ? 1 : 0));
        expect(Array.from(data)).toEqual(wanted);
        expect(generator.random32()).toBe(plain.random32());
      }),
    );
  });

  test("draws no word for no element", () => {
    const generator = new Generator({ mklBernoulli: true });
    fillBernoulli(generator, new Float32Array(0), 0, 0, 0.5);
    expect(generator.random32()).toBe(new Generator().random32());
  });
});

describe("bad arguments throw PyTorch's errors:", () => {
  const f32 = new Float32Array(3);
  const f64 = new Float64Array(3);
  const i32 = new Int32Array(3);
  const u8 = new Uint8Array(3);
  const gen = new Generator();
  const cases: readonly [message: string, call: () => void][] = [
    [
      "uniform_ expects to return a [from, to) range, but found from=2 > to=1",
      () => fillUniform(gen, f32, 0, 3, 2, 1),
    ],
    ["from is out of bounds for float", () => fillUniform(gen, f32, 0, 3, Number.NaN, 1)],
    ["to is out of bounds for float", () => fillUniform(gen, f32, 0, 3, 0, 1e39)],
    [
      "to is out of bounds for double",
      () => fillUniform(gen, f64, 0, 3, 0, Number.POSITIVE_INFINITY),
    ],
    [
      "uniform_ expects to-from <= std::numeric_limits<float>::max(), but found to=3e+38 and from=-3e+38 which result in to-from to exceed the limit",
      () => fillUniform(gen, f32, 0, 3, -3e38, 3e38),
    ],
    [
      "uniform_ expects to-from <= std::numeric_limits<double>::max()",
      () => fillUniform(gen, f64, 0, 3, -1e308, 1e308),
    ],
    ['"uniform_" not implemented for Int32Array', () => fillUniform(gen, i32, 0, 3)],
    ["normal expects std >= 0.0, but found std -1", () => fillNormal(gen, f32, 0, 3, 0, -1)],
    [
      "normal expects std >= 0.0, but found std nan",
      () => fillNormal(gen, f32, 0, 3, 0, Number.NaN),
    ],
    ['"normal_" not implemented for Uint8Array', () => fillNormal(gen, u8, 0, 3)],
    [
      "random_ expects 'from' to be less than 'to', but got from=5 >= to=5",
      () => fillRandint(gen, f64, 0, 3, 5, 5),
    ],
    ["to - 1 is out of bounds for unsigned char", () => fillRandint(gen, u8, 0, 3, 0, 300)],
    ["from is out of bounds for unsigned char", () => fillRandint(gen, u8, 0, 3, -1, 3)],
    ["to - 1 is out of bounds for int", () => fillRandint(gen, i32, 0, 3, 0, 2 ** 33)],
    [
      "random_ expects 'from' casted to dtype to be less than 'to' casted to dtype, but got from=33554436 >= to=33554435",
      () => fillRandint(gen, f32, 0, 3, 2 ** 25 + 1, 2 ** 25 + 3),
    ],
    [
      "randint(): argument 'high' must be an integer within ±(2^53 - 1), not float 1.5",
      () => fillRandint(gen, f64, 0, 3, 0, 1.5),
    ],
    [
      "randint(): argument 'low' must be an integer",
      () => fillRandint(gen, f64, 0, 3, -(2 ** 53), 1),
    ],
    [
      "Trying to create tensor with negative dimension -1: [-1]",
      () => fillRandperm(gen, f64, 0, -1),
    ],
    [
      "randperm(): argument 'n' must be an integer within ±(2^53 - 1), not float 1.5",
      () => fillRandperm(gen, f64, 0, 1.5),
    ],
    [
      "bernoulli_ expects p to be in [0, 1], but got p=1.5",
      () => fillBernoulli(gen, f32, 0, 3, 1.5),
    ],
    [
      "bernoulli_ expects p to be in [0, 1], but got p=nan",
      () => fillBernoulli(gen, f32, 0, 3, Number.NaN),
    ],
    [
      "Expected p_in >= 0 && p_in <= 1 to be true, but got false.",
      () => fillBernoulliTensor(gen, f32, 0, 2, Float32Array.of(0.5, 1.5), 0),
    ],
    [
      '"bernoulli" not implemented for Int32Array',
      () => fillBernoulliTensor(gen, f32, 0, 3, i32, 0),
    ],
    [
      "exponential_ expects lambda >= 0.0, but found lambda=-1",
      () => fillExponential(gen, f32, 0, 3, -1),
    ],
    [
      "exponential_ expects lambda >= 0.0, but found lambda=nan",
      () => fillExponential(gen, f32, 0, 3, Number.NaN),
    ],
    ["log_normal_ expects std > 0.0, but found std=0", () => fillLogNormal(gen, f32, 0, 3, 0, 0)],
    ["geometric_ expects p to be in (0, 1), but got p=1", () => fillGeometric(gen, f32, 0, 3, 1)],
    ['"cauchy_" not implemented for Int32Array', () => fillCauchy(gen, i32, 0, 3)],
  ];

  test.each(cases)("%s", (message, call) => {
    expect(call).toThrow(message);
  });

  test("a parameter that is no number is named", () => {
    const call =
      (...args: unknown[]) =>
      () =>
        Reflect.apply(fillUniform, undefined, args);
    expect(call(gen, f32, 0, 3, "a", 1)).toThrow(
      "uniform_(): argument 'from' must be a number, not string 'a'",
    );
    expect(call(gen, f32, 0, 3, 0, null)).toThrow(
      "uniform_(): argument 'to' must be a number, not null",
    );
  });
});
