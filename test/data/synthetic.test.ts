import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { data, random, type Tensor, tensor } from "../../src/index.ts";
import {
  flatNumbers,
  isList,
  type JsonObject,
  readList,
  readNumber,
  readNumbers,
  readTensor,
} from "../support/parity/encoding.ts";
import { camelCased, expectLabels, expectPoints, readCount, readFigures } from "./figures.ts";

const rng = readFigures("parity/rng.jsonl");
const datasets = readFigures("datasets.jsonl");

type Make = (n: unknown, options: object) => Tensor[];

// The records' options are data, which no signature can check.
const call =
  (f: (...args: never[]) => Tensor[]): Make =>
  (...args) =>
    Reflect.apply(f, undefined, args);

const MAKERS: readonly [name: string, make: Make][] = [
  ["circles", call(data.makeCircles)],
  ["moons", call(data.makeMoons)],
  ["blobs", call(data.makeBlobs)],
];

describe("scikit-learn's arrays", () => {
  test.each(MAKERS)("of %s", (kind, make) => {
    for (const record of rng(kind)) {
      const options = { randomState: readNumber(record.seed), ...shapeOptions(kind, record) };
      const [points, labels] = make(readNumber(record.n), options);
      const [wantedPoints, wantedLabels] = readList(record.want);
      const rows = readList(wantedPoints);
      const shape = [rows.length, isList(rows[0]) ? rows[0].length : 0];
      expectPoints(points, { shape, data: flatNumbers(wantedPoints) });
      expectLabels(labels, readNumbers(wantedLabels));
    }
  });

  test.each(MAKERS)("of %s, option by option", (kind, make) => {
    for (const record of datasets(kind)) {
      const [points, labels, centers] = make(readCount(record.n), camelCased(record.options));
      const [wantedPoints, wantedLabels, wantedCenters] = readList(record.want).map(readTensor);
      expectPoints(points, wantedPoints!);
      expectLabels(labels, wantedLabels!.data);
      if (wantedCenters !== undefined) expectPoints(centers, wantedCenters);
    }
  });
});

function shapeOptions(kind: string, record: JsonObject): object {
  if (kind === "blobs") {
    return { centers: readNumber(record.centers), clusterStd: readNumber(record.std) };
  }
  return record.noise === null ? {} : { noise: readNumber(record.noise) };
}

test("the number of points is 100 unless given", () => {
  for (const [, make] of MAKERS) expect(make(undefined, {})[0]?.shape).toEqual([100, 2]);
});

test("without a seed every call differs, with one it repeats", () => {
  const points = (options: data.CirclesOptions) =>
    data.makeCircles(20, { noise: 0.1, ...options })[0];
  expect(points({}).tolist()).not.toEqual(points({}).tolist());
  expect(points({ randomState: 1 }).tolist()).toEqual(points({ randomState: 1 }).tolist());
});

test("a RandomState goes on from where it stands", () => {
  const state = new random.RandomState(7);
  const first = data.makeMoons(30, { noise: 0.2, randomState: state });
  const second = data.makeMoons(30, { noise: 0.2, randomState: state });
  const again = data.makeMoons(30, { noise: 0.2, randomState: 7 });
  expect(first[0].tolist()).toEqual(again[0].tolist());
  expect(second[0].tolist()).not.toEqual(first[0].tolist());
});

test("centers may be a tensor", () => {
  const rows = [
    [1, 2],
    [3, 4],
  ];
  const options = { randomState: 2, returnCenters: true } as const;
  const [points, , centers] = data.makeBlobs(9, { centers: tensor(rows), ...options });
  expect(points.tolist()).toEqual(data.makeBlobs(9, { centers: rows, ...options })[0].tolist());
  expect(centers.tolist()).toEqual(rows);
});

test("without noise, points of circles lie on circles, half of them on each", () => {
  fc.assert(
    fc.property(
      fc.nat(60),
      fc.double({ min: 0, max: 0.99, noNaN: true }),
      fc.nat(),
      (n, factor, randomState) => {
        const [points, labels] = data.makeCircles(n, { factor, randomState });
        let inner = 0;
        for (let i = 0; i < n; i++) {
          const [x = Number.NaN, y = Number.NaN] = points.at(i).toTypedArray();
          const label = labels.at(i).item();
          inner += label;
          expect(Math.hypot(x, y)).toBeCloseTo(label === 1 ? factor : 1, 12);
        }
        expect(inner).toBe(Math.ceil(n / 2));
      },
    ),
    { numRuns: 30 },
  );
});

