import { readFileSync } from "node:fs";
import fc from "fast-check";
import { afterEach, describe, expect, it } from "vitest";
import { type DType, isDType } from "../../src/tensor/dtype.ts";
import { formatTensor, type PrintOptions, setPrintoptions } from "../../src/tensor/format.ts";

interface Figure {
  readonly tensor: {
    readonly dt: string;
    readonly sh: readonly number[];
    readonly d: readonly (number | string)[];
    readonly st?: readonly number[];
    readonly rg?: 1;
  };
  readonly repr: string;
  readonly options?: Record<string, number | string | boolean>;
  readonly grad_fn?: string;
  readonly default_dtype?: DType;
}

const DTYPES: Record<string, DType> = {
  f32: "float32",
  f64: "float64",
  i64: "int64",
  i32: "int32",
  u8: "uint8",
  b: "bool",
};

// From scripts/figures/format.py; the first line names the versions.
const figures: Figure[] = readFileSync(new URL("../fixtures/format.jsonl", import.meta.url), "utf8")
  .trim()
  .split("\n")
  .slice(1)
  .map((line) => JSON.parse(line));

const contiguous = (shape: readonly number[]): number[] =>
  shape.map((_, i) => shape.slice(i + 1).reduce((n, size) => n * size, 1));

/** Where each element lies, in logical order. */
function* positions(
  shape: readonly number[],
  strides: readonly number[],
  offset = 0,
  dim = 0,
): Generator<number> {
  const size = shape[dim];
  if (size === undefined) {
    yield offset;
    return;
  }
  for (let i = 0; i < size; i++) {
    yield* positions(shape, strides, offset + i * (strides[dim] ?? 0), dim + 1);
  }
}

function print(figure: Figure, offset = 0): string {
  const { dt, sh, d, st, rg } = figure.tensor;
  const dtype = DTYPES[dt];
  if (!isDType(dtype)) throw new Error(`unknown dtype ${dt}`);
  const strides = st ?? contiguous(sh);
  const data: number[] = [];
  let i = 0;
  for (const position of positions(sh, strides, offset)) {
    const value = d[i++];
    data[position] =
      typeof value === "string" ? Number(value.replace("inf", "Infinity")) : (value ?? 0);
  }
  // A float32 is printed from its exact value, not from its shortest digits.
  const stored = dtype === "float32" ? Float32Array.from(data) : data;
  return formatTensor(
    {
      dtype,
      shape: sh,
      strides,
      offset,
      data: stored,
      requiresGrad: rg === 1,
      gradFn: figure.grad_fn ?? null,
    },
    figure.default_dtype ?? "float32",
  );
}

function camelCased({ sci_mode: sciMode, ...rest }: NonNullable<Figure["options"]>): PrintOptions {
  return typeof sciMode === "boolean" ? { ...rest, sciMode } : rest;
}

afterEach(() => setPrintoptions({ profile: "default" }));

