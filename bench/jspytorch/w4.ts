import { torch } from "js-pytorch";
import { operands } from "../inputs.ts";
import { corners, type Setup } from "../workloads.ts";
import { nested } from "./network.ts";

export const setup: Setup = (params) => {
  if (params.kind !== "matmul") return "another workload";
  const { m, k, n, transposeA, transposeB } = params;
  if (params.dtype === "float32") return "no float32";
  if (transposeA || transposeB) return "no views";
  if (m * k * n > 256 ** 3) return "takes seconds";
  const inputs = operands(m, k, n);
  const a = torch.tensor(nested(inputs.a, k));
  const b = torch.tensor(nested(inputs.b, n));
  let out = a;
  return {
    step() {
      out = torch.matmul(a, b);
    },
    check: () => corners(out.data.flat(), m, n),
  };
};
