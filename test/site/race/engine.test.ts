import { optim, tensor } from "tapegrad";
import { describe, expect, it } from "vitest";
import { parse } from "../../../site/src/expression/parser.ts";
import { Race, standingAt, stepsToTolerance } from "../../../site/src/race/engine.ts";
import type { RunnerConfig } from "../../../site/src/race/optimizers.ts";

const rosenbrock = parse("(1-x)^2 + 100*(y-x^2)^2");
const adam: RunnerConfig = { kind: "Adam", options: { lr: 0.01 } };

function finished(
  source: string,
  start: { x: number; y: number },
  config: RunnerConfig,
  steps: number,
) {
  const race = new Race(parse(source), start, [config], steps);
  race.advance();
  const [runner] = race.runners;
  if (runner === undefined) throw new Error("the race has a runner");
  return { race, runner };
}

describe("a race", () => {
  it("records what a plain loop over the library gives, number for number", () => {
    const race = new Race(rosenbrock, { x: -1, y: 1 }, [adam], 50);
    race.advance();
    const point = tensor([-1, 1], { dtype: "float64", requiresGrad: true });
    const optimizer = new optim.Adam([point], { lr: 0.01 });
    for (let step = 0; step <= 50; step++) {
      optimizer.zeroGrad();
      const [x, y] = [point.at(0), point.at(1)];
      const loss = x.neg().add(1).square().add(y.sub(x.square()).square().mul(100));
      loss.backward();
      expect(race.runners[0] && standingAt(race.runners[0], step)).toEqual({
        step,
        x: x.item(),
        y: y.item(),
        loss: loss.item(),
        gradNorm: point.grad?.norm().item(),
      });
      optimizer.step();
    }
  });

  it("is the same computed in slices", () => {
    const whole = new Race(rosenbrock, { x: -1, y: 1 }, [adam], 40);
    whole.advance();
    const sliced = new Race(rosenbrock, { x: -1, y: 1 }, [adam], 40);
    const computed: number[] = [];
    while (!sliced.complete) {
      let left = 7;
      sliced.advance(() => left-- > 0);
      computed.push(sliced.computed);
    }
    expect(computed).toEqual([7, 14, 21, 28, 35, 40]);
    expect(sliced.runners[0]?.trajectory).toEqual(whole.runners[0]?.trajectory);
  });

  it("ends a runner where its numbers end, and lets the others run", () => {
    const wild: RunnerConfig = { kind: "SGD", options: { lr: 0.1 } };
    const race = new Race(rosenbrock, { x: -1, y: 1.5 }, [wild, adam], 100);
    race.advance();
    const [first, second] = race.runners;
    expect(first?.ending).toMatchObject({ kind: "diverged", what: expect.stringMatching(/∞|NaN/) });
    expect(first?.steps).toBeLessThan(20);
    expect(second?.ending).toBeUndefined();
    expect(second?.steps).toBe(100);
    // What is asked of a later step is the last that there is.
    expect(first && standingAt(first, 90)?.step).toBe(first?.steps);
  });

  it("sees a start without a value at once", () => {
    const { runner, race } = finished("log(x) + y^2", { x: -1, y: 0 }, adam, 10);
    expect(runner.ending).toEqual({ kind: "diverged", step: 0, what: "loss is NaN" });
    expect(race.complete).toBe(true);
  });

  it("sees a gradient without a value, as PyTorch's square root has at 0", () => {
    const { runner } = finished("sqrt(x^2 + y^2)", { x: 0, y: 0 }, adam, 10);
    expect(runner.ending).toEqual({ kind: "diverged", step: 0, what: "gradient is NaN" });
  });

  it("passes on why the library refuses an optimizer", () => {
    const { runner } = finished("x^2", { x: 1, y: 0 }, { kind: "SGD", options: { lr: -1 } }, 10);
    expect(runner.ending).toEqual({ kind: "refused", message: "Invalid learning rate: -1" });
    expect(standingAt(runner, 0)).toBeUndefined();
  });

  it("leaves y alone where the surface has x only", () => {
    const decay: RunnerConfig = { kind: "AdamW", options: { lr: 0.1, weightDecay: 0.5 } };
    const { runner } = finished("x^2", { x: 5, y: 2 }, decay, 20);
    expect(new Set(runner.trajectory.y)).toEqual(new Set([2]));
    expect(runner.trajectory.x.at(-1)).toBeLessThan(5);
  });
});

describe("steps to a tolerance", () => {
  const trajectory = { x: [], y: [], loss: [5, 3, 2.5, 2.01, 2], gradNorm: [9, 4, 1, 0.1, 0.01] };

  it("count the loss above a known minimum, and the gradient norm without one", () => {
    expect(stepsToTolerance(trajectory, 0.6, 2)).toBe(2);
    expect(stepsToTolerance(trajectory, 0.6, undefined)).toBe(3);
    expect(stepsToTolerance(trajectory, 1e-9, undefined)).toBeUndefined();
  });

  it("may be looked for from a step on", () => {
    expect(stepsToTolerance(trajectory, 0.6, 2, 3)).toBe(3);
  });
});
