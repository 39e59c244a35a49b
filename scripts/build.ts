/**
 * Builds dist/: JavaScript, declarations and source maps, one file for each source file, so that
 * bundlers leave out what a page does not use; and dist/node/, the same in a few files for Node,
 * which spends most of an import on finding and opening files.
 */
import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { isAbsolute, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "vite";
import { markPure } from "./pure.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
const dist = `${root}dist`;

/** What an entry point loads that others do without. */
const OPTIONAL = /src\/(blas|index|methods|wasm|tensor\/methods|tensor\/kernels\/wasm\/.*)\.ts$/;

interface Manifest {
  readonly exports: Readonly<Record<string, string | { readonly node?: string }>>;
}

/** Source files by name, of every entry point that the manifest has a Node build for. */
function nodeEntries(): Record<string, string> {
  const { exports }: Manifest = JSON.parse(readFileSync(`${root}package.json`, "utf8"));
  const files = Object.values(exports).flatMap((entry) =>
    typeof entry === "object" && entry.node !== undefined ? [entry.node] : [],
  );
  const names = files.map((file) => file.replace("./dist/node/", "").replace(/\.js$/, ""));
  return Object.fromEntries(names.map((name) => [name, `${root}src/${name}.ts`]));
}

rmSync(dist, { recursive: true, force: true });
const { status } = spawnSync("tsc", ["-p", `${root}tsconfig.build.json`], { stdio: "inherit" });
if (status !== 0) process.exit(status ?? 1);
for (const name of readdirSync(dist, { recursive: true, encoding: "utf8" })) {
  if (!name.endsWith(".js")) continue;
  const path = join(dist, name);
  writeFileSync(path, markPure(readFileSync(path, "utf8")));
}

await build({
  root,
  configFile: false,
  logLevel: "warn",
  publicDir: false,
  build: {
    outDir: `${dist}/node`,
    emptyOutDir: false,
    target: "node20",
    minify: false,
    sourcemap: true,
    lib: { entry: nodeEntries(), formats: ["es"] },
    rolldownOptions: {
      external: (id) => !id.startsWith(".") && !isAbsolute(id),
      output: {
        entryFileNames: "[name].js",
        chunkFileNames: "chunk-[name].js",
        codeSplitting: {
          // What every entry point shares; the others hold what is theirs.
          groups: [{ name: "core", test: (id) => !OPTIONAL.test(id) }],
        },
        // The package has the sources themselves.
        sourcemapExcludeSources: true,
      },
    },
  },
});
