import { type Array as Arr, init, jit, numpy as np } from "@jax-js/jax";
import { operands } from "../inputs.ts";
import { corners, type Setup } from "../workloads.ts";

await init("wasm");

export const setup: Setup = (params) => {
  if (params.kind !== "matmul") return "another workload";
  const { m, k, n, transposeA, transposeB } = params;
  const inputs = operands(m, k, n);
  const make = (data: Float64Array, shape: number[]): Arr =>
    np.array((params.dtype === "float64" ? Float64Array : Float32Array).from(data)).reshape(shape);
  const a = make(inputs.a, transposeA ? [k, m] : [m, k]);
  const b = make(inputs.b, transposeB ? [n, k] : [k, n]);
  const run = jit(
    (x: Arr, y: Arr): Arr =>
      np.matmul(transposeA ? np.transpose(x) : x, transposeB ? np.transpose(y) : y),
  );
  let out: Arr | undefined;
  return {
    async step() {
      out?.dispose();
      out = run(a.ref, b.ref);
      await out.blockUntilReady();
    },
    check: () => corners(out!.ref.dataSync(), m, n),
  };
};
