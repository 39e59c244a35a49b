import { type Child, h, uniqueId } from "./dom.ts";

/** A titled part of a page. */
export function section(title: string, area: string, ...children: readonly Child[]): HTMLElement {
  const id = uniqueId("title");
  return h(
    "section",
    { class: `panel ${area}`, "aria-labelledby": id },
    h("h2", { id }, title),
    ...children,
  );
}
