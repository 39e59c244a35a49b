import "./style/base.css";
import "./style/controls.css";
import "./style/panels.css";
import type { ClassifierPage } from "./classifier/page.ts";
import { readClassifier, writeClassifier } from "./classifier/state.ts";
import { parse } from "./expression/parser.ts";
import { readLink, writeLink } from "./link.ts";
import { createRacePage } from "./race/page.ts";
import { defaultRace, type RaceState, readRace, writeRace } from "./race/state.ts";
import { byId, setText } from "./ui/dom.ts";
import { createTabs } from "./ui/tabs.ts";

type Tab = "race" | "classifier";

/** The address follows the state, but not faster than a browser allows. */
const ADDRESS_DELAY = 250;
/** Milliseconds that a message stays over the page. */
const STATUS_TIME = 6000;

const status = byId("status");
let quieting: ReturnType<typeof setTimeout> | undefined;

/** Says something once, to eyes and to screen readers; eyes see it for a while only. */
function announce(message: string): void {
  setText(status, message);
  status.classList.remove("quiet");
  clearTimeout(quieting);
  quieting = setTimeout(() => status.classList.add("quiet"), STATUS_TIME);
}

const opened = readAddress();
let tab: Tab = opened.tab;
let classifier: ClassifierPage | undefined;
let pending: ReturnType<typeof setTimeout> | undefined;

const race = createRacePage({
  place: byId("race"),
  state: opened.race ?? defaultRace(),
  rejected: opened.rejected,
  onChange: () => followLater(),
  announce,
  link: () => new URL(addressOf(tab), location.href).href,
});
const tabs = createTabs(["race", "classifier"], (id) => {
  void show(id === "classifier" ? "classifier" : "race");
  followLater();
});
report(opened.problems);
await show(tab);

addEventListener("hashchange", () => {
  const next = readAddress();
  report(next.problems);
  if (next.race !== undefined) race.load(next.race);
  if (next.tab === "classifier")
    classifier?.load(readClassifier(readLink(location.hash).fields).state);
  void show(next.tab);
});

async function show(next: Tab): Promise<void> {
  tab = next;
  tabs.select(next);
  race.setVisible(next === "race");
  if (next === "classifier" && classifier === undefined) {
    const { createClassifierPage } = await import("./classifier/page.ts");
    classifier ??= createClassifierPage({
      place: byId("classifier"),
      state: readClassifier(readLink(location.hash).fields).state,
      onChange: () => followLater(),
      announce,
      link: () => new URL(addressOf("classifier"), location.href).href,
    });
  }
  classifier?.setVisible(tab === "classifier");
}

interface Opened {
  readonly tab: Tab;
  readonly race: RaceState | undefined;
  /** A typed surface that cannot be read, for the visitor to repair. */
  readonly rejected: string | undefined;
  readonly problems: readonly string[];
}

function readAddress(): Opened {
  const { page, fields } = readLink(location.hash);
  if (page === "classifier") {
    const { problems } = readClassifier(fields);
    return { tab: "classifier", race: undefined, rejected: undefined, problems };
  }
  const { state, problems } = readRace(fields);
  try {
    parse(state.source);
    return { tab: "race", race: state, rejected: undefined, problems };
  } catch {
    const race = { ...defaultRace(), runners: state.runners };
    return { tab: "race", race, rejected: state.source, problems: [...problems, "e: the surface"] };
  }
}

function report(problems: readonly string[]): void {
  if (problems.length === 0) return;
  announce(
    `Part of the link was not understood and is left at its usual value: ${problems.join("; ")}`,
  );
}

function addressOf(which: Tab): string {
  if (which === "classifier" && classifier !== undefined) {
    return writeLink("classifier", writeClassifier(classifier.state));
  }
  return which === "classifier" ? "#classifier" : writeLink("race", writeRace(race.state));
}

function followLater(): void {
  clearTimeout(pending);
  pending = setTimeout(() => history.replaceState(null, "", addressOf(tab)), ADDRESS_DELAY);
}
