/**
 * fast-check arbitraries for tensors: shapes, shapes that broadcast, strided views, dtypes, and the
 * domain that the elements are drawn from.
 *
 * They need nothing but tapegrad's public functions and fast-check, and know no test runner. Values
 * shrink towards small shapes, dense layouts and elements near zero.
 */
import fc from "fast-check";
import { type DType, tensor as makeTensor, type Tensor, zeros } from "../../src/index.ts";

export interface ShapeConstraints {
  /** Fewest dimensions; 0. */
  minDims?: number;
  /** Most dimensions; 3. */
  maxDims?: number;
  /** Smallest size of a dimension; 1. With 0, empty tensors occur. */
  minSize?: number;
  /** Largest size of a dimension; 3. */
  maxSize?: number;
}

/** A tensor's shape. */
export function shape(constraints: ShapeConstraints = {}): fc.Arbitrary<number[]> {
  const { minDims = 0, maxDims = 3, minSize = 1, maxSize = 3 } = constraints;
  return fc.array(fc.integer({ min: minSize, max: maxSize }), {
    minLength: minDims,
    maxLength: maxDims,
  });
}

/**
 * Shapes that broadcast together: any of them may lack leading dimensions or have size 1 where
 * another has more.
 * @param count how many.
 */
export function broadcastableShapes(
  count: number,
  constraints: ShapeConstraints = {},
): fc.Arbitrary<number[][]> {
  return shape(constraints).chain((full) => shapesInto(full, count));
}

/**
 * Shapes that broadcast to a given one.
 * @param count how many.
 */
export function shapesInto(full: readonly number[], count: number): fc.Arbitrary<number[][]> {
  const one = fc
    .tuple(
      fc.nat({ max: full.length }),
      fc.array(fc.boolean(), { minLength: full.length, maxLength: full.length }),
    )
    .map(([dropped, flat]) => full.map((size, d) => (flat[d] ? 1 : size)).slice(dropped));
  return fc.array(one, { minLength: count, maxLength: count });
}

/** Where elements are drawn from. */
export interface Domain {
  readonly name: string;
  /** The elements of one tensor. */
  values(count: number): fc.Arbitrary<number[]>;
}

function grid(name: string, min: number, max: number, step: number, offset = 0): Domain {
  const last = Math.round((max - min) / step);
  const element = fc
    .integer({ min: 0, max: last })
    // The middle of the range first, so that shrinking ends near it.
    .map((i) => min + step * ((i + Math.ceil(last / 2)) % (last + 1)) + offset);
  return {
    name,
    values: (count) => fc.array(element, { minLength: count, maxLength: count }),
  };
}

/** [-2, 2], zero included. */
export const real: Domain = grid("real", -2, 2, 0.001);

/** [0.2, 3]. */
export const positive: Domain = grid("positive", 0.2, 3, 0.001);

/** [0.05, 0.95], for probabilities. */
export const unit: Domain = grid("unit", 0.05, 0.95, 0.001);

/** -1, 0, 1 and 2: zeros and equal elements are common. */
export const coarse: Domain = grid("coarse", -1, 2, 1);

/** Away from 0 by 0.2 at least, of either sign. */
export const nonzero: Domain = {
  name: "nonzero",
  values: (count) =>
    fc
      .tuple(positive.values(count), fc.array(fc.boolean(), { minLength: count, maxLength: count }))
      .map(([sizes, negative]) => sizes.map((x, i) => (negative[i] ? -x : x))),
};

/**
 * Away from kinks and ties: elements differ from one another, from the integers and their halves,
 * and from those of the same domain with another `slot`, by a hundredth or more.
 * @param slot 0 to 2; give each operand of an operation its own.
 */
export function separated(slot = 0): Domain {
  return {
    name: `separated(${slot})`,
    values: (count) =>
      fc
        .uniqueArray(fc.integer({ min: -40, max: 40 }), { minLength: count, maxLength: count })
        .map((steps) => steps.map((i) => i / 20 + 0.0125 * (slot + 1))),
  };
}

/** Whole numbers from -4 to 4. */
export const whole: Domain = grid("whole", -4, 4, 1);

/** 0 and 1. */
export const truth: Domain = grid("truth", 0, 1, 1);

/**
 * How a tensor lies in its storage. Memory dimension `i` holds the tensor's dimension `order[i]`,
 * starts after `skips[i]` elements and takes every `steps[i]`-th; dimensions that are `repeated`
 * have stride 0.
 */
