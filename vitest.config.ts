import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

export default defineConfig({
  resolve: { alias: [{ find: /^tapegrad$/, replacement: here("src/index.ts") }] },
  test: {
    include: ["test/**/*.test.ts", "site/**/*.test.ts", "bench/**/*.test.ts"],
    exclude: ["**/node_modules/**", "**/dist/**"],
    setupFiles: ["test/support/setup.ts"],
    // Collecting garbage on demand lets a test show what a graph keeps alive.
    execArgv: ["--expose-gc"],
    pool: "forks",
    maxWorkers: 2,
    testTimeout: 30_000,
  },
});
