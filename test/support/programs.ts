/**
 * Random small programs: straight-line code over a few tensors that calls operations, takes views
 * and changes tensors in place, each step on any result so far.
 */
import fc from "fast-check";
import { cat, type Tensor, where, zeros } from "../../src/index.ts";
import { arrange, dense, real, type ShapeConstraints, shape } from "./arbitraries.ts";

/** A step: the instruction, the results that it takes, and a number for it to use. */
interface Step {
  readonly name: string;
  readonly a: number;
  readonly b: number;
  readonly x: number;
}

/** A result so far; `own` where changing it in place changes no leaf. */
interface Value {
  readonly tensor: Tensor;
  readonly own: boolean;
}

/** Answers the result, or null where the operands do not fit: the step is left out then. */
type Instruction = (a: Tensor, b: Tensor, x: number) => Tensor | null;

/** Whether `b` broadcasts to `a`, or with `free` each to the other. */
function fits(a: Tensor, b: Tensor, free: boolean): boolean {
  if (!free && b.dim() > a.dim()) return false;
  for (let d = 1; d <= Math.min(a.dim(), b.dim()); d++) {
    const [n, m] = [a.shape.at(-d)!, b.shape.at(-d)!];
    if (n !== m && m !== 1 && !(free && n === 1)) return false;
  }
  return true;
}

/** True at every other element. */
function checkered(size: readonly number[]): Tensor {
  const mask = zeros(
    size.reduce((n, m) => n * m, 1),
    { dtype: "bool" },
  );
  mask.slice(0, 0, null, 2).fill_(true);
  return mask.reshape(size);
}

const both = (fn: (a: Tensor, b: Tensor) => Tensor): Instruction => {
  return (a, b) => (fits(a, b, true) ? fn(a, b) : null);
};

const COMPUTE: Readonly<Record<string, Instruction>> = {
  add: both((a, b) => a.add(b)),
  sub: both((a, b) => a.sub(b, { alpha: 0.5 })),
  mul: both((a, b) => a.mul(b)),
  div: both((a, b) => a.div(b.square().add(1))),
  where: both((a, b) => where(checkered(a.shape), a, b)),
  blank: (a) => a.newZeros(a.shape),
  neg: (a) => a.neg(),
  sin: (a) => a.sin(),
  tanh: (a) => a.tanh(),
  sigmoid: (a) => a.sigmoid(),
  scale: (a, _, x) => a.mul(x).add(1),
  sum: (a) => a.sum(),
  mean: (a) => (a.dim() > 0 ? a.mean(-1, { keepdim: true }) : null),
  softmax: (a) => (a.dim() > 0 ? a.softmax(0) : null),
  matmul: (a, b) =>
    a.dim() === 2 && b.dim() === 2 && a.shape[1] === b.shape[0] ? a.matmul(b) : null,
  cat: (a) => (a.dim() > 0 && a.numel() < 12 ? cat([a, a.neg()], 0) : null),
  flip: (a) => (a.dim() > 0 ? a.flip(0) : null),
  cumsum: (a) => (a.dim() > 0 ? a.cumsum(0) : null),
  // One of several views taken at once: changing it in place is an error.
  unbind: (a) => (a.dim() > 0 ? a.unbind(0)[0]! : null),
  chunk: (a) => (a.dim() > 0 ? a.chunk(2, -1)[0]! : null),
  clone: (a) => a.clone(),
};

const PARTS: readonly string[] = ["unbind", "chunk"];

const VIEW: Readonly<Record<string, Instruction>> = {
  at: (a) => (a.dim() > 0 ? a.at(-1) : null),
  slice: (a) => (a.dim() > 0 ? a.slice(0, 0, 2) : null),
  everySecond: (a) => (a.dim() > 0 ? a.slice(-1, 0, a.shape.at(-1), 2) : null),
  t: (a) => (a.dim() <= 2 ? a.t() : null),
  transpose: (a) => (a.dim() > 1 ? a.transpose(0, -1) : null),
  unsqueeze: (a) => (a.dim() < 3 ? a.unsqueeze(0) : null),
  flatten: (a) => (a.isContiguous() ? a.view(-1) : null),
  expand: (a) => (a.dim() < 3 && a.numel() < 9 ? a.expand(2, ...a.shape) : null),
  diagonal: (a) => (a.dim() === 2 ? a.diagonal() : null),
};

const into = (fn: (a: Tensor, b: Tensor, x: number) => Tensor): Instruction => {
  return (a, b, x) => (fits(a, b, false) ? fn(a, b, x) : null);
};

