import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  type Body,
  COLUMN,
  FULL,
  type Layout,
  ROW,
  SCALAR,
} from "../../../../src/tensor/kernels/accelerator.ts";
import { NUMBERS, SINGLES } from "../../../../src/tensor/kernels/lanes.ts";
import { Program } from "../../../../src/tensor/kernels/wasm/index.ts";

/** Bodies whose vector and scalar readings must agree in every bit. */
const BODIES: Record<string, { readonly operands: number; readonly body: Body }> = {
  identity: { operands: 1, body: (_, x) => [x[0]!] },
  relu: { operands: 1, body: (m, x) => [m.max(x[0]!, m.constant(0))] },
  roots: { operands: 1, body: (m, x) => [m.sqrt(x[0]!), m.neg(m.abs(x[0]!))] },
  rounding: {
    operands: 1,
    body: (m, x) => [m.floor(x[0]!), m.ceil(x[0]!), m.trunc(x[0]!), m.nearest(x[0]!)],
  },
  arithmetic: {
    operands: 2,
    body: (m, [a, b]) => [m.add(a!, b!), m.sub(a!, b!), m.mul(a!, b!), m.div(a!, b!)],
  },
  extremes: { operands: 2, body: (m, [a, b]) => [m.min(a!, b!), m.max(a!, b!)] },
  choice: {
    operands: 3,
    body: (m, [c, a, b]) => [m.select(m.ne(c!, m.constant(0)), a!, b!)],
  },
  momentum: {
    operands: 4,
    body: (m, [p, g, v, lr]) => {
      const next = m.add(m.mul(m.constant(0.9), v!), g!);
      return [m.sub(p!, m.mul(lr!, next)), next];
    },
  },
};

/** The same, whose results are bytes. */
const TESTS: Record<string, Body> = {
  less: (m, [a, b]) => [m.lt(a!, b!)],
  atMost: (m, [a, b]) => [m.le(a!, b!)],
  logic: (m, [a, b]) => {
    const zero = m.constant(0);
    const [p, q] = [m.gt(a!, zero), m.ge(b!, zero)];
    return [m.and(p, q), m.or(p, q), m.not(p), m.eq(a!, b!), m.ne(a!, b!)];
  },
};

const value = fc.oneof(
  fc.double({ min: -100, max: 100, noNaN: true }),
  fc.integer({ min: -3, max: 3 }),
  fc.constantFrom(0.5, -0, Infinity, -Infinity, Number.NaN, 1e-45, 1e-320, 1e300, 3e38),
);
const layout = fc.constantFrom<Layout>(FULL, ROW, COLUMN, SCALAR);

interface Arrangement {
  readonly rows: number;
  readonly columns: number;
  readonly single: boolean;
  readonly layouts: readonly Layout[];
  readonly values: readonly number[];
}

function arrangement(operands: number): fc.Arbitrary<Arrangement> {
  return fc.record({
    rows: fc.integer({ min: 1, max: 7 }),
    columns: fc.oneof(fc.integer({ min: 1, max: 20 }), fc.constantFrom(2000, 9001)),
    single: fc.boolean(),
    layouts: fc.array(layout, { minLength: operands, maxLength: operands }),
    values: fc.array(value, { minLength: 1, maxLength: 40 }),
  });
}

const GUARD = 77;

/** Runs a body over arrays that are filled from `values`, and compares with its scalar reading. */
function check(body: Body, results: number, bytes: boolean, use: Arrangement): void {
  const { rows, columns, single, layouts, values } = use;
  const Type = single ? Float32Array : Float64Array;
  let next = 0;
  const pick = () => values[next++ % values.length]!;
  const inputs = layouts.map((kind) => {
    if (kind === SCALAR) return pick();
    const length = kind === FULL ? rows * columns : kind === ROW ? columns : rows;
    return Type.from(Array.from({ length: length + 1 }, pick));
  });
  const Out = bytes ? Uint8Array : Type;
  const outs = Array.from({ length: results }, () => new Out(rows * columns + 2).fill(GUARD));
  const ones = outs.map(() => 1);
  // Lanes are doubles only where an array says so.
  const lanes = single || (bytes && layouts.every((kind) => kind === SCALAR)) ? SINGLES : NUMBERS;
  const offsets = layouts.map(() => 1);
  const program = new Program(body);
  expect(program.run(rows, columns, outs, ones, inputs, offsets, layouts)).toBe(true);
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++) {
      const operands = inputs.map((input, k) => {
        if (typeof input === "number") return lanes.constant(input);
        const kind = layouts[k]!;
        return input[1 + (kind === FULL ? i * columns + j : kind === ROW ? j : i)]!;
      });
      body(lanes, operands).forEach((want, k) => {
        const got = outs[k]![1 + i * columns + j]!;
        if (!Object.is(got, Number(want))) {
          expect.fail(`result ${k} of ${operands} is ${got}, not ${want}`);
        }
      });
    }
  }
  for (const out of outs) expect([out[0], out.at(-1)]).toEqual([GUARD, GUARD]);
}

