import ts from "typescript";

/**
 * Functions and classes of the library that only make what they return. A bundler may leave a call
 * out whose result nobody uses, where it is marked `@__PURE__`: it cannot find that out by itself.
 */
export const PURE_MAKERS: ReadonlySet<string> = new Set([
  ...["Map1", "Map2", "Map3", "Map4", "Compare", "UpdateKernel", "fused"],
  ...[
    "unary",
    "binary",
    "ternary",
    "quaternary",
    "comparison",
    "notForBools",
    "clampCheck",
    "lerpOf",
    "clamps",
  ],
  ...["elementwiseLoss", "reducer", "extremumOp", "takeOp", "linearOp", "floatOnly", "checkFloat"],
  ...["overDefaultStream", "renamed", "partsOp", "Map", "Set", "WeakMap", "Symbol"],
]);

const MARK = "/* @__PURE__ */ ";

/** Marks the calls of pure makers that a module makes when it is loaded. Lines stay where they are. */
export function markPure(code: string, makers: ReadonlySet<string> = PURE_MAKERS): string {
  const file = ts.createSourceFile("module.js", code, ts.ScriptTarget.Latest, true);
  const places: number[] = [];
  const visit = (node: ts.Node): void => {
    // What stands in a function does not run on loading.
    if (ts.isFunctionLike(node) || ts.isClassLike(node)) return;
    if (
      (ts.isCallExpression(node) || ts.isNewExpression(node)) &&
      ts.isIdentifier(node.expression) &&
      makers.has(node.expression.text)
    ) {
      places.push(node.getStart());
    }
    ts.forEachChild(node, visit);
  };
  visit(file);
  let marked = "";
  let done = 0;
  for (const place of places.sort((a, b) => a - b)) {
    marked += code.slice(done, place) + MARK;
    done = place;
  }
  return marked + code.slice(done);
}
