import { tensor } from "tapegrad";
import { operands } from "../inputs.ts";
import { corners, type Setup } from "../workloads.ts";

export const setup: Setup = (params) => {
  if (params.kind !== "matmul") return "another workload";
  const { dtype, m, k, n, transposeA, transposeB } = params;
  const inputs = operands(m, k, n);
  const flatA = tensor(inputs.a, { dtype });
  const flatB = tensor(inputs.b, { dtype });
  const a = transposeA ? flatA.view(k, m).t() : flatA.view(m, k);
  const b = transposeB ? flatB.view(n, k).t() : flatB.view(k, n);
  let out = a;
  return {
    step() {
      out = a.matmul(b);
    },
    check: () => corners(out.toTypedArray(), m, n),
  };
};
