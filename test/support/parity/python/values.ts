import { isIterable, Tensor } from "../library.ts";

/** A tuple, which Python tells from a list. */
export class Tuple {
  readonly items: readonly Py[];
  constructor(items: readonly Py[]) {
    this.items = items;
  }
}

export class Slice {
  readonly bounds: readonly (number | null)[];
  constructor(bounds: readonly (number | null)[]) {
    this.bounds = bounds;
  }
}

/** A dotted name under `torch` that is not resolved yet: torch.nn.functional. */
export class Path {
  readonly path: string;
  constructor(path: string) {
    this.path = path;
  }
}

export type Kwargs = Readonly<Record<string, Py>>;

export class Fn {
  readonly call: (args: readonly Py[], kwargs: Kwargs) => Py;
  constructor(call: (args: readonly Py[], kwargs: Kwargs) => Py) {
    this.call = call;
  }
}

/** Something of the library's that Python has no name for: a module, an optimizer, a generator. */
export class Foreign {
  readonly value: unknown;
  constructor(value: unknown) {
    this.value = value;
  }
}

/** Python's values. Integers are bigints and floats are numbers, so that 2 is not 2.0. */
export type Py =
  | bigint
  | number
  | boolean
  | string
  | null
  | "..."
  | Tuple
  | Py[]
  | Map<Py, Py>
  | Slice
  | Path
  | Fn
  | Foreign
  | Tensor;

export function truth(value: Py): boolean {
  if (value instanceof Tensor) return value.item() !== 0;
  if (value instanceof Tuple) return value.items.length > 0;
  if (Array.isArray(value)) return value.length > 0;
  if (value instanceof Map) return value.size > 0;
  return Boolean(value);
}

/** The items of whatever Python iterates over. */
export function iterate(value: Py): readonly Py[] {
  if (value instanceof Tuple) return value.items;
  if (Array.isArray(value)) return value;
  if (value instanceof Map) return [...value.keys()];
  if (value instanceof Tensor) return [...value];
  if (typeof value === "string") return [...value];
  if (value instanceof Foreign) return fromForeign(value.value);
  throw new TypeError("object is not iterable");
}

function fromForeign(value: unknown): Py[] {
  if (!isIterable(value)) throw new TypeError("object is not iterable");
  return [...value].map(fromJs);
}

/** What the library gave, as Python would have it: lists are tuples, whole numbers integers. */
export function fromJs(value: unknown): Py {
  if (value === undefined || value === null) return null;
  if (typeof value === "boolean" || typeof value === "string" || typeof value === "bigint")
    return value;
  if (typeof value === "number") return Number.isInteger(value) ? BigInt(value) : value;
  if (value instanceof Tensor) return value;
  if (Array.isArray(value)) return new Tuple(value.map(fromJs));
  if (isNamedResult(value)) return new Tuple(Object.values(value).map(fromJs));
  return new Foreign(value);
}

/** Several results by name: { values, indices }. */
function isNamedResult(value: unknown): value is Record<string, Tensor> {
  if (typeof value !== "object" || value === null) return false;
  const items = Object.values(value);
  return items.length > 0 && items.every((item) => item instanceof Tensor) && "values" in value;
}
