import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Generator } from "../../src/random/generator.ts";
import { fillMultinomial } from "../../src/random/multinomial.ts";
import { readNumber, readNumbers, readString, readTensor } from "../support/parity/encoding.ts";
import { readFigures } from "./figures.ts";

const rng = readFigures("parity/rng.jsonl");
const streams = readFigures("streams.jsonl");

function weights(rows: readonly (readonly number[])[], Type = Float64Array) {
  return {
    data: Type.from(rows.flat()),
    offset: 0,
    rows: rows.length,
    categories: rows[0]?.length ?? 0,
  };
}

test.each([
  ["multinomial", true],
  ["multinomial_nr", false],
] as const)("%s gives PyTorch's draws", (kind, replacement) => {
  for (const record of rng(kind)) {
    const p = readNumbers(record.p);
    const data = record.dtype === "float32" ? Float32Array.from(p) : Float64Array.from(p);
    const out = new Float64Array(readNumber(record.k));
    fillMultinomial(
      new Generator().manualSeed(BigInt(readString(record.seed))),
      out,
      0,
      out.length,
      { data, offset: 0, rows: 1, categories: p.length },
      replacement,
    );
    expect(Array.from(out)).toEqual(readNumbers(record.want));
  }
});

test("rows of weights are drawn one after the other, as PyTorch draws them", () => {
  for (const record of streams("multinomial")) {
    const { shape, data, dtype } = readTensor(record.weights);
    const [rows = 0, categories = 0] = shape;
    const wanted = readTensor(record.want);
    const samples = wanted.shape[1] ?? 0;
    const out = new Float64Array(2 + rows * samples).fill(-1);
    const padded = [9, 9, 9, ...data];
    fillMultinomial(
      new Generator().manualSeed(BigInt(readString(record.seed))),
      out,
      2,
      samples,
      {
        data: dtype === "f32" ? Float32Array.from(padded) : Float64Array.from(padded),
        offset: 3,
        rows,
        categories,
      },
      record.replacement === true,
    );
    expect(Array.from(out)).toEqual([-1, -1, ...wanted.data]);
  }
});

const row = fc
  .array(fc.oneof(fc.constant(0), fc.double({ min: 1e-3, max: 10, noNaN: true })), {
    minLength: 1,
    maxLength: 12,
  })
  .filter((p) => p.some((x) => x > 0));

describe("without replacement", () => {
  test("no category comes twice, and those of weight zero come last", () => {
    fc.assert(
      fc.property(row, fc.integer(), (p, seed) => {
        const out = new Int32Array(p.length);
        fillMultinomial(new Generator().manualSeed(seed), out, 0, p.length, weights([p]), false);
        expect(Array.from(out).sort((a, b) => a - b)).toEqual(p.map((_, i) => i));
        const positive = p.filter((x) => x > 0).length;
        for (const [i, category] of out.entries()) expect(p[category]! > 0).toBe(i < positive);
      }),
    );
  });
});

describe("with replacement", () => {
  test("no category of weight zero comes before the last", () => {
    fc.assert(
      fc.property(row, fc.integer(), (p, seed) => {
        const out = new Int32Array(30);
        fillMultinomial(new Generator().manualSeed(seed), out, 0, 30, weights([[...p, 1]]), true);
        for (const category of out) expect([...p, 1][category]).toBeGreaterThan(0);
      }),
    );
  });
});

describe("weights that are no distribution throw PyTorch's errors:", () => {
  const gen = new Generator();
  const draw = (rows: number[][], samples: number, replacement: boolean) => () =>
    fillMultinomial(gen, new Float64Array(10), 0, samples, weights(rows), replacement);
  const { NaN: nan, POSITIVE_INFINITY: inf } = Number;

  test.each([
    ["cannot sample n_sample <= 0 samples", draw([[1, 2]], 0, false)],
    ["cannot sample n_sample <= 0 samples", draw([[1, 2]], -1, true)],
    [
      "cannot sample n_sample > prob_dist.size(-1) samples without replacement",
      draw([[1, 2]], 3, false),
    ],
    ["contains either `inf`, `nan` or element < 0", draw([[1, -1]], 1, false)],
    ["contains either `inf`, `nan` or element < 0", draw([[1, inf]], 1, false)],
    ["contains either `inf`, `nan` or element < 0", draw([[nan, 1]], 1, false)],
    [
      "invalid multinomial distribution (encountering probability entry < 0)",
      draw([[1, -1]], 1, true),
    ],
    [
      "invalid multinomial distribution (encountering probability entry < 0)",
      draw([[1, nan]], 1, true),
    ],
    [
      "invalid multinomial distribution (encountering probability entry = infinity or NaN)",
      draw([[1, inf]], 1, true),
    ],
    ["invalid multinomial distribution (sum of probabilities <= 0)", draw([[0, 0]], 1, true)],
    [
      "invalid multinomial distribution (sum of probabilities <= 0)",
      draw(
        [
          [1, 2],
          [0, 0],
        ],
        1,
        false,
      ),
    ],
    ["argument 'numSamples' must be an integer", draw([[1, 2]], 1.5, true)],
  ])("%s", (message, call) => {
    expect(call).toThrow(message);
  });

  test("a refused call leaves the stream where it was", () => {
    const word = new Generator().manualSeed(1).random32();
    gen.manualSeed(1);
    expect(
      draw(
        [
          [1, 2],
          [0, 0],
        ],
        1,
        true,
      ),
    ).toThrow();
    expect(gen.random32()).toBe(word);
  });
});
