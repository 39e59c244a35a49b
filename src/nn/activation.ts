import type { Tensor } from "../tensor/tensor.ts";
import { logSoftmax, relu, sigmoid, softmax, tanh } from "./functional.ts";
import { Module } from "./module.ts";

/** max(x, 0), element by element. */
export class ReLU extends Module {
  forward(input: Tensor): Tensor {
    return relu(input);
  }
}

/** The hyperbolic tangent, element by element. */
export class Tanh extends Module {
  forward(input: Tensor): Tensor {
    return tanh(input);
  }
}

/** 1 / (1 + exp(−x)), element by element. */
export class Sigmoid extends Module {
  forward(input: Tensor): Tensor {
    return sigmoid(input);
  }
}

/** Probabilities along a dimension: exp(x) over its sum. */
export class Softmax extends Module {
  readonly dim: number;

  /** @param dim the dimension whose elements sum to 1. */
  constructor(dim: number) {
    super();
    this.dim = dim;
  }

  forward(input: Tensor): Tensor {
    return softmax(input, this.dim);
  }

  override extraRepr(): string {
    return `dim=${this.dim}`;
  }
}

/** The logarithm of `Softmax`, exact where the probability itself would round to 0. */
export class LogSoftmax extends Module {
  readonly dim: number;

  /** @param dim the dimension whose elements' exponentials sum to 1. */
  constructor(dim: number) {
    super();
    this.dim = dim;
  }

  forward(input: Tensor): Tensor {
    return logSoftmax(input, this.dim);
  }

  override extraRepr(): string {
    return `dim=${this.dim}`;
  }
}
