import { setGradEnabled } from "../autograd/gradMode.ts";
import { isFloat, scalarName } from "../tensor/dtype.ts";
import { fresh } from "../tensor/make.ts";
import { checkOptions } from "../tensor/options.ts";
import { describe } from "../tensor/shape.ts";
import { Tensor } from "../tensor/tensor.ts";
import {
  checkNotNaN,
  checkType,
  type Defaults,
  firstRequired,
  isComplete,
  withDefaults,
} from "./options.ts";
import {
  camelCase,
  type OptimizerStateDict,
  pack,
  pythonRepr,
  type StateValue,
  snakeCase,
} from "./stateDict.ts";

/** Parameters that share options: the tensors, and those options that differ from the defaults. */
export type ParamGroupInit<Options extends object = object> = {
  params: Tensor | Iterable<Tensor>;
} & Partial<Options>;

/** What an optimizer optimizes: tensors, or groups of tensors with options of their own. */
export type Params<Options extends object = object> =
  | Iterable<Tensor>
  | Iterable<ParamGroupInit<Options>>;

/** A parameter group of an optimizer: its tensors and its options, which may be changed at any time. */
export type ParamGroup<Options extends object = object> = Options & { params: Tensor[] };

export interface ZeroGradOptions {
  /** true drops the gradients (`grad` becomes null), false fills them with zeros; true. */
  setToNull?: boolean;
}

/**
 * The base of all optimizers, made to be subclassed: a constructor and the rule for one parameter.
 *
 * ```ts
 * interface Options { lr: number; beta: number }
 * interface State { velocity?: Tensor }
 *
 * class Momentum extends optim.Optimizer<Options, State> {
 *   constructor(params: optim.Params<Options>, options: Partial<Options> = {}) {
 *     super(params, { lr: 0.01, beta: 0.9 }, options);
 *   }
 *   protected override update(p: Tensor, grad: Tensor, state: State, { lr, beta }: Options): void {
 *     state.velocity ??= zerosLike(p);
 *     state.velocity.mul_(beta).add_(grad, { alpha: 1 - beta });
 *     p.sub_(state.velocity, { alpha: lr });
 *   }
 * }
 * ```
 *
 * @typeParam Options the options of a parameter group, camelCased.
 * @typeParam State what the rule keeps for each parameter: tensors, numbers, lists of them. It starts
 *   empty. A number named `step` is saved as PyTorch saves it, as a float32 tensor.
 */
export abstract class Optimizer<Options extends object = object, State extends object = object> {
  /** What a parameter group's options are where it does not set them. */
  readonly defaults: Defaults<Options>;
  /** The groups, in order; a learning rate is changed here: `optimizer.paramGroups[0].lr = 0.01`. */
  readonly paramGroups: ParamGroup<Options>[] = [];
  /** What the rule keeps for each parameter that has been updated. */
  readonly state = new Map<Tensor, Partial<State>>();

  /** @internal For a class to set whose `update` keeps no gradient; its subclasses may. */
  static readonly keepsNoGrad?: true;
  readonly #keepsNoGrad: boolean;

  /**
   * @param params tensors (leaves of the graph), or groups `{ params, ...options }`.
   * @param defaults every option with its default, or `required`.
   * @param options what the user gave in place of defaults.
   * @throws TypeError for an unknown option or what is no tensor, RangeError for an option out of
   *   range, Error for an empty list, a tensor that is no leaf or that appears twice.
   */
  constructor(
    params: Params<Options>,
    defaults: Defaults<Options>,
    options: Partial<Options> = {},
  ) {
    this.#keepsNoGrad = Object.hasOwn(new.target, "keepsNoGrad");
    const owner = this.constructor.name;
    this.defaults = withDefaults(owner, defaults, options);
    if (isComplete(this.defaults)) this.#check(this.defaults);
    const list = toList(params);
    if (list.length === 0) throw new Error("optimizer got an empty parameter list");
    if (!isGroup(list[0])) this.#add(list, {});
    else for (const group of list) this.#addGroup(group);
  }

  /**
   * Moves one parameter by the rule of this optimizer. Runs with recording off, for every parameter
   * that has a gradient; it must not change the gradient.
   * @param state what the rule keeps for this parameter; empty the first time.
   * @param options those of the parameter's group.
   */
  protected abstract update(
    param: Tensor,
    grad: Tensor,
    state: Partial<State>,
    options: Options,
  ): void;

  /** Throws for options out of range; for a subclass to override. */
  protected validate(_options: Options): void {}

