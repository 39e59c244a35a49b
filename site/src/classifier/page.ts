import { CALM_INTERVAL, onThemeChange, reducedMotion } from "../drawing/theme.ts";
import type { Point } from "../race/surfaces.ts";
import { copyButton } from "../ui/copy.ts";
import { h } from "../ui/dom.ts";
import { section } from "../ui/section.ts";
import { Store } from "../ui/store.ts";
import { createBoundaryView } from "./boundaryView.ts";
import { createDataPanel } from "./dataPanel.ts";
import { createFigures, divergence, figuresInWords } from "./figures.ts";
import { createLossView } from "./lossView.ts";
import { createNetworkPanel } from "./networkPanel.ts";
import { type ClassifierState, DRAWN_REACH, MAX_DRAWN, MAX_EPOCHS, sameTraining } from "./state.ts";
import { createTraining } from "./training.ts";
import { createTransport } from "./transport.ts";
import { createUnitsView } from "./unitsView.ts";

export interface ClassifierPage {
  readonly state: ClassifierState;
  load(state: ClassifierState): void;
  setVisible(visible: boolean): void;
}

export interface ClassifierPageOptions {
  readonly place: HTMLElement;
  readonly state: ClassifierState;
  /** Called when the address should follow. */
  onChange(): void;
  announce(message: string): void;
  link(): string;
}

/** Builds the classifier: controls and pictures here, the training in a worker. */
export function createClassifierPage(options: ClassifierPageOptions): ClassifierPage {
  const store = new Store(options.state);
  const change = (patch: Partial<ClassifierState>) => store.update(patch);

  const data = createDataPanel(store.current, change);
  const network = createNetworkPanel(store.current, change);
  const boundary = createBoundaryView({
    onDraw: (point) => draw(point),
    onResize: () => schedule(),
  });
  const transport = createTransport({
    speed: store.current.speed,
    onPlay: () => (training.playing ? training.pause() : play()),
    onStep: () => step(),
    onReset: () => training.start(store.current),
    onSpeed: (speed) => change({ speed }),
  });
  const figures = createFigures();
  const loss = createLossView((logLoss) => change({ logLoss }));
  const units = createUnitsView(() => schedule());
  options.place.replaceChildren(
    section("Data", "area-data", data.element),
    section("Decision boundary", "area-boundary", boundary.element),
    section("Playback", "area-player", transport.element),
    section("Network and training", "area-network", network.element),
    section(
      "Figures",
      "area-figures",
      figures.element,
      h("div", { class: "row share" }, copyButton("Copy link", options.link)),
    ),
    section("Losses", "area-loss", loss.element),
    section("Hidden units", "area-units", units.element),
  );

  const training = createTraining({
    onFrame: () => schedule(),
    onPause: () =>
      options.announce(`Paused at epoch ${training.epoch}. ${figuresInWords(training)}`),
    onEnd: () =>
      options.announce(
        divergence(training) ?? `Finished ${training.epoch} epochs. ${figuresInWords(training)}`,
      ),
    onFailure: (message) => network.showError(message),
  });

  const play = () => {
    const { epochs } = store.current;
    // At the end, playing goes on for as long again.
    if (training.epoch >= epochs) change({ epochs: Math.min(MAX_EPOCHS, training.epoch + epochs) });
    training.play(store.current);
  };
  const step = () => {
    const next = training.epoch + 1;
    if (next > MAX_EPOCHS) return;
    if (next > store.current.epochs) change({ epochs: next });
    training.step();
  };
  const draw = (point: Point) => {
    const { drawn } = store.current;
    const { x, y } = point;
    const last = drawn.at(-1);
    const label = data.label;
    const near = (a: number, b: number) => Math.abs(a - b) < DRAWN_REACH / 25;
    if (drawn.length >= MAX_DRAWN) return;
    if (last !== undefined && last.label === label && near(last.x, x) && near(last.y, y)) return;
    const round = (value: number) => Math.round(100 * value) / 100;
    change({ drawn: [...drawn, { x: round(x), y: round(y), label }] });
  };

  let scheduled = false;
  let lastPaint = 0;
  const schedule = () => {
    if (scheduled) return;
    scheduled = true;
    requestAnimationFrame(frame);
  };
  const frame = (now: number) => {
    scheduled = false;
    if (training.playing && reducedMotion() && now - lastPaint < CALM_INTERVAL) {
      schedule();
      return;
    }
    lastPaint = now;
    paint();
  };
  const paint = () => {
    const { current } = store;
    boundary.show(training, current);
    const { playing, failed, epoch } = training;
    transport.show({ playing, failed, epoch, epochs: current.epochs });
    figures.show(training);
    loss.show(training, current);
    units.show(training, current);
    training.drawn();
  };
  const showControls = () => {
    data.show(store.current);
    network.show(store.current);
    transport.setSpeed(store.current.speed);
  };

  store.subscribe((state, previous) => {
    showControls();
    if (!sameTraining(state, previous)) {
      network.showError("");
      const wasPlaying = training.playing;
      training.start(state);
      if (wasPlaying) training.play(state);
    } else if (
      training.playing &&
      (state.speed !== previous.speed || state.epochs !== previous.epochs)
    ) {
      training.play(state);
    }
    schedule();
    options.onChange();
  });
  onThemeChange(() => {
    loss.repaint();
    schedule();
  });
  showControls();
  training.start(store.current);
  schedule();

  return {
    get state() {
      return store.current;
    },
    load: (state) => change(state),
    setVisible(visible) {
      if (!visible && training.playing) training.pause();
      if (visible) schedule();
    },
  };
}
