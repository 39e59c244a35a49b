import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, vi } from "vitest";
import { isObject, type JsonObject, readLines } from "../support/parity/encoding.ts";

/** Pictures are painted at this size: small, so that a test is quick. */
export const SCALE = 0.25;

/** What an example left behind. */
export interface Run<Module> {
  readonly module: Module;
  /** The lines that it printed, but for the names of the files that it wrote. */
  readonly printed: readonly string[];
  /** Where its pictures are. */
  readonly folder: string;
  /** The names of its pictures, sorted. */
  readonly files: readonly string[];
}

/**
 * Runs an example as a user would, with small pictures in a folder that is removed after the tests.
 * @param load imports the example, which is what runs it
 */
export async function run<Module>(load: () => Promise<Module>): Promise<Run<Module>> {
  const folder = mkdtempSync(join(tmpdir(), "tapegrad-examples-"));
  afterAll(() => rmSync(folder, { recursive: true }));
  vi.stubEnv("TAPEGRAD_OUT", folder);
  vi.stubEnv("TAPEGRAD_SCALE", String(SCALE));
  const log = vi.spyOn(console, "log").mockImplementation(() => {});
  const module = await load();
  const lines = log.mock.calls.flatMap((call) => String(call[0]).split("\n"));
  log.mockRestore();
  vi.unstubAllEnvs();
  const printed = lines.filter((line) => !line.startsWith("wrote "));
  return { module, printed, folder, files: readdirSync(folder).sort() };
}

/** The cells of the printed line that starts with these cells. */
export function cells(printed: readonly string[], ...start: readonly string[]): string[] {
  const rows = printed.map((line) => line.split(/ {2,}/));
  const row = rows.find((cells) => start.every((cell, i) => cells[i] === cell));
  if (row === undefined) throw new Error(`no line starts with ${start.join(", ")}`);
  return row.slice(start.length);
}

/** A record of what PyTorch computes for the examples, by its id. */
export function figure(id: string, file = "examples.jsonl"): JsonObject {
  const path = new URL(`../fixtures/${file}`, import.meta.url);
  const found = readLines(readFileSync(path, "utf8")).find((record) => record.id === id);
  if (!isObject(found)) throw new Error(`${file} has no record ${id}`);
  return found;
}
