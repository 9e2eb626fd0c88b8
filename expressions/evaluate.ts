import { IndexAccess, Literal, Star, type ContextAccess, type Expr } from "@actions/expressions/ast";
import type { ExpressionData } from "@actions/expressions/data/expressiondata";
import * as data from "@actions/expressions/data/index";
import { Evaluator } from "@actions/expressions/evaluator";
import { FilteredArray } from "@actions/expressions/filtered_array";
import type { ArtifactRef } from "../schemas/artifact.js";
import { mapTexts, type Json, type JsonObject } from "../platform/json.js";
import type { StageStatus } from "../schemas/run.js";
import { secretMarker, secretName, type SecretPlace } from "../schemas/secrets.js";
import { Budget, OverBound, TextLength, readingWork, workOfJson } from "./bounds.js";
import { boundedFunctions, type Functions } from "./functions.js";
import { nearest } from "./nearest.js";
import type { ParsedExpression } from "./parse.js";
import { ExpressionProblem } from "./problem.js";
import { expressionReferences } from "./references.js";
import { isTemplate, parseTemplate, wholeExpression } from "./template.js";
import { ExactDictionary, ExactNumber, fromData, toData } from "./values.js";

/** What an expression can see. */
export interface ExpressionContext {
  inputs: JsonObject;
  /** Stages that have ended. An output or metric that a stage did not produce is null. */
  stages: Record<string, StageFacts>;
  run?: RunFacts;
  /** The values of one combination of a matrix; absent in a stage without one. */
  matrix?: JsonObject;
  /** `item` and `index`: one item of a list; absent in a stage without `foreach`. */
  each?: JsonObject;
}
/**
 * A stage, or a matrix: its outputs and metrics are lists in the order of its combinations, null
 * where there is none.
 */
export interface StageFacts {
  status: StageStatus;
  outputs: Record<string, ArtifactRef | Json | (ArtifactRef | Json)[]>;
  metrics: Record<string, number | (number | null)[]>;
  /** What a person filled in. */
  answers?: JsonObject;
  /** A stage with `foreach` whose list was empty: every output and metric is an empty list. */
  isEmptyList?: boolean;
}
export interface RunFacts {
  id: string;
  /** The pipeline's name. */
  pipeline: string;
  seed: number;
}
/** Names after `run.`. */
export const runFactNames = ["id", "pipeline", "seed"] as const satisfies readonly (keyof RunFacts)[];

/**
 * Evaluates every string of a JSON value that holds `${{ }}`. A string that is one whole expression
 * becomes that expression's value with its type; in other strings the values are written into the
 * text.
 * @throws ExpressionProblem BAD_EXPRESSION, BARE_BRACES, UNKNOWN_REFERENCE
 */
export function evaluateTemplate<T extends Json>(template: T, context: ExpressionContext): Json {
  return templateEvaluator(context).evaluate(template);
}

/** A template's value, and where the secrets belong that the template itself names. */
export interface ValueWithSecrets {
  value: Json;
  secrets: SecretPlace[];
}

/**
 * The same, for templates that may name secrets. Each is a whole expression; data that looks like
 * one stays text.
 * @throws as `evaluateTemplate`
 */
export function evaluateWithSecrets(template: Json, context: ExpressionContext): ValueWithSecrets {
  return templateEvaluator(context).evaluateWithSecrets(template);
}

/** Evaluates templates with the same names, which share one budget. */
export interface TemplateEvaluator {
  /** As evaluateTemplate. */
  evaluate: (template: Json) => Json;
  /** As evaluateWithSecrets. */
  evaluateWithSecrets: (template: Json) => ValueWithSecrets;
  budget: Budget;
}

/** An evaluator of templates over the names of `context`. */
export function templateEvaluator(context: ExpressionContext): TemplateEvaluator {
  const names = contextData(context);
  const budget = new Budget();
  const evaluateWithSecrets = (template: Json): ValueWithSecrets => {
    const secrets: SecretPlace[] = [];
    const value = mapTexts(template, (text, path) =>
      evaluateString(text, names, budget, (name, offset) => secrets.push({ path, offset, name })),
    );
    return { value, secrets };
  };
  return { evaluate: (template) => evaluateWithSecrets(template).value, evaluateWithSecrets, budget };
}

