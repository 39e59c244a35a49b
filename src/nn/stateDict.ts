import { noGrad } from "../autograd/gradMode.ts";
import { isTensor } from "../tensor/make.ts";
import { reshapeTo } from "../tensor/ops/view.ts";
import { describe, formatShape, sameShape } from "../tensor/shape.ts";
import type { Tensor } from "../tensor/tensor.ts";
import type { Module } from "./module.ts";
import { MEMBERS, type Members, type Slot } from "./tree.ts";

/** Parameters and buffers by name, as `Module.stateDict()` gives them. */
export type StateDict = Record<string, Tensor>;

/** What `Module.loadStateDict()` found different. */
export interface IncompatibleKeys {
  /** Names that the module has and the state dict lacks. */
  readonly missingKeys: string[];
  /** Names that the state dict has and the module lacks. */
  readonly unexpectedKeys: string[];
}

/** What a module saves: its own parameters, then its persistent buffers. */
function tensorsOf({ parameters, buffers }: Members): Slot<Tensor>[] {
  return [...parameters, ...buffers.filter(({ persistent }) => persistent)];
}

/** What `root` and all below it save, by name; detached unless `keepVars`. */
export function saveState(root: Module, prefix: string, keepVars: boolean): StateDict {
  const state: StateDict = {};
  const visit = (module: Module, path: string): void => {
    const members = module[MEMBERS]();
    for (const { key, value } of tensorsOf(members)) {
      state[path + key] = keepVars ? value : value.detach();
    }
    for (const { key, value } of members.modules) visit(value, `${path}${key}.`);
  };
  visit(root, prefix);
  return state;
}

/**
 * Copies `state` into the tensors of `root` and all below it, after all of it has been found to fit.
 * @throws TypeError if `state` is no object, Error that lists what does not fit.
 */
export function loadState(
  root: Module,
  state: Readonly<Record<string, unknown>>,
  strict: boolean,
): IncompatibleKeys {
  if (typeof state !== "object" || state === null || Array.isArray(state) || isTensor(state)) {
    throw new TypeError(`Expected state_dict to be dict-like, got ${describe(state)}.`);
  }
  const missingKeys: string[] = [];
  const unexpectedKeys: string[] = [];
  const errors: string[] = [];
  const copies: [Tensor, Tensor][] = [];
  const names = Object.keys(state);

  const match = (module: Module, prefix: string): void => {
    const members = module[MEMBERS]();
    const own = tensorsOf(members);
    for (const { key, value } of own) {
      const name = prefix + key;
      if (!Object.hasOwn(state, name)) {
        missingKeys.push(name);
        continue;
      }
      const saved = fitting(name, value, state[name]);
      if (typeof saved === "string") errors.push(saved);
      else copies.push([value, saved]);
    }
    for (const name of names) {
      if (!name.startsWith(prefix)) continue;
      const rest = name.slice(prefix.length);
      const known =
        own.some(({ key }) => key === rest) ||
        members.modules.some(({ key }) => rest.startsWith(`${key}.`));
      if (!known) unexpectedKeys.push(name);
    }
    for (const { key, value } of members.modules) match(value, `${prefix}${key}.`);
  };
  match(root, "");

  if (strict && unexpectedKeys.length > 0) {
    errors.unshift(`Unexpected key(s) in state_dict: ${quoted(unexpectedKeys)}. `);
  }
  if (strict && missingKeys.length > 0) {
    errors.unshift(`Missing key(s) in state_dict: ${quoted(missingKeys)}. `);
  }
  if (errors.length > 0) {
    throw new Error(
      `Error(s) in loading state_dict for ${root.constructor.name}:\n\t${errors.join("\n\t")}`,
    );
  }
  noGrad(() => {
    for (const [tensor, saved] of copies) tensor.copy_(saved);
  });
  return { missingKeys, unexpectedKeys };
}

function quoted(keys: readonly string[]): string {
  return keys.map((key) => `"${key}"`).join(", ");
}

/** The saved value where it fits `tensor`, else what is wrong with it. */
function fitting(key: string, tensor: Tensor, saved: unknown): Tensor | string {
  if (!isTensor(saved)) {
    return `While copying the parameter named "${key}", expected Tensor or Tensor-like object from checkpoint but received ${describe(saved)}`;
  }
  // A scalar may have been saved as a vector of one.
  if (tensor.shape.length === 0 && saved.shape.length === 1 && saved.shape[0] === 1) {
    return reshapeTo(saved, []);
  }
  if (sameShape(tensor.shape, saved.shape)) return saved;
  return `size mismatch for ${key}: copying a param with shape torch.Size(${formatShape(saved.shape)}) from checkpoint, the shape in current model is torch.Size(${formatShape(tensor.shape)}).`;
}
