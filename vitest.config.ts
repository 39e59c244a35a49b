import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

export default defineConfig({
  resolve: {
    alias: [
      { find: /^tapegrad$/, replacement: here("src/index.ts") },
      { find: /^tapegrad\/(nn|optim)$/, replacement: here("src/$1/index.ts") },
      { find: /^tapegrad\/(slim|methods|wasm)$/, replacement: here("src/$1.ts") },
    ],
  },
  test: {
    setupFiles: ["test/support/setup.ts"],
    // Collecting garbage on demand lets a test show what a graph keeps alive.
    execArgv: ["--expose-gc"],
    pool: "forks",
    maxWorkers: 2,
    testTimeout: 30_000,
    projects: [
      {
        extends: true,
        test: { name: "all", include: ["test/**/*.test.ts", "bench/**/*.test.ts"] },
      },
      {
        // Where WebAssembly is missing or forbidden the plain loops do all the work.
        extends: true,
        test: {
          name: "plain loops",
          env: { TAPEGRAD_WASM: "0" },
          include: ["test/{autograd,data,examples,nn,optim,parity,tensor}/**/*.test.ts"],
          exclude: ["test/tensor/kernels/**"],
        },
      },
    ],
  },
});
