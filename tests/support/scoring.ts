import { openVerifiers } from "../../activities/scoring/verifiers.js";
import { openJudge } from "../../activities/scoring/judge.js";
import type { ScoredRow, Scorer } from "../../activities/scoring/scorer.js";
import type { Judge, Verifier } from "../../schemas/fields/scoring.js";
import type { TestContext } from "./stage-context.js";

export type Pair = readonly [response: string, reference: string];
const rowOf = ([response, reference]: Pair): ScoredRow => ({ prompt: "q", response, reference });

const opened: Scorer[] = [];
/** Closes what the functions below have opened. */
export const closeAll = () => Promise.all(opened.splice(0).map((scorer) => scorer.close()));

export async function openTestVerifiers(context: TestContext, ...given: Partial<Verifier>[]): Promise<Scorer> {
  const scorer = await openVerifiers(
    given.map((verifier) => ({ weight: 1, ...verifier }) as Verifier),
    context,
  );
  opened.push(scorer);
  return scorer;
}

export async function openTestJudge(context: TestContext, given: Partial<Judge>): Promise<Scorer> {
  const scorer = await openJudge({ prefer: "more", ...given } as Judge, context);
  opened.push(scorer);
  return scorer;
}

/**
 * Scores of responses with their references, by one verifier; and its failures that are not none.
 */
export async function scored(context: TestContext, verifier: Partial<Verifier>, pairs: readonly Pair[]) {
  const scorer = await openTestVerifiers(context, verifier);
  const scores = await scorer.score(pairs.map(rowOf));
  return { scores, failures: countFailures(scorer) };
}

export function countFailures(scorer: Scorer): Record<string, number> {
  return Object.fromEntries(Object.entries(scorer.counts()).filter(([, count]) => count > 0));
}
