/**
 * How a row of the op table draws its inputs: each builder stands for a family of operations.
 */
import fc from "fast-check";
import type { Tensor } from "../../src/index.ts";
import {
  broadcastableTensors,
  type Domain,
  real,
  shape,
  shapesInto,
  tensor,
} from "./arbitraries.ts";
import type { Case } from "./properties.ts";

export interface OpRow {
  readonly name: string;
  readonly cases: fc.Arbitrary<Case>;
}

const SMALL = { maxDims: 3, maxSize: 3 };
const grown = { requiresGrad: true };

/** An operation of one tensor of any shape. */
export function unary(name: string, fn: (x: Tensor) => Tensor, domain: Domain = real): OpRow {
  const x = tensor({ domain, shape: shape(SMALL), ...grown });
  return { name, cases: x.map((t) => ({ inputs: [t], fn })) };
}

/** An operation of tensors that broadcast. */
export function elementwise(
  name: string,
  domains: readonly Domain[],
  fn: (...inputs: Tensor[]) => Tensor,
): OpRow {
  const inputs = broadcastableTensors(domains, { maxDims: 3, maxSize: 2, ...grown });
  return { name, cases: inputs.map((list) => ({ inputs: list, fn })) };
}

/** An operation along one dimension. */
export function along(
  name: string,
  fn: (x: Tensor, dim: number, flag: boolean) => Tensor | readonly Tensor[],
  domain: Domain = real,
  minSize = 1,
): OpRow {
  const cases = shape({ minDims: 1, maxDims: 3, minSize, maxSize: 3 }).chain((size) =>
    fc
      .tuple(
        tensor({ domain, shape: size, ...grown }),
        fc.integer({ min: -size.length, max: size.length - 1 }),
        fc.boolean(),
      )
      .map(([x, dim, flag]) => ({ inputs: [x], fn: (t: Tensor) => fn(t, dim, flag) })),
  );
  return { name, cases };
}

/** A reduction over any set of dimensions, or over all. */
export function over(
  name: string,
  fn: (x: Tensor, dims: number[], keepdim: boolean) => Tensor,
  domain: Domain = real,
  minSize = 1,
): OpRow {
  const cases = shape({ minDims: 1, maxDims: 3, minSize, maxSize: 3 }).chain((size) =>
    fc
      .tuple(
        tensor({ domain, shape: size, ...grown }),
        fc.subarray(
          size.map((_, d) => d),
          { minLength: 1 },
        ),
        fc.boolean(),
      )
      .map(([x, dims, keepdim]) => ({ inputs: [x], fn: (t: Tensor) => fn(t, dims, keepdim) })),
  );
  return { name, cases };
}

/** An operation of tensors whose shapes depend on sizes in common. */
export function shaped(
  name: string,
  sizes: number,
  shapes: (...sizes: number[]) => readonly (readonly number[])[],
  fn: (...inputs: Tensor[]) => Tensor,
  domain: Domain = real,
): OpRow {
  const cases = fc
    .array(fc.integer({ min: 1, max: 3 }), { minLength: sizes, maxLength: sizes })
    .chain((n) => fc.tuple(...shapes(...n).map((s) => tensor({ shape: s, domain, ...grown }))))
    .map((inputs) => ({ inputs, fn }));
  return { name, cases };
}

/**
 * An in-place operation of a tensor and others that broadcast to it. It works on a copy of the first
 * input, because a leaf cannot be changed.
 */
export function inPlace(
  name: string,
  domains: readonly Domain[],
  fn: (self: Tensor, ...others: Tensor[]) => Tensor,
): OpRow {
  const cases = shape({ maxDims: 3, maxSize: 2 })
    .chain((full) =>
      shapesInto(full, domains.length - 1).chain((others) =>
        fc.tuple(
          ...[full, ...others].map((size, i) =>
            tensor({ domain: domains[i]!, shape: size, ...grown }),
          ),
        ),
      ),
    )
    .map((inputs) => ({
      inputs,
      fn: (self: Tensor, ...others: Tensor[]) => fn(self.clone(), ...others),
    }));
  return { name, cases };
}
