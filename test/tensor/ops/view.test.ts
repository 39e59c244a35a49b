import { describe, expect, test } from "vitest";
import * as tapegrad from "../../../src/index.ts";
import { arange, norm, ones, tensor, zeros } from "../../../src/index.ts";
import "../../support/matchers.ts";

/** What a caller without types may pass. */
const untyped = (value: unknown): never => value as never;

const t = arange(6).view(2, 3);

describe("views and parts", () => {
  test("say which argument is no tensor", () => {
    const { view, reshape, flatten, permute, transpose, unsqueeze, squeeze, expand } = tapegrad;
    const { select, slice, narrow, diagonal, unbind, split, chunk, clone, detach, flip } = tapegrad;
    const calls: Record<string, (x: never) => unknown> = {
      view: (x) => view(x, [1]),
      reshape: (x) => reshape(x, [1]),
      flatten: (x) => flatten(x),
      permute: (x) => permute(x, [0]),
      transpose: (x) => transpose(x, 0, 1),
      t: (x) => tapegrad.t(x),
      unsqueeze: (x) => unsqueeze(x, 0),
      squeeze: (x) => squeeze(x),
      expand: (x) => expand(x, [1]),
      select: (x) => select(x, 0, 0),
      slice: (x) => slice(x),
      narrow: (x) => narrow(x, 0, 0, 1),
      diagonal: (x) => diagonal(x),
      unbind: (x) => unbind(x),
      split: (x) => split(x, 1),
      chunk: (x) => chunk(x, 1),
      clone: (x) => clone(x),
      detach: (x) => detach(x),
      flip: (x) => flip(x, 0),
      sum: (x) => tapegrad.sum(x),
      amax: (x) => tapegrad.amax(x),
      argmax: (x) => tapegrad.argmax(x),
      cumsum: (x) => tapegrad.cumsum(x, 0),
      norm: (x) => norm(x),
      logsumexp: (x) => tapegrad.logsumexp(x, 0),
      gather: (x) => tapegrad.gather(x, 0, t),
      indexSelect: (x) => tapegrad.indexSelect(x, 0, t),
      scatterAdd: (x) => tapegrad.scatterAdd(x, 0, t, t),
      isnan: (x) => tapegrad.isnan(x),
    };
    for (const [name, call] of Object.entries(calls)) {
      for (const value of [null, undefined, "x", [1]]) {
        expect(() => call(untyped(value))).toThrow(
          `${name}(): argument 'input' must be Tensor, not `,
        );
      }
    }
  });

  test("take integers only", () => {
    expect(() => t.slice(0, 0.5)).toThrow("slice(): argument 'start' must be int, not 0.5");
    expect(() => t.slice(0, 0, untyped("2"))).toThrow("argument 'end' must be int, not \"2\"");
    expect(() => t.narrow(0, 0, 1.5)).toThrow("narrow(): argument 'length' must be int, not 1.5");
    expect(() => t.narrow(0, untyped(null), 1)).toThrow("argument 'start' must be int, not null");
    expect(() => t.split(1.5)).toThrow("split(): argument 'sizes' must be int, not 1.5");
    expect(() => t.chunk(untyped("2"))).toThrow("chunk(): argument 'chunks' must be int");
    expect(() => t.diagonal({ offset: 0.5 })).toThrow("argument 'offset' must be int, not 0.5");
    expect(() => t.diagonal(untyped({ ofset: 1 }))).toThrow("unexpected option 'ofset'");
    expect(() => t.at(untyped("0"))).toThrow("select(): argument 'index' must be int, not \"0\"");
  });

  test("refuse sizes that are none", () => {
    expect(() => tensor(5).expand(-2, 3)).toThrow(
      "expand(): a size must be at least -1, got -2 in [-2, 3]",
    );
    expect(() => t.split([3, -1], 0)).toThrow(
      "split_with_sizes expects split_sizes have only non-negative entries, but got split_sizes=[3, -1]",
    );
    expect(() => t.expand(2, 4)).toThrow("Target sizes: [2, 4].  Tensor sizes: [2, 3]");
  });

  test("name the dimension that an index does not fit", () => {
    expect(() => t.at(0, 5)).toThrow("index 5 is out of bounds for dimension 1 with size 3");
    expect(() => t.at(0, 0, 0)).toThrow("too many indices for tensor of dimension 2");
    expect(t.at(-1, -1).item()).toBe(5);
    expect(t.at()).toBe(t);
  });

  test("find no dimension in a scalar", () => {
    expect(() => tensor(5).size(0)).toThrow(
      "Dimension specified as 0 but tensor has no dimensions",
    );
    expect(() => tensor(5).stride(-1)).toThrow("Dimension specified as -1");
    expect(() => tensor(5).flatten(1)).toThrow("Dimension out of range");
    expect(tensor(5).flatten().shape).toEqual([1]);
  });
});

test("the norm of nothing is 0, whatever its order, as torch.norm has it", () => {
  for (const p of [-1, 0, 2, Infinity, -Infinity]) expect(zeros(0).norm(p).item()).toBe(0);
  expect(() => ones(2, { dtype: "int64" }).norm()).toThrow(
    "norm(): input dtype should be either floating point or complex. Got Long instead.",
  );
});
