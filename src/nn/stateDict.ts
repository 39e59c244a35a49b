import { noGrad } from "../autograd/gradMode.ts";
import { describe, formatShape, sameShape } from "../tensor/shape.ts";
import { Tensor } from "../tensor/tensor.ts";

/** Parameters and buffers by name, as `Module.stateDict()` gives them. */
export type StateDict = Record<string, Tensor>;

/** What `Module.loadStateDict()` found different. */
export interface IncompatibleKeys {
  /** Names that the module has and the state dict lacks. */
  readonly missingKeys: string[];
  /** Names that the state dict has and the module lacks. */
  readonly unexpectedKeys: string[];
}

/** What a module saves: its own tensors, then its submodules. */
export interface StateTree {
  readonly tensors: readonly (readonly [string, Tensor])[];
  readonly children: readonly (readonly [string, StateTree])[];
}

/**
 * Copies `state` into the tensors of `tree`, after all of it has been found to fit.
 * @param owner the module's name, for messages.
 * @throws TypeError if `state` is no object, Error that lists what does not fit.
 */
export function loadState(
  owner: string,
  tree: StateTree,
  state: Readonly<Record<string, unknown>>,
  strict: boolean,
): IncompatibleKeys {
  if (
    typeof state !== "object" ||
    state === null ||
    Array.isArray(state) ||
    state instanceof Tensor
  ) {
    throw new TypeError(`Expected state_dict to be dict-like, got ${describe(state)}.`);
  }
  const missingKeys: string[] = [];
  const unexpectedKeys: string[] = [];
  const errors: string[] = [];
  const copies: [Tensor, Tensor][] = [];
  const keys = Object.keys(state);

  const match = ({ tensors, children }: StateTree, prefix: string): void => {
    for (const [name, tensor] of tensors) {
      const key = prefix + name;
      if (!Object.hasOwn(state, key)) {
        missingKeys.push(key);
        continue;
      }
      const saved = fitting(key, tensor, state[key]);
      if (typeof saved === "string") errors.push(saved);
      else copies.push([tensor, saved]);
    }
    for (const key of keys) {
      if (!key.startsWith(prefix)) continue;
      const name = key.slice(prefix.length);
      const known =
        tensors.some(([own]) => own === name) ||
        children.some(([child]) => name.startsWith(`${child}.`));
      if (!known) unexpectedKeys.push(key);
    }
    for (const [name, child] of children) match(child, `${prefix}${name}.`);
  };
  match(tree, "");

  if (strict && unexpectedKeys.length > 0) {
    errors.unshift(`Unexpected key(s) in state_dict: ${quoted(unexpectedKeys)}. `);
  }
  if (strict && missingKeys.length > 0) {
    errors.unshift(`Missing key(s) in state_dict: ${quoted(missingKeys)}. `);
  }
  if (errors.length > 0) {
    throw new Error(`Error(s) in loading state_dict for ${owner}:\n\t${errors.join("\n\t")}`);
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
  if (!(saved instanceof Tensor)) {
    return `While copying the parameter named "${key}", expected Tensor or Tensor-like object from checkpoint but received ${describe(saved)}`;
  }
  // A scalar may have been saved as a vector of one.
  if (tensor.shape.length === 0 && saved.shape.length === 1 && saved.shape[0] === 1) {
    return saved.at(0);
  }
  if (sameShape(tensor.shape, saved.shape)) return saved;
  return `size mismatch for ${key}: copying a param with shape torch.Size(${formatShape(saved.shape)}) from checkpoint, the shape in current model is torch.Size(${formatShape(tensor.shape)}).`;
}
