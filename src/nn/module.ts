import { noGrad } from "../autograd/gradMode.ts";
import { type DType, isFloat } from "../tensor/dtype.ts";
import { checkOptions } from "../tensor/options.ts";
import { describe } from "../tensor/shape.ts";
import { Tensor } from "../tensor/tensor.ts";
import { Buffer, castInPlace, Parameter } from "./parameter.ts";
import { type IncompatibleKeys, loadState, type StateDict, type StateTree } from "./stateDict.ts";

/** Options of the methods that list parameters or buffers with their names. */
export interface NamedOptions {
  /** Stands before every name, with a dot between; none. */
  prefix?: string;
  /** Whether to list those of submodules too; true. */
  recurse?: boolean;
}

/** A registered attribute, and where it was found. */
interface Slot<T> {
  readonly key: string;
  readonly value: T;
  readonly holder: object;
  readonly property: string;
}

interface BufferSlot extends Slot<Tensor> {
  readonly persistent: boolean;
}

interface Members {
  readonly parameters: Slot<Parameter>[];
  readonly buffers: BufferSlot[];
  readonly modules: Slot<Module>[];
}

/** A module that maps one tensor to another, as the layers of a `Sequential` do. */
export type TensorModule = Module & { forward(input: Tensor): Tensor };

/**
 * The base of all networks and layers.
 *
 * An attribute that is a `Parameter`, a `Buffer`, a `Module` or an array of them is registered by
 * being there: no call to make, in the order of definition, an array's items as `layers.0`,
 * `layers.1`. A `#private` attribute is not listed.
 *
 * ```ts
 * class Classifier extends nn.Module {
 *   readonly hidden = new nn.Linear(2, 16);
 *   readonly out = new nn.Linear(16, 1);
 *   forward(x: Tensor): Tensor {
 *     return this.out.forward(this.hidden.forward(x).relu());
 *   }
 * }
 * ```
 */
export abstract class Module {
  /** Whether the module is in training mode, which layers such as `Dropout` ask; see `train`. */
  training = true;
  /** Plain tensors that were registered as buffers by name, and whether each is saved. */
  #registered: Map<string, boolean> | null = null;

  // What is registered ------------------------------------------------------------------------

  /** The parameters of this module and its submodules, each once. */
  parameters(options: Pick<NamedOptions, "recurse"> = {}): Parameter[] {
    return this.namedParameters(options).map(([, parameter]) => parameter);
  }

  /** The parameters with their names, such as `model.0.weight`; a shared one under its first name. */
  namedParameters(options: NamedOptions = {}): [string, Parameter][] {
    return this.#named("namedParameters", options, (members) => members.parameters);
  }

  /** The buffers of this module and its submodules, each once. */
  buffers(options: Pick<NamedOptions, "recurse"> = {}): Tensor[] {
    return this.namedBuffers(options).map(([, buffer]) => buffer);
  }

  /** The buffers with their names; a shared one under its first name. */
  namedBuffers(options: NamedOptions = {}): [string, Tensor][] {
    return this.#named("namedBuffers", options, (members) => members.buffers);
  }

  /** This module and all its submodules, each once. */
  modules(): Module[] {
    return this.namedModules().map(([, module]) => module);
  }

