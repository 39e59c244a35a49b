import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { failures, type Outcome } from "../support/parity/report.ts";
import { figureFiles, readIndex, runFile } from "../support/parity/run.ts";

const FOLDER = fileURLToPath(new URL("../fixtures/parity", import.meta.url));
const index = readIndex(readFileSync(join(FOLDER, "ops-index.json"), "utf8"));

/** What the library promises to have: every record of these must run, not only pass where it does. */
const PROMISED = [
  ...["add", "sub", "mul", "div.no_rounding_mode", "div.floor_rounding", "div.trunc_rounding"],
  ...["pow", "neg", "abs", "sign", "sqrt", "rsqrt", "square", "reciprocal", "exp", "log", "log1p"],
  ...["expm1", "sin", "cos", "tan", "tanh", "sigmoid", "nn.functional.relu", "clamp", "maximum"],
  ...["minimum", "where", "eq", "ne", "lt", "le", "gt", "ge", "logical_and", "logical_or"],
  ...["logical_xor", "logical_not", "lerp", "addcmul", "addcdiv"],
  ...["sum", "mean", "var", "std", "prod", "max.reduction_no_dim", "max.reduction_with_dim"],
  ...["max.binary", "min.reduction_no_dim", "min.reduction_with_dim", "min.binary", "argmax"],
  ...[
    "argmin",
    "amax",
    "amin",
    "any",
    "all",
    "norm",
    "norm.fro",
    "norm.inf",
    "logsumexp",
    "cumsum",
  ],
  ...["matmul", "mm", "bmm", "mv", "dot", "outer", "addmm", "softmax", "log_softmax"],
  ...["view", "reshape", "t", "transpose", "permute", "squeeze", "unsqueeze", "expand", "flatten"],
  ...["unbind", "split", "chunk", "diagonal", "cat", "stack", "meshgrid.list_of_tensors", "clone"],
  ...["zeros", "ones", "full_like", "zeros_like", "ones_like", "eye", "arange", "linspace"],
  ...["logspace", "randn", "randn_like", "randint_like", "float", "double", "long", "int", "bool"],
  ...["nn.functional.linear", "nn.functional.dropout", "nn.functional.mse_loss"],
  ...["nn.functional.l1_loss", "nn.functional.binary_cross_entropy"],
  ...["nn.functional.binary_cross_entropy_with_logits", "nn.functional.cross_entropy"],
  ...["nn.Linear", "nn.Flatten", "nn.Identity", "nn.ReLU", "nn.Tanh", "nn.Sigmoid", "nn.Dropout"],
  ...["nn.MSELoss", "nn.L1Loss", "nn.BCELoss", "nn.BCEWithLogitsLoss", "nn.CrossEntropyLoss"],
  ...["optim.SGD", "optim.RMSprop", "optim.Adam", "optim.AdamW"],
  ...["nn.init.xavier_uniform_", "nn.init.kaiming_uniform_", "nn.init.kaiming_normal_"],
  ...["nn.utils.clip_grad_norm_", "nn.utils.clip_grad_value_"],
  ...["random rand", "random randn", "random randint", "random randperm", "random uniform"],
  ...["random normal", "random dataloader", "random circles", "random moons", "random blobs"],
  ...["random tts", "example circles", "example rosenbrock", "example pathological"],
  ...["example saddle", "printing"],
];

const all: Outcome[] = [];

for (const file of figureFiles(FOLDER)) {
  const byName = new Map<string, Outcome[]>();
  for (const outcome of runFile(FOLDER, file, index)) {
    all.push(outcome);
    if (outcome.status === "unsupported") continue;
    byName.set(outcome.name, [...(byName.get(outcome.name) ?? []), outcome]);
  }
  for (const [name, outcomes] of byName) {
    it(`gives PyTorch's figures for ${name} (${file}, ${outcomes.length} records)`, () => {
      expect(failures(outcomes)).toBe("");
    });
  }
}

describe("what the library promises", () => {
  // Python's own types and halves, which no library in JavaScript has.
  const beyond = /no dtype|integers beyond|JavaScript has|reflected operators|no \w+=/;

  it.each(PROMISED)("%s is there, with all of its records", (name) => {
    const own = all.filter((o) => o.name === name);
    expect(own.filter((o) => o.status === "passed").length).toBeGreaterThan(0);
    const lacking = own.filter((o) => o.status === "unsupported" && !beyond.test(o.why));
    expect(lacking.map((o) => `${o.id}: ${o.why}`)).toEqual([]);
  });
});
