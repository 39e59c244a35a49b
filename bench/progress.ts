/** A line that rewrites itself in a terminal, and nothing at all in a pipe. */
export const progress = {
  show(text: string): void {
    if (!process.stderr.isTTY) return;
    process.stderr.write(`\r\x1b[K${text.slice(0, (process.stderr.columns ?? 80) - 1)}`);
  },
  clear(): void {
    if (process.stderr.isTTY) process.stderr.write("\r\x1b[K");
  },
};
