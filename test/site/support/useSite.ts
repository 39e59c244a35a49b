import type { Browser, BrowserContextOptions } from "playwright";
import { afterAll, beforeAll, expect, vi } from "vitest";
import { launchBrowser } from "./browser.ts";
import { type StaticServer, serveFolder } from "./server.ts";
import { openSession, PATIENCE, type Session } from "./session.ts";
import { type BuiltSite, buildSite } from "./site.ts";

export interface SiteUnderTest {
  readonly folder: string;
  readonly browser: Browser;
  readonly url: string;
  /** Runs a test on the page at a fragment; the page may not complain about anything meanwhile. */
  on(
    hash: string,
    test: (session: Session) => Promise<void>,
    options?: BrowserContextOptions,
  ): Promise<void>;
}

/** Builds and serves the page and starts a browser for the tests of a file. */
export function useSite(): SiteUnderTest {
  vi.setConfig({ testTimeout: 2 * PATIENCE, hookTimeout: 2 * PATIENCE });
  let site: BuiltSite | undefined;
  let server: StaticServer | undefined;
  let browser: Browser | undefined;

  beforeAll(async () => {
    [browser, site] = await Promise.all([launchBrowser(), buildSite()]);
    server = await serveFolder(site.folder);
  });
  afterAll(async () => {
    await browser?.close();
    await server?.close();
    site?.remove();
  });

  const ready = <Value>(value: Value | undefined): Value => {
    if (value === undefined) throw new Error("the page is not built yet");
    return value;
  };
  return {
    get folder() {
      return ready(site).folder;
    },
    get browser() {
      return ready(browser);
    },
    get url() {
      return ready(server).url;
    },
    async on(hash, test, options) {
      const session = await openSession(ready(browser), ready(server).url + hash, options);
      try {
        await test(session);
        expect(session.complaints).toEqual([]);
      } finally {
        await session.close();
      }
    },
  };
}
