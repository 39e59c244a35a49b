import { affineRelu, isAffine } from "../tensor/ops/affine.ts";
import { describe } from "../tensor/shape.ts";
import { recycle, setPassing } from "../tensor/spare.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { ReLU, Sigmoid, Tanh } from "./activation.ts";
import { Linear } from "./linear.ts";
import { checkModule, Module, type TensorModule } from "./module.ts";
import { ATTRIBUTES } from "./tree.ts";

/** Layers by name, in order. */
export type NamedModules =
  | Readonly<Record<string, TensorModule>>
  | ReadonlyMap<string, TensorModule>;

/**
 * Layers that are applied one after another.
 *
 * ```ts
 * const model = new nn.Sequential(new nn.Linear(2, 16), new nn.ReLU(), new nn.Linear(16, 1));
 * const named = new nn.Sequential({ hidden: new nn.Linear(2, 16), act: new nn.ReLU() });
 * ```
 */
export class Sequential extends Module {
  readonly #layers = new Map<string, TensorModule>();
  #order: readonly TensorModule[] = [];

  /** @param layers modules from tensor to tensor, or one object or Map of them by name. */
  constructor(...layers: readonly TensorModule[] | readonly [NamedModules]) {
    super();
    for (const layer of layers) {
      if (isNamed(layer)) for (const [name, item] of entriesOf(layer)) this.#add(name, item);
      else this.append(layer);
    }
  }

  /** How many layers there are. */
  get length(): number {
    return this.#layers.size;
  }

  /**
   * The layer at a position.
   * @param index from -length to length - 1.
   * @throws RangeError if there is none.
   */
  at(index: number): TensorModule {
    return itemAt(this.#order, index);
  }

  [Symbol.iterator](): IterableIterator<TensorModule> {
    return this.#layers.values();
  }

  /** Adds a layer at the end. */
  append(layer: TensorModule): this {
    this.#add(String(this.length), layer);
    return this;
  }

  /** Adds layers at the end. */
  extend(layers: Iterable<TensorModule>): this {
    for (const layer of iterable("Sequential", layers)) this.append(layer);
    return this;
  }

  /** Gives `input` to the first layer, its result to the second, and so on. */
  forward(input: Tensor): Tensor {
    const layers = this.#order;
    let x = input;
    // Whether x goes from one layer that keeps nothing to another, unseen by anybody else.
    let unseen = false;
    const before = setPassing(false);
    try {
      for (let i = 0; i < layers.length; i++) {
        const layer = layers[i]!;
        const read = x;
        // One pass instead of two, of the same figures and the same graph.
        const rectified = isPlainLinear(layer) && layers[i + 1]?.forward === ReLU.prototype.forward;
        if (rectified) i++;
        const between = keepsNothing(layer) && keepsNothing(layers[i + 1]);
        setPassing(between);
        x = rectified ? affineRelu(read, layer.weight, layer.bias) : layer.forward(read);
        if (unseen) letGo(read, x);
        unseen = between;
      }
    } finally {
      setPassing(before);
    }
    return x;
  }

  override [ATTRIBUTES](): Iterable<readonly [string, unknown]> {
    return [...this.#layers, ...super[ATTRIBUTES]()];
  }

  #add(name: string, layer: TensorModule): void {
    checkModule(layer);
    if (typeof layer.forward !== "function") {
      throw new TypeError(
        `Sequential: layer ${name}, ${layer.constructor.name}, has no forward method`,
      );
    }
    this.#layers.set(name, layer);
    this.#order = [...this.#layers.values()];
  }
}

/** Whether a layer is a linear one that neither a subclass nor the user has changed. */
function isPlainLinear(layer: TensorModule): layer is Linear {
  if (!(layer instanceof Linear) || layer.forward !== Linear.prototype.forward) return false;
  return isAffine(layer.weight, layer.bias);
}

/** Layers whose result is new memory, and who hold on to nothing outside of the graph. */
const KEEP_NOTHING: ReadonlySet<unknown> = new Set(
  [Linear, ReLU, Tanh, Sigmoid].map((layer) => layer.prototype.forward),
);

function keepsNothing(layer: TensorModule | undefined): boolean {
  return KEEP_NOTHING.has(layer?.forward);
}

/** Lets the memory of what a layer has read serve again, now or once backward is through with it. */
function letGo(read: Tensor, result: Tensor): void {
  // What was recorded from it comes to its turn before the node that made it.
  if (result.node === null) recycle(read.storage);
  else if (read.node !== null) read.node.spare = read.storage;
}

/** Modules in a list, for a `forward` of one's own to go through. */
export class ModuleList<M extends Module = Module> extends Module {
  readonly #items: M[] = [];

  constructor(modules: Iterable<M> = []) {
    super();
    this.extend(modules);
  }

  /** How many modules there are. */
  get length(): number {
    return this.#items.length;
  }

  /**
   * The module at a position.
   * @param index from -length to length - 1.
   * @throws RangeError if there is none.
   */
  at(index: number): M {
    return itemAt(this.#items, index);
  }

  [Symbol.iterator](): IterableIterator<M> {
    return this.#items.values();
  }

  /** Adds a module at the end. */
  append(module: M): this {
    checkModule(module);
    this.#items.push(module);
    return this;
  }

  /** Adds modules at the end. */
  extend(modules: Iterable<M>): this {
    for (const module of iterable("ModuleList", modules)) this.append(module);
    return this;
  }

  /**
   * Puts a module before the one at `index`.
   * @param index from -length to length.
   */
  insert(index: number, module: M): this {
    checkModule(module);
    const n = this.length;
    if (!Number.isInteger(index) || index < -n || index > n) throw outOfRange(index);
    this.#items.splice(index, 0, module);
    return this;
  }

  override [ATTRIBUTES](): Iterable<readonly [string, unknown]> {
    const items = this.#items.map((item, i) => [String(i), item] as const);
    return [...items, ...super[ATTRIBUTES]()];
  }
}

function isNamed(value: TensorModule | NamedModules): value is NamedModules {
  if (value instanceof Module || typeof value !== "object" || value === null) return false;
  return value instanceof Map || Object.getPrototypeOf(value) === Object.prototype;
}

function entriesOf(named: NamedModules): Iterable<readonly [string, TensorModule]> {
  return named instanceof Map ? named : Object.entries(named);
}

function itemAt<T>(items: readonly T[], index: number): T {
  const item = Number.isInteger(index) ? items.at(index) : undefined;
  if (item === undefined) throw outOfRange(index);
  return item;
}

function outOfRange(index: number): RangeError {
  return new RangeError(`index ${describe(index)} is out of range`);
}

function iterable<T>(owner: string, values: Iterable<T>): Iterable<T> {
  if (typeof values !== "object" || values === null || !(Symbol.iterator in values)) {
    throw new TypeError(
      `${owner}.extend should be called with an iterable, but got ${describe(values)}`,
    );
  }
  return values;
}
