import { h, setText } from "../ui/dom.ts";
import { selectField } from "../ui/fields.ts";
import { icon, playButton } from "../ui/player.ts";
import { EPOCH_SPEEDS } from "./state.ts";

export interface Transport {
  readonly element: HTMLElement;
  show(view: { playing: boolean; failed: boolean; epoch: number; epochs: number }): void;
  setSpeed(speed: number): void;
}

export interface TransportOptions {
  readonly speed: number;
  onPlay(): void;
  onStep(): void;
  onReset(): void;
  onSpeed(speed: number): void;
}

/** Play, one epoch, anew: training only goes forward. */
export function createTransport(options: TransportOptions): Transport {
  const play = playButton("Train", options.onPlay);
  const step = h(
    "button",
    {
      type: "button",
      class: "icon-button",
      "aria-label": "One epoch",
      title: "One epoch",
      onclick: options.onStep,
    },
    icon("forward"),
  );
  const reset = h("button", { type: "button", onclick: options.onReset }, "Reset");
  const progress = h("progress", { "aria-label": "Epochs", max: 1, value: 0 });
  const readout = h("span", { class: "readout" });
  const speed = selectField(
    "Speed",
    EPOCH_SPEEDS.map((value) => ({
      value: String(value),
      text: value >= 1000 ? "as fast as it can" : `${value} epochs/s`,
    })),
    String(options.speed),
    (value) => options.onSpeed(Number(value)),
  );
  return {
    element: h(
      "div",
      { class: "player", role: "group", "aria-label": "Training" },
      play.element,
      step,
      reset,
      h("div", { class: "scrub" }, progress, readout),
      speed.element,
    ),
    show({ playing, failed, epoch, epochs }) {
      play.show(playing);
      for (const button of [play.element, step, reset]) button.disabled = failed;
      progress.max = epochs;
      progress.value = epoch;
      setText(readout, `epoch ${epoch} / ${epochs}`);
    },
    setSpeed: (value) => speed.set(String(value)),
  };
}
