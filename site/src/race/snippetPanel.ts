import { copyButton } from "../ui/copy.ts";
import { h } from "../ui/dom.ts";
import { switchField } from "../ui/fields.ts";
import { type SnippetSettings, snippet } from "./snippet.ts";
import type { SnippetLanguage } from "./state.ts";

export interface SnippetPanel {
  readonly element: HTMLElement;
  show(settings: SnippetSettings, language: SnippetLanguage): void;
}

/** The race as code to take away. */
export function createSnippetPanel(onLanguage: (language: SnippetLanguage) => void): SnippetPanel {
  const code = h("code");
  const language = switchField(
    "Language",
    [
      { value: "typescript", text: "TypeScript" },
      { value: "pytorch", text: "PyTorch" },
    ],
    "typescript",
    onLanguage,
  );
  const element = h(
    "div",
    {},
    h(
      "div",
      { class: "row spread" },
      language.element,
      copyButton("Copy code", () => code.textContent ?? ""),
    ),
    h(
      "pre",
      { class: "code", tabindex: 0, role: "region", "aria-label": "Code of this race" },
      code,
    ),
  );
  return {
    element,
    show(settings, chosen) {
      language.set(chosen);
      const text = snippet(settings, chosen);
      if (code.textContent !== text) code.textContent = text;
    },
  };
}
