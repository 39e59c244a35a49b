import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { arrange } from "../support/parity/call.ts";
import { compareNumbers, compareTensor, toleranceOf } from "../support/parity/compare.ts";
import {
  cotangent,
  dtypesIn,
  readLines,
  readTensor,
  readValue,
  tensorsIn,
} from "../support/parity/encoding.ts";
import { camelCase, errorMatches, splitOpName } from "../support/parity/names.ts";
import { attempt, failures, table, Unsupported } from "../support/parity/report.ts";
import { signatureOf } from "../support/parity/signatures.ts";

describe("reading figures", () => {
  it("reads numbers, words for what is not finite, and integers beyond 2^53", () => {
    const t = readTensor({ dt: "f64", sh: [5], d: [1, -0, "nan", "inf", "-inf"] });
    expect(t.data).toEqual([1, -0, NaN, Infinity, -Infinity]);
    expect(t.inexact).toBe(false);
    const big = readTensor({ dt: "i64", sh: [2], d: ["i9007199254740993", "i-9007199254740993"] });
    expect(big.data).toEqual([9007199254740992, -9007199254740992]);
    expect(big.inexact).toBe(true);
  });

  it("reads strides and whether a gradient was required", () => {
    const t = readTensor({ dt: "f32", sh: [2, 2], d: [1, 2, 3, 4], st: [1, 2], rg: 1 });
    expect([t.strides, t.requiresGrad]).toEqual([[1, 2], true]);
    const plain = readTensor({ dt: "b", sh: [], d: [1] });
    expect([plain.strides, plain.requiresGrad]).toEqual([null, false]);
  });

  it("tells Python's types apart", () => {
    const read = (json: Parameters<typeof readValue>[0]) => readValue(json);
    expect(read(2)).toEqual({ kind: "number", value: 2, float: false });
    expect(read(2.5)).toEqual({ kind: "number", value: 2.5, float: true });
    expect(read({ f: 2 })).toEqual({ kind: "number", value: 2, float: true });
    expect(read({ f: "-inf" })).toEqual({ kind: "number", value: -Infinity, float: true });
    expect(read("i9007199254740993")).toEqual({
      kind: "number",
      value: 9007199254740992,
      float: false,
    });
    expect(read("inf")).toEqual({ kind: "string", value: "inf" });
    expect(read(true)).toEqual({ kind: "bool", value: true });
    expect(read(null)).toEqual({ kind: "none" });
    expect(read({ ellipsis: 1 })).toEqual({ kind: "ellipsis" });
    expect(read({ slice: [null, 3, 1] })).toEqual({ kind: "slice", bounds: [null, 3, 1] });
    expect(read({ dtype: "i8" })).toEqual({ kind: "dtype", name: "i8" });
    expect(read({ tuple: [1] })).toMatchObject({ kind: "list", tuple: true });
    expect(read([1])).toMatchObject({ kind: "list", tuple: false });
    expect(read({ dict: { a: 1 } })).toMatchObject({ kind: "dict", entries: { a: { value: 1 } } });
    expect(() => read({ complex: [1, 2] })).toThrow("unknown encoding");
  });

  it("finds tensors and dtypes inside lists", () => {
    const t = { dt: "i16", sh: [], d: [1] };
    const value = readValue([t, { tuple: [t, { dtype: "bf16" }] }, 3]);
    expect(tensorsIn(value)).toHaveLength(2);
    expect(dtypesIn(value)).toEqual(["i16", "i16", "bf16"]);
  });

  it("makes the cotangents that were never stored", () => {
    expect([...cotangent(3, 0)]).toEqual([-1.04296875, -1.640625, 1.703125]);
    expect(cotangent(4, 1)[0]).not.toBe(cotangent(4, 0)[0]);
  });

  it("skips empty lines and refuses a line that is no record", () => {
    expect(readLines('{"a":1}\n\n{"b":2}\n')).toEqual([{ a: 1 }, { b: 2 }]);
    expect(() => readLines("[1]")).toThrow("not an object");
  });
});

