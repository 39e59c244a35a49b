import { currentTheme } from "../drawing/theme.ts";
import { copyButton } from "../ui/copy.ts";
import { h, setText } from "../ui/dom.ts";
import { formatNumber } from "../ui/numbers.ts";
import { type Derived, raceTitle } from "./derived.ts";
import type { PictureSettings } from "./picture.ts";
import { download, saveGif, savePng } from "./save.ts";
import type { RaceState } from "./state.ts";

export interface SharePanelOptions {
  link(): string;
  picture(): { readonly derived: Derived; readonly state: RaceState; readonly step: number };
  announce(message: string): void;
}

/** Buttons that give the race away: its address, and pictures of it. */
export function createSharePanel(options: SharePanelOptions): { readonly element: HTMLElement } {
  const progress = h("span", { class: "note" });
  const settings = (derived: Derived, state: RaceState): PictureSettings => {
    // The rest of the race may still be uncomputed.
    derived.race.advance();
    const { x, y } = state.start;
    const from = derived.program.uses.y
      ? `(${formatNumber(x)}, ${formatNumber(y)})`
      : formatNumber(x);
    return {
      title: `${raceTitle(state, derived)} from ${from}`,
      scene: derived.scene,
      race: derived.race,
      start: state.start,
      theme: currentTheme(),
    };
  };
  const png = h("button", { type: "button" }, "Save PNG");
  const gif = h("button", { type: "button" }, "Save GIF");
  const save = async (kind: "PNG" | "GIF") => {
    const { derived, state, step } = options.picture();
    const made =
      kind === "PNG"
        ? await savePng(settings(derived, state), step)
        : await saveGif(settings(derived, state), (part) => {
            setText(progress, `Making the GIF: ${Math.round(100 * part)} %`);
          });
    const name = `race-${state.surface}.${kind.toLowerCase()}`;
    download(made, name);
    setText(progress, "");
    options.announce(`Saved ${name}`);
  };
  const guard = (button: HTMLButtonElement, kind: "PNG" | "GIF") => {
    button.addEventListener("click", () => {
      button.disabled = true;
      save(kind)
        .catch((error: unknown) => {
          const reason = error instanceof Error ? error.message : String(error);
          setText(progress, `The ${kind} could not be made: ${reason}`);
        })
        .finally(() => {
          button.disabled = false;
        });
    });
  };
  guard(png, "PNG");
  guard(gif, "GIF");
  return {
    element: h(
      "div",
      { class: "row share" },
      copyButton("Copy link", options.link),
      png,
      gif,
      progress,
    ),
  };
}
