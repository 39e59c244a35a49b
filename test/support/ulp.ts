/** Distances between floating-point numbers, counted in numbers that lie between. */

const view = new DataView(new ArrayBuffer(8));

/** The place of a double among all doubles in order; -0 and 0 share one. */
function place64(x: number): bigint {
  view.setFloat64(0, x);
  const bits = view.getBigInt64(0);
  return bits < 0n ? -(bits & 0x7fff_ffff_ffff_ffffn) : bits;
}

function place32(x: number): bigint {
  view.setFloat32(0, x);
  const bits = view.getInt32(0);
  return BigInt(bits < 0 ? -(bits & 0x7fff_ffff) : bits);
}

/** How many steps of the type lead from `a` to `b`; two NaN are none apart, one alone infinitely. */
export function ulpsBetween(a: number, b: number, type: "float32" | "float64"): number {
  if (Number.isNaN(a) || Number.isNaN(b)) return Number.isNaN(a) && Number.isNaN(b) ? 0 : Infinity;
  const place = type === "float32" ? place32 : place64;
  const steps = place(a) - place(b);
  return Number(steps < 0n ? -steps : steps);
}
