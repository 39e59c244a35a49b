import { readFile } from "node:fs/promises";
import { optim, type Tensor, tensor } from "tapegrad";
import { describe, expect, it } from "vitest";
import { parse } from "../../../site/src/expression/parser.ts";
import type { Stepper } from "../../../site/src/race/optimizers.ts";
import { snippet } from "../../../site/src/race/snippet.ts";
import { defaultRace } from "../../../site/src/race/state.ts";
import {
  hashLike,
  openSession,
  raceAt,
  raceReady,
  scrubTo,
  shownStep,
  standings,
  until,
} from "../support/session.ts";
import { useSite } from "../support/useSite.ts";

const site = useSite();

type Surface = (x: Tensor, y: Tensor) => Tensor;
const rosenbrock: Surface = (x, y) =>
  x.neg().add(1).square().add(y.sub(x.square()).square().mul(100));

/** The library's own figures in Node: x, y, loss and gradient norm after some updates. */
function computed(f: Surface, start: number[], steps: number, rule: (p: Tensor) => Stepper) {
  const point = tensor(start, { dtype: "float64", requiresGrad: true });
  const optimizer = rule(point);
  for (let step = 0; ; step++) {
    optimizer.zeroGrad();
    const loss = f(point.at(0), point.at(1));
    loss.backward();
    if (step === steps) {
      return [point.at(0).item(), point.at(1).item(), loss.item(), point.grad?.norm().item()];
    }
    optimizer.step();
  }
}

/**
 * Equal but for rounding: V8's pow, which Adam's corrections use, differs in the last place between
 * Node 20 and newer Chromiums.
 */
function expectNear(
  figures: readonly number[] = [],
  expected: readonly (number | undefined)[] = [],
) {
  expect(figures).toHaveLength(expected.length);
  figures.forEach((figure, index) => {
    const wanted = expected[index] ?? Number.NaN;
    expect(Math.abs(figure - wanted)).toBeLessThanOrEqual(1e-9 * Math.abs(wanted));
  });
}

const sgd = (p: Tensor) => new optim.SGD([p], { lr: 0.001 });
const momentum = (p: Tensor) => new optim.SGD([p], { lr: 0.001, momentum: 0.9 });
const adam = (p: Tensor) => new optim.Adam([p], { lr: 0.01 });

