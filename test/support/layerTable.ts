/** Rows of the op table for layers and losses. */
import { tensor as makeTensor, manualSeed, nn, type Tensor } from "../../src/index.ts";
import { unit } from "./arbitraries.ts";
import { type OpRow, shaped, unary } from "./opRows.ts";

const { functional: F } = nn;

/** A class of three for each row, each in its turn. */
const classes = (x: Tensor) =>
  makeTensor(
    Array.from({ length: x.size(0) }, (_, i) => i % 3),
    { dtype: "int64" },
  );

const REDUCED = ["none", "mean", "sum"] as const;

/** Each loss with every reduction. */
const losses = (
  name: string,
  row: (name: string, reduction: nn.functional.Reduction) => OpRow,
): OpRow[] => REDUCED.map((reduction) => row(`${name} (${reduction})`, reduction));

/** The functions of `nn.functional` that record something of their own. */
export const LAYERS: readonly OpRow[] = [
  shaped(
    "linear",
    3,
    (n, k, m) => [[n, k], [m, k], [m]],
    (x, w, bias) => F.linear(x, w, { bias }),
  ),
  shaped(
    "linear without bias",
    4,
    (b, n, k, m) => [
      [b, n, k],
      [m, k],
    ],
    (x, w) => F.linear(x, w),
  ),
  unary("dropout", (x) => {
    manualSeed(0);
    return F.dropout(x, { p: 0.3 });
  }),
  ...losses("mseLoss", (name, reduction) =>
    shaped(
      name,
      2,
      (n, m) => [
        [n, m],
        [n, m],
      ],
      (x, y) => F.mseLoss(x, y, { reduction }),
    ),
  ),
  ...losses("l1Loss", (name, reduction) =>
    shaped(
      name,
      2,
      (n, m) => [
        [n, m],
        [n, m],
      ],
      (x, y) => F.l1Loss(x, y.add(5), { reduction }),
    ),
  ),
  ...losses("binaryCrossEntropy", (name, reduction) =>
    shaped(
      name,
      2,
      (n, m) => [
        [n, m],
        [n, m],
      ],
      (x, y) => F.binaryCrossEntropy(x, y, { reduction }),
      unit,
    ),
  ),
  ...losses("binaryCrossEntropyWithLogits", (name, reduction) =>
    shaped(
      name,
      2,
      (n, m) => [
        [n, m],
        [n, m],
      ],
      (x, y) => F.binaryCrossEntropyWithLogits(x, y.sigmoid(), { reduction }),
    ),
  ),
  ...losses("binaryCrossEntropyWithLogits with weights", (name, reduction) =>
    shaped(
      name,
      2,
      (n, m) => [[n, m], [n, m], [m], [m]],
      (x, y, w, p) =>
        F.binaryCrossEntropyWithLogits(x, y.sigmoid(), {
          weight: w.square(),
          posWeight: p.exp(),
          reduction,
        }),
    ),
  ),
  ...losses("nllLoss", (name, reduction) =>
    shaped(
      name,
      1,
      (n) => [[n, 3]],
      (x) => F.nllLoss(x, classes(x), { reduction }),
    ),
  ),
  ...losses("crossEntropy", (name, reduction) =>
    shaped(
      name,
      1,
      (n) => [[n, 3]],
      (x) =>
        F.crossEntropy(x, classes(x), {
          weight: makeTensor([0.5, 1, 2], { dtype: "float64" }),
          labelSmoothing: 0.1,
          reduction,
        }),
    ),
  ),
  ...losses("crossEntropy with probabilities", (name, reduction) =>
    shaped(
      name,
      2,
      (n, m) => [
        [n, m],
        [n, m],
      ],
      (x, y) => F.crossEntropy(x, y.softmax(1), { reduction }),
    ),
  ),
];
