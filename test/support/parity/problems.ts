import { nn, type Tensor, tensor } from "tapegrad";

const X = [
  [0.5, -1.2, 0.3],
  [1.5, 0.4, -0.7],
  [-0.3, 0.8, 1.1],
  [2.0, -0.5, 0.2],
  [-1.1, -0.9, 0.6],
  [0.1, 1.3, -1.4],
];
const Y = [0.7, 1.9, -0.4, 2.2, -1.3, 0.5];
const Z = [
  [0.2, 0.9],
  [-0.8, 0.1],
  [0.5, -0.6],
  [-0.4, -0.3],
  [0.9, 0.7],
];
const LABELS = [[1], [0], [1], [0], [1]];

type Loss = (p: readonly Tensor[]) => Tensor;

function constants(
  p: readonly Tensor[],
): (values: readonly number[] | readonly number[][]) => Tensor {
  return (values) => tensor(values, { dtype: p[0]!.dtype });
}

const LOSSES: Readonly<Record<string, Loss>> = {
  rosenbrock: ([p]) => {
    const [x, y] = [p!.at(0), p!.at(1)];
    return x
      .neg()
      .add(1)
      .pow(2)
      .add(y.sub(x.pow(2)).pow(2).mul(100));
  },
  quadratic: (params) => {
    const [p] = params;
    const like = constants(params);
    const curved = like([1, 10, 0.1, 3]).mul(p!).mul(p!).sum().mul(0.5);
    const tilted = like([1, -2, 0.5, 0]).mul(p!).sum();
    return curved.sub(tilted).add(p!.at(0).mul(p!.at(1)).mul(0.3));
  },
  linreg: (params) => {
    const [w, b] = params;
    const like = constants(params);
    return like(X).matmul(w!).add(b!).sub(like(Y)).pow(2).mean();
  },
  mlp: (params) => {
    const [w1, b1, w2, b2] = params;
    const like = constants(params);
    const hidden = like(Z).matmul(w1!.t()).add(b1!).tanh();
    const out = hidden.matmul(w2!.t()).add(b2!);
    return nn.functional.binaryCrossEntropyWithLogits(out, like(LABELS));
  },
};

/** Made-up gradients, where there is no function: exact in float32. */
function gradientSequence(
  params: readonly Tensor[],
  missing: (parameter: number, step: number) => boolean,
): (step: number) => null {
  return (step) => {
    for (const [k, p] of params.entries()) {
      const flat = Array.from(
        { length: p.numel() },
        (_, i) => (((31 * step + 17 * k + 5 * i + 7) % 23) - 11) / 8,
      );
      p.grad = missing(k, step) ? null : tensor(flat, { dtype: p.dtype }).reshape(p.shape);
    }
    return null;
  };
}

/** What a recorded run minimized: the loss at a step, or null where gradients are made up. */
export function problemOf(
  name: string,
  params: readonly Tensor[],
  missing: (parameter: number, step: number) => boolean,
): (step: number) => Tensor | null {
  if (name === "gradseq") return gradientSequence(params, missing);
  const loss = LOSSES[name];
  if (loss === undefined) throw new Error(`unknown problem ${name}`);
  return () => loss(params);
}
