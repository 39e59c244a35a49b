import { dot, tensor, transpose } from "deepbox/ndarray";
import { operands } from "../inputs.ts";
import { corners, type Setup } from "../workloads.ts";

export const setup: Setup = (params) => {
  if (params.kind !== "matmul") return "another workload";
  const { dtype, m, k, n, transposeA, transposeB } = params;
  const make = (data: Float64Array, rows: number, columns: number) =>
    tensor(
      Array.from({ length: rows }, (_, i) =>
        Array.from(data.subarray(i * columns, (i + 1) * columns)),
      ),
      { dtype },
    );
  const inputs = operands(m, k, n);
  const a = transposeA ? transpose(make(inputs.a, k, m)) : make(inputs.a, m, k);
  const b = transposeB ? transpose(make(inputs.b, n, k)) : make(inputs.b, k, n);
  let out = a;
  return {
    step() {
      out = dot(a, b);
    },
    check: () => corners(Array.from(out.data, Number), m, n),
  };
};
