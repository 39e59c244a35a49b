import { afterEach, describe, expect, test } from "vitest";
import { enableGrad, isGradEnabled, noGrad, ones, type Tensor } from "../../src/index.ts";

const x = ones(2, { requiresGrad: true });
const records = (): boolean => x.mul(2).requiresGrad;

afterEach(() => {
  expect(isGradEnabled()).toBe(true);
});

describe("noGrad", () => {
  test("stops recording inside its callback, and hands its result on", () => {
    expect(noGrad(() => [isGradEnabled(), records()])).toEqual([false, false]);
    expect(records()).toBe(true);
  });

  test("stops recording to the end of a block", () => {
    {
      using _ = noGrad();
      expect(records()).toBe(false);
    }
    expect(records()).toBe(true);
  });

  test("still lets leaves require gradients", () => {
    const leaf = noGrad(() => ones(2).requiresGrad_());
    expect(leaf.requiresGrad).toBe(true);
  });

  test("nests, and enableGrad turns recording on again inside it", () => {
    const seen = noGrad(() => [
      records(),
      enableGrad(() => [records(), noGrad(records), records()]),
      records(),
    ]);
    expect(seen).toEqual([false, [true, false, true], false]);
  });

  test("ends when its callback throws", () => {
    expect(() =>
      noGrad(() => {
        throw new Error("inside");
      }),
    ).toThrow("inside");
  });

  test("ends when its block throws", () => {
    const block = () => {
      using _ = noGrad();
      throw new Error("inside");
    };
    expect(block).toThrow("inside");
  });

  test("holds for views, which join no graph", () => {
    const view = noGrad(() => x.at(0));
    expect(view.requiresGrad).toBe(false);
    expect(view.gradFn).toBeNull();
  });

  test("cuts the graph where it holds", () => {
    const y = x.mul(2);
    const z: Tensor = noGrad(() => y.mul(3));
    y.sum().add(z.sum()).backward();
    expect(x.grad?.tolist()).toEqual([2, 2]);
    x.grad = null;
  });

  test.each([
    ["noGrad", noGrad],
    ["enableGrad", enableGrad],
  ])("as %s rejects an async callback, whose end it would not see", (name, mode) => {
    expect(() => mode(async () => 1)).toThrow(
      `${name}(): the callback must be synchronous, but it returned a Promise`,
    );
  });

  test("rejects what is no function", () => {
    expect(() => Reflect.apply(noGrad, null, [3])).toThrow(
      "noGrad(): expected a function or nothing, got 3",
    );
  });
});