  /**
   * This module, under the name `""`, and all its submodules with their names.
   * @param options.prefix stands before every name; none.
   * @param options.removeDuplicate whether a module that is used twice is listed once; true.
   */
  namedModules(options: { prefix?: string; removeDuplicate?: boolean } = {}): [string, Module][] {
    checkOptions("namedModules", options, ["prefix", "removeDuplicate"]);
    const found: [string, Module][] = [];
    const seen = new Set<Module>();
    const visit = (module: Module, name: string): void => {
      if (seen.has(module)) return;
      if (options.removeDuplicate ?? true) seen.add(module);
      found.push([name, module]);
      for (const { key, value } of module.#members().modules) visit(value, join(name, key));
    };
    visit(this, options.prefix ?? "");
    return found;
  }

  /** The modules that are attributes of this one, each once. */
  children(): Module[] {
    return this.namedChildren().map(([, module]) => module);
  }

  /** The modules that are attributes of this one, with their names; a shared one under its first. */
  namedChildren(): [string, Module][] {
    const seen = new Set<Module>();
    const found: [string, Module][] = [];
    for (const { key, value } of this.#members().modules) {
      if (!seen.has(value)) found.push([key, value]);
      seen.add(value);
    }
    return found;
  }

  /**
   * The submodule of a name, such as `model.0`; `""` is this module.
   * @throws Error if there is none.
   */
  getSubmodule(target: string): Module {
    const { module, rest } = this.#descend("getSubmodule", target);
    if (rest === "") return module;
    throw module.#missing(rest, "an nn.Module");
  }

  /**
   * The parameter of a name, such as `model.0.weight`.
   * @throws Error if there is none.
   */
  getParameter(target: string): Parameter {
    const { module, rest } = this.#descend("getParameter", target);
    const found = module.#members().parameters.find(({ key }) => key === rest);
    if (found !== undefined) return found.value;
    throw rest === "" ? notA(target, "an nn.Parameter") : module.#missing(rest, "an nn.Parameter");
  }

  /**
   * The buffer of a name.
   * @throws Error if there is none.
   */
  getBuffer(target: string): Tensor {
    const { module, rest } = this.#descend("getBuffer", target);
    const found = module.#members().buffers.find(({ key }) => key === rest);
    if (found !== undefined) return found.value;
    throw rest === "" ? notA(target, "a buffer") : module.#missing(rest, "a buffer");
  }

  // Registering by name -----------------------------------------------------------------------

  /**
   * Adds a parameter under a name that is known only at run time.
   * @param name the attribute's name, without a dot.
   * @param parameter null keeps the name's place empty.
   * @throws TypeError or Error for a name or value that cannot be registered.
   */
  registerParameter(name: string, parameter: Parameter | null): void {
    this.#checkName("parameter", name);
    if (parameter !== null && !(parameter instanceof Parameter)) {
      throw new TypeError(
        `cannot assign '${describe(parameter)}' object to parameter '${name}' (nn.Parameter or null required)`,
      );
    }
    this.#set(name, parameter, (held) => held instanceof Parameter);
  }

  /**
   * Adds a module under a name that is known only at run time.
   * @param name the attribute's name, without a dot.
   * @param module null keeps the name's place empty.
   * @throws TypeError or Error for a name or value that cannot be registered.
   */
  registerModule(name: string, module: Module | null): void {
    if (module !== null) checkModule(module);
    this.#checkName("module", name);
    this.#set(name, module, (held) => held instanceof Module);
  }

  /**
   * Makes a tensor a buffer: saved with the module's state and cast with it, but not learned. Tensors
   * that are assigned to the attribute later are buffers too.
   * @param name the attribute's name, without a dot.
   * @param tensor null keeps the name's place empty.
   * @param options.persistent whether it is part of `stateDict()`; true.
   * @throws TypeError or Error for a name or value that cannot be registered.
   */
  registerBuffer(
    name: string,
    tensor: Tensor | null,
    options: { persistent?: boolean } = {},
  ): void {
    checkOptions("registerBuffer", options, ["persistent"]);
    this.#checkName("buffer", name);
    if (tensor !== null && !(tensor instanceof Tensor)) {
      throw new TypeError(
        `cannot assign '${describe(tensor)}' object to buffer '${name}' (Tensor or null required)`,
      );
    }
    this.#set(
      name,
      tensor,
      (held) => held instanceof Buffer || this.#registered?.has(name) === true,
    );
    this.#registered ??= new Map();
    this.#registered.set(name, options.persistent ?? true);
  }

  // State ---------------------------------------------------------------------------------------

