import { type GradTensor, parameter, type Tensor, tensor } from "deepbox/ndarray";
import { Linear, type Module, ReLU, Sequential } from "deepbox/nn";

/** Float32, [rows, columns], from numbers row by row. */
export function matrix(data: ArrayLike<number>, columns: number): Tensor {
  const rows = data.length / columns;
  const nested = Array.from({ length: rows }, (_, i) =>
    Array.from({ length: columns }, (_, j) => data[i * columns + j]!),
  );
  return tensor(nested, { dtype: "float32" });
}

export const input = (data: ArrayLike<number>, columns: number): GradTensor =>
  parameter(matrix(data, columns), { requiresGrad: false });

/** Linear layers with a ReLU between each two; the parameters are weight, bias, weight, … */
export function network(
  sizes: readonly number[],
  parameters: readonly ArrayLike<number>[],
): Module {
  const layers: Module[] = [];
  for (let i = 0; i + 1 < sizes.length; i++) {
    if (i > 0) layers.push(new ReLU());
    layers.push(new Linear(sizes[i]!, sizes[i + 1]!, { dtype: "float32" }));
  }
  const model = new Sequential(...layers);
  for (const [i, p] of [...model.parameters()].entries()) {
    const data = p.data;
    if (!(data instanceof Float32Array)) throw new Error("deepbox: a parameter is not float32");
    data.set(Array.from(parameters[i]!));
  }
  return model;
}