const IN_PLACE: Readonly<Record<string, Instruction>> = {
  add_: into((a, b) => a.add_(b)),
  sub_: into((a, b, x) => a.sub_(b, { alpha: x })),
  mul_: into((a, b) => a.mul_(b)),
  addcmul_: into((a, b, x) => a.addcmul_(b, b, { value: x })),
  copy_: into((a, b) => a.copy_(b)),
  scale_: (a, _, x) => a.mul_(x),
  neg_: (a) => a.neg_(),
  zero_: (a) => a.zero_(),
  fill_: (a, _, x) => a.fill_(x),
};

const NAMES = [COMPUTE, VIEW, IN_PLACE].flatMap((table) => Object.keys(table));

/** A program; its printed form is the code of the steps that it takes. */
export class Program {
  readonly inputShapes: readonly (readonly number[])[];
  readonly #values: readonly (readonly number[])[];
  readonly #steps: readonly Step[];

  constructor(
    inputShapes: readonly (readonly number[])[],
    values: readonly (readonly number[])[],
    steps: readonly Step[],
  ) {
    this.inputShapes = inputShapes;
    this.#values = values;
    this.#steps = steps;
  }

  /** Fresh leaves for it to start from. */
  inputs(dtype: "float32" | "float64" = "float64"): Tensor[] {
    return this.inputShapes.map((size, i) =>
      arrange(this.#values[i]!, size, dense(size.length), dtype).detach().requiresGrad_(),
    );
  }

  /** Runs it and answers all that it has computed, inputs and views among it. */
  results(inputs: readonly Tensor[], trace: string[] = []): Tensor[] {
    const values: Value[] = inputs.map((tensor) => ({ tensor, own: false }));
    for (const step of this.#steps) this.#take(step, values, trace);
    return values.map(({ tensor }) => tensor);
  }

  /** Runs it and answers a number that depends on everything that it has computed. */
  run(inputs: readonly Tensor[], trace: string[] = []): Tensor {
    return this.results(inputs, trace)
      .map((tensor, i) => tensor.mul(1 + i / 4).sum())
      .reduce((total, part) => total.add(part));
  }

  #take({ name, a, b, x }: Step, values: Value[], trace: string[]): void {
    const [i, j] = [a % values.length, b % values.length];
    const [first, second] = [values[i]!, values[j]!];
    const instruction = COMPUTE[name] ?? VIEW[name] ?? IN_PLACE[name]!;
    if (name in IN_PLACE) {
      const overlaps = first.tensor
        .stride()
        .some((stride, d) => stride === 0 && first.tensor.shape[d]! > 1);
      if (!first.own || overlaps) return;
    }
    const result = instruction(first.tensor, second.tensor, x);
    if (result === null) return;
    const call = `v${i}.${name}(v${j}, ${x})`;
    if (name in IN_PLACE) {
      trace.push(`${call};`);
    } else {
      trace.push(`const v${values.length} = ${call};  // [${result.shape.join(", ")}]`);
      values.push({ tensor: result, own: name in VIEW ? first.own : !PARTS.includes(name) });
    }
  }

  toString(): string {
    const trace = this.inputShapes.map((size, i) => `v${i}: [${size}] = [${this.#values[i]}]`);
    this.run(this.inputs(), trace);
    return `\n${trace.join("\n")}\n`;
  }
}

export interface ProgramConstraints extends ShapeConstraints {
  /** How many tensors it starts from; 2. */
  inputs?: number;
  /** Most steps; 8. Those whose operands do not fit are left out. */
  maxSteps?: number;
}

/** A random program. */
export function program(constraints: ProgramConstraints = {}): fc.Arbitrary<Program> {
  const { inputs = 2, maxSteps = 8, maxSize = 2, ...rest } = constraints;
  const step = fc.record({
    name: fc.constantFrom(...NAMES),
    a: fc.nat({ max: 1000 }),
    b: fc.nat({ max: 1000 }),
    x: fc.integer({ min: -8, max: 8 }).map((i) => i / 4),
  });
  return fc
    .array(shape({ ...rest, maxSize }), { minLength: inputs, maxLength: inputs })
    .chain((shapes) =>
      fc
        .tuple(
          fc.tuple(...shapes.map((size) => real.values(size.reduce((n, m) => n * m, 1)))),
          fc.array(step, { minLength: 1, maxLength: maxSteps }),
        )
        .map(([values, steps]) => new Program(shapes, values, steps)),
    );
}
