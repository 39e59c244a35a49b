import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { RandomState } from "../../src/random/randomState.ts";
import { readNumber, readNumbers, readString } from "../support/parity/encoding.ts";
import { expectWithinUlps, readFigures } from "./figures.ts";

const rng = readFigures("parity/rng.jsonl");
const streams = readFigures("streams.jsonl");

/** rng.jsonl gives NumPy's seeds as numbers or digits. */
const seeded = (json: unknown) => new RandomState(Number(json));

describe("NumPy's figures", () => {
  test("of rand and uniform", () => {
    for (const record of rng("np_rand")) {
      const found = seeded(record.seed).rand(readNumber(record.n));
      expect(Array.from(found)).toEqual(readNumbers(record.want));
    }
    for (const record of rng("np_uniform")) {
      const found = seeded(record.seed).uniform(-3, 7.7, readNumber(record.n));
      expect(Array.from(found)).toEqual(readNumbers(record.want));
    }
  });

  test("of randn, normal and exponential, within 2 ulp", () => {
    for (const record of rng("np_randn")) {
      const found = seeded(record.seed).randn(readNumber(record.n));
      expectWithinUlps(found, readNumbers(record.want), 2);
    }
    for (const record of rng("np_normal")) {
      const found = seeded(record.seed).normal(2, 0.3, readNumber(record.n));
      expectWithinUlps(found, readNumbers(record.want), 2);
    }
    for (const record of rng("np_exponential")) {
      const found = seeded(record.seed).exponential(1.3, readNumber(record.n));
      expectWithinUlps(found, readNumbers(record.want), 2);
    }
  });

  test("of randint, also over ranges beyond 2^32", () => {
    for (const record of rng("np_randint")) {
      const [low, high, n] = [readNumber(record.lo), readNumber(record.hi), readNumber(record.n)];
      expect(seeded(record.seed).randint(low, high, n)).toEqual(readNumbers(record.want));
    }
    for (const record of streams("np.randint")) {
      const wanted = readNumbers(record.want);
      const [low, high] = [readNumber(record.low), readNumber(record.high)];
      expect(seeded(record.seed).randint(low, high, wanted.length)).toEqual(wanted);
    }
  });

  test("of permutation and shuffle", () => {
    for (const record of rng("np_permutation")) {
      const n = readNumber(record.n);
      const wanted = readNumbers(record.want);
      expect(seeded(record.seed).permutation(n)).toEqual(wanted);
      const inPlace = Float64Array.from({ length: n }, (_, i) => i);
      expect(seeded(record.seed).shuffle(inPlace)).toBe(inPlace);
      expect(Array.from(inPlace)).toEqual(wanted);
    }
  });

  test("of choice, with and without replacement and probabilities", () => {
    for (const record of rng("np_choice")) {
      const p = record.p === undefined || record.p === null ? {} : { p: readNumbers(record.p) };
      const [n, k] = [readNumber(record.n), readNumber(record.k)];
      const found = seeded(record.seed).choice(n, k, { replace: record.replace === true, ...p });
      expect(found).toEqual(readNumbers(record.want));
    }
    for (const record of streams("np.choice")) {
      const p = record.p === null ? {} : { p: readNumbers(record.p) };
      const options = { replace: record.replace === true, ...p };
      const found = seeded(record.seed).choice([2, 3, 5, 7, 11], 4, options);
      expect(found).toEqual(readNumbers(record.want));
    }
  });

  test("of different draws from one stream, where normal values wait", () => {
    for (const record of rng("np_mix")) {
      const state = seeded(record.seed);
      const wanted = JSON.parse(JSON.stringify(record.want));
      expectWithinUlps(state.randn(3), wanted[0], 2);
      expect(Array.from(state.rand(2))).toEqual(wanted[1]);
      expectWithinUlps(state.randn(2), wanted[2], 2);
      expect(state.permutation(9)).toEqual(wanted[3]);
      expect(state.randint(0, 100, 5)).toEqual(wanted[4]);
    }
  });

  test("of single values", () => {
    for (const record of streams("np.scalars")) {
      const state = seeded(record.seed);
      const found = [
        state.rand(),
        state.randn(),
        state.uniform(-1, 3),
        state.normal(5, 0.1),
        state.exponential(2),
        state.randint(7),
        state.randint(3, 9),
        state.randomSample(),
        state.standardNormal(),
        state.choice(50),
      ];
      expectWithinUlps(found, readNumbers(record.want), 2);
    }
  });

  test("of the largest seed", () => {
    for (const record of streams("np.seed")) {
      expect(Array.from(seeded(record.seed).rand(3))).toEqual(readNumbers(record.want));
    }
  });
});

