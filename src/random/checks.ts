/** A number as C++ streams print it by default (six significant digits), as in PyTorch's messages. */
export function cppNumber(x: number): string {
  if (Number.isNaN(x)) return "nan";
  if (!Number.isFinite(x)) return x > 0 ? "inf" : "-inf";
  const [digits = "", exponent = "0"] = x.toExponential(5).split("e");
  const power = Number(exponent);
  if (x === 0 || (power >= -4 && power < 6)) return String(Number(x.toPrecision(6)));
  const sign = power < 0 ? "-" : "+";
  return `${Number(digits)}e${sign}${String(Math.abs(power)).padStart(2, "0")}`;
}

/** What a message calls a value that is not what was wanted. */
export function describe(value: unknown): string {
  if (typeof value === "number") return Number.isInteger(value) ? String(value) : `float ${value}`;
  if (value === null || value === undefined) return String(value);
  if (typeof value === "string") return `string '${value}'`;
  return Array.isArray(value) ? "array" : typeof value;
}

/** Throws unless `value` is an integer that a number holds exactly. */
export function checkInteger(fn: string, name: string, value: unknown): asserts value is number {
  if (!Number.isSafeInteger(value)) {
    throw new TypeError(
      `${fn}(): argument '${name}' must be an integer within ±(2^53 - 1), not ${describe(value)}`,
    );
  }
}

/** Throws unless `value` is a number; NaN and infinities pass, their meaning is the caller's. */
export function checkNumber(fn: string, name: string, value: unknown): asserts value is number {
  if (typeof value !== "number") {
    throw new TypeError(`${fn}(): argument '${name}' must be a number, not ${describe(value)}`);
  }
}
