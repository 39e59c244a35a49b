import { fileURLToPath } from "node:url";
import { defineConfig, type Plugin } from "vite";

/**
 * What the built page may load and run: its own files, nothing inline and no code from text.
 * 'wasm-unsafe-eval' allows compiling WebAssembly (the library's matrix kernel), not JavaScript.
 */
export const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "style-src 'self'",
  "img-src 'self' blob: data:",
  "worker-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
].join("; ");

/** Puts the policy into the page itself, so that it holds on any server. */
function contentSecurityPolicy(): Plugin {
  return {
    name: "content-security-policy",
    // The development server injects styles and scripts inline.
    apply: "build",
    transformIndexHtml: () => [
      {
        tag: "meta",
        attrs: { "http-equiv": "Content-Security-Policy", content: CONTENT_SECURITY_POLICY },
        injectTo: "head-prepend",
      },
    ],
  };
}

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

export default defineConfig({
  root: here("."),
  // Relative, so that the folder opens from any path of any server.
  base: "./",
  resolve: { alias: [{ find: /^tapegrad$/, replacement: here("../src/index.ts") }] },
  plugins: [contentSecurityPolicy()],
  worker: { format: "es" },
  build: {
    outDir: here("dist"),
    emptyOutDir: true,
    // The 3D library is one lazy file of about this size.
    chunkSizeWarningLimit: 800,
    // Messages of the library name its classes.
    rolldownOptions: { output: { keepNames: true } },
  },
});