  /** Updates every parameter that has a gradient. */
  step(): undefined;
  /**
   * @param closure computes the loss again, with recording on, and its gradients.
   * @returns what `closure` returned: the loss before the update.
   * @throws TypeError if `closure` is async.
   */
  step<Loss>(closure: () => Loss): Loss;
  step<Loss>(closure?: () => Loss): Loss | undefined {
    const loss = closure === undefined ? undefined : evaluate(closure);
    const recording = setGradEnabled(false);
    try {
      for (const group of this.paramGroups) {
        for (const param of group.params) {
          const grad = this.#keepsNoGrad ? param.lentGrad : param.grad;
          if (grad === null) continue;
          let state = this.state.get(param);
          if (state === undefined) {
            state = {};
            this.state.set(param, state);
          }
          this.update(param, grad, state, group);
        }
      }
    } finally {
      setGradEnabled(recording);
    }
    return loss;
  }

  /** Clears the gradients of all parameters. */
  zeroGrad(options: ZeroGradOptions = {}): void {
    checkOptions("zeroGrad", options, ["setToNull"]);
    const { setToNull = true } = options;
    for (const { params } of this.paramGroups) {
      for (const param of params) {
        if (setToNull || param.grad === null) {
          param.grad = null;
        } else {
          if (param.grad.requiresGrad) param.grad = param.grad.detach();
          param.grad.zero_();
        }
      }
    }
  }

  /**
   * Adds parameters during training, such as layers that are no longer frozen.
   * @param init `{ params, ...options }`; options that are absent take the defaults.
   * @throws as the constructor does.
   */
  addParamGroup(init: ParamGroupInit<Options>): void {
    this.#addGroup(init);
  }

  /**
   * The state in PyTorch's layout. Its tensors are the optimizer's own, as in PyTorch: clone those
   * that must not change with the next step.
   */
  stateDict(): OptimizerStateDict {
    const numbers = new Map<Tensor, number>();
    const paramGroups = this.paramGroups.map((group) => {
      const { params, ...options } = group;
      for (const param of params) numbers.set(param, numbers.size);
      return { ...pack(options), params: params.map((param) => numbers.get(param)!) };
    });
    const state: OptimizerStateDict["state"] = {};
    for (const [param, kept] of this.state) {
      const packed = pack(kept);
      if (typeof packed.step === "number") {
        packed.step = fresh("float32", []).add_(packed.step);
      }
      state[numbers.get(param)!] = packed;
    }
    return { state, param_groups: paramGroups };
  }

  /**
   * Takes over a state in PyTorch's layout; tensors are copied, in the dtype of their parameter.
   * @param dict from `stateDict()` of this kind of optimizer, here or in PyTorch.
   * @throws Error where its groups are not like this optimizer's; nothing has changed then.
   */
  loadStateDict(dict: OptimizerStateDict): void {
    if (!isStateDict(dict)) {
      throw new TypeError(
        "loadStateDict(): expected { state, param_groups } as stateDict() gives it",
      );
    }
    const { param_groups: saved } = dict;
    if (saved.length !== this.paramGroups.length) {
      throw new Error("loaded state dict has a different number of parameter groups");
    }
    const params = new Map<string, Tensor>();
    const groups = this.paramGroups.map((group, i) => {
      const { params: ids, ...options } = saved[i]!;
      if (ids.length !== group.params.length) {
        throw new Error(
          "loaded state dict contains a parameter group that doesn't match the size of optimizer's group",
        );
      }
      ids.forEach((id, k) => {
        params.set(String(id), group.params[k]!);
      });
      return this.#restore(group, options, i);
    });
    const states = Object.entries(dict.state).map(([id, packed]): [Tensor, Partial<State>] => {
      const param = params.get(id);
      if (param === undefined) {
        throw new Error(`loaded state dict has a state for parameter ${id}, which is in no group`);
      }
      return [param, unpack(param, packed)];
    });

    for (const [i, group] of this.paramGroups.entries()) Object.assign(group, groups[i]);
    this.state.clear();
    for (const [param, state] of states) this.state.set(param, state);
  }

  /** The options of every group, in PyTorch's layout. */
  toString(): string {
    const groups = this.paramGroups.map((group, i) => {
      const { params: _, ...options } = group;
      const lines = Object.entries(options)
        .map(([name, value]) => `    ${snakeCase(name)}: ${pythonRepr(value)}\n`)
        .sort();
      return `\nParameter Group ${i}\n${lines.join("")}`;
    });
    return `${this.constructor.name} (${groups.join("")})`;
  }

  [Symbol.for("nodejs.util.inspect.custom")](): string {
    return this.toString();
  }

