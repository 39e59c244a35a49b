import {
  add,
  exp,
  max,
  mul,
  relu,
  reshape,
  softmax,
  sub,
  sum,
  type Tensor,
  tanh,
  tensor,
} from "deepbox/ndarray";
import { COLUMNS, elements } from "../inputs.ts";
import { type ElementsOp, ends, type Setup } from "../workloads.ts";

export const setup: Setup = (params) => {
  if (params.kind !== "elements") return "another workload";
  const { op, n } = params;
  const inputs = elements(n);
  const vector = (data: Float64Array) => tensor(Float32Array.from(data), { dtype: "float32" });
  const [a, b, c, row] = [vector(inputs.a), vector(inputs.b), vector(inputs.c), vector(inputs.row)];
  const one = vector(Float64Array.of(1));
  const matrix = reshape(a, [n / COLUMNS, COLUMNS]);
  const column = reshape(vector(inputs.b.subarray(0, n / COLUMNS)), [n / COLUMNS, 1]);
  const runs: Record<ElementsOp, () => Tensor> = {
    add: () => add(a, b),
    chain: () => relu(sub(add(mul(a, b), c), one)),
    exp: () => exp(a),
    tanh: () => tanh(a),
    row: () => add(matrix, row),
    column: () => add(matrix, column),
    sum: () => sum(a),
    sum0: () => sum(matrix, 0),
    sum1: () => sum(matrix, 1),
    max1: () => max(matrix, 1),
    softmax1: () => softmax(matrix, 1),
  };
  const run = runs[op];
  let out = a;
  return {
    step() {
      out = run();
    },
    check: () => ends(Array.from(out.data, Number)),
  };
};
