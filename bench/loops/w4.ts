import { operands } from "../inputs.ts";
import { corners, type Setup } from "../workloads.ts";

type Floats = Float32Array | Float64Array;

/** Three loops, the inner one along rows of both `b` and `out`, where they are row by row. */
function matmul(
  a: Floats,
  b: Floats,
  out: Floats,
  [m, k, n]: readonly [number, number, number],
  [a0, a1, b0, b1]: readonly [number, number, number, number],
): void {
  for (let i = 0; i < m; i++) {
    for (let p = 0; p < k; p++) {
      const x = a[i * a0 + p * a1]!;
      for (let j = 0; j < n; j++) out[i * n + j]! += x * b[p * b0 + j * b1]!;
    }
  }
}

export const setup: Setup = (params) => {
  if (params.kind !== "matmul") return "another workload";
  const { m, k, n, transposeA, transposeB } = params;
  const inputs = operands(m, k, n);
  const Floats = params.dtype === "float32" ? Float32Array : Float64Array;
  const [a, b] = [Floats.from(inputs.a), Floats.from(inputs.b)];
  let out = new Floats(m * n);
  const strides = [...(transposeA ? [1, m] : [k, 1]), ...(transposeB ? [1, k] : [n, 1])] as const;
  const [a0, a1, b0, b1] = strides;
  return {
    step() {
      out = new Floats(m * n);
      matmul(a, b, out, [m, k, n], [a0!, a1!, b0!, b1!]);
    },
    check: () => corners(out, m, n),
  };
};
