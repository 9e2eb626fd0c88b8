import { RandomStream } from "../../platform/random.js";
import { outcomeInterval } from "./metrics.js";

const resamples = 2000;
/** Resampled means outside of each end of the interval: 2.5 %. */
const outside = resamples * 0.025;

/**
 * 95 % interval of a mean of outcomes in [0, 1] that come in groups and are alike within a group:
 * the percentile bootstrap over whole groups (Davison & Hinkley 1997, "Bootstrap methods and their
 * application", 3.8). The same number of groups is drawn with replacement, 2,000 times, and the
 * mean of all their outcomes is computed. Departure: if the groups' means are all equal, the
 * bootstrap would shrink to a point; the interval is then Wilson's, with one outcome per group.
 * @param groups the name of each outcome's group
 * @param seed the interval is a function of it and of the outcomes in their order
 */
export function groupInterval(
  outcomes: readonly number[],
  groups: readonly string[],
  seed: number,
): { low: number; high: number; groups: number } {
  const { sums, counts } = totals(outcomes, groups);
  const means = Array.from(sums, (sum, g) => sum / counts[g]!);
  if (means.every((one) => one === means[0])) return { ...outcomeInterval(means), groups: means.length };
  const drawn = resampledMeans(sums, counts, seed).sort();
  return { low: drawn[outside]!, high: drawn[resamples - 1 - outside]!, groups: means.length };
}

/** Sum and number of each group's outcomes. */
function totals(outcomes: readonly number[], groups: readonly string[]) {
  const places = new Map([...new Set(groups)].map((group, index) => [group, index]));
  const [sums, counts] = [new Float64Array(places.size), new Float64Array(places.size)];
  for (const [i, outcome] of outcomes.entries()) {
    const index = places.get(groups[i]!)!;
    sums[index]! += outcome;
    counts[index]! += 1;
  }
  return { sums, counts };
}

function resampledMeans(sums: Float64Array, counts: Float64Array, seed: number): Float64Array {
  const random = new RandomStream(seed, "bootstrap over groups");
  const blocks = Math.ceil(sums.length / 4);
  return Float64Array.from({ length: resamples }, (_, r) => {
    let [sum, count] = [0, 0];
    for (let b = 0; b < blocks; b++) {
      const block = random.block(r * blocks + b);
      for (let i = 0; i < 4 && 4 * b + i < sums.length; i++) {
        const group = Math.floor((block[i]! / 2 ** 32) * sums.length);
        sum += sums[group]!;
        count += counts[group]!;
      }
    }
    return sum / count;
  });
}