  /**
   * All parameters and persistent buffers by name, as PyTorch saves them. The tensors share the
   * module's elements: clone those that must not change with the next step.
   * @param options.prefix stands before every name; unlike elsewhere, without a dot of its own.
   * @param options.keepVars whether to give the parameters themselves, and not detached; false.
   */
  stateDict(options: { prefix?: string; keepVars?: boolean } = {}): StateDict {
    checkOptions("stateDict", options, ["prefix", "keepVars"]);
    const state: StateDict = {};
    const collect = (tree: StateTree, prefix: string): void => {
      for (const [key, tensor] of tree.tensors) {
        state[prefix + key] = options.keepVars === true ? tensor : tensor.detach();
      }
      for (const [key, child] of tree.children) collect(child, `${prefix}${key}.`);
    };
    collect(this.#stateTree(), options.prefix ?? "");
    return state;
  }

  /**
   * Copies parameters and buffers from a state dict into this module, cast to the module's dtypes.
   * Where anything does not fit, it throws and nothing has changed.
   * @param state as `stateDict()` gives it, here or in PyTorch.
   * @param options.strict whether missing and unexpected keys are errors; true.
   * @returns the keys that `state` lacks, and those that this module does not have.
   * @throws Error that lists everything that does not fit.
   */
  loadStateDict(
    state: Readonly<Record<string, Tensor>>,
    options: { strict?: boolean } = {},
  ): IncompatibleKeys {
    checkOptions("loadStateDict", options, ["strict"]);
    return loadState(this.constructor.name, this.#stateTree(), state, options.strict ?? true);
  }

  // The whole tree ------------------------------------------------------------------------------

  /**
   * Sets this module and its submodules to training mode.
   * @param mode false for evaluation mode.
   */
  train(mode = true): this {
    if (typeof mode !== "boolean") throw new TypeError("training mode is expected to be boolean");
    this.training = mode;
    for (const child of this.children()) child.train(mode);
    return this;
  }

  /** Sets this module and its submodules to evaluation mode: `train(false)`. */
  eval(): this {
    return this.train(false);
  }

  /** Calls `fn` with every submodule and then with this module, to initialize parameters for example. */
  apply(fn: (module: Module) => void): this {
    for (const child of this.children()) child.apply(fn);
    fn(this);
    return this;
  }

  /**
   * Clears the gradients of all parameters.
   * @param options.setToNull true drops them (`grad` becomes null), false fills them with zeros; true.
   */
  zeroGrad(options: { setToNull?: boolean } = {}): void {
    checkOptions("zeroGrad", options, ["setToNull"]);
    for (const parameter of this.parameters()) {
      if ((options.setToNull ?? true) || parameter.grad === null) {
        parameter.grad = null;
      } else {
        parameter.grad = parameter.grad.detach();
        parameter.grad.zero_();
      }
    }
  }

  /** Sets whether gradients accumulate in the parameters: false freezes the module. */
  requiresGrad_(requiresGrad = true): this {
    for (const parameter of this.parameters()) parameter.requiresGrad_(requiresGrad);
    return this;
  }

  /**
   * Casts the floating-point parameters, their gradients and the buffers. A parameter stays the same
   * object, so that an optimizer keeps it.
   * @throws TypeError if `dtype` is not a floating-point dtype.
   */
  to(dtype: DType): this {
    if (!isFloat(dtype)) {
      throw new TypeError(
        `nn.Module.to only accepts floating point or complex dtypes, but got desired dtype=${describe(dtype)}`,
      );
    }
    noGrad(() => {
      for (const module of this.modules()) module.#cast(dtype);
    });
    return this;
  }

  /** Casts to float32; see `to`. */
  float(): this {
    return this.to("float32");
  }

  /** Casts to float64; see `to`. */
  double(): this {
    return this.to("float64");
  }

  // Printing ------------------------------------------------------------------------------------

  /** The options that printing shows between the parentheses; for a subclass to override. */
  extraRepr(): string {
    return "";
  }

  /** The tree of modules in PyTorch's layout. */
  toString(): string {
    const extra = this.extraRepr();
    const children = this.#members().modules;
    if (children.length === 0 && !extra.includes("\n")) return `${this.constructor.name}(${extra})`;
    const lines = extra === "" ? [] : extra.split("\n");
    for (const { key, value } of children) {
      lines.push(`(${key}): ${value.toString().replaceAll("\n", "\n  ")}`);
    }
    return `${this.constructor.name}(\n  ${lines.join("\n  ")}\n)`;
  }

  [Symbol.for("nodejs.util.inspect.custom")](): string {
    return this.toString();
  }

  // For subclasses ------------------------------------------------------------------------------

  /** The attributes among which the registered ones are looked for, in order. */
  protected attributes(): Iterable<readonly [string, unknown]> {
    return Object.entries(this);
  }

  /** The name of an attribute in listings and state dicts, for where PyTorch's is snake_case. */
  protected keyOf(property: string): string {
    return property;
  }

  // Internals -----------------------------------------------------------------------------------

  #members(): Members {
    const members: Members = { parameters: [], buffers: [], modules: [] };
    for (const [property, value] of this.attributes()) {
      if (typeof value !== "object" || value === null) continue;
      const persistent = this.#registered?.get(property);
      sort(members, this.keyOf(property), this, property, value, persistent);
    }
    return members;
  }

  #named<T>(
    fn: string,
    options: NamedOptions,
    pick: (members: Members) => readonly Slot<T>[],
  ): [string, T][] {
    checkOptions(fn, options, ["prefix", "recurse"]);
    const { prefix = "", recurse = true } = options;
    const modules: [string, Module][] = recurse ? this.namedModules({ prefix }) : [[prefix, this]];
    const seen = new Set<T>();
    const found: [string, T][] = [];
    for (const [name, module] of modules) {
      for (const { key, value } of pick(module.#members())) {
        if (!seen.has(value)) found.push([join(name, key), value]);
        seen.add(value);
      }
    }
    return found;
  }

  #stateTree(): StateTree {
    const { parameters, buffers, modules } = this.#members();
    const saved = [...parameters, ...buffers.filter(({ persistent }) => persistent)];
    return {
      tensors: saved.map(({ key, value }) => [key, value]),
      children: modules.map(({ key, value }) => [key, value.#stateTree()]),
    };
  }

  /** Follows a dotted name as far as it leads through modules; `rest` is what remains of it. */
  #descend(fn: string, target: string): { module: Module; rest: string } {
    if (typeof target !== "string") {
      throw new TypeError(`${fn}(): argument 'target' must be a string, not ${describe(target)}`);
    }
    let module: Module = this;
    let rest = target;
    while (rest !== "") {
      const at = rest;
      const child = module
        .#members()
        .modules.find(({ key }) => at === key || at.startsWith(`${key}.`));
      if (child === undefined) break;
      module = child.value;
      rest = at.slice(child.key.length + 1);
    }
    return { module, rest };
  }

  #missing(rest: string, wanted: string): Error {
    const [name = ""] = rest.split(".");
    if (name in this) return notA(name, wanted);
    return new Error(`${this.constructor.name} has no attribute \`${name}\``);
  }

