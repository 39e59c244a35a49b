import { describe } from "../tensor/shape.ts";
import type { Tensor } from "../tensor/tensor.ts";
import type { Module } from "./module.ts";
import type { Parameter } from "./parameter.ts";

/** A registered attribute, and where it stands: `holder[property]`. */
export interface Slot<T> {
  /** Its name in listings and state dicts. */
  readonly key: string;
  readonly value: T;
  readonly holder: object;
  readonly property: string;
}

export interface BufferSlot extends Slot<Tensor> {
  readonly persistent: boolean;
}

/** All that is registered on one module itself, by kind and in order. */
export interface Members {
  readonly parameters: Slot<Parameter>[];
  readonly buffers: BufferSlot[];
  readonly modules: Slot<Module>[];
}

// Symbols, so that an attribute of a user's module may have any name.

/** A module's method that tells its attributes. */
export const ATTRIBUTES: unique symbol = Symbol("attributes");
/** A module's method that tells which of them are registered. */
export const MEMBERS: unique symbol = Symbol("members");

function join(prefix: string, key: string): string {
  return prefix === "" ? key : `${prefix}.${key}`;
}

/** A module and all below it, with their names. */
export function namedModules(root: Module, prefix: string, once: boolean): [string, Module][] {
  const found: [string, Module][] = [];
  const seen = new Set<Module>();
  const visit = (module: Module, name: string): void => {
    if (seen.has(module)) return;
    if (once) seen.add(module);
    found.push([name, module]);
    for (const { key, value } of module[MEMBERS]().modules) visit(value, join(name, key));
  };
  visit(root, prefix);
  return found;
}

/** What `pick` finds on a module and, with `recurse`, on all below it; each once. */
export function namedMembers<T>(
  root: Module,
  prefix: string,
  recurse: boolean,
  pick: (members: Members) => readonly Slot<T>[],
): [string, T][] {
  const modules: [string, Module][] = recurse ? namedModules(root, prefix, true) : [[prefix, root]];
  const seen = new Set<T>();
  const found: [string, T][] = [];
  for (const [name, module] of modules) {
    for (const { key, value } of pick(module[MEMBERS]())) {
      if (!seen.has(value)) found.push([join(name, key), value]);
      seen.add(value);
    }
  }
  return found;
}

/** Follows a dotted name as far as it leads through modules; `rest` is what remains of it. */
function descend(fn: string, root: Module, target: string): { module: Module; rest: string } {
  if (typeof target !== "string") {
    throw new TypeError(`${fn}(): argument 'target' must be a string, not ${describe(target)}`);
  }
  let module = root;
  let rest = target;
  while (rest !== "") {
    const at = rest;
    const child = module[MEMBERS]().modules.find(
      ({ key }) => at === key || at.startsWith(`${key}.`),
    );
    if (child === undefined) break;
    module = child.value;
    rest = at.slice(child.key.length + 1);
  }
  return { module, rest };
}

function notFound(module: Module, rest: string, wanted: string): Error {
  const [name = ""] = rest.split(".");
  return name in module
    ? new Error(`\`${name}\` is not ${wanted}`)
    : new Error(`${module.constructor.name} has no attribute \`${name}\``);
}

/** @throws Error if no module has that name. */
export function findModule(root: Module, target: string): Module {
  const { module, rest } = descend("getSubmodule", root, target);
  if (rest === "") return module;
  throw notFound(module, rest, "an nn.Module");
}

/** @throws Error if nothing that `pick` finds has that name. */
export function findMember<T>(
  fn: string,
  root: Module,
  target: string,
  wanted: string,
  pick: (members: Members) => readonly Slot<T>[],
): T {
  const { module, rest } = descend(fn, root, target);
  const found = pick(module[MEMBERS]()).find(({ key }) => key === rest);
  if (found !== undefined) return found.value;
  if (rest === "") throw new Error(`\`${target}\` is not ${wanted}`);
  throw notFound(module, rest, wanted);
}

/** A module's text: its name, its options and its submodules, an item a line. */
export function formatModule(module: Module): string {
  const extra = module.extraRepr();
  const { name } = module.constructor;
  const children = module[MEMBERS]().modules;
  if (children.length === 0 && !extra.includes("\n")) return `${name}(${extra})`;
  const lines = extra === "" ? [] : extra.split("\n");
  for (const { key, value } of children) {
    lines.push(`(${key}): ${value.toString().replaceAll("\n", "\n  ")}`);
  }
  return `${name}(\n  ${lines.join("\n  ")}\n)`;
}
