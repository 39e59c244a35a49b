/** How a function of the language is written elsewhere; its meaning is the library's op of that name. */
export interface FunctionInfo {
  readonly arity: 1 | 2;
  /** The tensor method, also the name of PyTorch's function. */
  readonly method: string;
}

const unary = (method: string): FunctionInfo => ({ arity: 1, method });
const binary = (method: string): FunctionInfo => ({ arity: 2, method });

/** Every function that a surface may call. All are pointwise, so one program serves point and grid. */
export const FUNCTIONS = {
  sin: unary("sin"),
  cos: unary("cos"),
  tan: unary("tan"),
  tanh: unary("tanh"),
  exp: unary("exp"),
  expm1: unary("expm1"),
  log: unary("log"),
  log1p: unary("log1p"),
  sqrt: unary("sqrt"),
  rsqrt: unary("rsqrt"),
  square: unary("square"),
  reciprocal: unary("reciprocal"),
  abs: unary("abs"),
  sign: unary("sign"),
  sigmoid: unary("sigmoid"),
  relu: unary("relu"),
  minimum: binary("minimum"),
  maximum: binary("maximum"),
} as const satisfies Record<string, FunctionInfo>;

export type FunctionName = keyof typeof FUNCTIONS;

const ALIASES: Readonly<Record<string, FunctionName>> = {
  ln: "log",
  min: "minimum",
  max: "maximum",
};

/** The language's own name of a function, or undefined where there is none. */
export function functionNamed(name: string): FunctionName | undefined {
  if (Object.hasOwn(ALIASES, name)) return ALIASES[name];
  return isFunctionName(name) ? name : undefined;
}

function isFunctionName(name: string): name is FunctionName {
  return Object.hasOwn(FUNCTIONS, name);
}

/** Methods that the grammar reads as operators: `x.mul(2)` is `x * 2`. */
export const OPERATOR_METHODS: Readonly<Record<string, "+" | "-" | "*" | "/" | "^">> = {
  add: "+",
  sub: "-",
  mul: "*",
  div: "/",
  pow: "^",
};

/** The known name nearest to a misspelt one, or undefined where none is near. */
export function nearestName(name: string, known: Iterable<string>): string | undefined {
  let best: string | undefined;
  // A short name is near to everything: allow fewer changes there.
  let bestDistance = Math.min(3, (name.length + 1) / 2);
  for (const candidate of known) {
    const distance = editDistance(name.toLowerCase(), candidate.toLowerCase());
    if (distance < bestDistance && distance < candidate.length) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return best;
}

function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const substitution = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(substitution, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
