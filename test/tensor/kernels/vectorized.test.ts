import fc from "fast-check";
import { afterEach, describe, expect, test } from "vitest";
import { manualSeed, nn, optim, randn, type Tensor, tensor } from "../../../src/index.ts";
import { setWasmEnabled } from "../../../src/tensor/kernels/wasm/index.ts";
import "../../support/matchers.ts";

afterEach(() => {
  setWasmEnabled(true);
});

/** What `compute` answers with the vector kernels and without. */
function bothWays<T>(compute: () => T): [T, T] {
  setWasmEnabled(true);
  const vector = compute();
  setWasmEnabled(false);
  const plain = compute();
  setWasmEnabled(true);
  return [vector, plain];
}

/** A shape, and another that broadcasts to it; large enough for vector kernels. */
const shapes = fc
  .array(fc.integer({ min: 1, max: 12 }), { minLength: 1, maxLength: 4 })
  .map((shape) => [...shape, 9])
  .chain((shape) =>
    fc
      .tuple(fc.array(fc.boolean(), { minLength: 5, maxLength: 5 }), fc.nat(shape.length))
      .map(([ones, drop]) => ({
        shape,
        other: shape.map((n, i) => (ones[i] ? 1 : n)).slice(drop),
      })),
  );

const dtype = fc.constantFrom("float32", "float64");

describe("elementwise operations", () => {
  test("have the same bits with the vector kernels and without, however they broadcast", () => {
    const operations: Record<string, (a: Tensor, b: Tensor) => Tensor> = {
      add: (a, b) => a.add(b, { alpha: 0.3 }),
      div: (a, b) => a.div(b),
      swapped: (a, b) => b.sub(a),
      maximum: (a, b) => a.maximum(b),
      lt: (a, b) => a.lt(b),
      relu: (a) => a.relu(),
      lerp: (a, b) => a.lerp(b, 0.25),
      addcdiv: (a, b) => a.addcdiv(a, b, { value: -0.5 }),
      inPlace: (a, b) => a.clone().mul_(b).add_(1),
      transposed: (a) => a.transpose(0, -1).mul(a.transpose(0, -1)),
    };
    const operation = fc.constantFrom(...Object.keys(operations));
    fc.assert(
      fc.property(shapes, dtype, operation, fc.nat(99), ({ shape, other }, type, name, seed) => {
        manualSeed(seed);
        const a = randn(shape, { dtype: type });
        const b = randn(other, { dtype: type });
        const [vector, plain] = bothWays(() => operations[name]!(a, b));
        expect(vector).toEqualTensor(plain);
      }),
      { numRuns: 200 },
    );
  });

  test("of functions differ by no more than a few units in the last place", () => {
    const x = randn([40, 50]);
    for (const name of ["exp", "tanh", "sigmoid", "sin", "log1p"] as const) {
      const [vector, plain] = bothWays(() => x[name]());
      expect(vector).toBeCloseToTensor(plain, { rtol: 5e-7, atol: 0 });
    }
  });
});

describe("reductions", () => {
  test("agree with the plain loops along any dimensions", () => {
    const operations: Record<string, (a: Tensor, dim: number[]) => Tensor> = {
      sum: (a, dim) => a.sum(dim),
      mean: (a, dim) => a.mean(dim, { keepdim: true }),
      amax: (a, dim) => a.amax(dim),
      amin: (a, dim) => a.amin(dim),
      softmax: (a, dim) => a.softmax(dim[0]!),
      logSoftmax: (a, dim) => a.logSoftmax(dim[0]!),
    };
    const operation = fc.constantFrom(...Object.keys(operations));
    fc.assert(
      fc.property(shapes, dtype, operation, fc.nat(99), ({ shape }, type, name, seed) => {
        manualSeed(seed);
        const a = randn(shape, { dtype: type });
        const first = seed % shape.length;
        const dims = shape.map((_, i) => i).slice(first, first + 1 + (seed % 3));
        const [vector, plain] = bothWays(() => operations[name]!(a, dims));
        const tolerance = type === "float32" ? 1e-6 : 1e-14;
        expect(vector).toBeCloseToTensor(plain, { rtol: tolerance, atol: tolerance });
      }),
      { numRuns: 150 },
    );
  });
});

describe("a training run", () => {
  test("takes the same course with the vector kernels and without", () => {
    const [vector, plain] = bothWays(() => {
      manualSeed(3);
      const [x, y] = [randn([90, 20]), tensor(Array.from({ length: 90 }, (_, i) => i % 3))];
      const model = new nn.Sequential(
        new nn.Linear(20, 33),
        new nn.ReLU(),
        new nn.Linear(33, 17),
        new nn.Tanh(),
        new nn.Linear(17, 3),
      );
      const optimizer = new optim.Adam(model.parameters(), { lr: 0.01 });
      const criterion = new nn.CrossEntropyLoss();
      const classes = y.to("int64");
      return Array.from({ length: 20 }, () => {
        optimizer.zeroGrad();
        const loss = criterion.forward(model.forward(x), classes);
        loss.backward();
        optimizer.step();
        return loss.item();
      });
    });
    vector.forEach((loss, i) => {
      expect(loss).toBeCloseTo(plain[i]!, 4);
    });
  });
});
