/**
 * Redraws one progress line on a terminal and leaves no trace of it at the end; silent in a pipe.
 * @param done how much is done, out of `total`
 * @param note a few words after the bar
 */
export function progress(done: number, total: number, note: string): void {
  const out = process.stdout;
  if (!out.isTTY) return;
  const width = 24;
  const full = Math.round((width * done) / total);
  const bar = "█".repeat(full) + "░".repeat(width - full);
  const text = `${bar} ${done}/${total} ${note}`.slice(0, Math.max(0, (out.columns || 80) - 1));
  out.write(`\r\x1b[2K${done < total ? text : ""}`);
}