describe("a state", () => {
  test("is NumPy's, and one that NumPy saved continues as it does there", () => {
    for (const record of streams("np.state")) {
      const state = seeded(record.seed);
      state.randn(readNumber(record.normals));
      state.rand(readNumber(record.uniforms));
      const found = state.getState();
      const bytes = Buffer.from(readString(record.keys), "base64");
      const keys = Uint32Array.from({ length: 624 }, (_, i) => bytes.readUInt32LE(4 * i));
      expect(found.keys).toEqual(keys);
      expect(found.pos).toBe(readNumber(record.pos));
      expect(Number(found.hasGauss)).toBe(record.has_gauss);
      expectWithinUlps([found.cachedGaussian], [readNumber(record.cached)], 2);

      const other = new RandomState(0);
      other.setState({ ...found, keys });
      expectWithinUlps([...other.randn(3), ...other.rand(3)], readNumbers(record.want), 2);
    }
  });

  test("resumes the stream wherever it was saved", () => {
    fc.assert(
      fc.property(fc.nat(), fc.nat(700), fc.nat(3), (seed, uniforms, normals) => {
        const state = new RandomState(seed);
        state.rand(uniforms);
        state.randn(normals);
        const other = new RandomState(1);
        other.setState(state.getState());
        expect(other.randn(5)).toEqual(state.randn(5));
        expect(other.permutation(9)).toEqual(state.permutation(9));
      }),
    );
  });

  test("that is none throws", () => {
    const state = new RandomState(0);
    const good = state.getState();
    expect(() => state.setState({ ...good, keys: new Uint32Array(3) })).toThrow(
      "setState(): state must have 624 keys, got 3",
    );
    expect(() => state.setState({ ...good, pos: 625 })).toThrow(
      "setState(): pos must be an integer in 0 … 624, got 625",
    );
  });
});

describe("properties", () => {
  const seeds = fc.nat();

  test("no seed at all gives a stream of its own", () => {
    expect(new RandomState().rand(4)).not.toEqual(new RandomState().rand(4));
  });

  test("seeding again restarts the stream and drops a waiting normal value", () => {
    const state = new RandomState(5);
    const first = state.randn();
    state.seed(5);
    expect(state.randn()).toBe(first);
  });

  test("a shape gives its values flat", () => {
    expect(new RandomState(1).rand(2, 3)).toEqual(new RandomState(1).randomSample(6));
    expect(new RandomState(1).randn(2, 3)).toEqual(new RandomState(1).standardNormal([3, 2]));
    expect(new RandomState(1).rand(0, 3)).toHaveLength(0);
    expect(new RandomState(1).randint(5, undefined, [])).toHaveLength(1);
  });

  test("a permutation holds what it was given, which it leaves alone", () => {
    fc.assert(
      fc.property(fc.array(fc.integer(), { maxLength: 60 }), seeds, (list, seed) => {
        const before = [...list];
        const sorted = (values: number[]) => values.sort((a, b) => a - b);
        expect(sorted(new RandomState(seed).permutation(list))).toEqual(sorted([...list]));
        expect(list).toEqual(before);
        expect(sorted(new RandomState(seed).shuffle(list))).toEqual(sorted(before));
      }),
    );
  });

  test("integers stay within their bounds", () => {
    const bounds = fc
      .tuple(fc.maxSafeInteger(), fc.maxSafeNat())
      .filter(([low, width]) => Number.isSafeInteger(low + width + 1));
    fc.assert(
      fc.property(bounds, seeds, ([low, width], seed) => {
        for (const x of new RandomState(seed).randint(low, low + width + 1, 20)) {
          expect(x >= low && x <= low + width).toBe(true);
        }
      }),
    );
  });

  test("choice without replacement repeats nothing and avoids what has probability 0", () => {
    const rows = fc
      .array(fc.oneof(fc.constant(0), fc.double({ min: 0.01, max: 1, noNaN: true })), {
        minLength: 1,
        maxLength: 10,
      })
      .filter((row) => row.some((x) => x > 0));
    fc.assert(
      fc.property(rows, seeds, (row, seed) => {
        const total = row.reduce((a, b) => a + b, 0);
        const p = row.map((x) => x / total);
        const possible = p.filter((x) => x > 0).length;
        const found = new RandomState(seed).choice(row.length, possible, { replace: false, p });
        expect(new Set(found).size).toBe(possible);
        for (const i of found) expect(p[i]).toBeGreaterThan(0);
      }),
    );
  });
});

