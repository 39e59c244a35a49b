import { noGrad } from "../autograd/gradMode.ts";
import { type DType, isFloat } from "../tensor/dtype.ts";
import { checkOptions } from "../tensor/options.ts";
import { describe } from "../tensor/shape.ts";
import { Tensor } from "../tensor/tensor.ts";
import { checkFlags } from "./checks.ts";
import { Buffer, castMembers, Parameter } from "./parameter.ts";
import { type IncompatibleKeys, loadState, type StateDict, saveState } from "./stateDict.ts";
import {
  ATTRIBUTES,
  findMember,
  findModule,
  formatModule,
  MEMBERS,
  type Members,
  namedMembers,
  namedModules,
  type Slot,
} from "./tree.ts";

/** Options of the methods that list parameters or buffers with their names. */
export interface NamedOptions {
  /** Stands before every name, with a dot between; none. */
  prefix?: string;
  /** Whether to list those of submodules too; true. */
  recurse?: boolean;
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
    checkNamed("namedParameters", options);
    return namedMembers(this, options.prefix ?? "", options.recurse ?? true, parametersOf);
  }

  /** The buffers of this module and its submodules, each once. */
  buffers(options: Pick<NamedOptions, "recurse"> = {}): Tensor[] {
    return this.namedBuffers(options).map(([, buffer]) => buffer);
  }

  /** The buffers with their names; a shared one under its first name. */
  namedBuffers(options: NamedOptions = {}): [string, Tensor][] {
    checkNamed("namedBuffers", options);
    return namedMembers(this, options.prefix ?? "", options.recurse ?? true, buffersOf);
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
    checkFlags("namedModules", options, ["removeDuplicate"]);
    return namedModules(this, options.prefix ?? "", options.removeDuplicate ?? true);
  }

  /** The modules that are attributes of this one, each once. */
  children(): Module[] {
    return this.namedChildren().map(([, module]) => module);
  }

  /** The modules that are attributes of this one, with their names; a shared one under its first. */
  namedChildren(): [string, Module][] {
    return namedMembers(this, "", false, (members) => members.modules);
  }

  /**
   * The submodule of a name, such as `model.0`; `""` is this module.
   * @throws Error if there is none.
   */
  getSubmodule(target: string): Module {
    return findModule(this, target);
  }

  /**
   * The parameter of a name, such as `model.0.weight`.
   * @throws Error if there is none.
   */
  getParameter(target: string): Parameter {
    return findMember("getParameter", this, target, "an nn.Parameter", parametersOf);
  }

  /**
   * The buffer of a name.
   * @throws Error if there is none.
   */
  getBuffer(target: string): Tensor {
    return findMember("getBuffer", this, target, "a buffer", buffersOf);
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
    checkFlags("registerBuffer", options, ["persistent"]);
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
    checkFlags("stateDict", options, ["keepVars"]);
    return saveState(this, options.prefix ?? "", options.keepVars ?? false);
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
    checkFlags("loadStateDict", options, ["strict"]);
    return loadState(this, state, options.strict ?? true);
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
    if (typeof fn !== "function") {
      throw new TypeError(`apply(): argument 'fn' must be a function, not ${describe(fn)}`);
    }
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
    checkFlags("zeroGrad", options, ["setToNull"]);
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
        `nn.Module.to only accepts floating point or complex dtypes, but got desired dtype=${String(dtype)}`,
      );
    }
    noGrad(() => {
      for (const module of this.modules()) castMembers(module[MEMBERS](), dtype);
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
    return formatModule(this);
  }

  [Symbol.for("nodejs.util.inspect.custom")](): string {
    return this.toString();
  }

  // Internals -----------------------------------------------------------------------------------

  /** An attribute's name in listings and state dicts, to override where PyTorch's is snake_case. */
  protected stateKey(property: string): string {
    return property;
  }

  /** @internal The attributes among which the registered ones are looked for, in order. */
  [ATTRIBUTES](): Iterable<readonly [string, unknown]> {
    return Object.entries(this);
  }

  /** @internal All that is registered on this module itself. */
  [MEMBERS](): Members {
    const members: Members = { parameters: [], buffers: [], modules: [] };
    for (const [property, value] of this[ATTRIBUTES]()) {
      if (typeof value !== "object" || value === null) continue;
      const persistent = this.#registered?.get(property);
      sort(members, this.stateKey(property), this, property, value, persistent);
    }
    return members;
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

function checkNamed(fn: string, options: NamedOptions): void {
  checkOptions(fn, options, ["prefix", "recurse"]);
  checkFlags(fn, options, ["recurse"]);
}

function parametersOf(members: Members): readonly Slot<Parameter>[] {
  return members.parameters;
}

function buffersOf(members: Members): readonly Slot<Tensor>[] {
  return members.buffers;
}

/** @throws TypeError if `value` is not a module. */
export function checkModule(value: unknown): asserts value is Module {
  if (!(value instanceof Module)) {
    throw new TypeError(`${describe(value)} is not a Module subclass`);
  }
}
