import { CALM_INTERVAL, onThemeChange, reducedMotion } from "../drawing/theme.ts";
import { switchField } from "../ui/fields.ts";
import { createPlayer } from "../ui/player.ts";
import { section } from "../ui/section.ts";
import { Store } from "../ui/store.ts";
import { type Derived, derive, raceTitle } from "./derived.ts";
import { valueAt } from "./field.ts";
import { createLossPanel } from "./lossPanel.ts";
import { createMapView } from "./mapView.ts";
import { label } from "./optimizers.ts";
import { createRunnerList } from "./runnerList.ts";
import { createSharePanel } from "./sharePanel.ts";
import { createSnippetPanel } from "./snippetPanel.ts";
import { createStandingsTable } from "./standingsTable.ts";
import { type RaceState, SPEEDS } from "./state.ts";
import { summary } from "./summary.ts";
import { createSurfacePanel } from "./surfacePanel.ts";
import { createSurfaceView } from "./surfaceView.ts";

export interface RacePage {
  readonly state: RaceState;
  readonly playing: boolean;
  load(state: RaceState): void;
  /** Stops what moves while the page is not shown. */
  setVisible(visible: boolean): void;
}

export interface RacePageOptions {
  readonly place: HTMLElement;
  readonly state: RaceState;
  /** A surface from the address that could not be read. */
  readonly rejected: string | undefined;
  /** Called when the address should follow. */
  onChange(): void;
  /** Says something to a screen reader. */
  announce(message: string): void;
  /** The address that holds the present state. */
  link(): string;
}

/** Milliseconds of a frame that computing ahead may take. */
const BUDGET_PAUSED = 9;
const BUDGET_PLAYING = 5;
/** Milliseconds between paintings of the figures and the chart, which nobody reads faster. */
const SLOW_INTERVAL = 70;

