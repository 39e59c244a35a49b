import type { Browser, BrowserContextOptions, Page } from "playwright";

/** Milliseconds to wait for what a slow machine, busy with other tests, does late. */
export const PATIENCE = 45_000;

/** A page under test, with everything that went wrong on it. */
export interface Session {
  readonly page: Page;
  /** Errors of scripts, messages on the console, and what the policy blocked. */
  readonly complaints: readonly string[];
  close(): Promise<void>;
}

/**
 * Opens an address in a fresh context and waits for the page to have computed its figures.
 * @param url the page's address, with its fragment.
 */
export async function openSession(
  browser: Browser,
  url: string,
  options: BrowserContextOptions = {},
): Promise<Session> {
  const context = await browser.newContext({
    viewport: { width: 1280, height: 800 },
    acceptDownloads: true,
    ...options,
  });
  context.setDefaultTimeout(PATIENCE);
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on("pageerror", (error) => complaints.push(`error: ${error.message}`));
  page.on("console", (message) => {
    if (message.type() === "error") complaints.push(`console: ${message.text()}`);
  });
  await page.goto(url);
  if (url.includes("#classifier")) await classifierReady(page);
  else await raceReady(page);
  return { page, complaints, close: () => context.close() };
}

/**
 * Waits until something holds on the page. Playwright's own waiting evaluates text in the page, which
 * the page's policy forbids.
 */
export async function until<Value>(
  what: string,
  ask: () => Promise<Value>,
  holds: (value: Value) => boolean,
) {
  const end = Date.now() + PATIENCE;
  for (;;) {
    const value = await ask();
    if (holds(value)) return;
    if (Date.now() > end)
      throw new Error(`waited in vain for ${what}; last seen: ${JSON.stringify(value)}`);
    await new Promise((resolve) => setTimeout(resolve, 40));
  }
}

const readout = (page: Page) => page.locator("#race .readout").innerText();

/** Waits until every step of the race is computed. */
export async function raceReady(page: Page): Promise<void> {
  const text = () => page.locator("#race .readout, #standings tbody").allInnerTexts();
  const ready = ([steps = "", table = ""]) =>
    steps !== "" && !steps.includes("computed") && table !== "";
  await until("the race to be computed", text, ready);
  await painted(page);
}

/** Waits until the untrained network is shown, or why there is none. */
async function classifierReady(page: Page): Promise<void> {
  const shown = page.locator("#training-figures data").first();
  const refusal = page.locator("#classifier .error");
  const ask = async () => [await shown.innerText(), ...(await refusal.allInnerTexts())].join("");
  await until("the network to be shown", ask, (text) => text !== "–");
  await painted(page);
}

/** Waits for two frames: what is due is on the screen then. */
export async function painted(page: Page): Promise<void> {
  await page.evaluate(
    () =>
      new Promise((resolve) =>
        requestAnimationFrame(() => requestAnimationFrame(() => resolve(0))),
      ),
  );
}

/** Waits until the race shows a step that will do. */
export async function raceAt(page: Page, holds: (step: number) => boolean): Promise<void> {
  await until("a step of the race", () => shownStep(page), holds);
}

/** One optimizer's row of the standings: the exact figures, and what is said about it. */
export interface Row {
  readonly name: string;
  readonly figures: readonly number[];
  readonly reached: string;
  readonly state: string;
}

export async function standings(page: Page): Promise<readonly Row[]> {
  const rows = page.locator("#standings tbody tr");
  const found: Row[] = [];
  for (const row of await rows.all()) {
    const exact = await row
      .locator("data")
      .evaluateAll((all) => all.map((one) => one.getAttribute("value")));
    const [reached = "", state = ""] = (await row.locator("td:not(.figure)").allInnerTexts()).slice(
      -2,
    );
    found.push({
      name: (await row.locator("th").innerText()).trim(),
      figures: exact.map(Number),
      reached,
      state,
    });
  }
  return found;
}

/** The step that the race shows. */
export async function shownStep(page: Page): Promise<number> {
  return Number((await readout(page)).split("/")[0]);
}

/** Moves the slider to a step, as dragging does. */
export async function scrubTo(page: Page, step: number): Promise<void> {
  await page.getByRole("slider", { name: "Step" }).fill(String(step));
  await raceAt(page, (shown) => shown === step);
}

/** Waits until the address has followed the page, and gives its fragment. */
export async function hashLike(page: Page, pattern: RegExp): Promise<string> {
  const hash = async () => new URL(page.url()).hash;
  await until(`an address like ${pattern}`, hash, (text) => pattern.test(text));
  return hash();
}