describe("bad arguments throw NumPy's errors:", () => {
  const state = new RandomState(0);
  const { NaN: nan, POSITIVE_INFINITY: inf } = Number;
  const cases: readonly [message: string, call: () => unknown][] = [
    ["Seed must be between 0 and 2**32 - 1, got -1", () => new RandomState(-1)],
    ["Seed must be between 0 and 2**32 - 1", () => new RandomState(2 ** 32)],
    ["RandomState(): seed must be an integer, not float 1.5", () => new RandomState(1.5)],
    ["Range exceeds valid bounds", () => state.uniform(0, inf, 3)],
    ["Range exceeds valid bounds", () => state.uniform(nan, 1)],
    ["scale < 0", () => state.normal(0, -1)],
    ["scale < 0", () => state.exponential(-1)],
    ["low >= high: randint(5, 5)", () => state.randint(5, 5)],
    ["high <= 0: randint(0)", () => state.randint(0)],
    ["randint(): argument 'low' must be an integer", () => state.randint(1.5)],
    ["has more than 2^53 integers", () => state.randint(-(2 ** 53) + 1, 2 ** 53 - 1)],
    ["negative dimensions are not allowed: rand() got -1", () => state.rand(-1)],
    ["rand(): argument 'size' must be an integer", () => state.rand(1.5)],
    ["permutation(): argument 'a' must be an integer", () => state.permutation(1.5)],
    ["a must be greater than 0 unless no samples are taken", () => state.choice(0)],
    ["a must be greater than 0 unless no samples are taken", () => state.choice(-1)],
    ["'a' cannot be empty unless no samples are taken", () => state.choice([], 3)],
    [
      "Cannot take a larger sample than population when 'replace=False': 6 of 5",
      () => state.choice(5, 6, { replace: false }),
    ],
    ["negative dimensions are not allowed", () => state.choice(5, -1)],
    ["'a' and 'p' must have same size: 3 and 2", () => state.choice(3, 2, { p: [0.5, 0.5] })],
    ["probabilities do not sum to 1", () => state.choice(3, 2, { p: [0.5, 0.5, 0.5] })],
    [
      "probabilities are not non-negative: p[1] = -0.5",
      () => state.choice(2, 2, { p: [1.5, -0.5] }),
    ],
    ["probabilities contain NaN: p[0]", () => state.choice(2, 2, { p: [nan, 1] })],
    [
      "Fewer non-zero entries in p than size: 1 < 2",
      () => state.choice(3, 2, { replace: false, p: [1, 0, 0] }),
    ],
  ];

  test.each(cases)("%s", (message, call) => {
    expect(call).toThrow(message);
  });

  test("a value that is no list is named", () => {
    const call =
      (f: (...args: never[]) => unknown, ...args: unknown[]) =>
      () =>
        Reflect.apply(f, state, args);
    expect(call(state.shuffle, 3)).toThrow("shuffle(): expected an array, not 3");
    expect(call(state.permutation, null)).toThrow(
      "permutation(): expected an integer or an array, not null",
    );
    expect(call(state.choice, 5, 2, { replacement: true })).toThrow(
      "choice(): unknown option 'replacement', expected replace or p",
    );
    expect(call(state.uniform, "a", 1)).toThrow(
      "uniform(): argument 'low' must be a number, not string 'a'",
    );
  });

  test("nothing is drawn for no sample", () => {
    expect(state.choice(0, 0)).toEqual([]);
    expect(state.choice([], 0)).toEqual([]);
  });
});
