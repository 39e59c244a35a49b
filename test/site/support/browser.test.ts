import { describe, expect, it } from "vitest";
import { findChromium } from "./browser.ts";

describe("finding a Chromium", () => {
  it("says how to get one where there is none", () => {
    expect(() => findChromium({ PATH: "" })).toThrow(/apt-get install chromium.*CHROME_PATH/);
  });

  it("takes CHROME_PATH before anything else, and says when it cannot be run", () => {
    expect(findChromium({ CHROME_PATH: process.execPath })).toBe(process.execPath);
    expect(() => findChromium({ CHROME_PATH: "/nowhere/chrome" })).toThrow(
      "CHROME_PATH is /nowhere/chrome, which cannot be run",
    );
  });
});
