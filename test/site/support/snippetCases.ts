import { parse } from "../../../site/src/expression/parser.ts";
import type { RunnerConfig } from "../../../site/src/race/optimizers.ts";
import type { SnippetSettings } from "../../../site/src/race/snippet.ts";
import { SURFACES } from "../../../site/src/race/surfaces.ts";

/** Every kind of optimizer, and each of its options somewhere. */
const RUNNERS: readonly RunnerConfig[] = [
  { kind: "SGD", options: { lr: 0.001 } },
  { kind: "SGD", options: { lr: 0.001, momentum: 0.9, nesterov: true, weightDecay: 0.01 } },
  { kind: "SGD", options: { lr: 0.001, momentum: 0.8, dampening: 0.5 } },
  { kind: "RMSprop", options: { lr: 0.01, alpha: 0.9, eps: 1e-6, weightDecay: 0.1 } },
  { kind: "RMSprop", options: { lr: 0.001, momentum: 0.5, centered: true } },
  { kind: "Adam", options: { lr: 0.02 } },
  { kind: "Adam", options: { lr: 0.02, beta1: 0.8, eps: 1e-4, amsgrad: true, weightDecay: 0.1 } },
  { kind: "AdamW", options: { lr: 0.02, beta2: 0.99, weightDecay: 0.1 } },
  { kind: "SGD", options: { lr: 1e-5, maximize: true } },
];

const named = SURFACES.map(({ name, source, start, runners }) => ({
  name,
  program: parse(source),
  start,
  steps: 40,
  runners,
}));

/** Races whose snippets are run: the named surfaces, and typed ones with every part of the language. */
export const SNIPPET_CASES: readonly SnippetSettings[] = [
  ...named,
  {
    name: "every optimizer",
    program: parse("(1-x)^2 + 100*(y-x^2)^2"),
    start: { x: -1, y: 1 },
    steps: 100,
    runners: RUNNERS,
  },
  {
    name: "every function",
    program: parse(
      "const r = sqrt(x^2 + y^2); const c = 2; " +
        "sin(r) + cos(x)*tan(y/c) + tanh(x) + exp(-r) + expm1(y)/10 + log(r) + log1p(r) + rsqrt(r + 1)" +
        " + square(x) + reciprocal(r + c) + |y| + sign(x)*y + sigmoid(x) + relu(y)" +
        " + min(x, 3)*max(1, y) + 2^x/pi + c^0.5*e - 1/(3 + r)",
    ),
    start: { x: 0.8, y: 0.6 },
    steps: 30,
    runners: [
      { kind: "SGD", options: { lr: 0.005 } },
      { kind: "Adam", options: { lr: 0.01 } },
    ],
  },
];
