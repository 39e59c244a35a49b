const HALF_SQRT_PI = Math.sqrt(Math.PI) / 2;

/** The error function: the probability that a draw from N(0, 1/2) is within ±x, with x's sign. */
export function erf(x: number): number {
  const size = Math.abs(x);
  // From here on it is 1 to double precision.
  if (!(size < 6)) return Math.sign(x);
  // e^(-x²) · Σ 2ⁿ x^(2n+1) / (2n+1)!!, which adds only terms of one sign (Abramowitz, Stegun 7.1.6).
  let term = x;
  let sum = x;
  for (let n = 1; Math.abs(term) > Math.abs(sum) * 1e-17; n++) {
    term *= (2 * size * size) / (2 * n + 1);
    sum += term;
  }
  return (Math.exp(-size * size) * sum) / HALF_SQRT_PI;
}

/** The number whose error function is y, for y in [-1, 1]. */
export function erfInverse(y: number): number {
  if (!(Math.abs(y) < 1)) return y === 1 || y === -1 ? y * Infinity : Number.NaN;
  if (y === 0) return y;
  // A start that is right to 2e-3 (Winitzki 2008), then Halley's method, which triples the digits.
  const a = 0.147;
  const log = Math.log1p(-y * y);
  const half = 2 / (Math.PI * a) + log / 2;
  let x = Math.sign(y) * Math.sqrt(Math.sqrt(half * half - log / a) - half);
  for (let step = 0; step < 3; step++) {
    const newton = (erf(x) - y) * HALF_SQRT_PI * Math.exp(x * x);
    x -= newton / (1 + x * newton);
  }
  return x;
}
