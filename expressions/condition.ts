import * as data from "@actions/expressions/data/index";
import type { FunctionDefinition } from "@actions/expressions/funcs/info";
import { TokenType } from "@actions/expressions/lexer";
import { Budget, maxConditionCharacters } from "./bounds.js";
import { contextData, evaluateExpression, type ExpressionContext } from "./evaluate.js";
import type { Functions } from "./functions.js";
import { expressionReferences } from "./references.js";
import { parseExpression, statusFunctionNames, type ParsedExpression } from "./parse.js";
import { ExpressionProblem } from "./problem.js";
import type { StageStatus } from "../schemas/run.js";

/** How the stages before a stage ended: what success(), failure() and cancelled() return. */
export interface NeedsStatus {
  /** Every direct need succeeded or came from the cache. */
  success: boolean;
  /** A direct or indirect need failed. */
  failure: boolean;
  /** The run is being canceled. */
  cancelled?: boolean;
}

/**
 * How the needs of a stage ended.
 * @param stageNeeds direct needs of a stage of the plan
 * @param stageStatus status of a stage of the plan
 */
export function needsStatus(
  stage: string,
  stageNeeds: (stage: string) => readonly string[],
  stageStatus: (stage: string) => StageStatus | undefined,
): NeedsStatus {
  const direct = stageNeeds(stage);
  const ancestors = new Set<string>();
  const pending = [...direct];
  for (let id = pending.pop(); id !== undefined; id = pending.pop()) {
    if (ancestors.has(id)) continue;
    ancestors.add(id);
    pending.push(...stageNeeds(id));
  }
  return {
    success: direct.map(stageStatus).every((status) => status === "succeeded" || status === "cached"),
    failure: [...ancestors].some((id) => stageStatus(id) === "failed"),
  };
}

/**
 * Parses the text of an `if`, with or without `${{ }}` around the whole.
 * @throws ExpressionProblem BAD_EXPRESSION, BARE_BRACES
 */
export function parseCondition(text: string): ParsedExpression {
  const { source, base } = stripBraces(text);
  return parseExpression(source, base, true);
}

/** The expression without its braces: what a plan keeps. */
export const conditionSource = (text: string) => stripBraces(text).source.trim();

/**
 * Whether a stage runs. As in GitHub Actions, an absent `if` is success(), and an `if` that names
 * none of success(), failure(), always(), cancelled() holds only when success() holds as well.
 * @throws ExpressionProblem
 */
export function evaluateCondition(text: string | undefined, context: ExpressionContext, needs: NeedsStatus): boolean {
  if (text === undefined) return needs.success;
  const expression = parseCondition(text);
  if (!namesStatus(expression) && !needs.success) return false;
  const value = evaluateExpression(
    expression,
    contextData(context),
    new Budget(maxConditionCharacters),
    statusFunctions(needs),
  );
  return Boolean(value);
}

/**
 * What of an `if` can be decided before the items of a list are known: all of it, unless it names
 * one; then, whether the stage may run at all.
 */
export function conditionBeforeItems(text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  const expression = parseCondition(text);
  if (!expressionReferences(expression).some(({ kind }) => kind === "each")) return text;
  return namesStatus(expression) ? "always()" : undefined;
}

function namesStatus(expression: ParsedExpression): boolean {
  return expression.tokens.some(
    (token, i) =>
      token.type === TokenType.IDENTIFIER &&
      expression.tokens[i + 1]?.type === TokenType.LEFT_PAREN &&
      (statusFunctionNames as readonly string[]).includes(token.lexeme.toLowerCase()),
  );
}

function statusFunctions(needs: NeedsStatus): Functions {
  const constant = (name: string, value: boolean): [string, FunctionDefinition] => [
    name,
    { name, minArgs: 0, maxArgs: 0, call: () => new data.BooleanData(value) },
  ];
  return new Map([
    constant("success", needs.success),
    constant("failure", needs.failure),
    constant("always", true),
    constant("cancelled", needs.cancelled === true),
  ]);
}

/** The text with spaces in place of its strings: what is in them is no code. Places stay. */
const withoutStrings = (text: string): string => text.replace(/'[^']*'/g, (string) => " ".repeat(string.length));

function stripBraces(text: string): { source: string; base: number } {
  const code = withoutStrings(text);
  const inside = /^\s*\$\{\{([\s\S]*)\}\}\s*$/.exec(code)?.[1];
  if (inside !== undefined && !inside.includes("${{")) {
    const base = code.indexOf("${{") + 3;
    return { source: text.slice(base, base + inside.length), base };
  }
  const open = code.indexOf("{{");
  if (open === -1) return { source: text, base: 0 };
  const dollar = code[open - 1] === "$";
  throw new ExpressionProblem(dollar ? "BAD_EXPRESSION" : "BARE_BRACES", "an `if` is one expression", {
    offset: dollar ? open - 1 : open,
    length: dollar ? 3 : 2,
    expected: "one expression, with or without ${{ }} around the whole of it",
    next: "remove the braces",
  });
}
