import type { Mismatch } from "./compare.ts";

/** Thrown where a record needs something that the library does not have. */
export class Unsupported extends Error {}

export interface Outcome {
  /** The row of the table: an op, a module, an optimizer. */
  readonly name: string;
  readonly id: string;
  readonly status: "passed" | "failed" | "unsupported";
  /** What was wrong, or what the library lacks. */
  readonly why: string;
  readonly deviation: number;
}

/** Runs one record: whatever it throws is its own failure, never the run's end. */
export function attempt(name: string, id: string, run: () => Mismatch | null): Outcome {
  try {
    const mismatch = run();
    if (mismatch === null) return { name, id, status: "passed", why: "", deviation: 0 };
    return { name, id, status: "failed", ...mismatch };
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    const status = error instanceof Unsupported ? "unsupported" : "failed";
    return {
      name,
      id,
      status,
      why: status === "failed" ? `threw: ${why}` : why,
      deviation: Infinity,
    };
  }
}

interface Row {
  passed: number;
  failed: number;
  unsupported: number;
}

/** Name, passed, failed, unsupported: a line each, and the totals as the last line. */
export function table(outcomes: readonly Outcome[]): string {
  const rows = new Map<string, Row>();
  const total: Row = { passed: 0, failed: 0, unsupported: 0 };
  for (const { name, status } of outcomes) {
    const row = rows.get(name) ?? { passed: 0, failed: 0, unsupported: 0 };
    rows.set(name, row);
    row[status]++;
    total[status]++;
  }
  const width = Math.max(5, ...[...rows.keys()].map((name) => name.length));
  const line = (name: string, ...cells: readonly (number | string)[]): string =>
    `${name.padEnd(width)}${cells.map((cell) => String(cell).padStart(13)).join("")}`;
  return [
    line("name", "passed", "failed", "unsupported"),
    ...[...rows].map(([name, r]) => line(name, r.passed, r.failed, r.unsupported)),
    line("total", total.passed, total.failed, total.unsupported),
  ].join("\n");
}

/** The failing records with their largest deviation, a line each. */
export function failures(outcomes: readonly Outcome[]): string {
  return outcomes
    .filter((o) => o.status === "failed")
    .map((o) => {
      const by = Number.isFinite(o.deviation) ? ` (off by ${o.deviation.toExponential(1)})` : "";
      return `${o.name} ${o.id}: ${o.why.split("\n").join(" ⏎ ")}${by}`;
    })
    .join("\n");
}
