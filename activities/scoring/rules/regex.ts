import { compilePattern, type Pattern } from "../../../platform/text/pattern.js";
import { describeError } from "../../../platform/text/describe-error.js";
import { RuleFailure, type RuleKind } from "../rule.js";

/**
 * Maximum number of steps of one search: the response's length times the pattern's instructions.
 */
const maxSteps = 1e8;

/**
 * Matches of the pattern, or of the reference taken as one, anywhere in the response: as a verifier
 * whether there is a match, as a judge how many. The engine does not backtrack, so that it needs no
 * thread and no time limit.
 */
export const regex: RuleKind = {
  needsReference: ({ pattern }) => pattern === undefined,
  inProcess: false,
  open: ({ pattern, role }) => {
    const given = pattern === undefined ? undefined : compile(pattern);
    return ({ response, reference }) => {
      const used = given ?? compile(reference!);
      if (used.steps(response) > maxSteps)
        throw new RuleFailure("stepLimit", `pattern and response are so long that a search may take ${maxSteps} steps`);
      return role === "judge" ? used.count(response) : Number(used.test(response));
    };
  },
};

function compile(pattern: string): Pattern {
  try {
    return compilePattern(pattern, { dotAll: true });
  } catch (error) {
    throw new RuleFailure("badReference", describeError(error));
  }
}
