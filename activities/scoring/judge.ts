import { judgeMetrics, type Judge } from "../../schemas/fields/scoring.js";
import { PawlError } from "../../platform/errors.js";
import type { StageContext } from "../stage.js";
import { openRule } from "./open-rule.js";
import { openRewardJudge } from "./reward-judge.js";
import { scoreRows } from "./score-rows.js";
import type { Scorer } from "./scorer.js";
import { Tally } from "./tally.js";

/**
 * An open judge: of two responses, the one with the higher score is preferred; equal scores are a
 * tie.
 * @throws PawlError of opening: DATA_MISSING, PATH_TRAVERSAL, MODULE_INVALID, MODEL_INVALID; of
 *   scoring: DATA_INVALID for a row without the reference that the rule needs; of `counts`:
 *   CONTEXT_EXCEEDED for a reward model that could read no response, MODULE_INVALID for a module
 *   that failed on every response
 */
export async function openJudge(judge: Judge, context: StageContext): Promise<Scorer> {
  const opened = await openMore(judge, context);
  const none = Object.fromEntries(Object.keys(judgeMetrics).map((name) => [name, 0]));
  const scorer = { ...opened, counts: () => ({ ...none, ...opened.counts() }) };
  if (judge.prefer === "more") return scorer;
  return {
    ...scorer,
    describe: `${scorer.describe}, less is better`,
    // 0 - score: no -0.
    score: async (rows) => (await scorer.score(rows)).map((score) => 0 - score),
  };
}

async function openMore(judge: Judge, context: StageContext): Promise<Scorer> {
  const { kind, rewardModel } = judge;
  if (kind === "rewardModel") return openRewardJudge(rewardModel!, context);
  const rule = await openRule({ ...judge, kind }, "judge", "with.judge", context);
  const only = { rule, weight: 1 };
  const tally = new Tally("judge", (line) => context.log(line));
  let askedCount = 0;
  return {
    describe: kind,
    score: (rows) => {
      askedCount += rows.length;
      return scoreRows(rows, () => only, tally, context);
    },
    counts: () => {
      if (kind === "module" && askedCount > 0 && tally.total === askedCount)
        throw neverJudged(judge.path!, askedCount, tally.first);
      return tally.counts();
    },
    close: () => rule.close(),
  };
}

/** Every pair would be a tie, which says nothing about the responses. */
function neverJudged(module: string, responses: number, first: string): PawlError {
  return new PawlError("MODULE_INVALID", "the judge failed on every response", {
    where: `with.judge.path (${module})`,
    expected: "a score for at least one response",
    got: `${responses} failures; the first: ${first}`,
    next: "correct the module, or the rows that it reads: they may not be those that it knows",
  });
}
