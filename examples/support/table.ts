/** Prints rows under headings, the first column to the left and the others to the right. */
export function printTable(
  headings: readonly string[],
  rows: readonly (readonly (string | undefined)[])[],
): void {
  const widths = headings.map((heading, column) =>
    Math.max(heading.length, ...rows.map((row) => row[column]?.length ?? 0)),
  );
  const line = (cells: readonly (string | undefined)[]) =>
    widths
      .map((width, i) =>
        i === 0 ? (cells[i] ?? "").padEnd(width) : (cells[i] ?? "").padStart(width),
      )
      .join("  ")
      .trimEnd();
  console.log(line(headings));
  console.log(widths.map((width) => "-".repeat(width)).join("  "));
  for (const row of rows) console.log(line(row));
}

/** Writes a number as C and Python do, with an exponent of two digits: `4.058754e-01`. */
export function sci(value: number, digits: number): string {
  return value.toExponential(digits).replace(/e([+-])(\d)$/, "e$10$2");
}

/** Writes a number as C's `%g` does: significant digits without idle zeros, an exponent where small. */
export function significant(value: number, digits: number): string {
  const short = Number(value.toPrecision(digits));
  return short !== 0 && Math.abs(short) < 1e-4
    ? sci(short, digits - 1).replace(/\.?0+e/, "e")
    : String(short);
}
