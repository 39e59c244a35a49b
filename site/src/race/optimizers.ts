import { optim, type Tensor } from "tapegrad";

export type OptimizerKind = "SGD" | "RMSprop" | "Adam" | "AdamW";

/** One optimizer's settings; what is absent has the library's default. */
export interface RunnerConfig {
  readonly kind: OptimizerKind;
  readonly options: Readonly<Record<string, number | boolean>>;
}

export interface OptionInfo {
  /** The key in a RunnerConfig: the library's name, but a pair such as betas is two numbers. */
  readonly key: string;
  readonly label: string;
  readonly default: number | boolean;
  /** PyTorch's keyword argument where it is not the same word. */
  readonly python?: string;
}

export interface OptimizerInfo {
  readonly kind: OptimizerKind;
  readonly options: readonly OptionInfo[];
}

const lr = (value: number): OptionInfo => ({ key: "lr", label: "Rate", default: value });
const weightDecay = (value: number): OptionInfo => ({
  key: "weightDecay",
  label: "Weight decay",
  default: value,
  python: "weight_decay",
});
const eps: OptionInfo = { key: "eps", label: "Epsilon", default: 1e-8 };
const momentum: OptionInfo = { key: "momentum", label: "Momentum", default: 0 };
const maximize: OptionInfo = { key: "maximize", label: "Maximize", default: false };
const betas: readonly OptionInfo[] = [
  { key: "beta1", label: "Beta 1", default: 0.9 },
  { key: "beta2", label: "Beta 2", default: 0.999 },
];
const amsgrad: OptionInfo = { key: "amsgrad", label: "AMSGrad", default: false };

/** Every optimizer of the library with its options and their defaults. */
export const OPTIMIZERS: readonly OptimizerInfo[] = [
  {
    kind: "SGD",
    options: [
      lr(0.001),
      momentum,
      { key: "dampening", label: "Dampening", default: 0 },
      { key: "nesterov", label: "Nesterov", default: false },
      weightDecay(0),
      maximize,
    ],
  },
  {
    kind: "RMSprop",
    options: [
      lr(0.01),
      { key: "alpha", label: "Alpha", default: 0.99 },
      eps,
      momentum,
      { key: "centered", label: "Centered", default: false },
      weightDecay(0),
      maximize,
    ],
  },
  { kind: "Adam", options: [lr(0.001), ...betas, eps, weightDecay(0), amsgrad, maximize] },
  { kind: "AdamW", options: [lr(0.001), ...betas, eps, weightDecay(0.01), amsgrad, maximize] },
];

export function optimizerInfo(kind: OptimizerKind): OptimizerInfo {
  const info = OPTIMIZERS.find((candidate) => candidate.kind === kind);
  if (info === undefined) throw new Error(`no optimizer ${kind}`);
  return info;
}

export function isOptimizerKind(value: string): value is OptimizerKind {
  return OPTIMIZERS.some(({ kind }) => kind === value);
}

/** The value of an option: the config's, or the default. */
export function optionOf(config: RunnerConfig, key: string): number | boolean {
  const value = config.options[key];
  if (value !== undefined) return value;
  const info = optimizerInfo(config.kind).options.find((option) => option.key === key);
  if (info === undefined) throw new Error(`${config.kind} has no option ${key}`);
  return info.default;
}

/** The options that differ from the defaults, and the rate, in the order of the catalogue. */
export function writtenOptions(
  config: RunnerConfig,
): readonly { readonly info: OptionInfo; readonly value: number | boolean }[] {
  return optimizerInfo(config.kind)
    .options.map((info) => ({ info, value: optionOf(config, info.key) }))
    .filter(({ info, value }) => info.key === "lr" || value !== info.default);
}

/** A short name that tells this optimizer from the others of a race. */
export function label(config: RunnerConfig): string {
  const parts: string[] = [config.kind];
  for (const { info, value } of writtenOptions(config)) {
    if (info.key === "lr") parts.splice(1, 0, `lr ${value}`);
    else
      parts.push(
        value === true ? info.label.toLowerCase() : `${info.label.toLowerCase()} ${value}`,
      );
  }
  return parts.length > 1 ? `${parts[0]} ${parts.slice(1).join(", ")}` : config.kind;
}

const number = (config: RunnerConfig, key: string): number => Number(optionOf(config, key));
const flag = (config: RunnerConfig, key: string): boolean => optionOf(config, key) === true;

/** What the page needs of an optimizer, whatever its options are. */
export interface Stepper {
  step(): unknown;
  zeroGrad(): void;
}

/**
 * Makes the library's optimizer for a set of parameters.
 * @throws what the library throws for an option that is out of range.
 */
export function createOptimizer(params: Iterable<Tensor>, config: RunnerConfig): Stepper {
  const list = [...params];
  const common = { lr: number(config, "lr"), weightDecay: number(config, "weightDecay") };
  switch (config.kind) {
    case "SGD":
      return new optim.SGD(list, {
        ...common,
        momentum: number(config, "momentum"),
        dampening: number(config, "dampening"),
        nesterov: flag(config, "nesterov"),
        maximize: flag(config, "maximize"),
      });
    case "RMSprop":
      return new optim.RMSprop(list, {
        ...common,
        alpha: number(config, "alpha"),
        eps: number(config, "eps"),
        momentum: number(config, "momentum"),
        centered: flag(config, "centered"),
        maximize: flag(config, "maximize"),
      });
    case "Adam":
    case "AdamW": {
      const Rule = config.kind === "Adam" ? optim.Adam : optim.AdamW;
      return new Rule(list, {
        ...common,
        betas: [number(config, "beta1"), number(config, "beta2")],
        eps: number(config, "eps"),
        amsgrad: flag(config, "amsgrad"),
        maximize: flag(config, "maximize"),
      });
    }
  }
}