/**
 * @param onSecret called with each secret that the text names, and where its marker begins in what
 *   it evaluates to
 */
function evaluateString(
  text: string,
  names: ExactDictionary,
  budget: Budget,
  onSecret: (name: string, offset: number) => void,
): Json {
  if (!isTemplate(text)) return text;
  const parts = parseTemplate(text);
  const note = (expression: ParsedExpression, offset: number): void => {
    const name = secretNamedBy(expression);
    if (name !== undefined) onSecret(name, offset);
  };
  const expression = wholeExpression(parts);
  if (expression !== undefined) {
    note(expression, 0);
    return evaluateExpression(expression, names, budget);
  }
  const length = new TextLength("the expressions are written into");
  let written = "";
  for (const part of parts) {
    if (part.kind === "text") {
      written += part.text;
      continue;
    }
    const piece = writtenValue(part.expression, evaluateExpression(part.expression, names, budget));
    checked(part.expression, () => length.add(piece.length));
    note(part.expression, written.length);
    written += piece;
  }
  return written;
}

/**
 * The secret that an expression is, as its text says it, whatever it evaluates to; undefined if it
 * is anything else.
 */
function secretNamedBy(expression: ParsedExpression): string | undefined {
  if (expression.tokens[0]?.lexeme !== "secrets") return undefined;
  const [first] = expressionReferences(expression);
  const isAlone = first?.kind === "secret" && first.text === expression.source.trim();
  return isAlone && secretName.test(first.name) ? first.name : undefined;
}

function writtenValue(expression: ParsedExpression, value: Json): string {
  if (value === null) return "";
  if (typeof value === "object")
    throw problem(
      expression,
      "BAD_EXPRESSION",
      `${Array.isArray(value) ? "an array" : "an object"} cannot be inserted into text`,
      {
        next: "make the expression the whole value, or use toJSON(…)",
      },
    );
  return String(value);
}

/**
 * Evaluates one parsed expression over the names of `contextData`.
 * @param functions in addition to those that every expression has
 * @throws ExpressionProblem
 */
export function evaluateExpression(
  expression: ParsedExpression,
  names: ExactDictionary,
  budget: Budget,
  functions: Functions = new Map(),
): Json {
  return checked(expression, () => {
    const value = fromData(new ExactEvaluator(expression, names, budget, functions).evaluate());
    if (typeof value === "object") budget.spend(workOfJson(value));
    return value;
  });
}

/** Returns what `act` returns; turns what it throws into a problem of the expression. */
function checked<T>(expression: ParsedExpression, act: () => T): T {
  try {
    return act();
  } catch (error) {
    if (error instanceof ExpressionProblem) throw error;
    if (error instanceof OverBound) throw problem(expression, "BAD_EXPRESSION", error.message, error);
    // What remains is thrown by the engine's functions, by JSON.parse, or for a number that is not
    // finite.
    const message = String((error as { message?: unknown }).message ?? error);
    throw problem(expression, "BAD_EXPRESSION", message, { next: "see docs/reference/language.md, Expressions" });
  }
}

/** Every name is a secret's, whose value is known only where the secret is used. */
class SecretNames extends ExactDictionary {
  constructor() {
    super([]);
  }
  override get(name: string): ExpressionData {
    return new data.StringData(secretMarker(name));
  }
}