  #addGroup(init: unknown): void {
    if (!isGroup(init)) {
      throw new TypeError(
        `param group must be a dict, such as { params: [...] }, but got ${typeName(init)}`,
      );
    }
    const { params, ...options } = init;
    this.#add(params instanceof Tensor ? [params] : toList(params), options);
  }

  #add(params: readonly unknown[], options: object): void {
    const tensors = params.map(checkParam);
    const group = withDefaults(this.constructor.name, this.defaults, options);
    if (!isComplete(group)) {
      throw new Error(
        `parameter group didn't specify a value of required optimization parameter ${firstRequired(group)}`,
      );
    }
    this.#check(group);
    if (new Set(tensors).size < tensors.length) {
      throw new Error("optimizer contains a parameter group with duplicate parameters");
    }
    const taken = new Set(this.paramGroups.flatMap((other) => other.params));
    if (tensors.some((param) => taken.has(param))) {
      throw new Error("some parameters appear in more than one parameter group");
    }
    this.paramGroups.push({ ...group, params: tensors });
  }

  #check(options: Options): void {
    this.validate(options);
    checkNotNaN(this.constructor.name, options);
  }

  /** A saved group's options under our names, checked; options that we do not know are carried along. */
  #restore(group: ParamGroup<Options>, options: Record<string, StateValue>, index: number): object {
    const restored: Record<string, StateValue> = {};
    for (const [name, value] of Object.entries(options)) restored[camelCase(name)] = value;
    for (const [name, like] of Object.entries(this.defaults)) {
      const value = restored[name];
      if (value !== undefined) checkType("loadStateDict", name, value, like);
      // A switch that is absent was unknown to the release that saved it: off.
      else if (typeof like === "boolean") restored[name] = false;
      else {
        throw new Error(
          `loadStateDict(): parameter group ${index} has no '${snakeCase(name)}'; was it saved by another kind of optimizer than ${this.constructor.name}?`,
        );
      }
    }
    this.#check({ ...group, ...restored });
    return restored;
  }
}

function isStateDict(dict: unknown): dict is OptimizerStateDict {
  if (!isGroup(dict) || !("state" in dict) || !("param_groups" in dict)) return false;
  const { state, param_groups: groups } = dict;
  const hasIds = (group: unknown) => isGroup(group) && Array.isArray(group.params);
  return (
    typeof state === "object" && state !== null && Array.isArray(groups) && groups.every(hasIds)
  );
}

function evaluate<Loss>(closure: () => Loss): Loss {
  if (typeof closure !== "function") {
    throw new TypeError(`step(): argument 'closure' must be a function, not ${describe(closure)}`);
  }
  const before = setGradEnabled(true);
  try {
    const loss = closure();
    if (loss instanceof Promise) {
      loss.catch(() => {});
      throw new TypeError("step(): the closure must be synchronous, but it returned a Promise");
    }
    return loss;
  } finally {
    setGradEnabled(before);
  }
}

function toList(params: unknown): unknown[] {
  if (params instanceof Tensor || !isIterable(params)) {
    throw new TypeError(
      `params argument given to the optimizer should be an iterable of Tensors or dicts, but got ${typeName(params)}`,
    );
  }
  return [...params];
}

function isIterable(value: unknown): value is Iterable<unknown> {
  return typeof value === "object" && value !== null && Symbol.iterator in value;
}

/** Whether `value` is what Python would call a dict. */
function isGroup(value: unknown): value is { params?: unknown } {
  if (typeof value !== "object" || value === null || value instanceof Tensor) return false;
  return !isIterable(value);
}

function checkParam(param: unknown): Tensor {
  if (!(param instanceof Tensor)) {
    throw new TypeError(
      `optimizer can only optimize Tensors, but one of the params is ${typeName(param)}`,
    );
  }
  if (!param.isLeaf && !param.retainsGrad) throw new Error("can't optimize a non-leaf Tensor");
  return param;
}

// Under the parameter's number, as PyTorch saves them.
function unpack(param: Tensor, packed: Record<string, StateValue>): object {
  const state: Record<string, StateValue> = {};
  for (const [name, value] of Object.entries(packed)) {
    if (name === "step" && value instanceof Tensor) state.step = value.item();
    // PyTorch writes null for a buffer that is not there yet.
    else if (value !== null) state[camelCase(name)] = copyFor(param, value);
  }
  return state;
}

function copyFor(param: Tensor, value: StateValue): StateValue {
  if (value instanceof Tensor) {
    const copy = value.detach().clone();
    return isFloat(param.dtype) ? copy.to(param.dtype) : copy;
  }
  return Array.isArray(value) ? value.map((item) => copyFor(param, item)) : value;
}

/** A value's type in PyTorch's words for a tensor, in JavaScript's for the rest. */
function typeName(value: unknown): string {
  if (value instanceof Tensor) return `torch.${scalarName(value.dtype)}Tensor`;
  return typeof value === "object" ? describe(value) : typeof value;
}
