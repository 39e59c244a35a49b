import { zeros } from "tapegrad";
import { at, compareNumbers, type Mismatch, toleranceOf, worse } from "./compare.ts";
import {
  isObject,
  type Json,
  type JsonObject,
  readList,
  readNumber,
  readNumbers,
  readObject,
  readString,
} from "./encoding.ts";
import { construct, lookUp, member, send } from "./library.ts";
import { optimizerOf, optionsOf } from "./optimizers.ts";
import { BUILTINS } from "./python/builtins.ts";
import { evaluate, Scope } from "./python/evaluate.ts";
import { parseExpression } from "./python/parse.ts";
import { attempt, type Outcome, Unsupported } from "./report.ts";

/** `0.95 ** e` as a function of the epoch. */
export function lambdaOf(source: string): (epoch: number) => number {
  const expression = parseExpression(source);
  return (epoch) => {
    const scope = new Scope();
    for (const [name, value] of BUILTINS) scope.names.set(name, value);
    scope.names.set("e", BigInt(epoch));
    return Number(evaluate(expression, scope));
  };
}

function lambdas(json: Json): unknown {
  return typeof json === "string"
    ? lambdaOf(json)
    : readList(json).map((x) => lambdaOf(readString(x)));
}

/** Required arguments, in PyTorch's order, that stand before the options. */
const REQUIRED: Readonly<Record<string, readonly string[]>> = {
  LambdaLR: ["lr_lambda"],
  MultiplicativeLR: ["lr_lambda"],
  StepLR: ["step_size"],
  MultiStepLR: ["milestones"],
  ExponentialLR: ["gamma"],
  CosineAnnealingLR: ["T_max"],
  CosineAnnealingWarmRestarts: ["T_0"],
  CyclicLR: ["base_lr", "max_lr"],
  OneCycleLR: ["max_lr"],
  SWALR: ["swa_lr"],
};

function schedulerOf(name: string, optimizer: unknown, kw: JsonObject): unknown {
  const path = [`optim.lrScheduler.${name}`, `optim.swaUtils.${name}`].find(
    (candidate) => lookUp(candidate) !== undefined,
  );
  if (path === undefined) throw new Unsupported(`no optim.lrScheduler.${name}`);
  const { schedulers, lr_lambda, ...rest } = kw;
  if (schedulers !== undefined) {
    const parts = readList(schedulers).map((json) => {
      const [part, options] = readList(json);
      const inner = isObject(options) && "dict" in options ? options.dict : options;
      return schedulerOf(readString(part), optimizer, readObject(inner));
    });
    const options = optionsOf(rest);
    if (name === "ChainedScheduler") return construct(path, [parts]);
    const { milestones, ...others } = options;
    return construct(path, [optimizer, parts, milestones, ...optionList(others)]);
  }
  const required = REQUIRED[name] ?? [];
  const positional = required.map((key) =>
    key === "lr_lambda"
      ? lambdas(lr_lambda ?? null)
      : Object.values(optionsOf({ [key]: rest[key] ?? null }))[0],
  );
  const options = Object.fromEntries(
    Object.entries(rest).filter(([key]) => !required.includes(key)),
  );
  return construct(path, [optimizer, ...positional, ...optionList(optionsOf(options))]);
}

function optionList(options: object): object[] {
  return Object.keys(options).length === 0 ? [] : [options];
}

/** Runs a record of sched.jsonl: the rates, and the momenta where they are cycled, step by step. */
export function runScheduler(record: JsonObject): Outcome {
  const name = readString(record.sched);
  return attempt(`lr_scheduler.${name}`, readString(record.id), () => {
    const rates = readNumbers(record.base_lr);
    const momentum = record.momentum === undefined ? {} : { momentum: readNumber(record.momentum) };
    const groups = rates.map((lr) => ({ params: [zeros([1], { requiresGrad: true })], lr }));
    const optimizer = optimizerOf(readString(record.opt), groups, { lr: rates[0], ...momentum });
    const scheduler = schedulerOf(name, optimizer, readObject(record.kw));
    if (record.epochs !== undefined) return atEpochs(record, optimizer, scheduler);
    const metric = record.metric === undefined ? null : readNumbers(record.metric);
    const momenta = record.mom === undefined ? null : readList(record.mom);
    let worst: Mismatch | null = null;
    for (const [t, want] of readList(record.lr).entries()) {
      if (t > 0) {
        send(optimizer, "step");
        send(scheduler, "step", ...(metric === null ? [] : [metric[t - 1]]));
      }
      worst = worse(worst, at(`rate at ${t}`, compareGroups(optimizer, "lr", want)));
      if (momenta === null) continue;
      const cycled = member(member(member(optimizer, "paramGroups"), "0"), "betas");
      if (cycled === undefined) {
        const wrong = compareGroups(optimizer, "momentum", momenta[t] ?? []);
        worst = worse(worst, at(`momentum at ${t}`, wrong));
      }
    }
    return worst;
  });
}

function compareGroups(optimizer: unknown, option: string, want: Json): Mismatch | null {
  const groups = member(optimizer, "paramGroups");
  const figures = readNumbers(want);
  const got = figures.map((_, i) => Number(member(member(groups, String(i)), option)));
  return compareNumbers(got, figures, toleranceOf("f64"));
}

function atEpochs(record: JsonObject, optimizer: unknown, scheduler: unknown): Mismatch | null {
  const after = readList(record.lr_after_step_epoch);
  let worst: Mismatch | null = null;
  for (const [i, epoch] of readNumbers(record.epochs).entries()) {
    send(scheduler, "step", epoch);
    worst = worse(worst, at(`rate at ${epoch}`, compareGroups(optimizer, "lr", after[i] ?? [])));
  }
  return worst;
}