/** The names an expression sees, as the engine's data. */
export function contextData(context: ExpressionContext): ExactDictionary {
  const stages = Object.entries(context.stages).map(([id, stage]) => {
    const outputs = Object.entries(stage.outputs).map(([name, made]) => [name, toData(made as Json)] as const);
    const metrics = Object.entries(stage.metrics).map(([name, value]) => [name, toData(value)] as const);
    const answers = Object.entries(stage.answers ?? {}).map(([name, value]) => [name, toData(value)] as const);
    const missing = stage.isEmptyList === true ? "list" : "null";
    const facts = new ExactDictionary([
      ["status", new data.StringData(stage.status)],
      ["outputs", new ExactDictionary(outputs, missing)],
      ["metrics", new ExactDictionary(metrics, missing)],
      ["answers", new ExactDictionary(answers, missing)],
    ]);
    return [id, facts] as const;
  });
  return new ExactDictionary([
    ["inputs", toData(context.inputs)],
    ["stages", new ExactDictionary(stages)],
    ["run", toData({ ...context.run })],
    ...(context.matrix === undefined ? [] : [["matrix", toData(context.matrix)] as const]),
    ...Object.entries(context.each ?? {}).map(([name, value]) => [name, toData(value)] as const),
    ["secrets", new SecretNames()],
  ]);
}

/**
 * The engine's evaluator, except that an unknown name is an error and not null, and that every
 * value read is counted.
 */
class ExactEvaluator extends Evaluator {
  readonly #expression: ParsedExpression;
  readonly #names: ExactDictionary;
  readonly #budget: Budget;
  constructor(expression: ParsedExpression, names: ExactDictionary, budget: Budget, functions: Functions) {
    super(expression.tree, names, new Map([...boundedFunctions(budget), ...functions]));
    this.#expression = expression;
    this.#names = names;
    this.#budget = budget;
  }

  protected override eval(node: Expr): ExpressionData {
    const value = super.eval(node);
    this.#budget.spend(readingWork(value));
    return value;
  }

  override visitLiteral(literal: Literal): ExpressionData {
    const value = literal.literal;
    return value instanceof data.NumberData ? new ExactNumber(value.value) : value;
  }

  override visitContextAccess(access: ContextAccess): ExpressionData {
    return this.#member(this.#names, access.name.lexeme);
  }

  override visitIndexAccess(access: IndexAccess): ExpressionData {
    const owner = this.eval(access.expr);
    if (access.index instanceof Star) return this.#select(owner, access.index);
    const index = this.eval(access.index);
    // `a.*.b`: what follows a star filters, as in GitHub Actions.
    if (owner instanceof FilteredArray) return this.#select(owner, this.#known(index));
    if (owner instanceof ExactDictionary) return this.#member(owner, index.coerceString());
    if (owner instanceof data.Array) {
      const item = owner.values()[index.number()];
      if (item !== undefined) return item;
      throw this.#missing(index.coerceString(), `the array has ${owner.values().length} items`);
    }
    if (owner instanceof data.Null) return owner;
    throw this.#missing(index.coerceString(), "the value before it is neither an object nor an array");
  }

  /**
   * The engine's own access, on values already evaluated: evaluating them again at every level
   * would double the work.
   */
  #select(owner: ExpressionData, index: Expr): ExpressionData {
    return super.visitIndexAccess(new IndexAccess(this.#known(owner), index));
  }

  #known(value: ExpressionData): Literal {
    return new Literal(value, this.#expression.tokens[0]!);
  }

  #member(owner: ExactDictionary, key: string): ExpressionData {
    const value = owner.get(key);
    if (value !== undefined) return value;
    if (owner.missing === "null") return new data.Null();
    if (owner.missing === "list") return new data.Array();
    const names = [...owner.entries.keys()];
    throw this.#missing(
      key,
      names.length === 0 ? "no name exists here" : `one of ${names.slice(0, 20).join(", ")}`,
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

function problem(
  expression: ParsedExpression,
  code: "BAD_EXPRESSION" | "UNKNOWN_REFERENCE",
  message: string,
  facts: { expected?: string; next: string },
): ExpressionProblem {
  const first = expression.tokens[0];
  const offset = first === undefined ? 0 : expression.tokenOffset(first);
  return new ExpressionProblem(code, message, { offset, length: expression.source.trim().length, ...facts });
}
