import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "vite";

export interface BuiltSite {
  readonly folder: string;
  remove(): void;
}

/** Builds the page as `npm run site:build` does, into a folder of its own. */
export async function buildSite(): Promise<BuiltSite> {
  const folder = mkdtempSync(join(tmpdir(), "site-"));
  await build({
    configFile: fileURLToPath(new URL("../../../site/vite.config.ts", import.meta.url)),
    logLevel: "warn",
    build: {
      outDir: folder,
      // How long the parts of a build took says nothing on a busy machine.
      rolldownOptions: { checks: { pluginTimings: false } },
    },
  });
  return { folder, remove: () => rmSync(folder, { recursive: true }) };
}
