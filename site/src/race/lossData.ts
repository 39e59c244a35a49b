import type { ChartData } from "../drawing/lineChart.ts";
import type { Race } from "./engine.ts";

const MAX_SAMPLES = 1500;
/** How far below the largest value a logarithmic axis reaches. */
const MAX_DECADES = 20;

/** A chart of losses; on a logarithmic axis some may have no place. */
export interface LossChart extends ChartData {
  readonly leftOut: boolean;
}

/**
 * Losses against step as a chart, up to a step.
 * @param labels the runners' names.
 * @param minimum the surface's smallest value where it is known: a logarithmic axis shows the
 *   distance to it, since a loss may be negative.
 */
export function lossChart(
  race: Race,
  labels: readonly string[],
  step: number,
  log: boolean,
  minimum: number | undefined,
): LossChart {
  const stride = Math.max(1, Math.ceil(race.steps / MAX_SAMPLES));
  const x = Array.from({ length: Math.floor(step / stride) + 1 }, (_, index) => index * stride);
  if (x.at(-1) !== step) x.push(step);
  const offset = log ? (minimum ?? 0) : 0;
  let leftOut = false;
  const shown = (value: number | undefined) => {
    if (value === undefined || !Number.isFinite(value)) return null;
    if (!log || value > offset) return value - offset;
    leftOut = true;
    return null;
  };
  const lines = race.runners.map((runner, index) => ({
    label: labels[index] ?? "",
    style: index,
    values: x.map((at) => shown(runner.trajectory.loss[at])),
  }));
  return {
    x,
    lines,
    xRange: [0, race.steps],
    yRange: log ? logRange(race, offset) : linearRange(race),
    log,
    xLabel: "step",
    yLabel: offset === 0 ? "loss" : "loss − minimum",
    cursor: step,
    leftOut,
  };
}

/** All that is computed, but what diverges leaves the chart instead of flattening the rest. */
function linearRange(race: Race): readonly [number, number] {
  const { low, high, first } = extent(race, 0, Number.NEGATIVE_INFINITY);
  if (low > high) return [0, 1];
  const reach = 4 * Math.max(Math.abs(first), 1e-12);
  const bottom = Math.max(low, first - reach);
  const top = Math.min(high, first + reach);
  const room = 0.04 * (top - bottom || Math.abs(top) || 1);
  return [bottom - room, top + room];
}

function logRange(race: Race, offset: number): readonly [number, number] {
  const { low, high, first } = extent(race, offset, 0);
  if (low > high) return [0.1, 10];
  const top = Math.min(high, Math.max(first, low) * 1e4);
  const bottom = Math.max(low, top * 10 ** -MAX_DECADES);
  const upper = 10 ** Math.ceil(Math.log10(top) + 1e-9);
  return [10 ** Math.floor(Math.log10(bottom)), Math.max(upper, bottom * 10)];
}

/** Smallest and largest finite loss above a limit, and the loss at the start, less the offset. */
function extent(race: Race, offset: number, above: number) {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  let first = Number.NaN;
  for (const { trajectory } of race.runners) {
    for (const loss of trajectory.loss) {
      const value = loss - offset;
      if (!Number.isFinite(value) || value <= above) continue;
      if (Number.isNaN(first)) first = value;
      low = Math.min(low, value);
      high = Math.max(high, value);
    }
  }
  return { low, high, first };
}
