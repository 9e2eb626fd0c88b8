import { describeError, RuleFailure, type RuleKind } from "../rule.js";

/**
 * Matches of the pattern, or of the reference taken as one, anywhere in the response: as a verifier whether there is one,
 * as a judge how many. JavaScript's own engine backtracks, hence the thread: a pattern that does so for longer than the
 * time limit scores 0, and how soon that is depends on the machine.
 */
export const regex: RuleKind = {
  needsReference: ({ pattern }) => pattern === undefined,
  inThread: true,
  open: ({ pattern, role }) => {
    const given = pattern === undefined ? undefined : compile(pattern);
    return ({ response, reference }) => {
      const matches = count(given ?? compile(reference!), response);
      return role === "judge" ? matches : Math.min(matches, 1);
    };
  },
};

function compile(pattern: string): RegExp {
  try {
    return new RegExp(pattern, "gsu");
  } catch (error) {
    throw new RuleFailure("badReference", describeError(error));
  }
}

function count(pattern: RegExp, text: string): number {
  let matches = 0;
  for (const _ of text.matchAll(pattern)) matches += 1;
  return matches;
}
