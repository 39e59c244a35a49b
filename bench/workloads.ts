/** What is measured. A library's file of the same name sets each case up in that library. */

export type CaseParams =
  | { readonly kind: "rosenbrock"; readonly steps: number }
  | { readonly kind: "circles"; readonly steps: number; readonly optimizer: "adam" | "sgd" }
  | { readonly kind: "digits"; readonly steps: number }
  | {
      readonly kind: "matmul";
      readonly dtype: "float32" | "float64";
      readonly m: number;
      readonly k: number;
      readonly n: number;
      /** The operand is stored transposed and passed as a view. */
      readonly transposeA: boolean;
      readonly transposeB: boolean;
    }
  | { readonly kind: "elements"; readonly op: ElementsOp; readonly n: number };

export const ELEMENTS_OPS = [
  "add",
  "chain",
  "exp",
  "tanh",
  "row",
  "column",
  "sum",
  "sum0",
  "sum1",
  "max1",
  "softmax1",
] as const;

export type ElementsOp = (typeof ELEMENTS_OPS)[number];

export interface Case {
  readonly id: string;
  readonly params: CaseParams;
  /** Floating point operations of a step, where a rate says more than a time. */
  readonly flops?: number;
}

export interface Workload {
  readonly id: string;
  readonly title: string;
  /** What one step is, and what is compared so that nobody wins by doing less. */
  readonly note: string;
  readonly cases: readonly Case[];
  /** How many times the usual time a case takes: a whole training step warms up for a second. */
  readonly patience?: number;
  /** How far a result may be from the reference, relative, before the table says so. */
  readonly tolerance: number;
}

/**
 * What a library makes of a case. A run with `steps` is measured in rounds of that many steps of a
 * training, which begins with a `reset`, so that every library does the same steps of the same
 * training; a run without repeats one step that leaves nothing behind.
 */
export interface Run {
  readonly steps?: number;
  reset?(): void;
  /** A promise only where the library has no other way to finish what it put off. */
  step(index: number): void | Promise<void>;
  /** Numbers that show what the round, or the step, computed. */
  check(): readonly number[];
}

/** A library's file exports `setup`; a string says why the library cannot do the case. */
export type Setup = (params: CaseParams) => Run | string | Promise<Run | string>;

/** Three elements of an m×n matrix: what a product is compared by. */
export function corners(data: ArrayLike<number>, m: number, n: number): number[] {
  const middle = Math.floor(m / 2) * n + Math.floor(n / 2);
  return [data[0]!, data[middle]!, data[m * n - 1]!];
}

/** The first, middle and last element: what an elementwise result is compared by. */
export function ends(data: ArrayLike<number>): number[] {
  return [data[0]!, data[Math.floor(data.length / 2)]!, data[data.length - 1]!];
}

type Dtype = "float32" | "float64";

function matmul(dtype: Dtype, m: number, k: number, n: number, layout: "nn" | "nt" | "tn"): Case {
  const short = dtype === "float32" ? "f32" : "f64";
  const square = m === k && k === n && layout === "nn";
  return {
    id: square ? `${short} ${n}` : `${short} ${m}×${k}×${n} ${layout}`,
    params: {
      kind: "matmul",
      dtype,
      m,
      k,
      n,
      transposeA: layout === "tn",
      transposeB: layout === "nt",
    },
    flops: 2 * m * k * n,
  };
}

const SQUARES = [16, 32, 64, 128, 256, 512, 1024];

/** For x [b, i] and a weight [o, i]: the product, and those of both gradients. */
function linear(b: number, i: number, o: number): Case[] {
  return [
    matmul("float32", b, i, o, "nt"),
    matmul("float32", b, o, i, "nn"),
    matmul("float32", o, b, i, "tn"),
  ];
}

export const WORKLOADS: readonly Workload[] = [
  {
    id: "W1",
    title: "One Adam step on Rosenbrock, float64",
    note:
      "Forward, backward, update and the loss as a number; 1000 steps from (−1, 1), " +
      "lr 0.01. Compared: the point and the loss after 1000 steps.",
    cases: [{ id: "adam", params: { kind: "rosenbrock", steps: 1000 } }],
    patience: 4,
    tolerance: 1e-6,
  },
  {
    id: "W2",
    title: "make_circles, one epoch of training and evaluation",
    note:
      "Linear(2,16) ReLU Linear(16,16) ReLU Linear(16,1), 700 points to train on and 300 to test, " +
      "full batch, float32, lr 0.01, both losses as numbers; 100 epochs at a time of a training of " +
      "1000. Compared: train and test loss of the first and the hundredth epoch.",
    cases: [
      { id: "adam", params: { kind: "circles", steps: 100, optimizer: "adam" } },
      { id: "sgd", params: { kind: "circles", steps: 100, optimizer: "sgd" } },
    ],
    patience: 4,
    tolerance: 1e-3,
  },
  {
    id: "W3",
    title: "MLP 784-256-10, batch 128, cross entropy, Adam",
    note:
      "Float32, lr 0.001, the loss as a number; 20 steps at a time of a training of 1000. Compared: " +
      "the losses of the first and the twentieth step.",
    cases: [{ id: "adam", params: { kind: "digits", steps: 20 } }],
    patience: 4,
    tolerance: 1e-3,
  },
  {
    id: "W4",
    title: "Matrix products",
    note:
      "m×k×n; nt: the second operand is a transposed view, tn: the first. The odd shapes are those " +
      "of W2's and W3's layers and their gradients. Compared: three elements of the product.",
    cases: [
      ...SQUARES.map((n) => matmul("float32", n, n, n, "nn")),
      ...SQUARES.map((n) => matmul("float64", n, n, n, "nn")),
      ...linear(700, 2, 16),
      ...linear(700, 16, 16),
      ...linear(700, 16, 1),
      ...linear(128, 784, 256),
      ...linear(128, 256, 10),
    ],
    tolerance: 1e-3,
  },
  {
    id: "W5",
    title: "Elementwise chains, broadcasts, reductions, softmax, float32",
    note:
      "add: a + b; chain: relu(a·b + c − 1); row, column: a [n/100, 100] plus a row or a column; " +
      "sum, sum0, sum1, max1, softmax1: over everything, or over that dimension of [n/100, 100]. " +
      "Compared: elements of the result.",
    cases: ELEMENTS_OPS.flatMap((op) =>
      [1e3, 1e4, 1e5, 1e6, 1e7].map((n) => ({
        id: `${op} 10^${Math.round(Math.log10(n))}`,
        params: { kind: "elements", op, n } as const,
      })),
    ),
    tolerance: 1e-3,
  },
];
