import { RandomStream } from "../platform/random.js";

/** Scores in ascending order, so that resampled rows need not be sorted. */
interface Ranking {
  order: Uint32Array;
  scores: Float64Array;
}

const rank = (scores: Float64Array): Ranking => ({
  order: Uint32Array.from(scores, (_, i) => i).sort((a, b) => scores[a]! - scores[b]!),
  scores,
});

/**
 * Area under the ROC curve: the chance that a positive row scores above a negative one; ties count
 * half.
 */
export function areaUnderCurve(scores: Float64Array, target: Uint8Array): number {
  return weightedArea(rank(scores), target, new Float64Array(target.length).fill(1));
}

function weightedArea({ order, scores }: Ranking, target: Uint8Array, weights: Float64Array): number {
  let [below, positives, area] = [0, 0, 0];
  for (let i = 0; i < order.length;) {
    let [tiedNegatives, tiedPositives] = [0, 0];
    const score = scores[order[i]!]!;
    for (; i < order.length && scores[order[i]!] === score; i++) {
      const row = order[i]!;
      if (target[row] === 1) tiedPositives += weights[row]!;
      else tiedNegatives += weights[row]!;
    }
    area += tiedPositives * (below + tiedNegatives / 2);
    below += tiedNegatives;
    positives += tiedPositives;
  }
  return area / (positives * below);
}

export interface Interval {
  low: number;
  high: number;
}

/** The number of groups; they are numbered from 0. */
export const countGroups = (groups: Uint32Array): number =>
  groups.reduce((most, group) => Math.max(most, group + 1), 0);

/**
 * Bootstrap interval (2.5th to 97.5th percentile) of the second area minus the first: groups of
 * rows are drawn with replacement, the same for both (Efron & Tibshirani 1993, chapter 13). Draws
 * without both classes are left out.
 * @param groups the group of each row, from 0
 */
export function liftInterval(
  first: Float64Array,
  second: Float64Array,
  target: Uint8Array,
  groups: Uint32Array,
  resamples: number,
  seed: number,
): Interval {
  const rankings = [rank(first), rank(second)] as const;
  const lifts: number[] = [];
  const drawn = new Float64Array(countGroups(groups));
  for (let sample = 0; sample < resamples; sample++) {
    const stream = new RandomStream(seed, `bootstrap ${sample}`);
    drawn.fill(0);
    for (let i = 0; i < drawn.length; i++) drawn[Math.floor(stream.uniform(i) * drawn.length)]! += 1;
    const weights = Float64Array.from(groups, (group) => drawn[group]!);
    const lift = weightedArea(rankings[1], target, weights) - weightedArea(rankings[0], target, weights);
    if (!Number.isNaN(lift)) lifts.push(lift);
  }
  lifts.sort((a, b) => a - b);
  const at = (share: number): number => lifts[Math.min(lifts.length - 1, Math.floor(share * lifts.length))]!;
  return { low: at(0.025), high: at(0.975) };
}

/** Share of rows on the right side of even odds. */
export function accuracy(logOdds: Float64Array, target: Uint8Array): number {
  let right = 0;
  for (let i = 0; i < target.length; i++) if (logOdds[i]! > 0 === (target[i] === 1)) right++;
  return right / target.length;
}
