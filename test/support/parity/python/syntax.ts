// The part of Python that short scripts use, as a tree.

export type Expr =
  | { readonly kind: "int"; readonly value: bigint }
  | { readonly kind: "float"; readonly value: number }
  | { readonly kind: "string"; readonly value: string }
  | { readonly kind: "constant"; readonly value: boolean | null | "..." }
  | { readonly kind: "name"; readonly id: string }
  | { readonly kind: "attribute"; readonly of: Expr; readonly name: string }
  | { readonly kind: "call"; readonly of: Expr; readonly args: readonly Arg[] }
  | { readonly kind: "item"; readonly of: Expr; readonly index: Expr }
  | { readonly kind: "slice"; readonly bounds: readonly (Expr | null)[] }
  | { readonly kind: "tuple" | "list"; readonly items: readonly Expr[] }
  | { readonly kind: "dict"; readonly entries: readonly (readonly [Expr, Expr])[] }
  | { readonly kind: "unary"; readonly op: string; readonly of: Expr }
  | { readonly kind: "binary"; readonly op: string; readonly left: Expr; readonly right: Expr }
  | {
      readonly kind: "compare";
      readonly first: Expr;
      readonly rest: readonly (readonly [op: string, right: Expr])[];
    }
  | { readonly kind: "and" | "or"; readonly items: readonly Expr[] }
  | { readonly kind: "if"; readonly test: Expr; readonly yes: Expr; readonly no: Expr }
  | { readonly kind: "lambda"; readonly params: readonly Param[]; readonly body: Expr }
  | {
      readonly kind: "comprehension";
      readonly item: Expr;
      readonly target: Expr;
      readonly source: Expr;
      readonly tests: readonly Expr[];
    }
  | { readonly kind: "star"; readonly of: Expr };

export interface Arg {
  readonly name: string | null;
  readonly value: Expr;
}

export interface Param {
  readonly name: string;
  readonly fallback: Expr | null;
}

export type Statement =
  | { readonly kind: "expression"; readonly value: Expr }
  | { readonly kind: "assign"; readonly targets: readonly Expr[]; readonly value: Expr }
  | { readonly kind: "augment"; readonly target: Expr; readonly op: string; readonly value: Expr }
  | { readonly kind: "for"; readonly target: Expr; readonly source: Expr; readonly body: Block }
  | { readonly kind: "while"; readonly test: Expr; readonly body: Block }
  | { readonly kind: "if"; readonly test: Expr; readonly yes: Block; readonly no: Block }
  | {
      readonly kind: "with";
      readonly context: Expr;
      readonly as: string | null;
      readonly body: Block;
    }
  | {
      readonly kind: "def";
      readonly name: string;
      readonly params: readonly Param[];
      readonly body: Block;
    }
  | {
      readonly kind: "class";
      readonly name: string;
      readonly base: Expr | null;
      readonly body: Block;
    }
  | { readonly kind: "return"; readonly value: Expr | null }
  | { readonly kind: "delete"; readonly target: Expr }
  | { readonly kind: "pass" };

export type Block = readonly Statement[];
