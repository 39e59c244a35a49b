import { at, compareNumbers, type Mismatch, toleranceOf, worse } from "./compare.ts";
import {
  flatNumbers,
  isList,
  type Json,
  type JsonObject,
  readList,
  readNumber,
  readNumbers,
  readObject,
  readString,
} from "./encoding.ts";
import { construct, isIterable, member, need, send, Tensor } from "./library.ts";
import { camelCase } from "./names.ts";
import { optionsOf } from "./optimizers.ts";
import { attempt, type Outcome, Unsupported } from "./report.ts";

type Draw = (record: JsonObject) => unknown;

const count = (r: JsonObject): number => readNumber(r.n);

function seedOf(r: JsonObject): number | bigint {
  const seed = BigInt(typeof r.seed === "number" ? r.seed : readString(r.seed));
  return seed <= Number.MAX_SAFE_INTEGER ? Number(seed) : seed;
}

/** A number of NumPy's or scikit-learn's, whose seeds fit in 32 bits. */
function randomState(r: JsonObject): unknown {
  return construct("random.RandomState", [Number(seedOf(r))]);
}

function dtypeOf(r: JsonObject): { dtype?: string } {
  return r.dtype === undefined ? {} : { dtype: readString(r.dtype) };
}

function filled(method: string, ...keys: readonly string[]): Draw {
  return (r) => {
    const t = need("empty")([count(r)], dtypeOf(r));
    return send(t, method, ...keys.map((key) => readNumber(r[key])));
  };
}

const tensorOf = (json: Json | undefined, options: object): unknown =>
  need("tensor")(readNumbers(json), options);

function initialized(r: JsonObject): unknown {
  const name = readString(r.fn);
  const target = need("empty")(readNumbers(r.shape), dtypeOf(r));
  const kwargs = Object.fromEntries(Object.entries(readObject(r.kw)).map(([k, v]) => [k, v]));
  return need(`nn.init.${camelCase(name)}`)(target, optionsOf(kwargs));
}

/** A layer's parameters as its constructor draws them. */
function layer(shape: readonly number[]): unknown {
  const [out = 0, input = 0, ...kernel] = shape;
  const dims = kernel.length === 0 ? "" : `Conv${kernel.length}d`;
  const made =
    dims === ""
      ? construct("nn.Linear", [input, out])
      : construct(`nn.${dims}`, [input, out, kernel]);
  return send(made, "parameters");
}

function epochs(r: JsonObject): unknown {
  const generator =
    r.gen === true ? send(construct("Generator", []), "manualSeed", seedOf(r)) : undefined;
  const own = generator === undefined ? {} : { generator };
  const set = construct("data.TensorDataset", [need("arange")(count(r))]);
  const loader = construct("data.DataLoader", [set, { batchSize: 4, shuffle: true, ...own }]);
  const orders = readList(r.want).map(() => numbersIn([...iterate(loader)]));
  return [orders, need("rand")([readList(r.after).length], own)];
}

function iterate(value: unknown): Iterable<unknown> {
  if (!isIterable(value)) throw new TypeError("not iterable");
  return value;
}

function interleaved(): unknown {
  const randn = need("randn");
  return [
    randn([3]),
    need("rand")([2]),
    randn([2]),
    randn([20]),
    randn([1], { dtype: "float64" }),
    need("randperm")(5),
  ];
}

function noiseOf(r: JsonObject): { noise?: number } {
  return r.noise === null || r.noise === undefined ? {} : { noise: readNumber(r.noise) };
}

function split(r: JsonObject): unknown {
  const stratify = r.y === null ? {} : { stratify: tensorOf(r.y, { dtype: "int64" }) };
  return need("data.trainTestSplit")(need("arange")(count(r)), {
    testSize: readNumber(r.test_size),
    randomState: readNumber(r.seed),
    ...stratify,
  });
}

function chosen(r: JsonObject): unknown {
  const p = r.p === undefined ? {} : { p: readNumbers(r.p) };
  return send(randomState(r), "choice", count(r), readNumber(r.k), {
    replace: r.replace === true,
    ...p,
  });
}

function mixed(r: JsonObject): unknown {
  const state = randomState(r);
  return [
    send(state, "randn", 3),
    send(state, "rand", 2),
    send(state, "randn", 2),
    send(state, "permutation", 9),
    send(state, "randint", 0, 100, 5),
  ];
}

