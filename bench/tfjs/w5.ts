import * as tf from "@tensorflow/tfjs";
import { COLUMNS, elements } from "../inputs.ts";
import { type ElementsOp, ends, type Setup } from "../workloads.ts";

export const setup: Setup = (params) => {
  if (params.kind !== "elements") return "another workload";
  const { op, n } = params;
  const inputs = elements(n);
  const vector = (data: Float64Array) => tf.tensor1d(Float32Array.from(data));
  const [a, b, c, row] = [vector(inputs.a), vector(inputs.b), vector(inputs.c), vector(inputs.row)];
  const matrix = tf.reshape(a, [n / COLUMNS, COLUMNS]);
  const column = tf.reshape(tf.slice(b, 0, n / COLUMNS), [n / COLUMNS, 1]);
  const runs: Record<ElementsOp, () => tf.Tensor> = {
    add: () => tf.add(a, b),
    chain: () => tf.tidy(() => tf.relu(tf.sub(tf.add(tf.mul(a, b), c), 1))),
    exp: () => tf.exp(a),
    tanh: () => tf.tanh(a),
    row: () => tf.add(matrix, row),
    column: () => tf.add(matrix, column),
    sum: () => tf.sum(a),
    sum0: () => tf.sum(matrix, 0),
    sum1: () => tf.sum(matrix, 1),
    max1: () => tf.max(matrix, 1),
    softmax1: () => tf.softmax(matrix),
  };
  const run = runs[op];
  let out: tf.Tensor | undefined;
  return {
    step() {
      out?.dispose();
      out = run();
    },
    check: () => ends(out!.dataSync()),
  };
};
