import type { Page } from "playwright";
import { describe, expect, it } from "vitest";
import { defaultClassifier } from "../../../site/src/classifier/state.ts";
import { Trainer } from "../../../site/src/classifier/trainer.ts";
import { hashLike, until } from "../support/session.ts";
import { useSite } from "../support/useSite.ts";

const site = useSite();

/** Epoch, train loss, test loss, train accuracy, test accuracy. */
async function figures(page: Page): Promise<number[]> {
  const exact = await page
    .locator("#training-figures data")
    .evaluateAll((all) => all.map((one) => one.getAttribute("value")));
  return exact.map(Number);
}

async function trainedTo(page: Page, epoch: number): Promise<number[]> {
  await until(
    `epoch ${epoch}`,
    () => figures(page),
    ([shown]) => shown === epoch,
  );
  return figures(page);
}

const train = (page: Page) => page.getByRole("button", { name: "Train" }).click();

describe("the classifier", () => {
  it("learns make_circles to over 95 % with the library's figures in Node", async () => {
    await site.on("#classifier?p=1000", async ({ page }) => {
      await train(page);
      const [, trainLoss = 0, testLoss = 0, trainPart = 0, testPart = 0] = await trainedTo(
        page,
        100,
      );
      expect(testPart).toBeGreaterThan(0.95);
      expect(trainPart).toBeGreaterThan(0.95);
      await page.getByText("Finished 100 epochs. Train loss").waitFor();

      const trainer = new Trainer(defaultClassifier());
      for (let epoch = 1; epoch < 100; epoch++) trainer.trainEpoch();
      const expected = trainer.trainEpoch();
      // Float32; V8's exp differs in the last place between Node 20 and newer Chromiums.
      expect(Math.abs(trainLoss / expected.train - 1)).toBeLessThan(1e-5);
      expect(Math.abs(testLoss / expected.test - 1)).toBeLessThan(1e-5);
    });
  });

  it("pauses, goes one epoch on and starts anew, and says so only at pause and end", async () => {
    await site.on("#classifier?p=10&d=moons&n=200&epochs=1000", async ({ page }) => {
      await train(page);
      await until(
        "some epochs",
        () => figures(page),
        ([epoch = 0]) => epoch >= 2,
      );
      expect(await page.getByRole("status").innerText()).toBe("");
      await page.getByRole("button", { name: "Pause" }).click();
      await page.getByText(/^Paused at epoch \d+\. Train loss/).waitFor();
      const [epoch = 0] = await figures(page);
      await page.getByRole("button", { name: "One epoch" }).click();
      await trainedTo(page, epoch + 1);
      await page.getByRole("button", { name: "Reset" }).click();
      await trainedTo(page, 0);
    });
  });

  it("trains in a worker, so that the page answers meanwhile", async () => {
    await site.on("#classifier?p=1000&n=4000&w=32,32,32&batch=8&epochs=1000", async ({ page }) => {
      await train(page);
      await until(
        "a first epoch",
        () => figures(page),
        ([epoch = 0]) => epoch >= 1,
      );
      expect(page.workers()).toHaveLength(1);
      // What is changed while it trains is there at once, and the training starts anew with it.
      await page.getByRole("checkbox", { name: "Logarithmic" }).check();
      await page.getByRole("combobox", { name: "Activation" }).selectOption("Tanh");
      await page.getByRole("textbox", { name: "Layer 3 units" }).fill("4");
      await page.getByRole("button", { name: "Remove layer" }).click();
      await until(
        "epochs of the new network",
        () => figures(page),
        ([epoch = 0]) => epoch >= 1,
      );
      await page.getByRole("button", { name: "Pause" }).click();
      await page.getByText(/^Paused at epoch/).waitFor();
      await hashLike(page, /w=32,32&act=Tanh.*log=1$/);
    });
  });

  it("learns points that the visitor draws, by mouse and by keyboard, and shares them", async () => {
    let link = "";
    await site.on("#classifier?d=drawn&w=8&epochs=200&p=1000&o=Adam,lr:0.05", async ({ page }) => {
      await page.getByRole("alert").filter({ hasText: "Draw some points first" }).waitFor();
      const picture = page.getByRole("img", { name: "Probability of class B" });
      const box = await picture.boundingBox();
      if (box === null) throw new Error("the picture is not shown");
      const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
      for (const [dx, dy] of [
        [-60, 0],
        [-70, 30],
        [-50, -40],
        [-80, 10],
        [-65, -20],
      ] as const) {
        await page.mouse.click(x + dx, y + dy);
      }
      await page.getByRole("button", { name: "Class B" }).click();
      const pen = page.getByRole("button", { name: "Pen" });
      await pen.focus();
      for (let point = 0; point < 5; point++) {
        for (let step = 0; step < 3; step++) await page.keyboard.press("Shift+ArrowRight");
        await page.keyboard.press("Enter");
        await page.keyboard.press("ArrowUp");
        await page.keyboard.press("Shift+ArrowLeft");
        await page.keyboard.press("Shift+ArrowLeft");
      }
      await train(page);
      const [, , , trainPart] = await trainedTo(page, 200);
      expect(trainPart).toBe(1);
      link = await hashLike(page, /a=[-\d.]+(_[-\d.]+){4}&b=[-\d.]+(_[-\d.]+){4}&/);
    });
    await site.on(link, async ({ page }) => {
      await train(page);
      await trainedTo(page, 200);
      await page.getByRole("checkbox", { name: "Logarithmic" }).check();
      expect(await hashLike(page, /log=1$/)).toBe(link.replace(/log=0$/, "log=1"));
    });
  });

  it("shows every hidden unit, and figures beside each picture", async () => {
    await site.on("#classifier?w=3,2&n=100", async ({ page }) => {
      await page.getByText("Hidden units as a table").click();
      const units = page.getByRole("table", { name: "Activation of each hidden unit" });
      await units.getByRole("rowheader").first().waitFor();
      expect(await units.getByRole("rowheader").allInnerTexts()).toEqual([
        "Layer 1, unit 1",
        "Layer 1, unit 2",
        "Layer 1, unit 3",
        "Layer 2, unit 1",
        "Layer 2, unit 2",
      ]);
      await page.getByText("Probability on the plane as a table").click();
      const plane = page.getByRole("table", { name: "Probability of class B" });
      await plane.getByRole("cell").first().waitFor();
      const cells = await plane.getByRole("cell").allInnerTexts();
      // Five by five, and the empty corner.
      expect(cells.filter((text) => /^0\.\d{3}$/.test(text))).toHaveLength(25);
      expect(cells).toHaveLength(26);
    });
  });

  it("shows divergence as divergence, and learns again with a better rate", async () => {
    await site.on("#classifier?o=SGD,lr:1e30&n=100&w=4&epochs=1000", async ({ page }) => {
      await train(page);
      await page
        .getByRole("status")
        .filter({ hasText: /^Diverged at epoch \d+: the train loss is (NaN|∞)/ })
        .waitFor();
      const [epoch = 0, loss] = await figures(page);
      expect(epoch).toBeLessThan(1000);
      expect(Number.isFinite(loss)).toBe(false);
      await page.getByRole("textbox", { name: "Rate" }).fill("0.1");
      await trainedTo(page, 0);
      await page.getByRole("button", { name: "One epoch" }).click();
      const [, finite] = await trainedTo(page, 1);
      expect(Number.isFinite(finite)).toBe(true);
    });
  });

  it("passes on what the library says about bad options", async () => {
    await site.on("#classifier?o=SGD,lr:-1", async ({ page }) => {
      await page.getByRole("alert").filter({ hasText: "Invalid learning rate: -1" }).waitFor();
      expect(await page.getByRole("button", { name: "Train" }).isDisabled()).toBe(true);
    });
  });
});
