import { type Tensor, tensor } from "tapegrad";
import type { Program } from "../expression/ast.ts";
import { evaluate } from "../expression/evaluate.ts";
import { createOptimizer, type RunnerConfig, type Stepper } from "./optimizers.ts";
import type { Point } from "./surfaces.ts";

/** What one optimizer did: entry k is the state after k updates, entry 0 the start. */
export interface Trajectory {
  readonly x: readonly number[];
  readonly y: readonly number[];
  readonly loss: readonly number[];
  /** Euclidean norm of the gradient at the point. */
  readonly gradNorm: readonly number[];
}

/** Why a runner has no further entries. */
export type Ending =
  | { readonly kind: "diverged"; readonly step: number; readonly what: string }
  | { readonly kind: "refused"; readonly message: string };

/** One optimizer on its way down, one update at a time. */
export class Runner {
  readonly config: RunnerConfig;
  private readonly program: Program;
  private readonly start: Point;
  private readonly point: Tensor;
  private readonly optimizer: Stepper | undefined;
  private readonly xs: number[] = [];
  private readonly ys: number[] = [];
  private readonly losses: number[] = [];
  private readonly gradNorms: number[] = [];
  private end: Ending | undefined;

  constructor(program: Program, start: Point, config: RunnerConfig) {
    this.program = program;
    this.start = start;
    this.config = config;
    // A surface in x alone has one parameter, so that y does not drift by weight decay.
    const coordinates = program.uses.y ? [start.x, start.y] : [start.x];
    this.point = tensor(coordinates, { dtype: "float64", requiresGrad: true });
    try {
      this.optimizer = createOptimizer([this.point], config);
      this.record();
    } catch (error) {
      this.end = { kind: "refused", message: messageOf(error) };
    }
  }

  get trajectory(): Trajectory {
    return { x: this.xs, y: this.ys, loss: this.losses, gradNorm: this.gradNorms };
  }

  /** How many updates are recorded. */
  get steps(): number {
    return Math.max(0, this.xs.length - 1);
  }

  get ending(): Ending | undefined {
    return this.end;
  }

  /** Makes one update, unless the runner has ended. */
  advance(): void {
    if (this.end !== undefined || this.optimizer === undefined) return;
    this.optimizer.step();
    this.record();
  }

  private record(): void {
    this.optimizer?.zeroGrad();
    const x = this.point.at(0);
    const y = this.program.uses.y ? this.point.at(1) : tensor(this.start.y, { dtype: "float64" });
    const loss = evaluate(this.program, x, y);
    loss.backward();
    const gradNorm = this.point.grad?.norm().item() ?? 0;
    this.xs.push(x.item());
    this.ys.push(y.item());
    this.losses.push(loss.item());
    this.gradNorms.push(gradNorm);
    const what = firstNonFinite([
      ["x", x.item()],
      ["y", y.item()],
      ["loss", loss.item()],
      ["gradient", gradNorm],
    ]);
    if (what !== undefined) this.end = { kind: "diverged", step: this.steps, what };
  }
}

function firstNonFinite(values: readonly (readonly [string, number])[]): string | undefined {
  const found = values.find(([, value]) => !Number.isFinite(value));
  return found && `${found[0]} is ${String(found[1]).replace("Infinity", "∞").replace("-", "−")}`;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Several optimizers from one start on one surface, computed ahead of what is shown. */
export class Race {
  readonly runners: readonly Runner[];
  readonly steps: number;
  private computedSteps = 0;

  constructor(program: Program, start: Point, configs: readonly RunnerConfig[], steps: number) {
    this.runners = configs.map((config) => new Runner(program, start, config));
    this.steps = steps;
  }

  /** Every runner is recorded up to here, or has ended. */
  get computed(): number {
    return this.computedSteps;
  }

  get complete(): boolean {
    return this.computedSteps >= this.steps;
  }

  /**
   * Computes on towards the last step, all runners abreast.
   * @param mayContinue asked between steps, so that a page can give a slice of its frame.
   */
  advance(mayContinue: () => boolean = () => true): void {
    while (!this.complete && mayContinue()) {
      for (const runner of this.runners) runner.advance();
      this.computedSteps++;
      if (this.runners.every((runner) => runner.ending !== undefined)) {
        this.computedSteps = this.steps;
      }
    }
  }
}

/** What one runner has to show at a step: its last entry where it ended earlier. */
export interface Standing {
  readonly step: number;
  readonly x: number;
  readonly y: number;
  readonly loss: number;
  readonly gradNorm: number;
}

export function standingAt(runner: Runner, step: number): Standing | undefined {
  const { x, y, loss, gradNorm } = runner.trajectory;
  const index = Math.min(step, x.length - 1);
  const values = [x[index], y[index], loss[index], gradNorm[index]];
  const [px, py, l, g] = values;
  if (px === undefined || py === undefined || l === undefined || g === undefined) return undefined;
  return { step: index, x: px, y: py, loss: l, gradNorm: g };
}

/**
 * The first step at which a runner is within the tolerance: by its loss above the smallest value
 * where that is known, otherwise by its gradient norm.
 * @param minimum the surface's smallest value, or undefined where it is unknown.
 * @param from the first step to look at.
 */
export function stepsToTolerance(
  trajectory: Trajectory,
  tolerance: number,
  minimum: number | undefined,
  from = 0,
): number | undefined {
  const series = minimum === undefined ? trajectory.gradNorm : trajectory.loss;
  const limit = minimum === undefined ? tolerance : minimum + tolerance;
  for (let step = from; step < series.length; step++) {
    const value = series[step];
    if (value !== undefined && value <= limit) return step;
  }
  return undefined;
}