export interface Layout {
  readonly order: readonly number[];
  readonly skips: readonly number[];
  readonly steps: readonly number[];
  readonly repeated: readonly boolean[];
}

export interface LayoutConstraints {
  /** Whether dimensions may be expanded, with one element in memory for many indices; false. */
  repeat?: boolean;
}

/**
 * Ways for a tensor to lie in its storage: transposed, sliced with a step, behind an offset.
 * @param dims the tensor's number of dimensions.
 */
export function layout(
  dims: number,
  { repeat = false }: LayoutConstraints = {},
): fc.Arbitrary<Layout> {
  const each = <T>(item: fc.Arbitrary<T>) => fc.array(item, { minLength: dims, maxLength: dims });
  const natural = Array.from({ length: dims }, (_, d) => d);
  return fc.record({
    order: fc.shuffledSubarray(natural, { minLength: dims }),
    skips: each(fc.nat({ max: 1 })),
    steps: each(fc.integer({ min: 1, max: 2 })),
    repeated: each(repeat ? fc.boolean() : fc.constant(false)),
  });
}

/** Row-major, with no gap. */
export function dense(dims: number): Layout {
  const each = <T>(value: T): T[] => new Array<T>(dims).fill(value);
  return {
    order: Array.from({ length: dims }, (_, d) => d),
    skips: each(0),
    steps: each(1),
    repeated: each(false),
  };
}

/** The shape that is in memory: repeated dimensions have one element. */
function storedShape(size: readonly number[], { repeated }: Layout): number[] {
  return size.map((n, d) => (repeated[d] ? 1 : n));
}

/**
 * A tensor of the given elements that lies in its storage as asked.
 * @param values as many as the dimensions that are not repeated hold, row by row.
 */
export function arrange(
  values: readonly number[],
  size: readonly number[],
  how: Layout,
  dtype: DType,
): Tensor {
  const stored = storedShape(size, how);
  const memory = how.order.map((d, i) => how.skips[i]! + how.steps[i]! * stored[d]!);
  let view = zeros(memory, { dtype });
  for (const [i, d] of how.order.entries()) {
    const start = how.skips[i]!;
    view = view.slice(i, start, start + how.steps[i]! * stored[d]!, how.steps[i]!);
  }
  view = view.permute(stored.map((_, d) => how.order.indexOf(d)));
  view.copy_(makeTensor([...values], { dtype }).reshape(stored));
  return view.expand([...size]);
}

export interface TensorConstraints extends LayoutConstraints {
  /** One shape, or where to draw it from; any of up to three small dimensions. */
  shape?: readonly number[] | fc.Arbitrary<number[]>;
  /** float64. */
  dtype?: DType;
  /** `real` for floats, `whole` for integers, `truth` for bool. */
  domain?: Domain;
  /** Whether the tensor may be a view with other strides than a fresh one; true. */
  strided?: boolean;
  /** Whether the tensor is a leaf that requires gradients; false. */
  requiresGrad?: boolean;
}

/** A tensor: a leaf of its own, with a storage that it shares with nothing else. */
export function tensor(constraints: TensorConstraints = {}): fc.Arbitrary<Tensor> {
  const { dtype = "float64", strided = true, requiresGrad = false, repeat = false } = constraints;
  const domain = constraints.domain ?? defaultDomain(dtype);
  const sizes = constraints.shape ?? shape();
  return (sizes instanceof fc.Arbitrary ? sizes : fc.constant([...sizes])).chain((size) =>
    (strided ? layout(size.length, { repeat }) : fc.constant(dense(size.length))).chain((how) =>
      domain.values(storedShape(size, how).reduce((n, m) => n * m, 1)).map((values) => {
        const view = arrange(values, size, how, dtype).detach();
        return requiresGrad ? view.requiresGrad_() : view;
      }),
    ),
  );
}

function defaultDomain(dtype: DType): Domain {
  if (dtype === "bool") return truth;
  return dtype === "float32" || dtype === "float64" ? real : whole;
}

/**
 * Several tensors whose shapes broadcast together.
 * @param domains one a tensor.
 */
export function broadcastableTensors(
  domains: readonly Domain[],
  constraints: Omit<TensorConstraints, "shape" | "domain"> & ShapeConstraints = {},
): fc.Arbitrary<Tensor[]> {
  return broadcastableShapes(domains.length, constraints).chain((shapes) =>
    fc.tuple(
      ...shapes.map((size, i) => tensor({ ...constraints, shape: size, domain: domains[i]! })),
    ),
  );
}
