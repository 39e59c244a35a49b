import { type Array as Arr, init, jit, nn, numpy as np } from "@jax-js/jax";
import { COLUMNS, elements } from "../inputs.ts";
import { type ElementsOp, ends, type Setup } from "../workloads.ts";

await init("wasm");

export const setup: Setup = (params) => {
  if (params.kind !== "elements") return "another workload";
  const { op, n } = params;
  const inputs = elements(n);
  const vector = (data: Float64Array): Arr => np.array(Float32Array.from(data));
  const [a, b, c, row] = [vector(inputs.a), vector(inputs.b), vector(inputs.c), vector(inputs.row)];
  const matrix = vector(inputs.a).reshape([n / COLUMNS, COLUMNS]);
  const column = vector(inputs.b.subarray(0, n / COLUMNS)).reshape([n / COLUMNS, 1]);
  const add = jit((x: Arr, y: Arr): Arr => x.add(y));
  const chain = jit((x: Arr, y: Arr, z: Arr): Arr => nn.relu(x.mul(y).add(z).sub(1)));
  const one = (fn: (x: Arr) => Arr): ((x: Arr) => Arr) => jit(fn);
  const [exp, tanh, sum] = [one((x) => np.exp(x)), one((x) => np.tanh(x)), one((x) => np.sum(x))];
  const [sum0, sum1] = [one((x) => np.sum(x, 0)), one((x) => np.sum(x, 1))];
  const [max1, softmax1] = [one((x) => np.max(x, 1)), one((x) => nn.softmax(x, 1))];
  const runs: Record<ElementsOp, () => Arr> = {
    add: () => add(a.ref, b.ref),
    chain: () => chain(a.ref, b.ref, c.ref),
    exp: () => exp(a.ref),
    tanh: () => tanh(a.ref),
    row: () => add(matrix.ref, row.ref),
    column: () => add(matrix.ref, column.ref),
    sum: () => sum(a.ref),
    sum0: () => sum0(matrix.ref),
    sum1: () => sum1(matrix.ref),
    max1: () => max1(matrix.ref),
    softmax1: () => softmax1(matrix.ref),
  };
  const run = runs[op];
  let out: Arr | undefined;
  return {
    async step() {
      out?.dispose();
      out = run();
      await out.blockUntilReady();
    },
    check: () => ends(out!.ref.dataSync()),
  };
};