describe("a body's vector kernel", () => {
  test.each(Object.entries(BODIES))(
    "does what the scalar loop does: %s",
    (_, { operands, body }) => {
      const results = body(
        NUMBERS,
        Array.from({ length: operands }, () => 1),
      ).length;
      fc.assert(
        fc.property(arrangement(operands), (use) => check(body, results, false, use)),
        { numRuns: 60 },
      );
    },
  );

  test.each(Object.entries(TESTS))("stores truth as bytes: %s", (_, body) => {
    const results = body(NUMBERS, [1, 1]).length;
    fc.assert(
      fc.property(arrangement(2), (use) => check(body, results, true, use)),
      { numRuns: 60 },
    );
  });

  test("converts between the types of its operands", () => {
    const program = new Program((m, [mask, a, b]) => [m.add(m.mul(mask!, a!), b!)]);
    const mask = Uint8Array.of(1, 0, 1, 0, 3);
    const a = Float32Array.of(0.1, 0.2, 0.3, 0.4, 0.5);
    const b = Float64Array.of(1, 2, 3, 4, 5);
    const layouts = [FULL, FULL, FULL] as const;
    const wide = new Float64Array(5);
    expect(program.run(1, 5, [wide], [0], [mask, a, b], [0, 0, 0], layouts)).toBe(true);
    expect(wide).toEqual(b.map((x, i) => mask[i]! * a[i]! + x));
    const narrow = new Float32Array(5);
    program.run(1, 5, [narrow], [0], [mask, a, b], [0, 0, 0], layouts);
    expect(narrow).toEqual(Float32Array.from(wide));
  });

  test("may write over its operands", () => {
    const program = new Program((m, [a, b]) => [m.mul(a!, b!), m.add(a!, b!)]);
    const n = 20_000;
    const a = Float64Array.from({ length: n }, (_, i) => i);
    const b = Float64Array.from({ length: n }, (_, i) => i + 1);
    program.run(1, n, [a, b], [0, 0], [a, b], [0, 0], [FULL, FULL]);
    for (let i = 0; i < n; i++) {
      if (a[i] !== i * (i + 1) || b[i] !== 2 * i + 1) expect.fail(`element ${i}`);
    }
  });

  test("goes back to the scalar functions where its own would be wrong", () => {
    const program = new Program((m, [x]) => [m.sin(x!)]);
    const n = 9000;
    const x = Float64Array.from({ length: n }, (_, i) => (i === 5000 ? 1e15 : i / 100));
    const reference = x.map(Math.sin);
    program.run(1, n, [x], [0], [x], [0], [FULL]);
    for (let i = 0; i < n; i++) expect(x[i]).toBeCloseTo(reference[i]!, 14);
    expect(x[5000]).toBe(reference[5000]);
  });

  test("is not made of a function that has no vector form", () => {
    const program = new Program((m, [x]) => [m.call(Math.cbrt, x!)]);
    const out = new Float32Array(4);
    const run = () => program.run(1, 4, [out], [0], [Float32Array.of(1, 2, 3, 4)], [0], [FULL]);
    expect([run(), run()]).toEqual([false, false]);
    expect(out).toEqual(new Float32Array(4));
  });

  test("is not made for integers", () => {
    const program = new Program((m, [x]) => [m.neg(x!)]);
    const [x, out] = [Int32Array.of(1, 2, 3), new Int32Array(3)];
    expect(program.run(1, 3, [out], [0], [x], [0], [FULL])).toBe(false);
    expect(program.run(1, 3, [new Float32Array(3)], [0], [x], [0], [FULL])).toBe(false);
  });
});
