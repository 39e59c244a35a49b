import * as tf from "@tensorflow/tfjs";
import { circles } from "../inputs.ts";
import type { Setup } from "../workloads.ts";
import { dispose, forward, type Layer, layer } from "./network.ts";

export const setup: Setup = (params) => {
  if (params.kind !== "circles") return "another workload";
  const inputs = circles();
  const matrix = (data: readonly number[], columns: number) =>
    tf.tensor2d([...data], [data.length / columns, columns]);
  const xTrain = matrix(inputs.xTrain, 2);
  const yTrain = matrix(inputs.yTrain, 1);
  const xTest = matrix(inputs.xTest, 2);
  const yTest = matrix(inputs.yTest, 1);
  let layers: Layer[] = [];
  let optimizer: tf.Optimizer = tf.train.sgd(0.01);
  let losses: number[] = [];
  const criterion = (x: tf.Tensor2D, y: tf.Tensor2D): tf.Scalar =>
    tf.losses.sigmoidCrossEntropy(y, forward(layers, x));
  return {
    steps: params.steps,
    reset() {
      dispose(layers);
      optimizer.dispose();
      const [w1, b1, w2, b2, w3, b3] = inputs.parameters.map(({ data }) => data);
      layers = [layer(w1!, b1!), layer(w2!, b2!), layer(w3!, b3!)];
      optimizer =
        params.optimizer === "adam" ? tf.train.adam(0.01, 0.9, 0.999, 1e-8) : tf.train.sgd(0.01);
      losses = [];
    },
    step() {
      const loss = optimizer.minimize(() => criterion(xTrain, yTrain), true)!;
      const testLoss = tf.tidy(() => criterion(xTest, yTest));
      losses.push(loss.dataSync()[0]!, testLoss.dataSync()[0]!);
      tf.dispose([loss, testLoss]);
    },
    check: () => [...losses.slice(0, 2), ...losses.slice(-2)],
  };
};