test("points of blobs are shared out evenly, shuffled or not", () => {
  fc.assert(
    fc.property(fc.nat(40), fc.integer({ min: 1, max: 6 }), fc.boolean(), (n, centers, shuffle) => {
      const [points, labels] = data.makeBlobs(n, { centers, shuffle });
      const counts = Array.from({ length: centers }, () => 0);
      for (const label of labels.toTypedArray()) counts[label]! += 1;
      expect(points.shape).toEqual([n, 2]);
      expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1);
    }),
  );
});

describe("bad arguments throw scikit-learn's errors:", () => {
  const [circles, moons, blobs] = MAKERS.map(([, make]) => make);
  const { NaN: nan } = Number;
  const cases: readonly [message: string, make: Make | undefined, n: unknown, options?: object][] =
    [
      ["Number of samples, -1, must be non-negative.", circles, -1],
      ["Number of samples, -1, must be non-negative.", circles, [3, -1]],
      ["Number of samples, -3, must be non-negative.", moons, -3],
      ["makeCircles(): nSamples must be an integer, got 2.5", circles, 2.5],
      ["makeMoons(): nSamples must be an integer, got NaN", moons, nan],
      ["`nSamples` can be either an int or a two-element tuple.", circles, [1, 2, 3]],
      ["`nSamples` can be either an int or a two-element tuple.", moons, "a"],
      ["'factor' has to be between 0 and 1.", circles, 10, { factor: 1 }],
      ["'factor' has to be between 0 and 1.", circles, 10, { factor: -0.1 }],
      ["'factor' has to be between 0 and 1.", circles, 10, { factor: nan }],
      ["scale < 0: makeCircles() got noise=-1", circles, 10, { noise: -1 }],
      ["makeMoons(): noise must be a number, got NaN", moons, 10, { noise: nan }],
      ["Seed must be between 0 and 2**32 - 1", circles, 10, { randomState: -1 }],
      [
        "1.5 cannot be used to seed a numpy.random.RandomState instance",
        moons,
        10,
        { randomState: 1.5 },
      ],
      [
        '"a" cannot be used to seed a numpy.random.RandomState instance',
        blobs,
        10,
        { randomState: "a" },
      ],
      ["makeMoons() got an unexpected option 'factor'", moons, 10, { factor: 0.5 }],
      ["makeCircles() got an unexpected option 'random_state'", circles, 10, { random_state: 1 }],
      ["makeBlobs() got an unexpected option 'noise'", blobs, 10, { noise: 1 }],
      ["Number of samples, -1, must be non-negative.", blobs, -1],
      ["Number of samples, -4, must be non-negative.", blobs, [3, -4]],
      ["makeBlobs(): nSamples must be an integer, got 2.5", blobs, 2.5],
      ["centers must be at least 1, got 0", blobs, 10, { centers: 0 }],
      ["centers must be at least 1, got 0", blobs, []],
      ["(makeBlobs(): argument 'centers')", blobs, 10, { centers: -1 }],
      ["(makeBlobs(): argument 'nFeatures')", blobs, 10, { nFeatures: -1 }],
      ["Expected 2D array", blobs, 10, { centers: [1, 2] }],
      ["Expected 2D array", blobs, 10, { centers: [] }],
      ["but row 1 has 1, not 2", blobs, 10, { centers: [[1, 2], [3]] }],
      ["Input contains NaN in row 0", blobs, 10, { centers: [[nan, 1]] }],
      [
        "Length of `clusterStd` not consistent with number of centers. Got 2 centers and clusterStd = [1, 2, 3]",
        blobs,
        10,
        { centers: 2, clusterStd: [1, 2, 3] },
      ],
      ["scale < 0: makeBlobs() got clusterStd=-1", blobs, 10, { clusterStd: -1 }],
      [
        "Length of `nSamples` not consistent with number of centers. Got nSamples = [3, 4] and 1 centers",
        blobs,
        [3, 4],
        { centers: [[1, 2]] },
      ],
      ["Parameter `centers` must be array-like. Got 2 instead", blobs, [3, 4], { centers: 2 }],
      ["Range exceeds valid bounds", blobs, 10, { centerBox: [0, Number.POSITIVE_INFINITY] }],
    ];

  test.each(cases)("%s", (message, make, n, options = {}) => {
    expect(() => make?.(n, options)).toThrow(message);
  });
});
