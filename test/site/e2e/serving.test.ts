import { readdir, readFile } from "node:fs/promises";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { CONTENT_SECURITY_POLICY } from "../../../site/vite.config.ts";
import { type StaticServer, serveFolder } from "../support/server.ts";
import { openSession, standings } from "../support/session.ts";
import { useSite } from "../support/useSite.ts";

const site = useSite();

describe("the built page", () => {
  it("carries a policy that forbids inline scripts, inline styles and code from text", async () => {
    const html = await readFile(`${site.folder}/index.html`, "utf8");
    const meta = /<meta http-equiv="Content-Security-Policy" content="([^"]*)">/.exec(html);
    expect(meta?.[1]?.replaceAll("&#39;", "'")).toBe(CONTENT_SECURITY_POLICY);
    // What comes before it would not be held to it.
    expect(html.indexOf("<script")).toBeGreaterThan(meta?.index ?? Number.POSITIVE_INFINITY);
    expect(CONTENT_SECURITY_POLICY).not.toMatch(/unsafe-inline|(?<!wasm-)unsafe-eval|https?:|\*/);
    expect(html).not.toMatch(/<style|<script(?![^>]* src=)|style=|\son\w+=/);
  });

  it("is under that policy when it runs: text is not run as code", async () => {
    const { page, complaints, close } = await openSession(site.browser, site.url);
    const ran = await page.evaluate(async (text) => {
      const inline = document.createElement("script");
      inline.textContent = text;
      document.body.append(inline);
      // A timer runs outside of what the test tool may do.
      const refused = await new Promise((resolve) => {
        setTimeout(() => {
          try {
            resolve(new Function(text)());
          } catch (error) {
            resolve(error instanceof Error ? error.name : "?");
          }
        });
      });
      return [refused, "ran" in window];
    }, "window.ran = true");
    await close();
    expect(ran).toEqual(["EvalError", false]);
    // The browser's own word on the inline script, and nothing about the page itself.
    expect(complaints).toHaveLength(1);
    expect(complaints[0]).toContain("Executing inline script violates");
  });

  it("has relative addresses only, so that it opens from any path", async () => {
    const html = await readFile(`${site.folder}/index.html`, "utf8");
    const addresses = [...html.matchAll(/(?:src|href)="([^"]*)"/g)].map(([, address]) => address);
    expect(addresses.length).toBeGreaterThan(2);
    for (const address of addresses) expect(address).toMatch(/^\.\//);
  });

  it("needs less than 250 kB, compressed, for its first view", async () => {
    await site.on("", async ({ page }) => {
      const names = await page.evaluate(() =>
        performance.getEntriesByType("resource").map(({ name }) => new URL(name).pathname),
      );
      const files = ["index.html", ...names.map((name) => name.replace("/some/folder/", ""))];
      const sizes = await Promise.all(
        files.map(async (name) => gzipSync(await readFile(`${site.folder}/${name}`)).length),
      );
      const total = sizes.reduce((sum, size) => sum + size, 0);
      expect(files.some((name) => name.endsWith(".js"))).toBe(true);
      expect(total).toBeLessThan(250_000);
    });
  });

  it("has no code in it that makes code from text", async () => {
    const names = (await readdir(`${site.folder}/assets`)).filter((name) => name.endsWith(".js"));
    expect(names.length).toBeGreaterThan(0);
    for (const name of names) {
      const code = await readFile(`${site.folder}/assets/${name}`, "utf8");
      // A module's eval(), as in PyTorch, is a method: `eval() {` where it stands, `.eval()` elsewhere.
      const text =
        /.{0,30}((?<!(?<!window|globalThis|self)[.\w$])eval\b(?!\(\)\s*\{)|\bFunction\s*\().{0,30}/g;
      const found = code.match(text);
      expect(found, name).toBeNull();
    }
  });

  describe("where a policy forbids WebAssembly too", () => {
    let strict: StaticServer;
    beforeAll(async () => {
      strict = await serveFolder(site.folder, {
        "content-security-policy": CONTENT_SECURITY_POLICY.replace(" 'wasm-unsafe-eval'", ""),
      });
    });
    afterAll(() => strict.close());

    it("races with the same figures", async () => {
      const hash = "#race?f=booth&n=50";
      const sessions = await Promise.all(
        [site.url, strict.url].map((url) => openSession(site.browser, url + hash)),
      );
      const [usual, plain] = await Promise.all(sessions.map(({ page }) => standings(page)));
      await Promise.all(sessions.map((session) => session.close()));
      expect(plain).toEqual(usual);
    });

    it("trains, on the library's plain kernels", async () => {
      const hash = "#classifier?p=1000";
      const { page, complaints, close } = await openSession(site.browser, strict.url + hash);
      await page.getByRole("button", { name: "Train" }).click();
      await page.getByText(/^Finished 100 epochs.*Test accuracy (9[5-9]|100)/).waitFor();
      await close();
      for (const complaint of complaints) expect(complaint).toContain("WebAssembly");
    });
  });
});
