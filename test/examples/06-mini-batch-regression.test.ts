import { expect, test } from "vitest";
import { readNumbers } from "../support/parity/encoding.ts";
import { expectPicture } from "./pictures.ts";
import { cells, figure, run } from "./run.ts";

const example = await run(() => import("../../examples/06-mini-batch-regression.ts"));
const names = ["Momentum", "Adam"];

test.each(names)("%s has PyTorch's errors in each epoch, batch order included", (name) => {
  const record = figure(`mini-batch-regression/${name}`);
  for (const side of ["train", "test"] as const) {
    const expected = readNumbers(record[side]);
    const errors = example.module[side][name] ?? [];
    expect(errors).toHaveLength(30);
    const gaps = errors.map((error, i) => Math.abs(error / (expected[i] ?? NaN) - 1));
    expect(Math.max(...gaps)).toBeLessThan(1e-5);
    expect(cells(example.printed, name)).toContain(expected.at(-1)?.toFixed(4));
  }
});

test("the errors are drawn side by side", () => {
  const words = ["Training", "Test", "epoch", "mean squared error"];
  expectPicture(example, "06-mini-batch-regression", words, names);
});
