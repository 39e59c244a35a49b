import { h, setText, svg } from "./dom.ts";
import { selectField } from "./fields.ts";

export interface Player {
  readonly element: HTMLElement;
  /** Shows the state of things. */
  show(view: { playing: boolean; step: number; steps: number; ready: number }): void;
  setSpeed(speed: number): void;
}

export interface PlayerOptions {
  readonly speeds: readonly number[];
  readonly speed: number;
  onPlay(): void;
  onStep(by: 1 | -1): void;
  onScrub(step: number): void;
  onSpeed(speed: number): void;
}

const ICONS = {
  start: "M3 2h2v12H3zM14 2v12L6 8z",
  back: "M10 2v12L2 8zM12 2h2v12h-2z",
  play: "M3 1.5v13L14 8z",
  pause: "M3 2h4v12H3zM9 2h4v12H9z",
  forward: "M6 2v12l8-6zM2 2h2v12H2z",
  end: "M2 2v12l8-6zM11 2h2v12h-2z",
} as const;

/** A transport sign; the button that holds it has the words. */
export function icon(name: keyof typeof ICONS): SVGElement {
  const path = svg("path", { d: ICONS[name] });
  return svg("svg", { viewBox: "0 0 16 16", width: 16, height: 16, "aria-hidden": "true" }, path);
}

/** A button that says Pause while things move, and the given word while they rest. */
export function playButton(word: string, onclick: () => void) {
  const sign = h("span", { class: "icon" }, icon("play"));
  const text = h("span", {}, word);
  const element = h("button", { type: "button", class: "primary play", onclick }, sign, text);
  let playing = false;
  const show = (next: boolean) => {
    if (next === playing) return;
    playing = next;
    sign.replaceChildren(icon(next ? "pause" : "play"));
    setText(text, next ? "Pause" : word);
  };
  return { element, show };
}

/** Transport for a run through numbered steps: play, single steps, a slider, the speed. */
export function createPlayer(options: PlayerOptions): Player {
  const play = playButton("Play", options.onPlay);
  const small = (name: keyof typeof ICONS, label: string, onclick: () => void) =>
    h(
      "button",
      { type: "button", class: "icon-button", "aria-label": label, title: label, onclick },
      icon(name),
    );
  let last = 0;
  const slider = h("input", {
    type: "range",
    min: 0,
    max: 1,
    step: 1,
    value: 0,
    "aria-label": "Step",
  });
  slider.addEventListener("input", () => options.onScrub(Number(slider.value)));
  const readout = h("span", { class: "readout" });
  const speed = selectField(
    "Speed",
    options.speeds.map((value) => ({ value: String(value), text: `${value} steps/s` })),
    String(options.speed),
    (value) => options.onSpeed(Number(value)),
  );
  const element = h(
    "div",
    { class: "player", role: "group", "aria-label": "Playback" },
    play.element,
    small("start", "To the start", () => options.onScrub(0)),
    small("back", "One step back", () => options.onStep(-1)),
    small("forward", "One step on", () => options.onStep(1)),
    small("end", "To the end", () => options.onScrub(last)),
    h("div", { class: "scrub" }, slider, readout),
    speed.element,
  );
  return {
    element,
    show({ playing, step, steps, ready }) {
      last = steps;
      if (slider.max !== String(steps)) slider.max = String(steps);
      if (slider.value !== String(step)) slider.value = String(step);
      slider.setAttribute("aria-valuetext", `step ${step} of ${steps}`);
      const computing = ready < steps ? ` (${Math.floor((100 * ready) / steps)} % computed)` : "";
      setText(readout, `${step} / ${steps}${computing}`);
      play.show(playing);
    },
    setSpeed: (value) => speed.set(String(value)),
  };
}
