import { describe, expect, test } from "vitest";
import { uniform } from "./inputs.ts";
import type { Library } from "./libraries.ts";
import { type Figures, section, time } from "./report.ts";
import { median, spread } from "./statistics.ts";
import type { Workload } from "./workloads.ts";

const LIBRARIES: readonly Library[] = [
  { id: "tapegrad", title: "tapegrad", folder: "tapegrad" },
  { id: "pytorch", title: "PyTorch", folder: "pytorch" },
  { id: "peer", title: "a peer", folder: "peer" },
];

const workload = (count: number): Workload => ({
  id: "W0",
  title: "A workload",
  note: "A note.",
  cases: Array.from({ length: count }, (_, i) => ({
    id: `case ${i}`,
    params: { kind: "digits", steps: 1 },
  })),
  tolerance: 1e-3,
});

const figures = (ms: readonly number[], check: readonly number[]): Figures => ({
  ns: ms.map((value) => value * 1e6),
  check,
});

describe("statistics", () => {
  test("take the middle, or the mean of the two middle values", () => {
    expect(median([3, 1, 2])).toBe(2);
    expect(median([4, 1, 2, 3])).toBe(2.5);
    expect(median([])).toBeNaN();
    expect(spread([3, 1, 2])).toEqual({ median: 2, min: 1, max: 3 });
  });
});

describe("the report", () => {
  test("prints times in the unit that suits them", () => {
    expect([1.5, 1234, 5.678e6, 2e9].map(time)).toEqual([
      "1.50 ns",
      "1.23 µs",
      "5.68 ms",
      "2.00 s",
    ]);
  });

  test("has a line for each library where there are few cases", () => {
    const results = new Map([
      [
        "case 0",
        new Map([
          ["tapegrad", figures([1, 2, 3], [0.5])],
          ["pytorch", figures([4], [0.5])],
          ["peer", figures([20], [0.6])],
        ]),
      ],
    ]);
    const lines = section(workload(1), results, LIBRARIES).split("\n");
    expect(lines).toContain("| tapegrad | 2.00 ms | 1.00 ms – 3.00 ms | 1.00× | 0e+0 |");
    expect(lines).toContain("| PyTorch | 4.00 ms | 4.00 ms – 4.00 ms | 2.00× | 0e+0 |");
    expect(lines).toContain("| a peer | 20.0 ms | 20.0 ms – 20.0 ms | 10.0× | **differs** 2e-1 |");
  });

  test("has a line for each case where there are many, with the best of the others", () => {
    const results = new Map(
      Array.from({ length: 4 }, (_, i) => [
        `case ${i}`,
        new Map<string, Figures | string>([
          ["tapegrad", figures([1], [1])],
          ["pytorch", figures([0.5], [1])],
          ["peer", i === 0 ? "too slow" : figures([3], [Number.NaN])],
        ]),
      ]),
    );
    const text = section(workload(4), results, LIBRARIES);
    expect(text).toContain("| case 0 | 1.00 ms ±0 % | 500 µs ±0 % | – | 0.500× | – |");
    expect(text).toContain("| 0.500× | 3.00× a peer |");
    expect(text).toContain("Results that differ: a peer, case 1: off by Infinity;");
    expect(text).toContain("- peer: too slow (case 0)");
  });
});

describe("the inputs", () => {
  test("are exact in float32, spread over [0, 1), and other ones for another seed", () => {
    const [a, b] = [uniform(1, 1000), uniform(2, 1000)];
    expect(a.every((x) => Math.fround(x) === x && x >= 0 && x < 1)).toBe(true);
    expect(a.reduce((sum, x) => sum + x) / 1000).toBeCloseTo(0.5, 1);
    expect(a).not.toEqual(b);
    // As computed by bench/pytorch/inputs.py.
    expect([...uniform(3, 3)]).toEqual([
      0.10578137636184692, 0.5903106331825256, 0.07254594564437866,
    ]);
  });
});
