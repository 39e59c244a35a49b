/**
 * Builds dist/: JavaScript, declarations and source maps, one file for each source file, so that
 * bundlers leave out what a page does not use; and dist/node/, the same in one file for Node, which
 * spends most of an import on finding and opening files.
 */
import { spawnSync } from "node:child_process";
import { readFileSync, rmSync } from "node:fs";
import { isAbsolute } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "vite";

const root = fileURLToPath(new URL("..", import.meta.url));
const dist = `${root}dist`;

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
        // The package has the sources themselves.
        sourcemapExcludeSources: true,
      },
    },
  },
});
