import { torch } from "js-pytorch";

export type Tensor = InstanceType<typeof torch.Tensor>;

/** [rows, columns] as lists in a list, which is how js-pytorch holds a tensor. */
export function nested(data: ArrayLike<number>, columns: number): number[][] {
  return Array.from({ length: data.length / columns }, (_, i) =>
    Array.from({ length: columns }, (_, j) => data[i * columns + j]!),
  );
}

/** A layer from a weight as [out, in], row by row; js-pytorch keeps [in, out]. */
export function linear(weight: ArrayLike<number>, bias: ArrayLike<number>) {
  const [out, inputs] = [bias.length, weight.length / bias.length];
  const layer = new torch.nn.Linear(inputs, out);
  layer.W._data = Array.from({ length: inputs }, (_, i) =>
    Array.from({ length: out }, (_, o) => weight[o * inputs + i]!),
  );
  layer.b._data = Array.from(bias);
  return layer;
}
