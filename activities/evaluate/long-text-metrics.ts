import type { Evaluation } from "../../formats/evaluation.js";
import { mean } from "../../lm/train/metrics.js";
import { greatest } from "../../platform/extremes.js";

/** The metrics of a model on long text. */
export function longTextMetrics({
  byPosition,
  needle,
}: Pick<Evaluation, "byPosition" | "needle">): Record<string, number> {
  const metrics: Record<string, number> = {};
  if (needle) {
    const longest = needle.byLength[needle.lengths.indexOf(greatest(needle.lengths))]!;
    metrics["needlesFound"] = mean(needle.found.flat());
    metrics["needlesFoundLongest"] = longest.found;
    metrics["needlesFoundLongestLow"] = longest.low;
    metrics["needlesFoundLongestHigh"] = longest.high;
    metrics["needlesLongest"] = longest.needles;
    metrics["needlesByChance"] = Math.max(longest.guess, longest.anyStatement);
    metrics["needlesWithinReach"] = longest.withinReach;
  }
  if (byPosition) {
    const half = byPosition.contextLength / 2;
    const early = byPosition.ranges.filter(({ to }) => to <= half);
    const late = byPosition.ranges.filter(({ to }) => to > half);
    if (early.length > 0) metrics["earlyBitsPerByte"] = bitsPerByte(early);
    if (late.length > 0) metrics["lateBitsPerByte"] = bitsPerByte(late);
  }
  return metrics;
}

function bitsPerByte(ranges: readonly { bitsPerByte: number; bytes: number }[]): number {
  const bytes = ranges.reduce((sum, range) => sum + range.bytes, 0);
  return ranges.reduce((sum, range) => sum + range.bitsPerByte * range.bytes, 0) / bytes;
}
