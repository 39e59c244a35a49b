import * as tf from "@tensorflow/tfjs";
import type { Setup } from "../workloads.ts";

/** In float32: TensorFlow.js has no float64. */
export const setup: Setup = (params) => {
  if (params.kind !== "rosenbrock") return "another workload";
  let x = tf.variable(tf.scalar(0));
  let y = tf.variable(tf.scalar(0));
  let optimizer = tf.train.adam();
  let last = 0;
  const rosenbrock = (): tf.Scalar => {
    const a = tf.square(tf.sub(1, x));
    const b = tf.square(tf.sub(y, tf.square(x)));
    return tf.sum(tf.add(a, tf.mul(100, b)));
  };
  return {
    steps: params.steps,
    reset() {
      tf.dispose([x, y]);
      optimizer.dispose();
      x = tf.variable(tf.scalar(-1));
      y = tf.variable(tf.scalar(1));
      optimizer = tf.train.adam(0.01, 0.9, 0.999, 1e-8);
    },
    step() {
      const loss = optimizer.minimize(rosenbrock, true)!;
      last = loss.dataSync()[0]!;
      loss.dispose();
    },
    check: () => [x.dataSync()[0]!, y.dataSync()[0]!, last],
  };
};
