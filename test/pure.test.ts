import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { markPure, PURE_MAKERS } from "../scripts/pure.ts";

const src = fileURLToPath(new URL("../src", import.meta.url));

describe("marking calls that make and do nothing else", () => {
  test("marks makers and what they are given, where a module's loading calls them", () => {
    const code =
      'export const exp = unary("exp", new Map1((m, x) => m.exp(x)), rule, { check: notForBools("exp") });';
    expect(markPure(code)).toBe(
      'export const exp = /* @__PURE__ */ unary("exp", /* @__PURE__ */ new Map1((m, x) => m.exp(x)), rule, { check: /* @__PURE__ */ notForBools("exp") });',
    );
  });

  test("leaves other calls alone, and those in functions and classes", () => {
    for (const code of [
      "setTensorClass(Tensor);",
      "const x = make(1);",
      "function f() { return new Map1(body); }",
      "const f = () => unary(1);",
      "class A { b = new Map(); static c = new Map(); }",
      "const text = 'unary(1)'; // unary(1)",
    ]) {
      expect(markPure(code)).toBe(code);
    }
  });

  test("leaves every line where it is", () => {
    const code = "const a = unary(\n  1,\n  new Map2(body),\n);\nconst b = 1;\n";
    const marked = markPure(code);
    expect(marked.split("\n").map((line) => line.replace("/* @__PURE__ */ ", ""))).toEqual(
      code.split("\n"),
    );
  });

  test("knows makers of the library and of JavaScript, and none that are gone", () => {
    const names = readdirSync(src, { recursive: true, encoding: "utf8" });
    const text = names
      .filter((name) => name.endsWith(".ts"))
      .map((name) => readFileSync(join(src, name), "utf8"))
      .join("\n");
    const gone = [...PURE_MAKERS].filter(
      (name) => !(name in globalThis) && !RegExp(`(function|class|const) ${name}\\b`).test(text),
    );
    expect(gone).toEqual([]);
  });
});
