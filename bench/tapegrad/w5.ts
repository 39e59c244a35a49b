import { type Tensor, tensor } from "tapegrad";
import { COLUMNS, elements } from "../inputs.ts";
import { type ElementsOp, ends, type Setup } from "../workloads.ts";

export const setup: Setup = (params) => {
  if (params.kind !== "elements") return "another workload";
  const { op, n } = params;
  const inputs = elements(n);
  const vector = (data: Float64Array): Tensor => tensor(Float32Array.from(data));
  const [a, b, c, row] = [vector(inputs.a), vector(inputs.b), vector(inputs.c), vector(inputs.row)];
  const matrix = a.view(-1, COLUMNS);
  const column = vector(inputs.b.subarray(0, n / COLUMNS)).view(-1, 1);
  const runs: Record<ElementsOp, () => Tensor> = {
    add: () => a.add(b),
    chain: () => a.mul(b).add(c).sub(1).relu(),
    exp: () => a.exp(),
    tanh: () => a.tanh(),
    row: () => matrix.add(row),
    column: () => matrix.add(column),
    sum: () => a.sum(),
    sum0: () => matrix.sum(0),
    sum1: () => matrix.sum(1),
    max1: () => matrix.amax(1),
    softmax1: () => matrix.softmax(1),
  };
  const run = runs[op];
  let out = a;
  return {
    step() {
      out = run();
      // Arithmetic waits until somebody reads it.
      out.storage.settle();
    },
    check: () => ends(out.toTypedArray()),
  };
};
