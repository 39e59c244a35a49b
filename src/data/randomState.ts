import { RandomState } from "../random/randomState.ts";
import { describe } from "../tensor/shape.ts";

/** A seed in [0, 2^32), or a NumPy stream that goes on from where it stands. */
export type RandomStateLike = number | RandomState;

/**
 * The stream that scikit-learn would draw from; without a seed, one of its own.
 * @throws TypeError for what is no seed, RangeError for a seed out of range.
 */
export function randomStateFrom(fn: string, value: RandomStateLike | undefined): RandomState {
  if (value instanceof RandomState) return value;
  if (value !== undefined && !Number.isInteger(value)) {
    throw new TypeError(
      `${describe(value)} cannot be used to seed a numpy.random.RandomState instance: ${fn}() takes an integer or a random.RandomState as randomState`,
    );
  }
  return new RandomState(value);
}
