import { expect, test } from "vitest";
import { readList, readNumbers } from "../support/parity/encoding.ts";
import { expectPicture } from "./pictures.ts";
import { cells, figure, run } from "./run.ts";

const example = await run(() => import("../../examples/02-rosenbrock.ts"));
const { paths } = example.module;
const names = Object.keys(paths);

test.each([
  ["SGD", "SGD/lr0.001", paths.SGD],
  ["Momentum", "SGD/lr0.001-momentum0.9", paths.Momentum],
  ["Adam", "Adam/lr0.01", paths.Adam],
])("%s visits PyTorch's points and losses, step by step", (_, id, path) => {
  const record = figure(`rosenbrock/${id}/1000/f64`, "parity/tutorial.jsonl");
  const points = readList(record.params).map(readNumbers);
  const losses = readNumbers(record.loss);
  const expected = points.map((point, i) => [...point, losses[i] ?? NaN]);
  expect(path).toHaveLength(1001);
  for (const [i, row] of path.entries()) {
    for (const [k, value] of row.entries()) {
      const wanted = expected[i]?.[k] ?? NaN;
      expect(Math.abs(value - wanted)).toBeLessThanOrEqual(1e-9 * Math.abs(wanted) + 1e-12);
    }
  }
});

test("the printed points and losses agree with the real run to every digit", () => {
  expect(cells(example.printed, "SGD")).toEqual(["0.3636", "0.1292", "4.058754e-01"]);
  expect(cells(example.printed, "Momentum")).toEqual(["0.9939", "0.9878", "3.744127e-05"]);
  expect(cells(example.printed, "Adam")).toEqual(["0.9987", "0.9975", "1.609581e-06"]);
});

test("the paths are drawn alone and together, with start, minimum and shades explained", () => {
  expectPicture(example, "02-rosenbrock-paths", [...names, "All", "x", "y", "f(x, y)"], names);
});

test("the losses are drawn on a linear and on a logarithmic axis", () => {
  expectPicture(example, "02-rosenbrock-loss", ["Linear axis", "Logarithmic axis", "step"], names);
});
