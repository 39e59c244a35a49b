import { expect, test } from "vitest";
import { readList, readNumbers } from "../support/parity/encoding.ts";
import { expectPicture } from "./pictures.ts";
import { cells, figure, run } from "./run.ts";

const example = await run(() => import("../../examples/03-pathological-curve.ts"));
const { ours } = example.module;
const names = Object.keys(ours);

test.each(Object.entries(ours))("%s, written by hand, visits PyTorch's points", (name, points) => {
  const record = figure(`pathological-curve/${name}`);
  const at = readNumbers(record.at);
  const rows = readList(record.rows).map(readNumbers);
  expect(points.shape).toEqual([1000, 3]);
  // The figures go on to the point after the last update, which the example does not record.
  for (const [k, i] of at.filter((i) => i < (name === "SGD" ? 50 : 1000)).entries()) {
    const row = [...points.at(i).toTypedArray()];
    for (const [column, value] of row.entries()) {
      expect(value, `row ${i}`).toBeCloseTo(rows[k]?.[column] ?? NaN, 9);
    }
  }
});

test.each([
  ["SGD", "50", ["4.188783", "6.414626", "2.039334"]],
  ["Momentum", "50", ["2.542313", "6.580859", "1.999577"]],
  ["Adam", "50", ["0.0695165", "-12.617129", "0.0055155"]],
  ["Momentum", "1000", ["-0.00471997", "-13.102560", "7.15174e-05"]],
  ["Adam", "1000", ["-0.0732407", "-13.032176", "0.00607968"]],
])("the printed point of %s after %s agrees with the real run to every digit", (...row) => {
  const [name, updates, point] = row;
  expect(cells(example.printed, name, updates).slice(0, 3)).toEqual(point);
});

test("SGD is said to be chaotic where no two builds agree", () => {
  expect(cells(example.printed, "SGD", "1000")).toEqual(["chaotic"]);
});

test("the optimizers written by hand agree with the built-in ones", () => {
  for (const name of names) {
    const [gap] = cells(example.printed, name, "50").slice(-1);
    expect(Number(gap)).toBeLessThan(1e-12);
  }
});

test("the surface is drawn in space with the early paths", () => {
  const words = ["w₁", "w₂", "loss"];
  expectPicture(example, "03-pathological-curve-surface", words, names);
});

test("the paths are drawn after 50 and after 1000 updates", () => {
  const words = ["After 50 updates", "After 1000 updates", "w₁", "w₂", "loss"];
  expectPicture(example, "03-pathological-curve-paths", words, names);
});
