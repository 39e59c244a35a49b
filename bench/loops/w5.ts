import { COLUMNS, elements } from "../inputs.ts";
import { type ElementsOp, ends, type Setup } from "../workloads.ts";

/** One plain loop for each operation, into a fresh array, as one would write it by hand. */
export const setup: Setup = (params) => {
  if (params.kind !== "elements") return "another workload";
  const { op, n } = params;
  const inputs = elements(n);
  const [a, b, c] = [inputs.a, inputs.b, inputs.c].map((x) => Float32Array.from(x));
  const row = Float32Array.from(inputs.row);
  const rows = n / COLUMNS;
  const x = a!;
  const y = b!;
  const z = c!;
  const runs: Record<ElementsOp, () => Float32Array> = {
    add() {
      const out = new Float32Array(n);
      for (let i = 0; i < n; i++) out[i] = x[i]! + y[i]!;
      return out;
    },
    chain() {
      const out = new Float32Array(n);
      for (let i = 0; i < n; i++) {
        const value = x[i]! * y[i]! + z[i]! - 1;
        out[i] = value > 0 ? value : 0;
      }
      return out;
    },
    exp() {
      const out = new Float32Array(n);
      for (let i = 0; i < n; i++) out[i] = Math.exp(x[i]!);
      return out;
    },
    tanh() {
      const out = new Float32Array(n);
      for (let i = 0; i < n; i++) out[i] = Math.tanh(x[i]!);
      return out;
    },
    row() {
      const out = new Float32Array(n);
      for (let i = 0; i < rows; i++) {
        for (let j = 0; j < COLUMNS; j++) out[i * COLUMNS + j] = x[i * COLUMNS + j]! + row[j]!;
      }
      return out;
    },
    column() {
      const out = new Float32Array(n);
      for (let i = 0; i < rows; i++) {
        for (let j = 0; j < COLUMNS; j++) out[i * COLUMNS + j] = x[i * COLUMNS + j]! + y[i]!;
      }
      return out;
    },
    sum() {
      let total = 0;
      for (let i = 0; i < n; i++) total += x[i]!;
      return Float32Array.of(total);
    },
    sum0() {
      const out = new Float32Array(COLUMNS);
      for (let i = 0; i < rows; i++) {
        for (let j = 0; j < COLUMNS; j++) out[j]! += x[i * COLUMNS + j]!;
      }
      return out;
    },
    sum1() {
      const out = new Float32Array(rows);
      for (let i = 0; i < rows; i++) {
        let total = 0;
        for (let j = 0; j < COLUMNS; j++) total += x[i * COLUMNS + j]!;
        out[i] = total;
      }
      return out;
    },
    max1() {
      const out = new Float32Array(rows);
      for (let i = 0; i < rows; i++) {
        let most = Number.NEGATIVE_INFINITY;
        for (let j = 0; j < COLUMNS; j++) most = Math.max(most, x[i * COLUMNS + j]!);
        out[i] = most;
      }
      return out;
    },
    softmax1() {
      const out = new Float32Array(n);
      for (let i = 0; i < rows; i++) {
        let most = Number.NEGATIVE_INFINITY;
        for (let j = 0; j < COLUMNS; j++) most = Math.max(most, x[i * COLUMNS + j]!);
        let total = 0;
        for (let j = 0; j < COLUMNS; j++) {
          const value = Math.exp(x[i * COLUMNS + j]! - most);
          out[i * COLUMNS + j] = value;
          total += value;
        }
        for (let j = 0; j < COLUMNS; j++) out[i * COLUMNS + j]! /= total;
      }
      return out;
    },
  };
  const run = runs[op];
  let out: Float32Array = x;
  return {
    step() {
      out = run();
    },
    check: () => ends(out),
  };
};
