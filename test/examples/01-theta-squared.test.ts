import { expect, test } from "vitest";
import { readList, readNumbers } from "../support/parity/encoding.ts";
import { expectPicture } from "./pictures.ts";
import { cells, figure, run } from "./run.ts";

const example = await run(() => import("../../examples/01-theta-squared.ts"));
const { thetas } = example.module;

test.each(Object.entries(thetas))("%s goes where PyTorch goes, step by step", (name, visited) => {
  const expected = readList(figure(`theta-squared/${name}`).rows).map((row) => readNumbers(row)[0]);
  expect(visited).toHaveLength(21);
  for (const [i, theta] of visited.entries()) expect(theta).toBeCloseTo(expected[i] ?? NaN, 12);
});

test("the printed θ agree with the real run to ten decimals", () => {
  expect(cells(example.printed, "SGD")).toEqual(["0.0576460752"]);
  expect(cells(example.printed, "Momentum")).toEqual(["-1.3533566908"]);
  expect(cells(example.printed, "RMSprop")).toEqual(["2.4518355725"]);
  expect(cells(example.printed, "Adam")).toEqual(["3.0603388871"]);
});

test("the picture shows the four rules", () => {
  expectPicture(example, "01-theta-squared", ["step", "θ"], Object.keys(thetas));
});