describe("comparing", () => {
  const f64 = (d: number[], sh = [d.length]) => readTensor({ dt: "f64", sh, d });

  it("sees a wrong value, shape, dtype and count", () => {
    const want = f64([1, 2, 3]);
    expect(compareTensor({ dtype: "f64", shape: [3], data: [1, 2, 3] }, want)).toBeNull();
    expect(compareTensor({ dtype: "f64", shape: [3], data: [1, 2.001, 3] }, want)).toEqual({
      why: "value 1 is 2.001, wanted 2",
      deviation: expect.closeTo(0.001 / 3, 12),
    });
    expect(compareTensor({ dtype: "f64", shape: [1, 3], data: [1, 2, 3] }, want)?.why).toBe(
      "shape [1, 3], wanted [3]",
    );
    expect(compareTensor({ dtype: "f32", shape: [3], data: [1, 2, 3] }, want)?.why).toBe(
      "dtype f32, wanted f64",
    );
    expect(compareNumbers([1, 2], [1, 2, 3], toleranceOf("f64"))?.why).toBe("2 values, wanted 3");
  });

  it("wants nan where nan is, and infinities of the right sign", () => {
    const tolerance = toleranceOf("f32");
    expect(compareNumbers([NaN, Infinity], [NaN, Infinity], tolerance)).toBeNull();
    expect(compareNumbers([0], [NaN], tolerance)).not.toBeNull();
    expect(compareNumbers([NaN], [0], tolerance)).not.toBeNull();
    expect(compareNumbers([1e38], [Infinity], tolerance)).not.toBeNull();
    expect(compareNumbers([-Infinity], [Infinity], tolerance)).not.toBeNull();
    expect(compareNumbers([Infinity], [1], tolerance)).not.toBeNull();
  });

  it("takes either zero for the other", () => {
    expect(compareNumbers([0, -0], [-0, 0], toleranceOf("i64"))).toBeNull();
  });

  it("has the tolerances of PyTorch's own tests, by dtype", () => {
    const passes = (dtype: string, want: number, off: number) =>
      compareNumbers([want + off], [want], toleranceOf(dtype)) === null;
    expect(passes("f64", 1, 1.9e-7)).toBe(true);
    expect(passes("f64", 1, 2.1e-7)).toBe(false);
    expect(passes("f32", 0, 0.9e-5)).toBe(true);
    expect(passes("f32", 0, 1.1e-5)).toBe(false);
    expect(passes("f32", 100, 1.9e-3)).toBe(true);
    expect(passes("f32", 100, 2.1e-3)).toBe(false);
    expect(passes("i64", 1e9, 1)).toBe(false);
    expect(passes("b", 0, 1)).toBe(false);
  });

  it("allows what kernels differ by, of the largest magnitude that is finite", () => {
    expect(compareNumbers([1e6, 1e-3], [1e6, 0], toleranceOf("f64"))).toBeNull();
    expect(compareNumbers([1e6, 2e-3], [1e6, 0], toleranceOf("f64"))).not.toBeNull();
    expect(compareNumbers([Infinity, 1], [Infinity, 0], toleranceOf("f64"))).not.toBeNull();
  });

  it("reports the largest of several differences", () => {
    expect(compareNumbers([1, 3, 9, 4.5], [1, 2, 4, 4], toleranceOf("f64"))).toEqual({
      why: "value 2 is 9, wanted 4",
      deviation: 1.25,
    });
  });

  it("passes whatever equals the figures, and nothing that is far from them", () => {
    fc.assert(
      fc.property(fc.array(fc.double(), { minLength: 1 }), fc.nat(), (want, at) => {
        expect(compareNumbers(want, want, toleranceOf("i64"))).toBeNull();
        const got = [...want];
        const i = at % got.length;
        const w = want[i] ?? 0;
        got[i] = Number.isFinite(w) ? -(w + Math.sign(w || 1) * Number.MAX_VALUE) : 0;
        expect(compareNumbers(got, want, toleranceOf("f32"))).not.toBeNull();
      }),
    );
  });
});

describe("names", () => {
  it("become camelCase", () => {
    expect(
      ["log_softmax", "uniform_", "_scaled_dot", "log1p", "bce_with_logits_"].map(camelCase),
    ).toEqual(["logSoftmax", "uniform_", "scaledDot", "log1p", "bceWithLogits_"]);
  });

  it("are taken apart into namespace, function and variant", () => {
    expect(splitOpName("max.reduction_with_dim")).toEqual({
      namespace: "",
      name: "max",
      variant: "reduction_with_dim",
    });
    expect(splitOpName("nn.functional.pad.reflect")).toEqual({
      namespace: "nn.functional",
      name: "pad",
      variant: "reflect",
    });
    expect(splitOpName("linalg.norm")).toEqual({ namespace: "linalg", name: "norm", variant: "" });
  });
});

