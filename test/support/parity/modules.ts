import { arrange } from "./call.ts";
import { at, compareTensor, type Mismatch } from "./compare.ts";
import {
  type JsonObject,
  readEntries,
  readList,
  readNumber,
  readNumbers,
  readObject,
  readString,
  readTensor,
  readValue,
} from "./encoding.ts";
import { Materializer } from "./forms.ts";
import {
  construct,
  dtypeOf,
  flatten,
  isIterable,
  lookUp,
  need,
  send,
  Tensor,
  toResult,
  toTensor,
} from "./library.ts";
import { compareGradients, compareOutputs, flattenFigure, gradientsOf } from "./outputs.ts";
import { attempt, type Outcome, Unsupported } from "./report.ts";
import { signatureOf } from "./signatures.ts";

/** Tensors by name: a state dict, or named parameters. */
function tensorsByName(value: unknown): Map<string, Tensor> {
  const entries: readonly unknown[] = isIterable(value) ? [...value] : Object.entries(value ?? {});
  const found = new Map<string, Tensor>();
  for (const entry of entries) {
    if (!Array.isArray(entry)) continue;
    const [name, tensor]: unknown[] = entry;
    if (typeof name === "string" && tensor instanceof Tensor) found.set(name, tensor);
  }
  return found;
}

/** Constructs the module that a record names, with PyTorch's arguments. */
function moduleOf(record: JsonObject): unknown {
  const path = `nn.${readString(record.mod)}`;
  if (lookUp(path) === undefined) throw new Unsupported(`no ${path}`);
  const args = readList(record.cargs).map(readValue);
  const call = arrange(args, readEntries(record.ckw), signatureOf(path, args));
  return construct(path, new Materializer(false).call(call));
}

function compareState(got: ReadonlyMap<string, Tensor>, want: JsonObject): Mismatch | null {
  const names = [...got.keys()].join();
  const wanted = Object.keys(want).join();
  if (names !== wanted) return { why: `names ${names}, wanted ${wanted}`, deviation: Infinity };
  for (const [name, tensor] of got) {
    const mismatch = at(name, compareTensor(toResult(tensor), readTensor(want[name])));
    if (mismatch !== null) return mismatch;
  }
  return null;
}

/** Runs an nn record: the state right after construction, then every case. */
export function runModule(record: JsonObject): Outcome {
  return attempt(`nn.${readString(record.mod)}`, readString(record.id), () => {
    need("manualSeed")(readNumber(record.init_seed));
    const initial = tensorsByName(send(moduleOf(record), "stateDict"));
    const state = readObject(record.state);
    const mismatch = at("initial state", compareState(initial, state));
    if (mismatch !== null) return mismatch;
    for (const [i, json] of readList(record.cases).entries()) {
      const found = at(`case ${i}`, runCase(moduleOf(record), state, readObject(json)));
      if (found !== null) return found;
    }
    return null;
  });
}

function runCase(module: unknown, state: JsonObject, figure: JsonObject): Mismatch | null {
  const saved = Object.entries(state).map(([name, t]) => [name, toTensor(readTensor(t))]);
  send(module, "loadStateDict", Object.fromEntries(saved));
  send(module, "to", dtypeOf(readString(figure.dtype)));
  send(module, readString(figure.mode) === "eval" ? "eval" : "train");
  if (figure.seed !== undefined) need("manualSeed")(readNumber(figure.seed));

  const m = new Materializer(false);
  const args = readList(figure.args).map(readValue);
  const inputs = m.call(arrange(args, readEntries(figure.kw), null));
  const results = flatten(send(module, "forward", ...inputs));
  const mismatch = compareOutputs(results, flattenFigure(readValue(figure.out)));
  if (mismatch !== null) return mismatch;

  if (figure.grads !== undefined) {
    const leaves = new Map(m.leaves);
    for (const [name, p] of tensorsByName(send(module, "namedParameters"))) {
      leaves.set(`param.${name}`, p);
    }
    const grads = gradientsOf(results, readNumbers(figure.cot), leaves, true);
    const wrong = compareGradients(grads, readObject(figure.grads));
    if (wrong !== null) return wrong;
  }
  if (figure.buffers_after === undefined) return null;
  const wanted = readObject(figure.buffers_after);
  const buffers = new Map(
    [...tensorsByName(send(module, "stateDict"))].filter(([name]) => name in wanted),
  );
  return at("buffers", compareState(buffers, wanted));
}
