/** The kernels as the plain loops stand to them: over operands with shapes and strides. */
import { numel } from "../../shape.ts";
import type { Strided } from "../../storage.ts";
import { FULL, type Layout, SCALAR } from "../accelerator.ts";
import { isDense } from "../iterate.ts";
import { type Lane, maxLane, minLane, sumLane } from "../reduce.ts";
import type { UpdateKernel } from "../update.ts";
import { Program } from "./elementwise.ts";
import { reduceRows, sumColumns } from "./reduce.ts";

/** An update's programs, by how many of its operands are arrays. */
const programs = new WeakMap<UpdateKernel, Program[]>();

/** The program for `count` arrays; what follows them among its operands are numbers. */
function programOf(kernel: UpdateKernel, count: number): Program {
  let made = programs.get(kernel);
  if (made === undefined) {
    made = [];
    programs.set(kernel, made);
  }
  made[count] ??= new Program((m, operands) => {
    const results = operands.slice(0, kernel.writes);
    kernel.body(m, operands.slice(0, count), operands.slice(count), results);
    return results;
  });
  return made[count];
}

/**
 * As `update`, over dense operands.
 * @returns false, having written nothing, where the plain loop should do it.
 */
export function vectorUpdate(
  kernel: UpdateKernel,
  operands: readonly Strided[],
  scalars: readonly number[],
): boolean {
  const arrays = operands.map((t) => t.storage.data);
  const offsets = operands.map((t) => t.offset);
  return programOf(kernel, operands.length).run(
    1,
    numel(operands[0]!.shape),
    arrays.slice(0, kernel.writes),
    offsets,
    [...arrays, ...scalars],
    offsets,
    [...arrays.map((): Layout => FULL), ...scalars.map((): Layout => SCALAR)],
  );
}

/**
 * As `reduce`: sums and extremes of dense rows, and sums of columns.
 * @returns false, having written nothing, where the plain loop should do it.
 */
export function vectorReduce(
  lane: Lane,
  a: Strided,
  dims: readonly number[],
  out: Strided,
): boolean {
  const kind =
    lane === sumLane ? "sum" : lane === maxLane ? "max" : lane === minLane ? "min" : null;
  if (kind === null || dims.length === 0 || a.dtype !== out.dtype || !isDense(a)) return false;
  const kept = a.shape.length - dims.length;
  const [first, last] = [dims[0]!, dims.at(-1)!];
  if (last - first + 1 !== dims.length) return false;
  const n = numel(a.shape.slice(first, last + 1));
  const others = numel(a.shape) / n;
  const data = a.storage.data;
  const od = out.storage.data;
  if (first === kept) return reduceRows(kind, others, n, data, a.offset, od, out.offset);
  if (first > 0 || kind !== "sum") return false;
  return sumColumns(n, others, data, a.offset, od, out.offset);
}
