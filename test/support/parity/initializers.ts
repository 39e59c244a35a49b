import { arrange } from "./call.ts";
import { at, compareNumbers, compareTensor, type Mismatch, toleranceOf } from "./compare.ts";
import {
  flatNumbers,
  isList,
  type Json,
  type JsonObject,
  readEntries,
  readList,
  readNumber,
  readString,
  readTensor,
  readValue,
  type TensorFigure,
} from "./encoding.ts";
import { Materializer } from "./forms.ts";
import { need, Tensor, toResult, toTensor } from "./library.ts";
import { camelCase } from "./names.ts";
import { attempt, type Outcome } from "./report.ts";
import { signatureOf } from "./signatures.ts";

/** Runs a record of init.jsonl: an initializer under a seed, a gain, or clipped gradients. */
export function runInit(record: JsonObject): Outcome {
  if (record.init !== undefined) {
    const name = readString(record.init);
    return attempt(`nn.init.${name}`, readString(record.id), () => initialize(name, record));
  }
  if (record.gain !== undefined) {
    return attempt("nn.init.calculate_gain", readString(record.id), () => gain(record));
  }
  const name = readString(record.util);
  return attempt(`nn.utils.${name}`, readString(record.id), () => clip(name, record));
}

function plainTensor(dtype: string, shape: readonly number[], data: readonly number[]): Tensor {
  const figure: TensorFigure = {
    kind: "tensor",
    dtype,
    shape,
    data,
    strides: null,
    requiresGrad: false,
    inexact: false,
  };
  return toTensor(figure);
}

function initialize(name: string, record: JsonObject): Mismatch | null {
  const want = readTensor(record.out);
  const path = `nn.init.${name}`;
  const initializer = need(`nn.init.${camelCase(name)}`);
  const given = readValue({ dt: want.dtype, sh: [...want.shape], d: want.data.map(() => 0) });
  const call = arrange([given], readEntries(record.kw), signatureOf(path, [given]));
  need("manualSeed")(readNumber(record.seed));
  const [target, ...rest] = new Materializer(false).call(call);
  initializer(target, ...rest);
  if (!(target instanceof Tensor)) throw new TypeError(`${path} was not given a tensor`);
  return compareTensor(toResult(target), want);
}

function gain(record: JsonObject): Mismatch | null {
  const args = record.param === null ? [] : [readNumber(record.param)];
  const got = need("nn.init.calculateGain")(readString(record.gain), ...args);
  return compareNumbers([Number(got)], [readNumber(record.out)], toleranceOf("f64"));
}

function shapeOf(json: Json | undefined): number[] {
  return isList(json) ? [json.length, ...shapeOf(json[0])] : [];
}

function clip(name: string, record: JsonObject): Mismatch | null {
  const parameters = readList(record.grads).map((values) => {
    const shape = shapeOf(values);
    const data = flatNumbers(values);
    const p = plainTensor(
      "f64",
      shape,
      data.map(() => 0),
    ).requiresGrad_();
    p.grad = plainTensor("f64", shape, data);
    return p;
  });
  const clipper = need(`nn.utils.${camelCase(name)}`);
  if (record.clip_value !== undefined) {
    clipper(parameters, readNumber(record.clip_value));
  } else {
    const normType = readNumber(record.norm_type);
    const total = clipper(parameters, readNumber(record.max_norm), { normType });
    const got = total instanceof Tensor ? total.item() : Number(total);
    const wrong = compareNumbers([got], [readNumber(record.total)], toleranceOf("f64"));
    if (wrong !== null) return at("total", wrong);
  }
  for (const [i, json] of readList(record.after).entries()) {
    const grad = parameters[i]?.grad;
    if (!grad) return { why: `gradient ${i} is gone`, deviation: Infinity };
    const wrong = at(`gradient ${i}`, compareTensor(toResult(grad), readTensor(json)));
    if (wrong !== null) return wrong;
  }
  return null;
}
