import { at, compareNumbers, type Mismatch, toleranceOf, worse } from "./compare.ts";
import {
  flatNumbers,
  type JsonObject,
  readEntries,
  readList,
  readNumbers,
  readObject,
  readString,
} from "./encoding.ts";
import { Materializer } from "./forms.ts";
import { construct, lookUp, member, send, Tensor, toTensor } from "./library.ts";
import { camelCase } from "./names.ts";
import { problemOf } from "./problems.ts";
import { attempt, type Outcome, Unsupported } from "./report.ts";

/** PyTorch's options of an optimizer or scheduler as ours. */
export function optionsOf(json: JsonObject[string] | undefined): Record<string, unknown> {
  const m = new Materializer(false);
  return Object.fromEntries(
    Object.entries(readEntries(json))
      .filter(([, value]) => value.kind !== "none")
      .map(([name, value]) => [camelCase(name), m.value(value, name)]),
  );
}

/** The optimizer that a record names. */
export function optimizerOf(name: string, params: unknown, options: object): unknown {
  if (lookUp(`optim.${name}`) === undefined) throw new Unsupported(`no optim.${name}`);
  return construct(`optim.${name}`, [params, options]);
}

/** "grad of parameter 1 is None when step%3==1": which gradients are missing at a step. */
function holeOf(
  json: JsonObject[string] | undefined,
): (parameter: number, step: number) => boolean {
  if (json === undefined) return () => false;
  const text = readString(json);
  const [, k, period, phase] = /parameter (\d+) is None when step%(\d+)==(\d+)/.exec(text) ?? [];
  if (phase === undefined) throw new Error(`unknown hole: ${text}`);
  return (parameter, step) => parameter === Number(k) && step % Number(period) === Number(phase);
}

const values = (tensors: readonly Tensor[]): number[] =>
  tensors.flatMap((t) => [...t.detach().toTypedArray()]);

/** Runs an optim record: parameters after, and loss before, every step, and the state at the end. */
export function runOptimizer(record: JsonObject): Outcome {
  const name = readString(record.opt);
  return attempt(`optim.${name}`, readString(record.id), () => {
    const dtype = readString(record.dtype);
    const params = readList(record.init).map((json) => {
      const { sh, d } = readObject(json);
      return toTensor({
        kind: "tensor",
        dtype,
        shape: readNumbers(sh),
        data: readNumbers(d),
        strides: null,
        requiresGrad: true,
        inexact: false,
      });
    });
    const groups = record.groups === undefined ? null : readList(record.groups);
    const given =
      groups?.map((group, i) => ({ params: [params[i]], ...optionsOf(group) })) ?? params;
    const optimizer = optimizerOf(name, given, optionsOf(record.kw));
    const problem = problemOf(readString(record.problem), params, holeOf(record.hole));
    return follow(record, optimizer, params, problem, dtype);
  });
}

function follow(
  record: JsonObject,
  optimizer: unknown,
  params: readonly Tensor[],
  problem: (step: number) => Tensor | null,
  dtype: string,
): Mismatch | null {
  const tolerance = toleranceOf(dtype);
  const traj = readList(record.traj).map(readNumbers);
  const losses = record.loss === undefined ? null : readNumbers(record.loss);
  const evaluations = record.func_evals === undefined ? null : readNumbers(record.func_evals);
  const before: number[] = [];
  let worst: Mismatch | null = null;
  let evaluated = 0;
  for (const [step, want] of traj.entries()) {
    let first: number | null = null;
    const evaluate = (): Tensor | null => {
      send(optimizer, "zeroGrad");
      const loss = problem(step);
      loss?.backward();
      first ??= loss?.item() ?? null;
      evaluated++;
      return loss;
    };
    if (evaluations === null) {
      evaluate();
      send(optimizer, "step");
    } else {
      send(optimizer, "step", evaluate);
      if (evaluated !== evaluations[step]) {
        const why = `${evaluated} evaluations, wanted ${evaluations[step]}`;
        return { why: `step ${step}: ${why}`, deviation: Infinity };
      }
    }
    if (first !== null) before.push(first);
    worst = worse(worst, at(`step ${step}`, compareNumbers(values(params), want, tolerance)));
  }
  if (losses !== null) {
    worst = worse(worst, at("loss before a step", compareNumbers(before, losses, tolerance)));
  }
  return worst ?? compareState(optimizer, record.state, dtype);
}

/** The state that PyTorch keeps for each parameter, by its names. */
function compareState(
  optimizer: unknown,
  json: JsonObject[string] | undefined,
  dtype: string,
): Mismatch | null {
  if (json === undefined || json === null) return null;
  const got = member(send(optimizer, "stateDict"), "state");
  for (const [index, entries] of Object.entries(readObject(json))) {
    for (const [name, want] of Object.entries(readObject(entries))) {
      const value = member(member(got, index), name);
      const place = `state ${index}.${name}`;
      const numbers = value instanceof Tensor ? values([value]) : [Number(value)];
      const wrong = compareNumbers(numbers, flatNumbers(want), toleranceOf(dtype));
      if (wrong !== null) return at(place, wrong);
    }
  }
  return null;
}
