import { dirname, join, normalize } from "node:path/posix";
import ts from "typescript";

/** Source text by path, as in `tensor/ops/math.ts`, relative to `src`. */
export type Sources = Readonly<Record<string, string>>;

/** The floors, highest first; each lists the units (a folder, or one file without `.ts`) on it. */
export type Floors = readonly (readonly string[])[];

interface Edge {
  readonly specifier: string;
  readonly line: number;
}

const known = new Map<string, readonly Edge[]>();

/** Every import of a file that is still there at run time: `import type` leaves nothing behind. */
export function valueImports(path: string, text: string): readonly Edge[] {
  const found = known.get(text) ?? parseImports(path, text);
  known.set(text, found);
  return found;
}

function parseImports(path: string, text: string): Edge[] {
  const file = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true);
  const edges: Edge[] = [];
  const add = (node: ts.Node, specifier: ts.Node | undefined): void => {
    if (specifier !== undefined && ts.isStringLiteralLike(specifier)) {
      const { line } = file.getLineAndCharacterOfPosition(node.getStart());
      edges.push({ specifier: specifier.text, line: line + 1 });
    }
  };
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node)) {
      if (node.importClause?.phaseModifier !== ts.SyntaxKind.TypeKeyword) {
        add(node, node.moduleSpecifier);
      }
    } else if (ts.isExportDeclaration(node)) {
      if (!node.isTypeOnly) add(node, node.moduleSpecifier);
    } else if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
      add(node, node.arguments[0]);
    }
    ts.forEachChild(node, visit);
  };
  visit(file);
  return edges;
}

/** The files that import a file, or one of a folder (whose name ends in `/`) that they are not in. */
export function importersOf(sources: Sources, target: string): string[] {
  const inside = (path: string) =>
    path === target || (target.endsWith("/") && path.startsWith(target));
  return Object.keys(sources).filter((path) => {
    if (inside(path)) return false;
    const targets = valueImports(path, sources[path]!).map(({ specifier }) =>
      normalize(join(dirname(path), specifier)),
    );
    return targets.some(inside);
  });
}

/** The unit that a file belongs to: the longest listed name that is the file or a folder above it. */
function unitOf(path: string, floors: Floors): string | undefined {
  const name = path.replace(/\.ts$/, "");
  return floors
    .flat()
    .filter((unit) => name === unit || name.startsWith(`${unit}/`))
    .sort((a, b) => b.length - a.length)[0];
}

/** One circle of imports among `graph`'s files, as a path that ends where it starts, if there is one. */
function findCycle(graph: ReadonlyMap<string, readonly string[]>): readonly string[] | undefined {
  const done = new Set<string>();
  const trail: string[] = [];
  const walk = (path: string): readonly string[] | undefined => {
    const at = trail.indexOf(path);
    if (at >= 0) return [...trail.slice(at), path];
    if (done.has(path)) return undefined;
    trail.push(path);
    for (const next of graph.get(path) ?? []) {
      const cycle = walk(next);
      if (cycle !== undefined) return cycle;
    }
    trail.pop();
    done.add(path);
    return undefined;
  };
  for (const path of graph.keys()) {
    const cycle = walk(path);
    if (cycle !== undefined) return cycle;
  }
  return undefined;
}

/**
 * Compares what the sources import with the floors.
 *
 * @param sources Text by path.
 * @param floors The floors, highest first.
 * @param beside Edges between two units of one floor that are allowed, as `from -> to`.
 * @param packages Modules from outside that a file may import, by path.
 * @returns One sentence for each edge, file or circle that the floors do not allow.
 */
export function violations(
  sources: Sources,
  floors: Floors,
  beside: readonly string[] = [],
  packages: Readonly<Record<string, readonly string[]>> = {},
): string[] {
  const floor = new Map(floors.flatMap((units, i) => units.map((unit) => [unit, i] as const)));
  const graph = new Map<string, string[]>();
  const problems: string[] = [];

  for (const [path, text] of Object.entries(sources)) {
    const from = unitOf(path, floors);
    if (from === undefined) problems.push(`${path} is on no floor`);
    const targets: string[] = [];
    graph.set(path, targets);

    for (const { specifier, line } of valueImports(path, text)) {
      const place = `${path}:${line}`;
      if (!specifier.startsWith(".")) {
        const allowed = packages[path]?.includes(specifier) ?? false;
        if (!allowed) problems.push(`${place} imports the package ${specifier}`);
        continue;
      }
      const target = normalize(join(dirname(path), specifier));
      if (!(target in sources)) {
        problems.push(`${place} imports ${specifier}, which is no source file`);
        continue;
      }
      targets.push(target);
      const to = unitOf(target, floors);
      if (from === undefined || to === undefined || from === to) continue;
      const [here, there] = [floor.get(from)!, floor.get(to)!];
      if (there < here) problems.push(`${place} imports ${target}: ${to} is above ${from}`);
      if (there === here && !beside.includes(`${from} -> ${to}`)) {
        problems.push(`${place} imports ${target}: ${to} is beside ${from}`);
      }
    }
  }

  const cycle = findCycle(graph);
  if (cycle !== undefined) problems.push(`circle of imports: ${cycle.join(" -> ")}`);
  return problems;
}