describe("matching errors", () => {
  it("looks for PyTorch's regular expression in the message", () => {
    expect(
      errorMatches("cat: zero-dimensional x cannot be concatenated", "zero-dim.*be conc"),
    ).toBe(true);
    expect(errorMatches("something else", "zero-dim.*be conc")).toBe(false);
    expect(errorMatches("shape '[4, 2]' is invalid", "shape '\\[4, 2\\]' is invalid")).toBe(true);
    expect(errorMatches("shape '[4, 3]' is invalid", "shape '\\[4, 2\\]' is invalid")).toBe(false);
  });

  it("takes our spellings for Python's", () => {
    expect(errorMatches("cat(): expected a list", "torch.cat\\(\\): expected a list")).toBe(true);
    expect(errorMatches("say retainGraph: true", "say retain_graph=True")).toBe(true);
    expect(errorMatches("but got null", "but got NoneType")).toBe(true);
    expect(errorMatches("size ([3])", "size \\(torch.Size\\(\\[3\\]\\)\\)")).toBe(true);
  });

  it("takes any message where PyTorch's own test does not look at it", () => {
    expect(errorMatches("whatever", "")).toBe(true);
  });
});

describe("arranging a call", () => {
  const shown = (call: ReturnType<typeof arrange>) => ({
    positional: call.positional.map((a) => a.path),
    options: Object.fromEntries(Object.entries(call.options).map(([k, a]) => [k, a.path])),
  });
  const n = (value: number) => readValue(value);
  const table = { f: "input*, dim | keepdim, out_int32", g: "input | a&bool; input, dim | a" };

  it("passes on what no signature is written down for", () => {
    expect(shown(arrange([n(1), n(2)], { some_key: n(3) }, null))).toEqual({
      positional: ["args.0", "args.1"],
      options: { someKey: "kwargs.some_key" },
    });
  });

  it("moves keywords to their places and optional arguments into the options", () => {
    const f = signatureOf("f", [], table);
    expect(shown(arrange([n(1)], { dim: n(2), keepdim: n(3) }, f))).toEqual({
      positional: ["args.0", "kwargs.dim"],
      options: { keepdim: "kwargs.keepdim" },
    });
    expect(shown(arrange([n(1), n(2), n(3), n(4)], {}, f))).toEqual({
      positional: ["args.0", "args.1"],
      options: { keepdim: "args.2", outInt32: "args.3" },
    });
  });

  it("puts options behind the last parameter, given or not", () => {
    expect(shown(arrange([n(1)], { keepdim: n(3) }, signatureOf("f", [], table)))).toEqual({
      positional: ["args.0", ""],
      options: { keepdim: "kwargs.keepdim" },
    });
  });

  it("leaves None out, or undefined between two others", () => {
    const none = readValue(null);
    expect(shown(arrange([n(1), none], { keepdim: none }, signatureOf("f", [], table)))).toEqual({
      positional: ["args.0"],
      options: {},
    });
    expect(arrange([n(1), none, n(2)], {}, null).positional[1]?.value.kind).toBe("none");
  });

  it("knows where a number takes part in type promotion", () => {
    const { positional } = arrange([n(1), n(2)], {}, signatureOf("f", [], table));
    expect(positional.map((a) => a.operand)).toEqual([true, false]);
  });

  it("chooses among signatures by the kind of an argument", () => {
    const yes = readValue(true);
    expect(shown(arrange([n(1), yes], {}, signatureOf("g", [n(1), yes], table)))).toEqual({
      positional: ["args.0"],
      options: { a: "args.1" },
    });
    expect(shown(arrange([n(1), n(2)], {}, signatureOf("g", [n(1), n(2)], table)))).toEqual({
      positional: ["args.0", "args.1"],
      options: {},
    });
  });
});

describe("the report", () => {
  it("counts a crash as a failure and what is lacking as unsupported", () => {
    const outcomes = [
      attempt("add", "1", () => null),
      attempt("add", "2", () => ({ why: "value 0 is 1, wanted 2", deviation: 0.5 })),
      attempt("add", "3", () => {
        throw new RangeError("boom\nagain");
      }),
      attempt("erfinv", "4", () => {
        throw new Unsupported("no erfinv");
      }),
    ];
    expect(outcomes.map((o) => o.status)).toEqual(["passed", "failed", "failed", "unsupported"]);
    expect(table(outcomes).split("\n")).toEqual([
      "name         passed       failed  unsupported",
      "add               1            2            0",
      "erfinv            0            0            1",
      "total             1            2            1",
    ]);
    expect(failures(outcomes)).toBe(
      "add 2: value 0 is 1, wanted 2 (off by 5.0e-1)\nadd 3: threw: boom ⏎ again",
    );
  });
});
