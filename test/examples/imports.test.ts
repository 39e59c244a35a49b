import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const folder = fileURLToPath(new URL("../../examples/", import.meta.url));
const examples = readdirSync(folder).filter((file) => file.endsWith(".ts"));
const imports = (file: string) =>
  [...readFileSync(join(folder, file), "utf8").matchAll(/^import .*? from "(.*?)";$/gms)].map(
    ([, from]) => from,
  );

test("there are seven examples, numbered by difficulty", () => {
  expect(examples.map((file) => file.slice(0, 3))).toEqual(
    [1, 2, 3, 4, 5, 6, 7].map((n) => `0${n}-`),
  );
});

test.each(examples)("%s imports only the library's public index and the drawing module", (file) => {
  for (const from of imports(file)) expect(from).toMatch(/^(tapegrad|\.\/support\/\w+\.ts)$/);
  expect(imports(file)).toContain("tapegrad");
});

test("the drawing module knows the library by its public index only", () => {
  for (const file of readdirSync(join(folder, "support"))) {
    for (const from of imports(`support/${file}`)) expect(from).not.toMatch(/src\//);
  }
});