describe("the race", () => {
  it("opens with Rosenbrock and the library's figures in Node", async () => {
    await site.on("", async ({ page }) => {
      const rows = await standings(page);
      expect(rows.map(({ name }) => name)).toEqual([
        "SGD lr 0.001",
        "SGD lr 0.001, momentum 0.9",
        "Adam lr 0.01",
      ]);
      expect(rows[0]?.figures).toEqual(computed(rosenbrock, [-1, 1], 1000, sgd));
      expect(rows[1]?.figures).toEqual(computed(rosenbrock, [-1, 1], 1000, momentum));
      expectNear(rows[2]?.figures, computed(rosenbrock, [-1, 1], 1000, adam));
      expect(rows.map(({ reached }) => reached)).toEqual(["not reached", "884", "767"]);
    });
  });

  it("plays, pauses, goes step by step, and says so only at pause and end", async () => {
    await site.on("#race?f=booth&n=2000&k=0&p=60", async ({ page }) => {
      const status = page.getByRole("status");
      await page.getByRole("button", { name: "Play" }).click();
      await raceAt(page, (shown) => shown >= 3);
      expect(await status.innerText()).toBe("");
      await page.getByRole("button", { name: "Pause" }).click();
      const step = await shownStep(page);
      expect(await status.innerText()).toMatch(
        new RegExp(`^Paused at step ${step} of 2000\\. Lowest`),
      );

      await page.getByRole("button", { name: "One step on" }).click();
      await raceAt(page, (shown) => shown === step + 1);
      const rows = await standings(page);
      const booth: Surface = (x, y) =>
        x.add(y.mul(2)).sub(7).square().add(x.mul(2).add(y).sub(5).square());
      const expected = computed(booth, [-8, -6], step + 1, (p) => new optim.Adam([p], { lr: 0.5 }));
      expectNear(rows.at(-1)?.figures, expected);
      await page.getByRole("button", { name: "One step back" }).click();
      await raceAt(page, (shown) => shown === step);

      await scrubTo(page, 1980);
      await page.getByRole("button", { name: "Play" }).click();
      await page.getByText("Finished 2000 steps. Lowest loss").waitFor();
      expect(await shownStep(page)).toBe(2000);
      // Playing from the end starts anew.
      await page.getByRole("button", { name: "Play" }).click();
      await raceAt(page, (shown) => shown < 1000);
    });
  });

  it("shows any step under the slider", async () => {
    await site.on("", async ({ page }) => {
      for (const step of [250, 0, 777]) {
        await scrubTo(page, step);
        const rows = await standings(page);
        expect(rows[1]?.figures).toEqual(computed(rosenbrock, [-1, 1], step, momentum));
        expectNear(rows[2]?.figures, computed(rosenbrock, [-1, 1], step, adam));
      }
      const slider = page.getByRole("slider", { name: "Step" });
      expect(await slider.getAttribute("aria-valuetext")).toBe("step 777 of 1000");
    });
  });

  it("differentiates what is typed, as mathematics and as TypeScript over tensors", async () => {
    await site.on("#race?f=rosenbrock&n=30&s=1.5,-0.5", async ({ page }) => {
      const f: Surface = (x, y) => x.sin().mul(y.square()).add(x.sub(1).square());
      const expected = computed(f, [1.5, -0.5], 30, adam);
      const source = page.getByRole("textbox", { name: "f(x, y)" });
      for (const text of [
        "sin(x)*y^2 + (x - 1)^2",
        "(x, y) => { const u = x.sub(1); return x.sin().mul(y.square()).add(u.square()); }",
      ]) {
        await source.fill(text);
        await source.press("Enter");
        await raceReady(page);
        expect(await page.getByRole("combobox", { name: "Surface" }).inputValue()).toBe("typed");
        const figures = (await standings(page))[2]?.figures ?? [];
        // x² may be a product or a power: the last digit may differ, no more.
        figures.forEach((figure, index) => {
          expect(figure).toBeCloseTo(expected[index] ?? Number.NaN, 12);
        });
      }
    });
  });

  it("says what is wrong with a bad surface and where, and keeps the last good one", async () => {
    await site.on("", async ({ page }) => {
      const before = await standings(page);
      const source = page.getByRole("textbox", { name: "f(x, y)" });
      await source.fill("(1-x)^2 + 100*(y-x^2");
      const error = page.getByRole("alert").filter({ hasText: "Character" });
      await error.waitFor();
      expect(await error.innerText()).toContain(
        "Character 21: expected ')' to close the '(' at character 15, found the end",
      );
      expect(await source.getAttribute("aria-invalid")).toBe("true");
      expect(await standings(page)).toEqual(before);

      await source.fill("log(x) + y^2");
      await source.press("Enter");
      await page.getByText("NaN on 50 % of the view (hatched).").waitFor();
      await page.getByText("f is NaN at the start").waitFor();
      expect((await standings(page))[0]?.state).toBe("diverged at step 0: loss is NaN");
    });
  });

  it("is the same race from its link", async () => {
    const session = await openSession(site.browser, `${site.url}#race?f=camel`);
    const { page } = session;
    const source = page.getByRole("textbox", { name: "f(x, y)" });
    await source.fill("x^4 - 2x^2 + |y| * exp(-x) + y^2");
    await source.press("Enter");
    await page.getByRole("textbox", { name: "Start x" }).fill("-1.25");
    await page.getByRole("button", { name: "Add optimizer" }).click();
    const added = page.getByRole("group", { name: "RMSprop lr 0.1" });
    await added.getByText("Options").click();
    await added.getByRole("checkbox", { name: "Centered" }).check();
    await page.getByRole("button", { name: "Remove SGD lr 0.01, momentum 0.9" }).click();
    await page.getByRole("checkbox", { name: "Logarithmic" }).uncheck();
    await raceReady(page);
    await scrubTo(page, 42);
    const hash = await hashLike(page, /&k=42&/);
    const rows = await standings(page);
    expect(rows.map(({ name }) => name)).toEqual([
      "SGD lr 0.01",
      "Adam lr 0.1",
      "RMSprop lr 0.1, centered",
    ]);
    await session.close();

    await site.on(hash, async ({ page: other }) => {
      expect(await standings(other)).toEqual(rows);
      expect(await shownStep(other)).toBe(42);
      expect(await other.getByRole("checkbox", { name: "Logarithmic" }).isChecked()).toBe(false);
      // Opened there, it stays as it is when something unrelated changes the address.
      await other.getByRole("button", { name: "PyTorch" }).click();
      expect(await hashLike(other, /code=pytorch/)).toBe(
        hash.replace("code=typescript", "code=pytorch"),
      );
    });
  });

  it("follows a link that is put into the open page, and names what it cannot read", async () => {
    await site.on("", async ({ page }) => {
      await page.evaluate(() => {
        location.hash = "#race?f=saddle&n=20&o=SGD,lr:0.1&tol=x";
      });
      await page.getByText("Part of the link was not understood").waitFor();
      expect(await page.getByRole("status").innerText()).toContain("tol=x");
      await raceReady(page);
      const [row] = await standings(page);
      expect(row?.figures[1]).toBeCloseTo(0.5 * 1.2 ** 20, 9);
    });
  });

  it("shows divergence as divergence, and the others run on", async () => {
    const hash = "#race?f=rosenbrock&s=-1,1.5&n=200&o=SGD,lr:0.05&o=Adam,lr:0.01&o=SGD,lr:-1";
    await site.on(hash, async ({ page }) => {
      const [wild, tame, refused] = await standings(page);
      expect(wild?.state).toMatch(/^diverged at step \d+: .* is (−?∞|NaN)$/);
      expect(tame?.state).toBe("finished");
      expect(refused?.state).toBe("not started: Invalid learning rate: -1");
      await page.getByRole("alert").filter({ hasText: "Invalid learning rate: -1" }).waitFor();
    });
  });

  it("gives its code to copy, in both languages", async () => {
    const { runners, start, steps, source } = defaultRace();
    const settings = { name: "Rosenbrock", program: parse(source), start, steps, runners };
    await site.on(
      "",
      async ({ page }) => {
        for (const [name, language] of [
          ["PyTorch", "pytorch"],
          ["TypeScript", "typescript"],
        ] as const) {
          await page.getByRole("button", { name }).click();
          const first = language === "pytorch" ? "import torch" : "import {";
          await page.locator(".code").filter({ hasText: first }).waitFor();
          await page.getByRole("button", { name: /Copy code|Copied/ }).click();
          await page.getByRole("button", { name: "Copied" }).waitFor();
          const copied = await page.evaluate(() => navigator.clipboard.readText());
          expect(copied).toBe(snippet(settings, language));
        }
      },
      { permissions: ["clipboard-read", "clipboard-write"] },
    );
  });

  it("is saved as PNG and as animated GIF", async () => {
    await site.on("#race?f=booth&n=40", async ({ page }) => {
      const save = async (name: string) => {
        const waiting = page.waitForEvent("download", { timeout: 30_000 });
        await page.getByRole("button", { name }).click();
        const download = await waiting;
        return { name: download.suggestedFilename(), bytes: await readFile(await download.path()) };
      };
      const png = await save("Save PNG");
      expect(png.name).toBe("race-booth.png");
      expect(png.bytes.subarray(1, 4).toString("latin1")).toBe("PNG");
      // Width and height stand in the header, in pixels: twice the size on the screen.
      expect([png.bytes.readUInt32BE(16), png.bytes.readUInt32BE(20)]).toEqual([1440, 1280]);

      const gif = await save("Save GIF");
      expect(gif.name).toBe("race-booth.gif");
      expect(gif.bytes.subarray(0, 6).toString("latin1")).toBe("GIF89a");
      expect([gif.bytes.readUInt16LE(6), gif.bytes.readUInt16LE(8)]).toEqual([720, 640]);
      // Each frame begins with a graphic control extension.
      expect(gif.bytes.toString("latin1").split("\x21\xf9\x04").length - 1).toBe(41);
    });
  });

  it("turns the surface in 3D, whose library is loaded only then", async () => {
    await site.on("#race?f=himmelblau&n=40", async ({ page }) => {
      const loaded = () =>
        page.evaluate(() =>
          performance.getEntriesByType("resource").some(({ name }) => name.includes("surface3d")),
        );
      expect(await loaded()).toBe(false);
      await page.getByRole("button", { name: "3D surface" }).click();
      const picture = page.getByRole("img", { name: "Himmelblau as a surface in 3D" });
      await picture.waitFor();
      expect(await loaded()).toBe(true);
      const before = await picture.screenshot();
      await page.getByRole("slider", { name: "Turn" }).fill("120");
      await until(
        "the picture to turn",
        async () => (await picture.screenshot()).equals(before),
        (same) => !same,
      );
      await hashLike(page, /show=surface&cam=120,35/);
    });
  });
});
