import { h } from "./dom.ts";

/** A table in a box of its own that scrolls sideways, by keyboard too. */
export function tableBox(name: string, table: HTMLTableElement): HTMLElement {
  return h("div", { class: "table-scroll", role: "group", "aria-label": name, tabindex: 0 }, table);
}
