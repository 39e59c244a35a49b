import { mkdirSync } from "node:fs";
import AxeBuilder from "@axe-core/playwright";
import type { Page } from "playwright";
import { describe, expect, it } from "vitest";
import { label } from "../../../site/src/race/optimizers.ts";
import { presetRace } from "../../../site/src/race/state.ts";
import { painted, raceAt, raceReady, shownStep, standings, until } from "../support/session.ts";
import { useSite } from "../support/useSite.ts";

const site = useSite();
const PHONE = { viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true };

/** Everything that axe finds, as short lines. */
async function findings(page: Page): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  return violations.flatMap(({ id, nodes }) =>
    nodes.map(({ target }) => `${id}: ${target.join(" ")}`),
  );
}

async function openAllDetails(page: Page): Promise<void> {
  await page.evaluate(() => {
    for (const details of document.querySelectorAll("details")) details.open = true;
  });
  // What is inside is filled and laid out then.
  await painted(page);
}

async function screenshot(page: Page, name: string): Promise<void> {
  mkdirSync("out/site", { recursive: true });
  await page.screenshot({ path: `out/site/${name}.png`, fullPage: true });
}

describe("axe finds nothing", () => {
  it.each([
    ["race-light", "", { colorScheme: "light" }],
    ["race-dark", "#race?f=theta2&show=surface", { colorScheme: "dark" }],
    ["race-error-phone", "#race?f=typed&e=sin(x&o=SGD,lr:-1", PHONE],
    ["classifier-light", "#classifier?n=100", { colorScheme: "light" }],
    ["classifier-dark-phone", "#classifier?d=drawn", { ...PHONE, colorScheme: "dark" }],
  ] as const)("on %s, with everything unfolded", async (name, hash, options) => {
    await site.on(
      hash,
      async ({ page }) => {
        await openAllDetails(page);
        await screenshot(page, name);
        expect(await findings(page)).toEqual([]);
      },
      options,
    );
  });
});

/** The optimizers that Booth's own race has. */
const defaultRunners = presetRace("booth").runners.map(label);

describe("the keyboard alone", () => {
  it("reaches every control in an order that makes sense, with a focus that can be seen", async () => {
    await site.on("#race?f=booth&n=20", async ({ page }) => {
      const order: string[] = [];
      for (let step = 0; step < 80; step++) {
        await page.keyboard.press("Tab");
        const focused = await page.evaluate(() => {
          const { activeElement } = document;
          if (!(activeElement instanceof HTMLElement) || activeElement === document.body) return "";
          const { outlineStyle, outlineWidth } = getComputedStyle(activeElement);
          const visible = outlineStyle !== "none" && outlineWidth !== "0px";
          const labels = "labels" in activeElement ? activeElement.labels : null;
          const label = labels instanceof NodeList ? labels[0]?.textContent : "";
          const name =
            activeElement.getAttribute("aria-label") || label || activeElement.innerText.trim();
          return `${visible ? "" : "unseen: "}${name || `nameless ${activeElement.outerHTML}`}`;
        });
        if (focused === "") break;
        order.push(focused.split(": x")[0] ?? "");
      }
      const card = ["Optimizer", "Rate", "Rate, logarithmic", "Options"];
      const cards = defaultRunners.flatMap((name) => [`Remove ${name}`, ...card]);
      expect(order).toEqual([
        ...["Race", "Surface", "f(x, y) =", "Start x", "Start y", "Steps", "Tolerance", "View"],
        ...["This surface’s own race", "Map", "3D surface", "Start"],
        ...["Play", "To the start", "One step back", "One step on", "To the end", "Step", "Speed"],
        ...["Standings", ...cards, "Add optimizer", "Logarithmic", "Loss by step as a table"],
        ...["Copy link", "Save PNG", "Save GIF", "TypeScript", "PyTorch", "Copy code"],
        "Code of this race",
      ]);
    });
  });

  it("moves the start, plays, and goes from page to page", async () => {
    await site.on("#race?f=booth&n=40&k=0", async ({ page }) => {
      const start = page.getByRole("button", { name: "Start: x" });
      await start.focus();
      await page.keyboard.press("ArrowRight");
      await page.keyboard.press("Shift+ArrowDown");
      await raceReady(page);
      // One hundredth of the view to the right, a tenth of it down.
      expect((await standings(page))[0]?.figures.slice(0, 2)).toEqual([-7.8, -8]);
      expect(await start.getAttribute("aria-label")).toMatch(/^Start: x −7\.8, y −8\./);

      await page.getByRole("button", { name: "Play" }).focus();
      await page.keyboard.press("Space");
      await page.getByText("Finished 40 steps").waitFor();
      await page.getByRole("slider", { name: "Step" }).focus();
      await page.keyboard.press("ArrowLeft");
      await raceAt(page, (step) => step === 39);

      await page.getByRole("tab", { name: "Race" }).focus();
      await page.keyboard.press("ArrowRight");
      await page.getByRole("heading", { name: "Decision boundary" }).waitFor();
      expect(
        await page.getByRole("tab", { name: "Classifier" }).getAttribute("aria-selected"),
      ).toBe("true");
      await page.keyboard.press("ArrowLeft");
      await page.getByRole("heading", { name: "Standings" }).waitFor();
    });
  });

  it("keeps its place when an optimizer is removed or changed", async () => {
    await site.on("#race?f=booth&n=20", async ({ page }) => {
      const focused = () => page.evaluate(() => document.activeElement?.getAttribute("aria-label"));
      await page.getByRole("button", { name: "Remove Adam" }).focus();
      await page.keyboard.press("Enter");
      expect(await focused()).toBe("Remove RMSprop lr 0.2");
      const kind = page.getByRole("group", { name: "RMSprop lr 0.2" }).getByRole("combobox");
      await kind.focus();
      await kind.selectOption("AdamW");
      expect(await page.evaluate(() => document.activeElement?.tagName)).toBe("SELECT");
      expect((await standings(page)).at(-1)?.name).toBe("AdamW lr 0.2");
    });
  });
});

