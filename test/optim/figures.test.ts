import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { optim, Tensor, tensor } from "../../src/index.ts";
import { camelCase } from "../../src/optim/stateDict.ts";
import {
  flatNumbers,
  type JsonObject,
  readLines,
  readList,
  readNumber,
  readNumbers,
  readObject,
  readString,
  readTensor,
  readValue,
  type Value,
} from "../support/parity/encoding.ts";
import "../support/matchers.ts";
import { problemOf } from "../support/parity/problems.ts";

const KINDS: Readonly<
  Record<string, (params: optim.Params, options: object) => optim.Optimizer<{ lr: number }>>
> = {
  SGD: (params, options) => new optim.SGD(params, options),
  RMSprop: (params, options) => new optim.RMSprop(params, options),
  Adam: (params, options) => new optim.Adam(params, options),
  AdamW: (params, options) => new optim.AdamW(params, options),
};

const DTYPES = { f64: "float64", f32: "float32" } as const;
type Short = keyof typeof DTYPES;
// Only rounding may differ: a few ulp a step, of the largest value.
const TOLERANCES: Readonly<Record<Short, number>> = { f64: 1e-12, f32: 2e-6 };

function read(name: string): JsonObject[] {
  return readLines(readFileSync(new URL(`../fixtures/${name}`, import.meta.url), "utf8"));
}

function short(name: string): Short {
  if (name !== "f64" && name !== "f32") throw new TypeError(`unexpected dtype ${name}`);
  return name;
}

function parameter(values: readonly number[], shape: readonly number[], dtype: Short): Tensor {
  const p = tensor([...values], { dtype: DTYPES[dtype] });
  return p.reshape([...shape]).requiresGrad_();
}

/** A recorded option or piece of state as the library takes it. */
function plain(value: Value): optim.StateValue {
  switch (value.kind) {
    case "tensor":
      return parameter(value.data, value.shape, short(value.dtype)).detach();
    case "list":
      return value.items.map(plain);
    case "number":
    case "bool":
    case "string":
      return value.value;
    case "none":
      return null;
    default:
      throw new TypeError(`no place for a ${value.kind} in a state dict`);
  }
}

function optionsOf(recorded: JsonObject): object {
  const entries = Object.entries(recorded);
  return Object.fromEntries(entries.map(([k, v]) => [camelCase(k), plain(readValue(v))]));
}

function flat(tensors: readonly Tensor[]): number[] {
  return tensors.flatMap((t) => [...t.toTypedArray()]);
}

function expectClose(found: readonly number[], wanted: readonly number[], dtype: Short): void {
  expect(found).toHaveLength(wanted.length);
  const finite = wanted.filter(Number.isFinite);
  const allowed = TOLERANCES[dtype] * Math.max(...finite.map(Math.abs), 0);
  for (const [i, want] of wanted.entries()) {
    // A run that diverges ends in infinities and NaN, and at the same step.
    if (!Number.isFinite(want)) expect(found[i]).toBe(want);
    else expect(Math.abs(found[i]! - want)).toBeLessThanOrEqual(allowed);
  }
}

describe("trajectories", () => {
  const records = read("parity/optim.jsonl").filter(
    ({ opt }) => typeof opt === "string" && opt in KINDS,
  );

  test.each(records.map((record) => [readString(record.id), record] as const))(
    "%s",
    (_, record) => {
      const dtype = record.dtype === undefined ? "f64" : short(readString(record.dtype));
      const params = readList(record.init).map((json) => {
        const { d, sh } = readObject(json);
        return parameter(readNumbers(d), readNumbers(sh), dtype);
      });
      const groups =
        record.groups === undefined
          ? params
          : readList(record.groups).map((options, i) => ({
              params: [params[i]!],
              ...optionsOf(readObject(options)),
            }));
      const optimizer = KINDS[readString(record.opt)]!(groups, optionsOf(readObject(record.kw)));
      // The one record with missing gradients lacks that of its second parameter in every third step.
      const missing = (k: number, t: number) => record.hole !== undefined && k === 1 && t % 3 === 1;
      const problem = problemOf(readString(record.problem), params, missing);

      for (const [t, wanted] of readList(record.traj).entries()) {
        optimizer.zeroGrad();
        const loss = problem(t);
        if (loss !== null) {
          expectClose([loss.item()], [readNumber(readList(record.loss)[t])], dtype);
          loss.backward();
        }
        optimizer.step();
        expectClose(flat(params), readNumbers(wanted), dtype);
      }

      const { state } = optimizer.stateDict();
      for (const [id, recorded] of Object.entries(readObject(record.state))) {
        for (const [name, json] of Object.entries(readObject(recorded))) {
          const found = state[id]![name];
          if (!(found instanceof Tensor)) throw new TypeError(`${name} is no tensor`);
          expectClose(flat([found]), flatNumbers(json), dtype);
        }
      }
    },
  );
});

describe("PyTorch's state dicts", () => {
  const records = read("optim-state.jsonl").slice(1);
  const name = (record: JsonObject) =>
    `${readString(record.opt)} ${JSON.stringify(record.kw)} ${readTensor(readList(record.params)[0]).dtype}`;

  function resume(record: JsonObject) {
    const figures = readList(record.params).map(readTensor);
    const dtype = short(figures[0]!.dtype);
    const params = figures.map((f) => parameter(f.data, f.shape, dtype));
    const optimizer = KINDS[readString(record.opt)]!(
      params.map((p) => ({ params: [p], lr: 1 })),
      {},
    );
    const dict = stateDict(record);
    optimizer.loadStateDict(dict);
    return { dtype, params, optimizer, dict };
  }

  function stateDict(record: JsonObject): optim.OptimizerStateDict {
    const dict = readObject(readObject(record.state_dict).dict);
    const state: optim.OptimizerStateDict["state"] = {};
    for (const [id, packed] of Object.entries(readObject(readObject(dict.state).dict))) {
      const entries = Object.entries(readObject(readObject(packed).dict));
      state[id] = Object.fromEntries(entries.map(([k, v]) => [k, plain(readValue(v))]));
    }
    const groups = readList(dict.param_groups).map((json) => {
      const { params, ...options } = readObject(readObject(json).dict);
      const entries = Object.entries(options).map(([k, v]) => [k, plain(readValue(v))]);
      return { ...Object.fromEntries(entries), params: readNumbers(params) };
    });
    return { state, param_groups: groups };
  }

  test.each(records.map((record) => [name(record), record] as const))(
    "resume a run of %s",
    (_, record) => {
      const { dtype, params, optimizer } = resume(record);
      for (const wanted of readList(record.then)) {
        optimizer.zeroGrad();
        for (const p of params) p.pow(4).div(4).sub(p).sum().backward();
        optimizer.step();
        expectClose(flat(params), readNumbers(wanted), dtype);
      }
    },
  );

  test.each(records.map((record) => [name(record), record] as const))(
    "are saved again as they were by %s",
    (_, record) => {
      const { optimizer, dict } = resume(record);
      const saved = optimizer.stateDict();
      expect(saved.param_groups).toEqual(dict.param_groups);
      for (const [id, wanted] of Object.entries(dict.state)) {
        for (const [key, value] of Object.entries(wanted)) {
          if (value === null) expect(saved.state[id]).not.toHaveProperty(key);
          else if (value instanceof Tensor) expect(saved.state[id]![key]).toEqualTensor(value);
          else expect(saved.state[id]![key]).toEqualTensor(tensor(Number(value)));
        }
      }
      expect(String(optimizer)).toBe(readString(record.repr));
    },
  );
});
