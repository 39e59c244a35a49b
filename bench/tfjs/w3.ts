import * as tf from "@tensorflow/tfjs";
import { DIGITS, digits } from "../inputs.ts";
import type { Setup } from "../workloads.ts";
import { dispose, forward, type Layer, layer } from "./network.ts";

export const setup: Setup = (params) => {
  if (params.kind !== "digits") return "another workload";
  const inputs = digits();
  const x = tf.tensor2d(Float32Array.from(inputs.x), [DIGITS.batch, DIGITS.inputs]);
  const y = tf.oneHot(tf.tensor1d(Int32Array.from(inputs.y), "int32"), DIGITS.classes);
  let layers: Layer[] = [];
  let optimizer: tf.Optimizer = tf.train.sgd(0.01);
  let losses: number[] = [];
  return {
    steps: params.steps,
    reset() {
      dispose(layers);
      optimizer.dispose();
      layers = [layer(inputs.w1, inputs.b1), layer(inputs.w2, inputs.b2)];
      optimizer = tf.train.adam(DIGITS.lr, 0.9, 0.999, 1e-8);
      losses = [];
    },
    step() {
      const criterion = (): tf.Scalar => tf.losses.softmaxCrossEntropy(y, forward(layers, x));
      const loss = optimizer.minimize(criterion, true)!;
      losses.push(loss.dataSync()[0]!);
      loss.dispose();
    },
    check: () => [losses[0]!, losses.at(-1)!],
  };
};
