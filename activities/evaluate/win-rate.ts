import type { ComparisonMetrics } from "../../formats/evaluation.js";
import { mean } from "../../lm/train/metrics.js";
import { longer } from "../../lm/train/trivial-rules.js";
import type { Interval } from "./interval.js";

/**
 * The win rate of a model by a judge's verdicts on each prompt, ties counting half, and the win
 * rate by length alone.
 */
export function winRate(
  responses: ComparisonMetrics["responses"],
  estimateInterval: (outcomes: readonly number[]) => Interval,
): WinRate {
  const outcomes = responses.map(({ ourScore, theirScore }) => (1 + Math.sign(ourScore - theirScore)) / 2);
  const { low, high, entities } = estimateInterval(outcomes);
  const count = (outcome: number): number => outcomes.filter((one) => one === outcome).length;
  return {
    winRate: mean(outcomes),
    winRateLow: low,
    winRateHigh: high,
    ...(entities !== undefined && { entities }),
    wins: count(1),
    losses: count(0),
    ties: count(0.5),
    ...lengthAlone(responses),
  };
}

type WinRate = Pick<
  ComparisonMetrics,
  | "winRate"
  | "winRateLow"
  | "winRateHigh"
  | "entities"
  | "wins"
  | "losses"
  | "ties"
  | "lengthAgreement"
  | "lengthWinRate"
>;

function lengthAlone(
  responses: ComparisonMetrics["responses"],
): Pick<ComparisonMetrics, "lengthAgreement" | "lengthWinRate"> {
  const decided = responses.filter(({ ourScore, theirScore }) => ourScore !== theirScore);
  const explained = decided.map(({ ours, theirs, ourScore, theirScore }) =>
    ourScore > theirScore ? longer(ours, theirs) : longer(theirs, ours),
  );
  return {
    ...(decided.length > 0 && { lengthAgreement: mean(explained) }),
    lengthWinRate: mean(responses.map(({ ours, theirs }) => longer(ours, theirs))),
  };
}
