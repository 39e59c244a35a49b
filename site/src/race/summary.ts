import { formatNumber } from "../ui/numbers.ts";
import type { Derived } from "./derived.ts";
import { standingAt } from "./engine.ts";
import { label } from "./optimizers.ts";

/** The race at a step in a sentence or two: who leads, and who broke off. */
export function summary({ race }: Derived, step: number): string {
  const running = race.runners
    .map((runner) => ({ runner, loss: standingAt(runner, step)?.loss ?? Number.NaN }))
    .filter(({ loss }) => Number.isFinite(loss))
    .sort((a, b) => a.loss - b.loss);
  const best = running[0];
  const sentences: string[] = [];
  if (best !== undefined) {
    sentences.push(`Lowest loss: ${label(best.runner.config)}, ${formatNumber(best.loss, 4)}.`);
  }
  for (const { config, ending } of race.runners) {
    if (ending?.kind === "diverged" && ending.step <= step) {
      sentences.push(`${label(config)} diverged at step ${ending.step}.`);
    } else if (ending?.kind === "refused") {
      sentences.push(`${label(config)} was not started: ${ending.message}.`);
    }
  }
  return sentences.join(" ");
}