describe("mouse and finger", () => {
  it("set the start with a click, a drag and a tap", async () => {
    await site.on("#race?f=booth&n=20", async ({ page }) => {
      const map = page.getByRole("img", { name: "Contour map of Booth" });
      const box = await map.boundingBox();
      if (box === null) throw new Error("the map is not shown");
      const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
      await page.mouse.move(x, y);
      await page.mouse.down();
      await raceReady(page);
      const clicked = (await page.getByRole("textbox", { name: "Start x" }).inputValue()) ?? "";
      await page.mouse.move(x + 50, y, { steps: 3 });
      await page.mouse.up();
      const dragged = await page.getByRole("textbox", { name: "Start x" }).inputValue();
      expect(Math.abs(Number(clicked))).toBeLessThan(2);
      expect(Number(dragged)).toBeGreaterThan(Number(clicked) + 1);
    });
    await site.on(
      "#race?f=booth&n=20",
      async ({ page }) => {
        const map = page.getByRole("img", { name: "Contour map of Booth" });
        await map.scrollIntoViewIfNeeded();
        await map.tap({ position: { x: 180, y: 120 } });
        await until(
          "the start to move",
          () => page.getByRole("textbox", { name: "Start x" }).inputValue(),
          (value) => value !== "-8",
        );
      },
      PHONE,
    );
  });
});

describe("a phone's width", () => {
  it.each(["#race?f=ackley&n=50", "#classifier?n=100"])(
    "holds %s without sideways scrolling",
    async (hash) => {
      await site.on(
        hash,
        async ({ page }) => {
          const widths = () =>
            page.evaluate(() => [
              document.documentElement.scrollWidth,
              document.documentElement.clientWidth,
            ]);
          const [content, screen] = await widths();
          expect(content).toBe(screen);
          await openAllDetails(page);
          const [unfolded] = await widths();
          expect(unfolded).toBe(screen);
        },
        PHONE,
      );
    },
  );
});

/** Notes the time of every frame that changes the text of an element. */
async function watchFrames(page: Page, selector: string): Promise<void> {
  await page.evaluate((place) => {
    const frames: number[] = [];
    Object.assign(window, { frames });
    const watched = document.querySelector(place);
    if (watched === null) throw new Error(`no ${place}`);
    // The time of the frame that made the change, whenever this is told of it.
    const note = () => frames.push(Number(document.timeline.currentTime));
    const changes = { childList: true, characterData: true, subtree: true };
    new MutationObserver(note).observe(watched, changes);
  }, selector);
}

/** Milliseconds between the frames that changed something; the first and the last are a click's and the end's. */
async function gaps(page: Page): Promise<number[]> {
  const frames: unknown = await page.evaluate(() => Reflect.get(window, "frames"));
  if (!Array.isArray(frames)) throw new Error("nothing was watched");
  return frames
    .slice(1)
    .map((time, index) => time - frames[index])
    .slice(0, -1);
}

describe("reduced motion", () => {
  const calm = { reducedMotion: "reduce" } as const;

  it("starts nothing by itself, and plays in jumps", async () => {
    await site.on(
      "#race?f=booth&n=400&k=0&p=240",
      async ({ page }) => {
        expect(await shownStep(page)).toBe(0);
        await watchFrames(page, "#race .readout");
        await page.getByRole("button", { name: "Play" }).click();
        await page.getByText("Finished 400 steps").waitFor();
        expect(await shownStep(page)).toBe(400);
        for (const gap of await gaps(page)) expect(gap).toBeGreaterThan(499);
      },
      calm,
    );
  });

  it("trains in jumps", async () => {
    await site.on(
      "#classifier?n=100&epochs=100&p=60",
      async ({ page }) => {
        await watchFrames(page, "#classifier .readout");
        await page.getByRole("button", { name: "Train" }).click();
        await page.getByText("Finished 100 epochs").waitFor();
        for (const gap of await gaps(page)) expect(gap).toBeGreaterThan(499);
      },
      calm,
    );
  });
});
