import { at, compareNumbers, compareTensor, type Mismatch, toleranceOf } from "./compare.ts";
import { type JsonObject, readTensor, type Value } from "./encoding.ts";
import { cotangentOf, flatten, need, Tensor, toResult } from "./library.ts";

/** The tensors and plain values of a recorded result, in order. */
export function flattenFigure(value: Value): Value[] {
  return value.kind === "list" ? value.items.flatMap(flattenFigure) : [value];
}

/**
 * Holds results against figures, one by one.
 * @param gauge whether signs are not unique, so that magnitudes alone count.
 */
export function compareOutputs(
  got: readonly unknown[],
  want: readonly Value[],
  gauge = false,
): Mismatch | null {
  if (got.length !== want.length) {
    return { why: `${got.length} results, wanted ${want.length}`, deviation: Infinity };
  }
  for (const [k, figure] of want.entries()) {
    const place = want.length === 1 ? "result" : `result ${k}`;
    const mismatch = at(place, compareOutput(got[k], figure, gauge));
    if (mismatch !== null) return mismatch;
  }
  return null;
}

function compareOutput(got: unknown, want: Value, gauge: boolean): Mismatch | null {
  if (want.kind === "tensor") {
    if (!(got instanceof Tensor)) {
      return { why: `${typeof got} ${String(got)}, wanted a tensor`, deviation: Infinity };
    }
    const result = toResult(got);
    if (!gauge) return compareTensor(result, want);
    const data = Array.from(result.data, Math.abs);
    return compareTensor({ ...result, data }, { ...want, data: want.data.map(Math.abs) });
  }
  if (want.kind === "number") {
    if (typeof got !== "number") {
      return { why: `${typeof got} ${String(got)}, wanted ${want.value}`, deviation: Infinity };
    }
    return compareNumbers([got], [want.value], toleranceOf(want.float ? "f64" : "i64"));
  }
  const wanted = want.kind === "none" ? null : "value" in want ? want.value : want.kind;
  if (got === wanted || (wanted === null && got === undefined)) return null;
  return { why: `${String(got)}, wanted ${String(wanted)}`, deviation: Infinity };
}

/**
 * The gradients of leaves, from the cotangents that the figures were made with.
 * @param cot which of the results get one.
 * @param backward by `backward` into the leaves, instead of by `autograd.grad`.
 */
export function gradientsOf(
  results: readonly unknown[],
  cot: readonly number[],
  leaves: ReadonlyMap<string, Tensor>,
  backward: boolean,
): Map<string, Tensor | null> {
  const none = new Map([...leaves.keys()].map((path) => [path, null]));
  const outputs: Tensor[] = [];
  const cotangents: Tensor[] = [];
  for (const k of cot) {
    const output = results[k];
    if (!(output instanceof Tensor) || !output.requiresGrad) continue;
    outputs.push(output);
    cotangents.push(cotangentOf(output, k));
  }
  if (outputs.length === 0) return none;
  if (backward) {
    outputs.forEach((output, i) => {
      output.backward({ gradient: cotangents[i]!, retainGraph: i < outputs.length - 1 });
    });
    return new Map([...leaves].map(([path, leaf]) => [path, leaf.grad]));
  }
  const found = need("autograd.grad")(outputs, [...leaves.values()], {
    gradOutputs: cotangents,
    allowUnused: true,
  });
  const grads = Array.isArray(found) ? found : flatten(found);
  return new Map(
    [...leaves.keys()].map((path, i) => [path, grads[i] instanceof Tensor ? grads[i] : null]),
  );
}

/**
 * Holds gradients against figures; a gradient that is None must be null.
 * @param ignored paths whose figure says nothing of the library.
 */
export function compareGradients(
  grads: ReadonlyMap<string, Tensor | null>,
  figures: JsonObject,
  ignored: ReadonlySet<string> = new Set(),
): Mismatch | null {
  for (const [path, figure] of Object.entries(figures)) {
    if (ignored.has(path)) continue;
    const grad = grads.get(path);
    const place = `gradient of ${path}`;
    if (grad === undefined) return { why: `${place}: no such argument`, deviation: Infinity };
    if (grad === null || figure === null) {
      if (grad === null && figure === null) continue;
      const why = grad === null ? "none, wanted one" : "there is one, wanted none";
      return { why: `${place}: ${why}`, deviation: Infinity };
    }
    const mismatch = at(place, compareTensor(toResult(grad), readTensor(figure)));
    if (mismatch !== null) return mismatch;
  }
  return null;
}
