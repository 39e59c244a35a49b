import * as tf from "@tensorflow/tfjs";
import { operands } from "../inputs.ts";
import { corners, type Setup } from "../workloads.ts";

export const setup: Setup = (params) => {
  if (params.kind !== "matmul") return "another workload";
  const { m, k, n, transposeA, transposeB } = params;
  if (params.dtype === "float64") return "no float64";
  const inputs = operands(m, k, n);
  const a = tf.tensor2d(Float32Array.from(inputs.a), transposeA ? [k, m] : [m, k]);
  const b = tf.tensor2d(Float32Array.from(inputs.b), transposeB ? [n, k] : [k, n]);
  let out: tf.Tensor2D | undefined;
  return {
    step() {
      out?.dispose();
      out = tf.matMul(a, b, transposeA, transposeB);
    },
    check: () => corners(out!.dataSync(), m, n),
  };
};
