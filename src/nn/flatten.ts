import { flatten } from "../tensor/ops/view.ts";
import { checkInt } from "../tensor/shape.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { Module } from "./module.ts";

/** Joins a range of dimensions into one; by default all but the first, the batch. */
export class Flatten extends Module {
  readonly startDim: number;
  readonly endDim: number;

  /**
   * @param startDim the first dimension of the range; 1.
   * @param endDim the last dimension of the range, -1 for the tensor's last; -1.
   */
  constructor(startDim = 1, endDim = -1) {
    super();
    checkInt("Flatten", "startDim", startDim);
    checkInt("Flatten", "endDim", endDim);
    this.startDim = startDim;
    this.endDim = endDim;
  }

  forward(input: Tensor): Tensor {
    return flatten(input, this.startDim, this.endDim);
  }

  override extraRepr(): string {
    return `start_dim=${this.startDim}, end_dim=${this.endDim}`;
  }
}
