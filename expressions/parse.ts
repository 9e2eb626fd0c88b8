import type { Expr } from "@actions/expressions/ast";
import { ExpressionError } from "@actions/expressions/errors";
import type { FunctionInfo } from "@actions/expressions/funcs/info";
import { Lexer, TokenType, type Token } from "@actions/expressions/lexer";
import { Parser } from "@actions/expressions/parser";
import { proposal } from "./nearest.js";
import { ExpressionProblem } from "./problem.js";

/** Names that an expression may begin with. */
export const contextNames = ["inputs", "stages", "run", "matrix", "item", "index", "secrets"] as const;
/** Functions allowed everywhere; they are those of GitHub Actions. */
export const functionNames = [
  "contains",
  "startsWith",
  "endsWith",
  "format",
  "join",
  "toJSON",
  "fromJSON",
  "case",
] as const;
/** Functions allowed in `if` only. */
export const statusFunctionNames = ["success", "failure", "always", "cancelled"] as const;

/** An expression's tree, and where each of its tokens begins. */
export interface ParsedExpression {
  /** The text between the braces. */
  source: string;
  tree: Expr;
  tokens: readonly Token[];
  tokenOffset: (token: Token) => number;
}

const statusFunctions: FunctionInfo[] = statusFunctionNames.map((name) => ({ name, minArgs: 0, maxArgs: 0 }));
const knownFunctions = new Set<string>(functionNames.map((name) => name.toLowerCase()));
const knownStatusFunctions = new Set<string>(statusFunctionNames);

/**
 * Parses one expression with the engine of GitHub Actions.
 * @param base where `source` begins in the string that holds it; offsets in errors count from that
 *   string's start
 * @param inCondition allows success(), failure(), always(), cancelled()
 * @throws ExpressionProblem BAD_EXPRESSION
 */
export function parseExpression(source: string, base = 0, inCondition = false): ParsedExpression {
  const tokens = lex(source, base);
  const offsets = tokenOffsets(source, tokens);
  const tokenOffset = (token: Token) => base + (offsets.get(token) ?? source.length);
  if (tokens.length === 1)
    throw new ExpressionProblem("BAD_EXPRESSION", "the expression is empty", {
      offset: base,
      length: Math.max(1, source.length),
      expected: "an expression such as inputs.name",
      next: "write an expression between the braces, or remove them",
    });
  refuseUnknownNames(tokens, tokenOffset, inCondition);
  try {
    const tree = new Parser(tokens, [...contextNames], inCondition ? statusFunctions : []).parse();
    return { source, tree, tokens, tokenOffset };
  } catch (error) {
    if (!(error instanceof ExpressionError)) throw error;
    const token = (error as unknown as { tok: Token }).tok;
    if (/^Exceeded max expression depth/.test(error.message))
      throw new ExpressionProblem("BAD_EXPRESSION", "the expression is nested too deeply", {
        offset: tokenOffset(token),
        length: Math.max(1, token.lexeme.length),
        expected: "at most 50 levels of brackets and operators",
        next: "split it, for example into inputs or into the `if` of several stages",
      });
    const atEnd = token.type === TokenType.EOF || error.message.startsWith("Unexpected end");
    throw new ExpressionProblem("BAD_EXPRESSION", atEnd ? "the expression ends too early" : lowerFirst(error.message), {
      offset: atEnd ? base + source.trimEnd().length : tokenOffset(token),
      length: atEnd ? 1 : Math.max(1, token.lexeme.length),
      next: adviceFor(token.lexeme),
    });
  }
}

function lex(source: string, base: number): Token[] {
  try {
    const { tokens } = new Lexer(source).lex();
    // The engine unescapes only the first '' of a string.
    for (const token of tokens)
      if (token.type === TokenType.STRING) token.value = token.lexeme.slice(1, -1).replaceAll("''", "'");
    return tokens;
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    const match = /^Unexpected symbol: '([\s\S]*)'\. Located at position (\d+) within expression/.exec(message);
    if (match === null)
      throw new ExpressionProblem("BAD_EXPRESSION", "the expression is longer than 21,000 characters", {
        offset: base,
        length: 1,
        next: "shorten it",
      });
    const symbol = match[1] ?? "";
    throw new ExpressionProblem("BAD_EXPRESSION", `unexpected symbol ${symbol.slice(0, 40)}`, {
      offset: base + Number(match[2]) - 1,
      length: Math.max(1, symbol.split("\n")[0]?.length ?? 1),
      next: adviceFor(symbol),
    });
  }
}

/**
 * The engine's own positions lose count after a line break inside a string; lexemes in a row do
 * not.
 */
function tokenOffsets(source: string, tokens: readonly Token[]): Map<Token, number> {
  const offsets = new Map<Token, number>();
  let cursor = 0;
  for (const token of tokens) {
    if (token.type === TokenType.EOF) offsets.set(token, source.length);
    else {
      const at = source.indexOf(token.lexeme, cursor);
      offsets.set(token, at);
      cursor = at + token.lexeme.length;
    }
  }
  return offsets;
}

/**
 * Names and functions are checked here and not by the engine, which ignores case and lets
 * `constructor()` pass.
 */
function refuseUnknownNames(
  tokens: readonly Token[],
  tokenOffset: (token: Token) => number,
  inCondition: boolean,
): void {
  for (const [i, token] of tokens.entries()) {
    if (token.type !== TokenType.IDENTIFIER || tokens[i - 1]?.type === TokenType.DOT) continue;
    const name = token.lexeme;
    const at = { offset: tokenOffset(token), length: name.length, got: name };
    if (tokens[i + 1]?.type !== TokenType.LEFT_PAREN) {
      if ((contextNames as readonly string[]).includes(name)) continue;
      throw new ExpressionProblem("BAD_EXPRESSION", `unknown name ${name}`, {
        ...at,
        expected: contextNames.join(", "),
        next: `begin with inputs., stages. or run., or put text in single quotes: '${name}'`,
      });
    }
    const key = name.toLowerCase();
    if (knownFunctions.has(key) || (inCondition && knownStatusFunctions.has(key))) continue;
    const known = [...functionNames, ...(inCondition ? statusFunctionNames : [])];
    throw new ExpressionProblem("BAD_EXPRESSION", `unknown function ${name}`, {
      ...at,
      expected: known.join(", "),
      next: knownStatusFunctions.has(key) ? `use ${name}() only in \`if\`` : proposal(name, known, ""),
    });
  }
}

function adviceFor(symbol: string): string {
  if (symbol.startsWith('"')) return "put text in single quotes: 'text'";
  if (symbol.startsWith("'")) return "close the string with a single quote; a quote inside it is written ''";
  if (symbol === "=") return "compare with ==";
  if (symbol === "&") return "join conditions with &&";
  if (symbol === "|") return "join conditions with ||";
  if (/^[-+*/%\d]/.test(symbol))
    return "expressions have no arithmetic: compute the value before the run and pass it as an input";
  return "see docs/reference/language.md, Expressions";
}

const lowerFirst = (text: string) => text.charAt(0).toLowerCase() + text.slice(1);
