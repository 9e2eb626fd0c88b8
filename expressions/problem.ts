import { PawlError, type ErrorCode } from "../platform/errors.js";

/** What is wrong with an expression, and where in the string that holds it. */
export interface ExpressionFacts {
  /** Characters from the start of the string. */
  offset: number;
  length: number;
  expected?: string;
  got?: string;
  next: string;
}

/**
 * A malformed template (BAD_EXPRESSION, BARE_BRACES) or a name that does not exist
 * (UNKNOWN_REFERENCE).
 */
export class ExpressionProblem extends PawlError {
  readonly offset: number;
  readonly length: number;
  constructor(
    code: Extract<ErrorCode, "BAD_EXPRESSION" | "BARE_BRACES" | "UNKNOWN_REFERENCE">,
    message: string,
    facts: ExpressionFacts,
  ) {
    const { offset, length, ...problemFacts } = facts;
    super(code, message, problemFacts);
    this.offset = offset;
    this.length = length;
  }
}