  #checkName(kind: string, name: string): void {
    if (typeof name !== "string") {
      throw new TypeError(`${kind} name should be a string. Got ${describe(name)}`);
    }
    if (name.includes(".")) throw new Error(`${kind} name can't contain ".", got: ${name}`);
    if (name === "") throw new Error(`${kind} name can't be empty string ""`);
  }

  #set(name: string, value: object | null, replaces: (held: unknown) => boolean): void {
    if (name in this) {
      const held: unknown = Reflect.get(this, name);
      const free = Object.hasOwn(this, name) && (held === null || held === undefined);
      if (!free && !replaces(held)) throw new Error(`attribute '${name}' already exists`);
    }
    Reflect.set(this, name, value);
  }

  #cast(dtype: DType): void {
    const { parameters, buffers } = this.#members();
    for (const { value: parameter } of parameters) {
      if (!isFloat(parameter.dtype)) continue;
      castInPlace(parameter, dtype);
    }
    for (const { value: buffer, holder, property, persistent } of buffers) {
      if (!isFloat(buffer.dtype)) continue;
      const cast = buffer.to(dtype);
      const kept = buffer instanceof Buffer ? new Buffer(cast, { persistent }) : cast;
      Reflect.set(holder, property, kept);
    }
  }
}

/** Files an attribute by its kind; the items of an array, each under its index. */
function sort(
  members: Members,
  key: string,
  holder: object,
  property: string,
  value: unknown,
  persistent: boolean | undefined,
): void {
  if (value instanceof Parameter) members.parameters.push({ key, value, holder, property });
  else if (value instanceof Module) members.modules.push({ key, value, holder, property });
  else if (value instanceof Buffer) {
    members.buffers.push({ key, value, holder, property, persistent: value.persistent });
  } else if (persistent !== undefined && value instanceof Tensor) {
    members.buffers.push({ key, value, holder, property, persistent });
  } else if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) {
      if (typeof item !== "object" || item === null) continue;
      sort(members, `${key}.${index}`, value, String(index), item, undefined);
    }
  }
}

function join(prefix: string, key: string): string {
  return prefix === "" ? key : `${prefix}.${key}`;
}

function notA(name: string, wanted: string): Error {
  return new Error(`\`${name}\` is not ${wanted}`);
}

/** @throws TypeError if `value` is not a module. */
export function checkModule(value: unknown): asserts value is Module {
  if (!(value instanceof Module)) {
    throw new TypeError(`${describe(value)} is not a Module subclass`);
  }
}
