import {
  Star,
  type Binary,
  type ContextAccess,
  type Expr,
  type ExprVisitor,
  type FunctionCall,
  type Grouping,
  type IndexAccess,
  type Literal,
  type Logical,
  type Unary,
} from "@actions/expressions/ast";
import * as data from "@actions/expressions/data/index";
import { mapTexts, type Json } from "../platform/json.js";
import type { ParsedExpression } from "./parse.js";
import { ExpressionProblem } from "./problem.js";
import { parseTemplate } from "./template.js";

/**
 * What a reference refers to. `stage`: a whole stage, or its status, outputs or metrics as a whole.
 */
export type ReferenceTarget =
  | { kind: "input"; name: string; /** further names and indices */ rest: string[] }
  | {
      kind: "output" | "metric";
      stage: string;
      name: string;
      /** number of further names and indices */ further: number;
    }
  | { kind: "answer"; stage: string; name: string }
  | { kind: "stage"; stage: string; member?: string }
  | { kind: "run"; name: string }
  | { kind: "matrix"; /** absent: all of them */ name?: string }
  | { kind: "each"; name: "item" | "index" }
  | { kind: "secret"; name: string };

/** One use of a name in an expression, and where it is in the string. */
export type Reference = ReferenceTarget & { text: string; offset: number; length: number };

/** A reference inside a JSON value; `path` leads to the string that holds it. */
export type LocatedReference = Reference & { path: (string | number)[] };

/**
 * Every name used in the `${{ }}` of a JSON value.
 * @throws ExpressionProblem
 */
export function references(template: Json): LocatedReference[] {
  const found: LocatedReference[] = [];
  mapTexts(template, (text, path) => {
    for (const part of parseTemplate(text))
      if (part.kind === "expression")
        for (const reference of expressionReferences(part.expression)) found.push({ ...reference, path });
    return text;
  });
  return found;
}

/**
 * The names that one expression uses.
 * @throws ExpressionProblem if a stage is not named literally, so that the dependencies could not
 *   be known
 */
export function expressionReferences(expression: ParsedExpression): Reference[] {
  return new ReferenceFinder(expression).find();
}

/** One step of `a.b['c'][0].*`; undefined: computed when the expression is evaluated. */
type Step = string | undefined;

class ReferenceFinder implements ExprVisitor<void> {
  readonly #expression: ParsedExpression;
  readonly #found: Reference[] = [];
  constructor(expression: ParsedExpression) {
    this.#expression = expression;
  }
  find(): Reference[] {
    this.#expression.tree.accept(this);
    return this.#found;
  }
  visitLiteral(_literal: Literal): void {
    // A literal names nothing.
  }
  visitUnary(unary: Unary): void {
    unary.expr.accept(this);
  }
  visitBinary(binary: Binary): void {
    binary.left.accept(this);
    binary.right.accept(this);
  }
  visitLogical(logical: Logical): void {
    for (const argument of logical.args) argument.accept(this);
  }
  visitGrouping(grouping: Grouping): void {
    grouping.group.accept(this);
  }
  visitFunctionCall(call: FunctionCall): void {
    for (const argument of call.args) argument.accept(this);
  }
  visitContextAccess(access: ContextAccess): void {
    this.#add(access, []);
  }
  visitIndexAccess(access: IndexAccess): void {
    const steps: Step[] = [];
    let node: Expr = access;
    while (isIndexAccess(node)) {
      steps.unshift(toStep(node.index));
      if (!(node.index instanceof Star)) node.index.accept(this);
      node = node.expr;
    }
    if (isContextAccess(node)) this.#add(node, steps);
    else node.accept(this);
  }

  #add(root: ContextAccess, steps: Step[]): void {
    const offset = this.#expression.tokenOffset(root.name);
    const text = chainText(this.#expression, root);
    const target = this.#target(root.name.lexeme, steps, { offset, length: text.length }, text);
    if (target !== undefined) this.#found.push({ ...target, text, offset, length: text.length });
  }

  #target(
    root: string,
    steps: Step[],
    at: { offset: number; length: number },
    text: string,
  ): ReferenceTarget | undefined {
    const [first, second, third] = steps;
    if (root === "stages") {
      if (first === undefined)
        throw new ExpressionProblem("BAD_EXPRESSION", `${text} does not name one stage`, {
          ...at,
          expected: "stages.ID.outputs.NAME, stages.ID.metrics.NAME or stages.ID.status",
          next: "name the stage literally: dependencies must be known before the run",
        });
      const kind = second === "outputs" ? "output" : second === "metrics" ? "metric" : undefined;
      if (kind !== undefined && third !== undefined)
        return { kind, stage: first, name: third, further: steps.length - 3 };
      if (second === "answers" && third !== undefined) return { kind: "answer", stage: first, name: third };
      return { kind: "stage", stage: first, ...(second === undefined ? {} : { member: second }) };
    }
    if (root === "secrets") {
      if (first !== undefined && second === undefined) return { kind: "secret", name: first };
      throw new ExpressionProblem("BAD_EXPRESSION", `${text} does not name one secret`, {
        ...at,
        expected: "secrets.NAME",
        next: "name the secret literally",
      });
    }
    if (root === "matrix") return { kind: "matrix", ...(first !== undefined && { name: first }) };
    if (root === "item" || root === "index") return { kind: "each", name: root };
    // `inputs` and `run` as a whole, and computed names, are looked up when the expression is
    // evaluated.
    if (first === undefined) return undefined;
    if (root === "run") return { kind: "run", name: first };
    const known = steps.slice(1);
    const computed = known.indexOf(undefined);
    return { kind: "input", name: first, rest: (computed === -1 ? known : known.slice(0, computed)) as string[] };
  }
}

const isIndexAccess = (node: Expr): node is IndexAccess => "index" in node;
const isContextAccess = (node: Expr): node is ContextAccess => "name" in node;

function toStep(index: Expr): Step {
  if (!("literal" in index)) return undefined;
  const literal = (index as Literal).literal;
  return literal instanceof data.StringData || literal instanceof data.NumberData ? literal.coerceString() : undefined;
}

/** The text of `stages.a.outputs['b']` from its first name to the end of its last step. */
function chainText({ tokens, tokenOffset }: ParsedExpression, root: ContextAccess): string {
  let text = "";
  let depth = 0;
  const from = tokens.indexOf(root.name);
  let end = tokenOffset(root.name);
  for (let i = from; i < tokens.length; i++) {
    const token = tokens[i];
    if (token === undefined) break;
    const opens = token.lexeme === "[";
    const continues = i === from || depth > 0 || opens || token.lexeme === "." || tokens[i - 1]?.lexeme === ".";
    if (!continues) break;
    if (opens) depth++;
    if (token.lexeme === "]") depth--;
    text += " ".repeat(Math.max(0, tokenOffset(token) - end)) + token.lexeme;
    end = tokenOffset(token) + token.lexeme.length;
  }
  return text;
}
