import type { Pair } from "../../formats/pairs.js";
import type { Choice } from "../../schemas/choices.js";
import type { Judge } from "../../schemas/fields/scoring.js";
import { openJudge } from "../scoring/judge.js";
import type { StageContext } from "../stage.js";

/** A judge's view of a pair. */
export interface Judgment {
  choice: Choice;
  /** Of the first and of the second response. */
  scores: [number, number];
}

/**
 * A judge's choice for each pair, its description, and its failures by metric.
 * @throws what the judge throws
 */
export async function judgePairs(
  pairs: readonly Pair[],
  judge: Judge,
  batchSize: number,
  context: StageContext,
): Promise<{ judgments: Judgment[]; by: string; failures: Record<string, number> }> {
  const scorer = await openJudge(judge, context);
  const judgments: Judgment[] = [];
  try {
    while (judgments.length < pairs.length) {
      context.progress({ phase: "judge", done: judgments.length, total: pairs.length, unit: "pairs", metrics: {} });
      const some = pairs.slice(judgments.length, judgments.length + batchSize);
      const scores = await scorer.score(some.flatMap(toScoredRows));
      for (let i = 0; i < some.length; i++) judgments.push(toJudgment([scores[2 * i]!, scores[2 * i + 1]!]));
      await context.yield();
    }
    return { judgments, by: `judge: ${scorer.describe}`, failures: scorer.counts() };
  } finally {
    await scorer.close();
  }
}

const toScoredRows = ({ first, second, ...row }: Pair) => [
  { ...row, response: first },
  { ...row, response: second },
];

function toJudgment(scores: [number, number]): Judgment {
  const [first, second] = scores;
  return { choice: first > second ? "first" : second > first ? "second" : "tie", scores };
}
