/** The functions on which optimizers are compared: PyTorch's figures name them. */
import { nn, type Tensor, tensor } from "../../src/index.ts";

/** The loss at the parameters, in their order. */
export type Problem = (params: readonly Tensor[]) => Tensor;

/** (1 - x)² + 100 (y - x²)². */
export const rosenbrock: Problem = ([p]) => {
  const [x, y] = [p!.at(0), p!.at(1)];
  const valley = y.sub(x.mul(x));
  return x.neg().add(1).square().add(valley.square().mul(100));
};

/** A bowl with one slant: ½ Σ d p² - Σ b p + 0.3 p₀ p₁. */
export const quadratic: Problem = ([p]) => {
  const like = { dtype: p!.dtype };
  const d = tensor([1, 10, 0.1, 3], like);
  const b = tensor([1, -2, 0.5, 0], like);
  const bowl = d.mul(p!).mul(p!).sum().mul(0.5);
  return bowl.sub(b.mul(p!).sum()).add(p!.at(0).mul(p!.at(1)).mul(0.3));
};

const X = [
  [0.5, -1.2, 0.3],
  [1.5, 0.4, -0.7],
  [-0.3, 0.8, 1.1],
  [2, -0.5, 0.2],
  [-1.1, -0.9, 0.6],
  [0.1, 1.3, -1.4],
];
const Y = [0.7, 1.9, -0.4, 2.2, -1.3, 0.5];

/** Mean squared error of a line through six points. */
export const linreg: Problem = ([w, b]) => {
  const like = { dtype: w!.dtype };
  return tensor(X, like).matmul(w!).add(b!).sub(tensor(Y, like)).square().mean();
};

const Z = [
  [0.2, 0.9],
  [-0.8, 0.1],
  [0.5, -0.6],
  [-0.4, -0.3],
  [0.9, 0.7],
];
const LABELS = [[1], [0], [1], [0], [1]];

/** Binary cross entropy of a small network with one tanh layer. */
export const mlp: Problem = ([w1, b1, w2, b2]) => {
  const like = { dtype: w1!.dtype };
  const hidden = tensor(Z, like).matmul(w1!.t()).add(b1!).tanh();
  const logits = hidden.matmul(w2!.t()).add(b2!);
  return nn.functional.binaryCrossEntropyWithLogits(logits, tensor(LABELS, like));
};

export const PROBLEMS: Readonly<Record<string, Problem>> = { rosenbrock, quadratic, linreg, mlp };

/** Gradients that belong to no function: that of element i of parameter k at step t, from 0. */
export function gradseq(params: readonly Tensor[], t: number): void {
  for (const [k, p] of params.entries()) {
    const values = Array.from(
      { length: p.numel() },
      (_, i) => (((31 * t + 17 * k + 5 * i + 7) % 23) - 11) / 8,
    );
    p.grad = tensor(values, { dtype: p.dtype }).reshape(p.shape);
  }
}
