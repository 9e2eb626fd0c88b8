import { PawlError } from "../../platform/errors.js";
import type { StageContext } from "../stage.js";
import type { OpenRule } from "./open-rule.js";
import type { ScoredRow } from "./scorer.js";
import type { Tally } from "./tally.js";

/** A rule, and the factor of its score. */
export interface WeightedRule {
  rule: OpenRule;
  weight: number;
}

/** Scoring that takes longer reports its progress. */
const tellEveryMs = 5000;

/**
 * Scores rows, each by its rule; rules work side by side, each through its rows in their order. A
 * failure scores 0.
 * @throws PawlError DATA_INVALID for a row that lacks the reference its rule needs; what
 *   `OpenRule.judge` throws
 */
export async function scoreRows(
  rows: readonly ScoredRow[],
  findRule: (row: ScoredRow) => WeightedRule,
  tally: Tally,
  context: StageContext,
): Promise<number[]> {
  const chosen = rows.map(findRule);
  const missing = rows.findIndex((row, i) => chosen[i]!.rule.needsReference && row.reference === undefined);
  if (missing >= 0) throw noReference(rows[missing]!, tally.role);
  const scores = new Array<number>(rows.length).fill(0);
  let done = 0;
  let failed = false;
  const work = async (own: WeightedRule): Promise<void> => {
    for (const [i, row] of rows.entries()) {
      if (chosen[i] !== own) continue;
      await context.yield();
      if (failed) return;
      const verdict = await own.rule.judge(row);
      if ("failure" in verdict) tally.add(verdict.failure, verdict.message);
      else scores[i] = own.weight * verdict.score;
      done += 1;
    }
  };
  const timer = setInterval(
    () => context.progress({ phase: "score", done, total: rows.length, unit: "responses", metrics: {} }),
    tellEveryMs,
  );
  try {
    await Promise.all([...new Set(chosen)].map(work));
  } catch (error) {
    failed = true;
    throw error;
  } finally {
    clearInterval(timer);
  }
  return scores;
}

function noReference({ prompt }: ScoredRow, role: string): PawlError {
  return new PawlError("DATA_INVALID", `a ${role} needs the row's right answer, but the row has none`, {
    where: prompt.slice(0, 100),
    expected: "rows with a response",
    got: "a prompt alone",
    next: "provide rows with the fields instruction and response, or use a rule that needs no answer",
  });
}