/** Builds the race: controls, pictures, figures, and the clock that plays it. */
export function createRacePage(options: RacePageOptions): RacePage {
  const store = new Store(options.state);
  let derived: Derived = derive(store.current, undefined);
  let playing = false;
  /** The step while it plays, with the part of the next one that has passed. */
  let head = store.current.step;
  const change = (patch: Partial<RaceState>) => store.update(patch);

  const surface = createSurfacePanel({
    state: store.current,
    rejected: options.rejected,
    onChange: change,
  });
  const map = createMapView({ onStart: (start) => change({ start }), onResize: () => schedule() });
  const landscape = createSurfaceView({
    onCamera: (turn, tilt) => change({ turn, tilt }),
    onReady: () => schedule(),
  });
  const show = switchField(
    "Picture",
    [
      { value: "map", text: "Map" },
      { value: "surface", text: "3D surface" },
    ],
    store.current.show,
    (next) => change({ show: next }),
  );
  const player = createPlayer({
    speeds: SPEEDS,
    speed: store.current.speed,
    onPlay: () => (playing ? pause() : play()),
    onStep: (by) => scrub(shownStep() + by),
    onScrub: (step) => scrub(step),
    onSpeed: (speed) => change({ speed }),
  });
  const runners = createRunnerList((next) => change({ runners: next }));
  const standings = createStandingsTable("standings");
  const loss = createLossPanel((logLoss) => change({ logLoss }));
  const code = createSnippetPanel((language) => change({ language }));
  const share = createSharePanel({
    link: options.link,
    picture: () => ({ derived, state: store.current, step: shownStep() }),
    announce: options.announce,
  });

  options.place.replaceChildren(
    section("Surface", "area-surface", surface.element),
    section("Picture", "area-view", show.element, map.element, landscape.element),
    section("Playback", "area-player", player.element),
    section("Standings", "area-standings", standings.element),
    section("Optimizers", "area-optimizers", runners.element),
    section("Loss", "area-loss", loss.element),
    section("Code and sharing", "area-code", share.element, code.element),
  );

  const shownStep = () =>
    Math.min(playing ? Math.floor(head) : store.current.step, derived.race.computed);

  const play = () => {
    const { step, steps } = store.current;
    head = step >= steps ? 0 : step;
    playing = true;
    schedule();
  };
  const pause = () => {
    stop();
    const { steps } = store.current;
    options.announce(`Paused at step ${shownStep()} of ${steps}. ${summary(derived, shownStep())}`);
  };
  /** Ends playing where it stands. */
  const stop = () => {
    const step = shownStep();
    playing = false;
    change({ step });
  };
  const scrub = (step: number) => {
    playing = false;
    change({ step: Math.min(store.current.steps, Math.max(0, step)) });
  };
  const finish = () => {
    stop();
    const { steps } = store.current;
    options.announce(`Finished ${steps} steps. ${summary(derived, steps)}`);
  };

  let scheduled = false;
  let lastFrame = 0;
  let lastPaint = 0;
  let lastSlowPaint = 0;
  const schedule = () => {
    if (scheduled) return;
    scheduled = true;
    requestAnimationFrame(frame);
  };
  const frame = (now: number) => {
    scheduled = false;
    // A page that was in the background does not jump ahead.
    const elapsed = Math.min(100, now - lastFrame);
    lastFrame = now;
    const { race } = derived;
    if (!race.complete) {
      const until = performance.now() + (playing ? BUDGET_PLAYING : BUDGET_PAUSED);
      race.advance(() => performance.now() < until);
    }
    if (playing) {
      head = Math.min(race.computed, head + (elapsed * store.current.speed) / 1000);
      if (head >= store.current.steps) finish();
    }
    const moving = playing || !race.complete;
    if (!moving || !reducedMotion() || now - lastPaint >= CALM_INTERVAL) {
      lastPaint = now;
      const slow = !moving || now - lastSlowPaint >= SLOW_INTERVAL;
      if (slow) lastSlowPaint = now;
      paint(slow);
    }
    if (playing || !race.complete) schedule();
  };

  const paint = (withSlow: boolean) => {
    const { scene, race, program, minimum } = derived;
    const { current } = store;
    const step = shownStep();
    const name = raceTitle(current, derived);
    const flat = current.show === "map";
    map.element.hidden = !flat;
    landscape.element.hidden = flat;
    if (flat) map.show({ scene, race, start: current.start, step, name });
    else {
      const { turn, tilt, start } = current;
      landscape.show({ ...derived.landscape(), race, start, step, turn, tilt }, name);
    }
    player.show({ playing, step, steps: current.steps, ready: race.computed });
    if (!withSlow) return;
    standings.show({ race, step, tolerance: current.tolerance, minimum, view: current.view });
    const labels = current.runners.map(label);
    loss.show({ race, labels, step, log: current.logLoss, minimum });
    runners.showRefusals(race);
    const { start, steps } = current;
    // What the library refuses to start would stop the whole script.
    const started = race.runners.filter(({ ending }) => ending?.kind !== "refused");
    const configs = started.map(({ config }) => config);
    code.show({ name, program, start, steps, runners: configs }, current.language);
  };

  const showControls = () => {
    const { current } = store;
    surface.show(current, derived.program);
    surface.showValues({
      undefinedPart: derived.scene.field.undefinedPart,
      atStart: valueAt(derived.program, current.start),
    });
    runners.show(current.runners);
    show.set(current.show);
    player.setSpeed(current.speed);
  };

  store.subscribe((state, previous) => {
    derived = derive(state, { state: previous, derived });
    showControls();
    schedule();
    if (!playing) options.onChange();
  });
  onThemeChange(() => {
    loss.repaint();
    schedule();
  });
  showControls();
  schedule();

  return {
    get state() {
      return { ...store.current, step: playing ? shownStep() : store.current.step };
    },
    get playing() {
      return playing;
    },
    load(state) {
      playing = false;
      change(state);
    },
    setVisible(visible) {
      if (!visible && playing) stop();
      if (visible) schedule();
    },
  };
}
