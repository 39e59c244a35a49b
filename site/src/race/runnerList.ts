import { h } from "../ui/dom.ts";
import type { Race } from "./engine.ts";
import { createOptimizerCard, type OptimizerCard } from "./optimizerCard.ts";
import {
  OPTIMIZERS,
  type OptimizerKind,
  optimizerInfo,
  optionOf,
  type RunnerConfig,
} from "./optimizers.ts";
import { MAX_RUNNERS } from "./state.ts";

export interface RunnerList {
  readonly element: HTMLElement;
  /** Shows these optimizers; a card that the visitor is writing in stays as it is. */
  show(runners: readonly RunnerConfig[]): void;
  /** Shows which optimizers the library refused, and why. */
  showRefusals(race: Race | undefined): void;
}

/** The optimizers of a race, each with its rate and options, to add to and to remove from. */
export function createRunnerList(onChange: (runners: readonly RunnerConfig[]) => void): RunnerList {
  let runners: readonly RunnerConfig[] = [];
  let cards: OptimizerCard[] = [];
  const list = h("ul", { class: "cards" });
  const add = h("button", { type: "button", onclick: () => addRunner() }, "Add optimizer");
  const element = h("div", {}, list, add);

  const replace = (index: number, config: RunnerConfig) =>
    onChange(runners.map((runner, at) => (at === index ? config : runner)));
  const remove = (index: number) => {
    onChange(runners.filter((_, at) => at !== index));
    // Focus would fall off the page with the button that had it.
    (cards[Math.min(index, cards.length - 1)]?.remove ?? add).focus();
  };
  const addRunner = () => {
    const unused = OPTIMIZERS.find(({ kind }) => !runners.some((runner) => runner.kind === kind));
    const kind = unused?.kind ?? "SGD";
    onChange([...runners, { kind, options: { lr: rateFor(kind, runners) } }]);
    cards.at(-1)?.kind.focus();
  };

  return {
    element,
    show(next) {
      runners = next;
      while (cards.length > next.length) cards.pop()?.element.parentElement?.remove();
      next.forEach((config, index) => {
        const card = cards[index];
        if (card !== undefined && card.kindNow() === config.kind) {
          card.show(config);
          return;
        }
        const fresh = createOptimizerCard(config, {
          series: index,
          onChange: (changed) => replace(index, changed),
          onRemove: () => remove(index),
        });
        const item = h("li", {}, fresh.element);
        if (card === undefined) list.append(item);
        else {
          const hadFocus = card.element.contains(document.activeElement);
          card.element.parentElement?.replaceWith(item);
          if (hadFocus) fresh.kind.focus();
        }
        cards = cards.toSpliced(index, 1, fresh);
      });
      add.disabled = next.length >= MAX_RUNNERS;
    },
    showRefusals(race) {
      cards.forEach((card, index) => {
        const ending = race?.runners[index]?.ending;
        card.showError(ending?.kind === "refused" ? ending.message : "");
      });
    },
  };
}

/** A new optimizer takes a rate that is in use for its kind, or the last one's. */
function rateFor(kind: OptimizerKind, runners: readonly RunnerConfig[]): number {
  const like = runners.findLast((runner) => runner.kind === kind) ?? runners.at(-1);
  const fallback = optimizerInfo(kind).options.find(({ key }) => key === "lr")?.default ?? 0.01;
  return Number(like === undefined ? fallback : optionOf(like, "lr"));
}
