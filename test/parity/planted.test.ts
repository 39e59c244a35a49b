import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import {
  isList,
  isObject,
  type Json,
  type JsonObject,
  readLines,
} from "../support/parity/encoding.ts";
import type { Outcome } from "../support/parity/report.ts";
import { figureFiles, readIndex, runnerOf } from "../support/parity/run.ts";

const FOLDER = fileURLToPath(new URL("../fixtures/parity", import.meta.url));
const index = readIndex(readFileSync(join(FOLDER, "ops-index.json"), "utf8"));

function run(file: string, record: JsonObject): Outcome {
  const runner = runnerOf(file);
  if (runner === null) throw new Error(`nothing runs ${file}`);
  return runner(record, index);
}

const tensor = (d: readonly number[], more: JsonObject = {}): JsonObject => ({
  dt: "f64",
  sh: [d.length],
  d,
  ...more,
});

/** 2·3 and 5·-1, with the gradients for the first cotangents. */
const product: JsonObject = {
  op: "mul",
  id: "planted",
  args: [tensor([2, 5], { rg: 1 }), tensor([3, -1], { rg: 1 })],
  kw: {},
  out: tensor([6, -5]),
  cot: [0],
  grads: {
    "args.0": tensor([-1.04296875 * 3, 1.640625]),
    "args.1": tensor([-1.04296875 * 2, -1.640625 * 5]),
  },
};

const without = (record: JsonObject, key: string): JsonObject =>
  Object.fromEntries(Object.entries(record).filter(([k]) => k !== key));

describe("a planted fault in an operation's figures", () => {
  const why = (change: JsonObject): string => {
    const outcome = run("ops-x.jsonl", { ...product, ...change });
    return `${outcome.status}: ${outcome.why}`;
  };

  it("is not there to begin with", () => {
    expect(why({})).toBe("passed: ");
  });

  it("is found in a value, shape, dtype and number of results", () => {
    expect(why({ out: tensor([6, -5.001]) })).toBe(
      "failed: function: result: value 1 is -5, wanted -5.001",
    );
    expect(why({ out: tensor([6, -5], { sh: [2, 1] }) })).toContain("shape [2], wanted [2, 1]");
    expect(why({ out: tensor([6, -5], { dt: "f32" }) })).toContain("dtype f64, wanted f32");
    expect(why({ out: { tuple: [tensor([6, -5]), tensor([1])] } })).toContain(
      "1 results, wanted 2",
    );
  });

  it("is found in a gradient, in one that should not be there and in one that should", () => {
    const grads = product.grads;
    if (!isObject(grads)) throw new Error("no gradients");
    expect(why({ grads: { ...grads, "args.1": tensor([-2, -8.203125]) } })).toContain(
      "function: gradient of args.1: value 0",
    );
    expect(why({ grads: { ...grads, "args.1": null } })).toContain("there is one, wanted none");
    expect(why({ grads: { ...grads, "kwargs.other": tensor([1, 1]) } })).toContain(
      "gradient of kwargs.other: no such argument",
    );
    const args = [tensor([2, 5], { rg: 1 }), tensor([3, -1])];
    expect(why({ args })).toContain("gradient of args.1: no such argument");
  });

  it("is found where an error should have come, or another one", () => {
    const error = { type: "RuntimeError", message: "", regex: "" };
    expect(run("ops-x.jsonl", { ...without(product, "out"), error }).why).toContain("no error");
    const wrong = { ...without(product, "out"), args: [tensor([1, 2]), tensor([1, 2, 3])] };
    const regex = "The size of tensor a \\(2\\) must match";
    expect(run("ops-x.jsonl", { ...wrong, error: { ...error, regex } }).status).toBe("passed");
    expect(
      run("ops-x.jsonl", { ...wrong, error: { ...error, regex: "must broadcast" } }).why,
    ).toMatch(/error ".*", wanted "must broadcast"/);
  });

  it("is found in the in-place form and in the method, not in the function alone", () => {
    const into = { op: "add", kw: {}, cot: [], grads: {} };
    const record = { ...product, ...into, out: tensor([5, 4]) };
    expect(run("ops-x.jsonl", record).status).toBe("passed");
    expect(
      run("ops-x.jsonl", { ...record, op: "uniform", args: [tensor([2, 5]), 0, 1] }).why,
    ).toContain("in place: result");
  });

  it("makes a crash a failure and an unknown function or dtype unsupported", () => {
    expect(why({ args: [null, 3] })).toMatch(/^failed: threw/);
    expect(why({ op: "no_such_thing" })).toBe("unsupported: no noSuchThing");
    expect(why({ args: [tensor([1, 2], { dt: "f16" }), 2] })).toBe("unsupported: no dtype f16");
  });
});

/** Where figures stand in each kind of record, as far as a change of one must be noticed. */
const FIGURES = /^(out|grads|state|traj|loss|lr|mom|after|total|want|train|test|params|vars|d)$/;

/** A copy in which one number among the figures is another one: the `n`-th. */
function planted(record: JsonObject, n: number): JsonObject {
  let left = n;
  const visit = (json: Json, inside: boolean): Json => {
    if (typeof json === "number" && inside && left-- === 0) return json + 0.5 + Math.abs(json);
    if (isList(json)) return json.map((item) => visit(item, inside));
    if (!isObject(json)) return json;
    return Object.fromEntries(
      Object.entries(json).map(([key, value]) => [key, visit(value, inside || FIGURES.test(key))]),
    );
  };
  const copy = visit(record, false);
  return isObject(copy) ? copy : record;
}

describe("a changed number is found in", () => {
  const kinds = ["nn", "optim", "init", "rng", "sched", "tutorial", "scripts"].map(
    (k) => `${k}.jsonl`,
  );

  it.each(kinds.filter((file) => figureFiles(FOLDER).includes(file)))("%s", (file) => {
    const records = readLines(readFileSync(join(FOLDER, file), "utf8"));
    const quick = records.filter((r) => r.Xtr === undefined && Number(r.steps ?? 0) <= 200);
    let changed = 0;
    for (const record of quick) {
      if (record.epochs !== undefined || changed === 12) continue;
      if (run(file, record).status !== "passed") continue;
      const other = planted(record, 0);
      if (JSON.stringify(other) === JSON.stringify(record)) continue;
      changed++;
      expect(run(file, other).status, `${file} ${JSON.stringify(record).slice(0, 100)}`).toBe(
        "failed",
      );
    }
    if (!file.startsWith("sched")) expect(changed).toBeGreaterThan(5);
  });
});
