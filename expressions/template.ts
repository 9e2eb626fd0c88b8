import { parseExpression, type ParsedExpression } from "./parse.js";
import { ExpressionProblem } from "./problem.js";

/** A piece of a string: plain text, or an expression between `${{` and `}}`. */
export type Part =
  | { kind: "text"; text: string }
  | {
      kind: "expression";
      expression: ParsedExpression;
      /** where `${{` begins, and its length to the end of `}}` */ offset: number;
      length: number;
    };

/**
 * Cuts a string into text and expressions.
 * @throws ExpressionProblem BAD_EXPRESSION, or BARE_BRACES for `{{ x }}` without the dollar sign
 */
export function parseTemplate(text: string): Part[] {
  const parts: Part[] = [];
  let cursor = 0;
  for (;;) {
    const open = text.indexOf("{{", cursor);
    if (open === -1) break;
    if (text[open - 1] !== "$") throw bareBraces(text, open);
    const start = open - 1;
    const close = closingBraces(text, open + 2);
    if (close === -1)
      throw new ExpressionProblem("BAD_EXPRESSION", "the expression is not closed", {
        offset: start,
        length: 3,
        expected: "}} after the expression",
        next: "close it with }}",
      });
    if (start > cursor) parts.push({ kind: "text", text: text.slice(cursor, start) });
    const expression = parseExpression(text.slice(open + 2, close), open + 2);
    parts.push({ kind: "expression", expression, offset: start, length: close + 2 - start });
    cursor = close + 2;
  }
  if (cursor < text.length || parts.length === 0) parts.push({ kind: "text", text: text.slice(cursor) });
  return parts;
}

/**
 * The expression when the string is one expression and nothing else: its value then keeps its type.
 */
export function wholeExpression(parts: readonly Part[]): ParsedExpression | undefined {
  const [only] = parts;
  return parts.length === 1 && only?.kind === "expression" ? only.expression : undefined;
}

/** Whether a string holds an expression. */
export const isTemplate = (text: string) => text.includes("${{");

/** Braces inside single quotes belong to the string. */
function closingBraces(text: string, from: number): number {
  let quoted = false;
  for (let i = from; i < text.length; i++) {
    if (text[i] === "'") quoted = !quoted;
    else if (!quoted && text[i] === "}" && text[i + 1] === "}") return i;
  }
  return -1;
}

function bareBraces(text: string, open: number): ExpressionProblem {
  const close = text.indexOf("}}", open);
  const inner = close === -1 ? "" : text.slice(open + 2, close).trim();
  const length = close === -1 ? 2 : close + 2 - open;
  return new ExpressionProblem("BARE_BRACES", "{{ }} without a dollar sign is not an expression", {
    offset: open,
    length,
    expected: `\${{ ${inner} }}`,
    got: text.slice(open, open + length),
    next: `write \${{ ${inner} }}; for the characters themselves write \${{ '{{' }}`,
  });
}
