import { byId } from "./dom.ts";

/** Ties the tab buttons to their panels: one is shown, arrow keys go from tab to tab. */
export function createTabs(ids: readonly string[], onSelect: (id: string) => void) {
  const tabs = ids.map((id) => ({ id, button: byId(`tab-${id}`), panel: byId(id) }));
  const select = (id: string) => {
    for (const tab of tabs) {
      const selected = tab.id === id;
      tab.button.setAttribute("aria-selected", String(selected));
      tab.button.tabIndex = selected ? 0 : -1;
      tab.panel.hidden = !selected;
    }
  };
  tabs.forEach(({ id, button }, index) => {
    button.addEventListener("click", () => onSelect(id));
    button.addEventListener("keydown", (event) => {
      const by = event.key === "ArrowRight" ? 1 : event.key === "ArrowLeft" ? -1 : 0;
      const next = tabs[(index + by + tabs.length) % tabs.length];
      if (by === 0 || next === undefined) return;
      event.preventDefault();
      onSelect(next.id);
      next.button.focus();
    });
  });
  return { select };
}
