import * as tf from "@tensorflow/tfjs";

export interface Layer {
  /** [in, out]: the transpose of what the inputs hold. */
  readonly weight: tf.Variable<tf.Rank.R2>;
  readonly bias: tf.Variable<tf.Rank.R1>;
}

/** A layer from a weight as [out, in], row by row. */
export function layer(weight: ArrayLike<number>, bias: ArrayLike<number>): Layer {
  const [out, inputs] = [bias.length, weight.length / bias.length];
  return tf.tidy(() => ({
    weight: tf.variable(tf.transpose(tf.tensor2d(Float32Array.from(weight), [out, inputs]))),
    bias: tf.variable(tf.tensor1d(Float32Array.from(bias))),
  }));
}

export function dispose(layers: readonly Layer[]): void {
  for (const { weight, bias } of layers) {
    weight.dispose();
    bias.dispose();
  }
}

/** Linear layers with a ReLU between each two. */
export function forward(layers: readonly Layer[], x: tf.Tensor2D): tf.Tensor2D {
  let h = x;
  for (const [i, { weight, bias }] of layers.entries()) {
    h = tf.add(tf.matMul(h, weight), bias);
    if (i + 1 < layers.length) h = tf.relu(h);
  }
  return h;
}
