import { expect, test } from "vitest";
import { readNumbers } from "../support/parity/encoding.ts";
import { expectAnimation, expectPicture } from "./pictures.ts";
import { cells, figure, run } from "./run.ts";

const example = await run(() => import("../../examples/05-make-circles.ts"));
const { train, test: held } = example.module;
const names = ["SGD", "Momentum", "RMSprop", "Adam"];

test.each(names)("%s has PyTorch's train and test losses in each of 100 epochs", (name) => {
  const record = figure(`circles/${name}/f32`, "parity/tutorial.jsonl");
  const sides = [
    [train[name], readNumbers(record.train)],
    [held[name], readNumbers(record.test)],
  ] as const;
  for (const [losses = [], expected] of sides) {
    expect(losses).toHaveLength(100);
    const gaps = losses.map((loss, i) => Math.abs(loss / (expected[i] ?? NaN) - 1));
    expect(Math.max(...gaps)).toBeLessThan(1e-5);
  }
});

test("the printed losses agree with the real run to every digit", () => {
  expect(cells(example.printed, "SGD").slice(0, 2)).toEqual(["0.6944", "0.6952"]);
  expect(cells(example.printed, "Momentum").slice(0, 2)).toEqual(["0.6901", "0.6914"]);
  expect(cells(example.printed, "RMSprop").slice(0, 2)).toEqual(["0.1847", "0.1656"]);
  expect(cells(example.printed, "Adam").slice(0, 2)).toEqual(["0.0208", "0.0204"]);
});

test("the losses are drawn side by side", () => {
  const words = ["Training loss", "Test loss", "epoch", "cross-entropy (nats)"];
  expectPicture(example, "05-make-circles-loss", words, names);
});

test.each(names)("the boundary of %s is a still of its own", (name) => {
  const file = `05-make-circles-boundary-${name.toLowerCase()}`;
  expectPicture(example, file, [`${name}, epoch 100`, "x₁", "x₂"], []);
});

test("the boundaries over the epochs are a moving picture", () => {
  const words = names.map((name) => `${name}, epoch 100`);
  expectAnimation(example, "05-make-circles-boundary", 20, words, []);
});
