import { linearRelu } from "../tensor/ops/linear.ts";
import { describe } from "../tensor/shape.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { ReLU } from "./activation.ts";
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
  #layers = new Map<string, TensorModule>();

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
    return itemAt([...this.#layers.values()], index);
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
    let x = input;
    let held: Linear | null = null;
    for (const layer of this.#layers.values()) {
      if (held !== null) {
        const rectified = layer.forward === ReLU.prototype.forward;
        x = rectified ? linearRelu(x, held.weight, held.bias) : held.forward(x);
        held = null;
        if (rectified) continue;
      }
      // A linear layer waits for what follows, unless a subclass or the user changed it: with a ReLU
      // it is one pass instead of two, of the same figures and the same graph.
      if (layer instanceof Linear && layer.forward === Linear.prototype.forward) held = layer;
      else x = layer.forward(x);
    }
    return held === null ? x : held.forward(x);
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
  }
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
