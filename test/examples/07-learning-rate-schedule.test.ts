import { expect, test } from "vitest";
import { readNumbers } from "../support/parity/encoding.ts";
import { expectPicture } from "./pictures.ts";
import { cells, figure, run } from "./run.ts";

const example = await run(() => import("../../examples/07-learning-rate-schedule.ts"));
const { rates, losses } = example.module;
const names = ["Constant rate", "Warm-up and cosine"];

test.each(names)("%s has PyTorch's rates and errors at every step", (name) => {
  const record = figure(`learning-rate-schedule/${name}`);
  const expected = readNumbers(record.losses);
  for (const [values = [], wanted] of [
    [rates[name], readNumbers(record.rates)],
    [losses[name], expected],
  ] as const) {
    expect(values).toHaveLength(480);
    const gaps = values.map((value, i) => Math.abs(value / (wanted[i] ?? NaN) - 1));
    expect(Math.max(...gaps)).toBeLessThan(1e-9);
  }
  expect(cells(example.printed, name)).toEqual([expected.at(-1)?.toFixed(4)]);
});

test("the error is drawn under the rate", () => {
  const words = ["Learning rate", "Error on all training data", "step", "rate"];
  expectPicture(example, "07-learning-rate-schedule", words, names);
});
