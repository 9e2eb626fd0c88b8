import { isDeepStrictEqual } from "node:util";
import { RuleFailure, type RuleKind } from "../rule.js";
import { openSandbox, type Outcome } from "../sandbox.js";

/**
 * Runs the JavaScript in the response and the reference, each alone in a fresh sandbox, and
 * compares their values as JSON (the order of an object's keys does not matter). Code is an
 * expression, or a script whose last statement's value counts: `(12 + 30) * 2`, `[1, 2]`,
 * `const f = …; f(3)`. A response's code is that of its last fenced block (```), or all of it. The
 * reference may be data too, since JSON is JavaScript.
 */
export const code: RuleKind = {
  needsReference: () => true,
  inProcess: true,
  open: async (limits) => {
    const run = await openSandbox(limits);
    // Responses to one question come one after another.
    let latest: { reference: string | undefined; value: unknown } | undefined;
    return async ({ response, reference }) => {
      if (latest === undefined || latest.reference !== reference)
        latest = { reference, value: referenceValue(await run(reference!)) };
      const { value } = latest;
      const got = await run(extractCode(response));
      if ("failure" in got) throw new RuleFailure(got.failure, got.message);
      return got.json !== undefined && isDeepStrictEqual(parse(got.json), value) ? 1 : 0;
    };
  },
};

function referenceValue(outcome: Outcome): unknown {
  if ("failure" in outcome) throw new RuleFailure("badReference", outcome.message);
  if (outcome.json === undefined)
    throw new RuleFailure("badReference", "the reference has no value that JSON can represent");
  return parse(outcome.json);
}

function parse(json: string): unknown {
  return JSON.parse(json) as unknown;
}

/** The last fenced block without its language, or the whole text. */
export function extractCode(response: string): string {
  const parts = response.split("```");
  if (parts.length < 3) return response;
  const lastClosed = parts.length % 2 === 1 ? parts.length - 2 : parts.length - 3;
  return parts[lastClosed]!.replace(/^[\w+-]*[ \t]*\n/, "");
}
