import { PawlError } from "../../schemas/errors.js";
import type { Judge } from "../../schemas/stages/scoring.js";
import type { StageContext } from "../stage.js";
import { openRule } from "./open-rule.js";
import { scoreRows } from "./score-rows.js";
import type { Scorer } from "./scorer.js";
import { Tally } from "./tally.js";

/**
 * A judge at work: of two responses that with the higher score is preferred, equal scores are a tie.
 * @throws PawlError of opening: DATA_MISSING, PATH_TRAVERSAL, MODULE_INVALID; of scoring: DATA_INVALID for a row without the
 *   reference that the rule needs
 */
export async function openJudge(judge: Judge, context: StageContext): Promise<Scorer> {
  const scorer = await openMore(judge, context);
  if (judge.prefer === "more") return scorer;
  return {
    ...scorer,
    describe: `the less ${scorer.describe}`,
    // 0 - score: no -0.
    score: async (rows) => (await scorer.score(rows)).map((score) => 0 - score),
  };
}

async function openMore(judge: Judge, context: StageContext): Promise<Scorer> {
  const { kind } = judge;
  if (kind === "rewardModel")
    throw new PawlError("NOT_ALLOWED", "a reward model cannot judge yet", { where: "with.judge.kind" });
  const rule = await openRule({ ...judge, kind }, "judge", "with.judge", context);
  const only = { rule, weight: 1 };
  const tally = new Tally("judge", (line) => context.log(line));
  return {
    describe: kind,
    score: (rows) => scoreRows(rows, () => only, tally, context),
    counts: () => tally.counts(),
    close: () => rule.close(),
  };
}