/** How each kind is drawn, with the default generator seeded before. */
const DRAWS: Readonly<Record<string, Draw>> = {
  rand: (r) => need("rand")([count(r)], dtypeOf(r)),
  randn: (r) => need("randn")([count(r)], dtypeOf(r)),
  uniform: filled("uniform_", "a", "b"),
  normal: filled("normal_", "a", "b"),
  exponential: filled("exponential_", "a"),
  log_normal: filled("logNormal_", "a", "b"),
  cauchy: filled("cauchy_", "a", "b"),
  geometric: filled("geometric_", "a"),
  random_i64: (r) => send(need("empty")([count(r)], { dtype: "int64" }), "random_"),
  bernoulli_s: filled("bernoulli_", "p"),
  bernoulli_t: (r) => need("bernoulli")(tensorOf(r.p, dtypeOf(r))),
  dropout: (r) =>
    need("nn.functional.dropout")(need("ones")([count(r)], dtypeOf(r)), { p: readNumber(r.p) }),
  multinomial: (r) =>
    need("multinomial")(tensorOf(r.p, dtypeOf(r)), readNumber(r.k), { replacement: true }),
  multinomial_nr: (r) => need("multinomial")(tensorOf(r.p, dtypeOf(r)), readNumber(r.k)),
  randint: (r) => need("randint")(Number(r.lo), Number(r.hi), [count(r)]),
  randperm: (r) =>
    numbersIn(need("randperm")(count(r))).filter((_, i) => i % readNumber(r.step) === 0),
  interleave: interleaved,
  init: initialized,
  linear: (r) => layer(readNumbers(r.shape)),
  mlp: (r) => {
    const dims = readNumbers(r.dims);
    return dims.slice(1).map((out, i) => numbersIn(layer([out, dims[i] ?? 0])));
  },
  dataloader: epochs,
  random_split: (r) => {
    const lengths = readNumbers(r.lens);
    const total = lengths.reduce((a, b) => a + b);
    const parts = need("data.randomSplit")(
      Array.from({ length: total }, (_, i) => i),
      lengths,
    );
    return [...iterate(parts)].map((part) => member(part, "indices"));
  },
  np_rand: (r) => send(randomState(r), "rand", count(r)),
  np_uniform: (r) => send(randomState(r), "uniform", -3, 7.7, count(r)),
  np_randn: (r) => send(randomState(r), "randn", count(r)),
  np_normal: (r) => send(randomState(r), "normal", 2, 0.3, count(r)),
  np_exponential: (r) => send(randomState(r), "exponential", 1.3, count(r)),
  np_randint: (r) => send(randomState(r), "randint", readNumber(r.lo), readNumber(r.hi), count(r)),
  np_permutation: (r) => send(randomState(r), "permutation", count(r)),
  np_choice: chosen,
  np_mix: mixed,
  circles: (r) =>
    need("data.makeCircles")(count(r), { ...noiseOf(r), randomState: readNumber(r.seed) }),
  moons: (r) =>
    need("data.makeMoons")(count(r), { ...noiseOf(r), randomState: readNumber(r.seed) }),
  blobs: (r) =>
    need("data.makeBlobs")(count(r), {
      centers: readNumber(r.centers),
      clusterStd: readNumber(r.std),
      randomState: readNumber(r.seed),
    }),
  tts: split,
  tutorial: () => {
    const [X, y] = [...iterate(need("data.makeCircles")(1000, { noise: 0.03, randomState: 42 }))];
    return need("data.trainTestSplit")(X, y, { stratify: y, testSize: 0.3, randomState: 42 });
  },
};

/** Every number in what was drawn, in order. */
function numbersIn(value: unknown): number[] {
  if (value instanceof Tensor) return [...value.detach().toTypedArray()];
  if (typeof value === "number" || typeof value === "boolean") return [Number(value)];
  return isIterable(value) ? [...value].flatMap(numbersIn) : [];
}

/** Numbers, which may be written as strings of digits. */
function wanted(json: Json | undefined): number[] {
  if (isList(json)) return json.flatMap(wanted);
  if (typeof json === "string" && /^-?\d+$/.test(json)) {
    if (!Number.isSafeInteger(Number(json))) throw new Unsupported("integers beyond 2^53");
    return [Number(json)];
  }
  return flatNumbers(json);
}

/** Runs a record of rng.jsonl: the stream after a seed, through the public functions. */
export function runDraw(record: JsonObject): Outcome {
  const kind = readString(record.kind);
  const { want, ...given } = record;
  const id = JSON.stringify(given).slice(0, 120);
  return attempt(`random ${kind}`, id, () => {
    const draw = DRAWS[kind];
    if (draw === undefined) throw new Error(`unknown kind of draw ${kind}`);
    const figures = wanted(want);
    need("manualSeed")(seedOf(record));
    const drawn = draw(record);
    const tolerance = toleranceOf(toleranceName(kind, record));
    if (kind !== "dataloader") return compareNumbers(numbersIn(drawn), figures, tolerance);
    const [orders, after] = [...iterate(drawn)];
    const stream: Mismatch | null = compareNumbers(
      numbersIn(after),
      readNumbers(record.after),
      toleranceOf("f32"),
    );
    return worse(compareNumbers(numbersIn(orders), figures, tolerance), at("stream after", stream));
  });
}

const INTEGERS: ReadonlySet<string> = new Set([
  ...["random_i64", "randint", "randperm", "multinomial", "multinomial_nr", "bernoulli_s"],
  ...[
    "bernoulli_t",
    "dataloader",
    "random_split",
    "np_randint",
    "np_permutation",
    "np_choice",
    "tts",
  ],
]);

function toleranceName(kind: string, record: JsonObject): string {
  if (INTEGERS.has(kind)) return "i64";
  if (kind.startsWith("np_") || ["circles", "moons", "blobs", "tutorial"].includes(kind))
    return "f64";
  return record.dtype === "float64" ? "f64" : "f32";
}
