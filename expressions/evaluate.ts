import { Star, type ContextAccess, type Expr, type IndexAccess, type Literal } from "@actions/expressions/ast";
import type { ExpressionData } from "@actions/expressions/data/expressiondata";
import * as data from "@actions/expressions/data/index";
import { Evaluator } from "@actions/expressions/evaluator";
import { FilteredArray } from "@actions/expressions/filtered_array";
import type { FunctionDefinition } from "@actions/expressions/funcs/info";
import type { ArtifactRef } from "../schemas/artifact.js";
import type { Json, JsonObject } from "../platform/json.js";
import type { StageStatus } from "../schemas/run.js";
import { nearest } from "./nearest.js";
import type { ParsedExpression } from "./parse.js";
import { ExpressionProblem } from "./problem.js";
import { isTemplate, parseTemplate, wholeExpression } from "./template.js";
import { ExactDictionary, ExactNumber, fromData, toData } from "./values.js";

/** What an expression can see. */
export interface ExpressionContext {
  inputs: JsonObject;
  /** Stages that have ended. An output or metric that a stage did not leave is null. */
  stages: Record<string, StageFacts>;
  run?: RunFacts;
}
export interface StageFacts {
  status: StageStatus;
  outputs: Record<string, ArtifactRef>;
  metrics: Record<string, number>;
}
export interface RunFacts {
  id: string;
  /** The pipeline's name. */
  pipeline: string;
  seed: number;
}
/** Names after `run.`. */
export const runFactNames = ["id", "pipeline", "seed"] as const satisfies readonly (keyof RunFacts)[];

/** Functions added to, or mended in, the engine: name in lower case -> what it does. */
export type Functions = ReadonlyMap<string, FunctionDefinition>;

/**
 * Evaluates every string of a JSON value that holds `${{ }}`. A string that is one whole expression becomes that
 * expression's value with its type; in other strings the values are written into the text.
 * @throws ExpressionProblem BAD_EXPRESSION, BARE_BRACES, UNKNOWN_REFERENCE
 */
export function evaluateTemplate<T extends Json>(template: T, context: ExpressionContext): Json {
  const names = contextData(context);
  const walk = (value: Json): Json => {
    if (typeof value === "string") return evaluateString(value, names);
    if (Array.isArray(value)) return value.map(walk);
    if (value !== null && typeof value === "object")
      return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, walk(item)]));
    return value;
  };
  return walk(template);
}

function evaluateString(text: string, names: ExactDictionary): Json {
  if (!isTemplate(text)) return text;
  const parts = parseTemplate(text);
  const whole = wholeExpression(parts);
  if (whole !== undefined) return evaluateExpression(whole, names);
  return parts.map((part) => (part.kind === "text" ? part.text : written(part.expression, names))).join("");
}

function written(expression: ParsedExpression, names: ExactDictionary): string {
  const value = evaluateExpression(expression, names);
  if (value === null) return "";
  if (typeof value === "object")
    throw problem(
      expression,
      "BAD_EXPRESSION",
      `${Array.isArray(value) ? "an array" : "an object"} cannot stand inside text`,
      {
        next: "let the expression be the whole value, or use toJSON(…)",
      },
    );
  return String(value);
}

/** Evaluates one parsed expression over the names of `contextData`. Throws ExpressionProblem. */
export function evaluateExpression(expression: ParsedExpression, names: ExactDictionary, functions?: Functions): Json {
  try {
    return fromData(evaluateToData(expression, names, functions));
  } catch (error) {
    if (error instanceof ExpressionProblem) throw error;
    // What remains is thrown by the engine's functions, by JSON.parse, or for a number that is not finite.
    const message = String((error as { message?: unknown }).message ?? error);
    throw problem(expression, "BAD_EXPRESSION", message, { next: "see docs/language.md, Expressions" });
  }
}

/** As evaluateExpression, but the engine's own data. */
export function evaluateToData(
  expression: ParsedExpression,
  names: ExactDictionary,
  functions: Functions = new Map(),
): ExpressionData {
  return new ExactEvaluator(expression, names, functions).evaluate();
}