describe("formatTensor", () => {
  it("prints every recorded tensor as PyTorch does", () => {
    for (const figure of figures) {
      setPrintoptions({ profile: "default" });
      setPrintoptions(camelCased(figure.options ?? {}));
      const what = JSON.stringify(figure).slice(0, 200);
      expect(print(figure), what).toBe(figure.repr);
    }
  });

  it("prints a tensor from the middle of a storage", () => {
    for (const figure of figures.filter((f) => f.options === undefined)) {
      expect(print(figure, 5)).toBe(figure.repr);
    }
  });

  it("reads only the elements that a summary shows", () => {
    let reads = 0;
    const data = new Proxy<Record<number, number>>(
      {},
      {
        get: (_target, key) => {
          if (key === "length") return 1e9;
          reads++;
          return Number(key);
        },
      },
    );
    const source = {
      dtype: "int64",
      shape: [1000, 1000, 1000],
      strides: [1e6, 1000, 1],
      offset: 0,
    } as const;
    const text = formatTensor({ ...source, data: Object.assign(data, { length: 1e9 }) });
    expect(text).toContain("999999999]]])");
    expect(reads).toBe(6 ** 3);
  });

  it("takes the default dtype from the library where none is given", () => {
    const one = { shape: [], strides: [], offset: 0, data: [1] };
    expect(formatTensor({ ...one, dtype: "float32" })).toBe("tensor(1.)");
    expect(formatTensor({ ...one, dtype: "float64" })).toBe("tensor(1., dtype=torch.float64)");
  });

  it("keeps every column of a matrix aligned", () => {
    // But for -0, whose sign PyTorch leaves out of account: zeros have no say in the width.
    const value = fc.oneof(fc.double(), fc.integer({ min: -5000, max: 5000 }));
    fc.assert(
      fc.property(fc.array(value, { minLength: 12, maxLength: 12 }), (data) => {
        setPrintoptions({ profile: "default", linewidth: Infinity });
        const text = formatTensor({
          dtype: "float64",
          shape: [4, 3],
          strides: [3, 1],
          offset: 0,
          data: data.map((v) => (Number.isFinite(v) ? v + 0 : 0)),
        });
        const lines = text.split("\n");
        const commas = (line: string): number[] =>
          [...line].flatMap((c, i) => (c === "," ? [i] : [])).slice(0, 2);
        expect(lines.map(commas)).toEqual(lines.map(() => commas(lines[0] ?? "")));
      }),
    );
  });

  it("prints every double within half a unit of the last place shown", () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, min: -1e300, max: 1e300 }), (value) => {
        const text = formatTensor({
          dtype: "float64",
          shape: [],
          strides: [],
          offset: 0,
          data: [value],
        });
        const shown = Number(text.slice("tensor(".length, text.indexOf(",")));
        expect(Math.abs(shown - value)).toBeLessThanOrEqual(
          Math.max(0.5001e-4, Math.abs(value) * 0.5001e-4),
        );
      }),
    );
  });
});

describe("setPrintoptions", () => {
  it("refuses what is out of range, of the wrong kind or unknown", () => {
    expect(() => setPrintoptions({ precision: -1 })).toThrow(
      "setPrintoptions(): precision must be an integer from 0 to 80, got -1",
    );
    expect(() => setPrintoptions({ edgeitems: 0 })).toThrow(
      "setPrintoptions(): edgeitems must be an integer of at least 1, got 0",
    );
    expect(() => setPrintoptions({ threshold: Number.NaN })).toThrow(
      "setPrintoptions(): threshold must be an integer of at least 0 or Infinity, got NaN",
    );
    expect(() => setPrintoptions(JSON.parse('{"profile":"long"}'))).toThrow(
      "setPrintoptions(): profile must be one of default, short, full, got long",
    );
    expect(() => setPrintoptions(JSON.parse('{"sciMode":1}'))).toThrow(
      "setPrintoptions(): sciMode must be a boolean, got 1",
    );
    expect(() => setPrintoptions(JSON.parse('{"digits":3}'))).toThrow(
      "setPrintoptions(): unknown option 'digits'",
    );
  });

  it("changes nothing when it throws", () => {
    const half = {
      dtype: "float32",
      shape: [1],
      strides: [1],
      offset: 0,
      data: [0.5],
    } as const;
    expect(() => setPrintoptions({ precision: 1, linewidth: 0 })).toThrow(RangeError);
    expect(formatTensor(half)).toBe("tensor([0.5000])");
  });

  it("returns scientific notation to automatic unless it is asked for again", () => {
    const half = {
      dtype: "float32",
      shape: [1],
      strides: [1],
      offset: 0,
      data: [0.5],
    } as const;
    setPrintoptions({ sciMode: true });
    expect(formatTensor(half)).toBe("tensor([5.0000e-01])");
    setPrintoptions({ precision: 2 });
    expect(formatTensor(half)).toBe("tensor([0.50])");
  });
});
