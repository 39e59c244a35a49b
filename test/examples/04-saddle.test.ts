import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { Tensor } from "../../src/index.ts";
import { readList, readNumbers } from "../support/parity/encoding.ts";
import { expectAnimation } from "./pictures.ts";
import { cells, figure, run } from "./run.ts";

const example = await run(() => import("../../examples/04-saddle.ts"));
const { hand, library } = example.module;
const names = Object.keys(library);

function expectPyTorchs(name: string, path: Tensor): void {
  const record = figure(`saddle/${name}`);
  const rows = readList(record.rows).map(readNumbers);
  expect(path.shape).toEqual([4001, 3]);
  for (const [k, i] of readNumbers(record.at).entries()) {
    for (const [column, value] of [...path.at(i).toTypedArray()].entries()) {
      const wanted = rows[k]?.[column] ?? NaN;
      // z is the difference of two large squares: what is lost there is not the walk's fault.
      const size = Math.abs(column === 2 ? (rows[k]?.[1] ?? NaN) ** 2 : wanted) + 1e-9;
      expect(Math.abs(value - wanted), `row ${i}`).toBeLessThanOrEqual(1e-9 * size + 1e-9);
    }
  }
}

test.each(Object.entries(hand))("%s by hand visits PyTorch's points", expectPyTorchs);
test.each(Object.entries(library))("%s from optim visits PyTorch's points", expectPyTorchs);

test("the printed end points agree with the real run to every digit", () => {
  expect(cells(example.printed, "SGD").slice(0, 2)).toEqual(["7.2077e-17", "9.6486e+16"]);
  expect(cells(example.printed, "RMSprop").slice(0, 2)).toEqual(["1.3848", "22.5958"]);
  expect(cells(example.printed, "Adam").slice(0, 2)).toEqual(["4.8932", "28.1112"]);
});

test("the two trajectories agree", () => {
  for (const name of names) expect(Number(cells(example.printed, name)[2])).toBeLessThan(1e-10);
});

test.each(["by-hand", "optim"])("the walk %s is a moving picture", (which) => {
  const words = ["Step 4000", "step", "x", "y", "z = x² − y²"];
  expectAnimation(example, `04-saddle-${which}`, 32, words, names);
});

test("the two moving pictures end alike", () => {
  const [byHand, byOptim] = ["by-hand", "optim"].map((which) => {
    const svg = readFileSync(join(example.folder, `04-saddle-${which}.svg`), "utf8");
    // The titles differ, and the last digits of a marker's place.
    const drawing = svg.slice(svg.indexOf("<svg", 1));
    return drawing.replace(/\d+\.\d+/g, (number) => Number(number).toFixed(1));
  });
  expect(byHand).toBe(byOptim);
});
