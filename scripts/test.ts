/**
 * Everything that has to hold before a change is done: format and lint, types, tests.
 * A step that fails does not hide the next one; the last line sums up. Arguments go to vitest:
 * `npm test -- test/nn` runs the checks and the tests of one folder.
 */
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

interface Report {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numPendingTests: number;
  readonly numTodoTests: number;
  readonly success: boolean;
  readonly testResults: readonly {
    readonly name: string;
    readonly status: string;
    readonly assertionResults: readonly { readonly status: string }[];
  }[];
}

function run(title: string, command: string, args: readonly string[]): boolean {
  console.log(`\n== ${title}`);
  const { status, error } = spawnSync(command, args, { stdio: "inherit" });
  if (error !== undefined) console.error(`${command}: ${error.message}`);
  return status === 0;
}

/** What vitest counted, and one failure for whatever stopped it from counting. */
function counts(report: string, green: boolean): { passed: number; failed: number } {
  if (!existsSync(report)) return { passed: 0, failed: 1 };
  const read: Report = JSON.parse(readFileSync(report, "utf8"));
  // A file that does not load has no tests to count; a skipped test counts as one that fails.
  const broken = read.testResults.filter(
    (file) => file.status === "failed" && !file.assertionResults.some((t) => t.status === "failed"),
  ).length;
  const failed = read.numFailedTests + read.numPendingTests + read.numTodoTests + broken;
  return { passed: read.numPassedTests, failed: green ? failed : Math.max(failed, 1) };
}

const checks = [
  run("format and lint", "npm", ["run", "--silent", "lint"]),
  run("types", "npm", ["run", "--silent", "typecheck"]),
];

const folder = mkdtempSync(join(tmpdir(), "tapegrad-test-"));
const report = join(folder, "vitest.json");
const reporters = ["--reporter=default", "--reporter=json", `--outputFile.json=${report}`];
const green = run("tests", "vitest", ["run", ...reporters, ...process.argv.slice(2)]);
const tests = counts(report, green);
rmSync(folder, { recursive: true });

const passed = tests.passed + checks.filter((ok) => ok).length;
const failed = tests.failed + checks.filter((ok) => !ok).length;
console.log(`\n${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
