/** A number for a reader: at most `digits` significant ones, a true minus, no trailing zeros. */
export function formatNumber(value: number, digits = 6): string {
  if (Number.isNaN(value)) return "NaN";
  if (!Number.isFinite(value)) return value > 0 ? "∞" : "−∞";
  const magnitude = Math.abs(value);
  if (value === 0) return "0";
  const text =
    magnitude >= 1e6 || magnitude < 1e-4
      ? value.toExponential(Math.max(0, digits - 3)).replace("e+", "e")
      : String(Number(value.toPrecision(digits)));
  return text.replaceAll("-", "−");
}

const SUPERSCRIPTS: Readonly<Record<string, string>> = {
  "-": "⁻",
  "0": "⁰",
  "1": "¹",
  "2": "²",
  "3": "³",
  "4": "⁴",
  "5": "⁵",
  "6": "⁶",
  "7": "⁷",
  "8": "⁸",
  "9": "⁹",
};

/** A power of ten as a tick's text, such as 10⁻³; empty for any other number. */
export function formatPower(value: number | null): string {
  if (value === null || !(value > 0)) return "";
  const exponent = Math.round(Math.log10(value));
  if (Math.abs(value / 10 ** exponent - 1) > 1e-6) return "";
  if (exponent >= 0 && exponent <= 3) return String(10 ** exponent);
  return `10${[...String(exponent)].map((digit) => SUPERSCRIPTS[digit] ?? "").join("")}`;
}
