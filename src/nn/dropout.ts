import type { Tensor } from "../tensor/tensor.ts";
import { checkProbability } from "./checks.ts";
import { dropout } from "./functional.ts";
import { Module } from "./module.ts";

/**
 * Sets elements to 0 at random while training, and scales the others so that the mean stays; hands
 * its input on in evaluation mode (Hinton et al. 2012).
 */
export class Dropout extends Module {
  readonly p: number;

  /**
   * @param p the probability with which an element becomes 0; 0.5.
   * @throws RangeError if `p` is not in [0, 1].
   */
  constructor(p = 0.5) {
    super();
    checkProbability("Dropout", p);
    this.p = p;
  }

  forward(input: Tensor): Tensor {
    return dropout(input, { p: this.p, training: this.training });
  }

  override extraRepr(): string {
    return `p=${this.p}, inplace=False`;
  }
}
