import { describe, expect, it } from "vitest";
import { parse } from "../../../site/src/expression/parser.ts";
import { Race } from "../../../site/src/race/engine.ts";
import { lossChart } from "../../../site/src/race/lossData.ts";

function raceOn(source: string, lr: number, steps: number): Race {
  const race = new Race(parse(source), { x: 2, y: 0.5 }, [{ kind: "SGD", options: { lr } }], steps);
  race.advance();
  return race;
}

describe("the chart of losses", () => {
  it("has every step of a short race, up to the one that is shown", () => {
    const race = raceOn("x^2 + y^2", 0.1, 20);
    const chart = lossChart(race, ["SGD"], 7, false, 0);
    expect(chart.x).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
    expect(chart.lines[0]?.values).toEqual(race.runners[0]?.trajectory.loss.slice(0, 8));
    expect(chart.xRange).toEqual([0, 20]);
  });

  it("thins out a long race but keeps its last step", () => {
    const chart = lossChart(raceOn("x^2 + y^2", 0.001, 4001), ["SGD"], 4001, false, 0);
    expect(chart.x.length).toBeLessThan(1600);
    expect(chart.x.at(-1)).toBe(4001);
  });

  it("shows the distance to a known minimum on a logarithmic axis", () => {
    const race = raceOn("x^2 + y^2 - 3", 0.1, 10);
    const chart = lossChart(race, ["SGD"], 0, true, -3);
    expect(chart.yLabel).toBe("loss − minimum");
    expect(chart.lines[0]?.values).toEqual([4.25]);
    expect(chart.yRange[1]).toBe(10);
    expect(chart.leftOut).toBe(false);
  });

  it("says when a logarithmic axis cannot show a loss", () => {
    const chart = lossChart(raceOn("x^2 - y^2", 0.1, 30), ["SGD"], 30, true, undefined);
    expect(chart.leftOut).toBe(true);
    expect(chart.lines[0]?.values.at(-1)).toBeNull();
  });

  it("lets a loss that runs away leave the chart, so that the rest stays to be seen", () => {
    const chart = lossChart(raceOn("x^4 + y^4", 1, 50), ["SGD"], 50, false, 0);
    expect(chart.yRange[1]).toBeLessThan(100);
    expect(chart.lines[0]?.values.some((loss) => (loss ?? 0) > 1e6)).toBe(true);
  });
});