/** The names an expression sees, as the engine's data. */
export function contextData(context: ExpressionContext): ExactDictionary {
  const stages = Object.entries(context.stages).map(([id, stage]) => {
    const outputs = Object.entries(stage.outputs).map(([name, ref]) => [name, toData({ ...ref })] as const);
    const metrics = Object.entries(stage.metrics).map(([name, value]) => [name, new ExactNumber(value)] as const);
    const facts = new ExactDictionary([
      ["status", new data.StringData(stage.status)],
      ["outputs", new ExactDictionary(outputs, "null")],
      ["metrics", new ExactDictionary(metrics, "null")],
    ]);
    return [id, facts] as const;
  });
  return new ExactDictionary([
    ["inputs", toData(context.inputs)],
    ["stages", new ExactDictionary(stages)],
    ["run", toData({ ...context.run })],
  ]);
}

const parseJson: FunctionDefinition = {
  name: "fromJSON",
  minArgs: 1,
  maxArgs: 1,
  call: (text) => {
    if (text === undefined) throw new Error("fromJSON needs an argument");
    return toData(JSON.parse(text.coerceString()) as Json);
  },
};

/** The engine's evaluator, where a name that is not there is an error and not null. */
class ExactEvaluator extends Evaluator {
  readonly #expression: ParsedExpression;
  readonly #names: ExactDictionary;
  constructor(expression: ParsedExpression, names: ExactDictionary, functions: Functions) {
    super(expression.tree, names, new Map([["fromjson", parseJson], ...functions]));
    this.#expression = expression;
    this.#names = names;
  }

  override visitLiteral(literal: Literal): ExpressionData {
    const value = literal.literal;
    return value instanceof data.NumberData ? new ExactNumber(value.value) : value;
  }

  override visitContextAccess(access: ContextAccess): ExpressionData {
    return this.#member(this.#names, access.name.lexeme);
  }

  override visitIndexAccess(access: IndexAccess): ExpressionData {
    if (access.index instanceof Star || startsWithStar(access.expr)) return super.visitIndexAccess(access);
    const owner = this.eval(access.expr);
    const index = this.eval(access.index);
    if (owner instanceof FilteredArray) return super.visitIndexAccess(access);
    if (owner instanceof ExactDictionary) return this.#member(owner, index.coerceString());
    if (owner instanceof data.Array) {
      const item = owner.values()[index.number()];
      if (item !== undefined) return item;
      throw this.#missing(index.coerceString(), `the array has ${owner.values().length} items`);
    }
    if (owner instanceof data.Null) return owner;
    throw this.#missing(index.coerceString(), "what stands before it is neither an object nor an array");
  }

  #member(owner: ExactDictionary, key: string): ExpressionData {
    const value = owner.get(key);
    if (value !== undefined) return value;
    if (owner.missing === "null") return new data.Null();
    const names = [...owner.entries.keys()];
    throw this.#missing(
      key,
      names.length === 0 ? "there are no names here" : `the names here are ${names.slice(0, 20).join(", ")}`,
      nearest(key, names),
    );
  }

  #missing(name: string, expected: string, guess?: string): ExpressionProblem {
    return problem(
      this.#expression,
      "UNKNOWN_REFERENCE",
      `\${{ ${this.#expression.source.trim()} }}: there is no ${name}`,
      {
        expected,
        next: guess === undefined ? "correct the name" : `write ${guess}`,
      },
    );
  }
}

/** `a.*.b`: what follows a star filters, as in GitHub Actions. */
function startsWithStar(expression: Expr): boolean {
  const access = expression as Partial<IndexAccess>;
  return (
    access.index !== undefined &&
    access.expr !== undefined &&
    (access.index instanceof Star || startsWithStar(access.expr))
  );
}

function problem(
  expression: ParsedExpression,
  code: "BAD_EXPRESSION" | "UNKNOWN_REFERENCE",
  message: string,
  facts: { expected?: string; next: string },
): ExpressionProblem {
  const first = expression.tokens[0];
  const offset = first === undefined ? 0 : expression.offsetOf(first);
  return new ExpressionProblem(code, message, { offset, length: expression.source.trim().length, ...facts });
}
