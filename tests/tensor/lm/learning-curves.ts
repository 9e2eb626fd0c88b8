import { emptyExperience, type Algorithm, type Experience } from "../../../lm/rl/reinforcement.js";
import { mean } from "../../../lm/train/metrics.js";

/** One number an iteration, by metric. */
export type Curves = Record<string, number[]>;

/** Reads metrics of an iteration: means over its updates, and what `finish` gives. */
export type Reading = (metrics: Record<string, number>, experience: Experience) => Record<string, number>;

/**
 * Trains to the end.
 * @param given the responses of each iteration, with their rewards; absent: the algorithm writes
 *   its own
 */
export async function learningCurves(
  algorithm: Algorithm,
  read: Reading,
  given?: readonly Experience[],
): Promise<Curves> {
  const rows: Record<string, number>[] = [];
  for (let iteration = 0; iteration < algorithm.iterations; iteration++) {
    const experience = given?.[iteration] ?? emptyExperience();
    while (!given && !(await algorithm.collect(experience, async () => {})));
    await algorithm.prepare(experience, async () => {});
    const updates = Array.from({ length: algorithm.updates }, (_, index) =>
      algorithm.update(iteration, index, experience),
    );
    const means = Object.keys(updates[0]!).map((name) => [name, mean(updates.map((update) => update[name]!))]);
    rows.push(
      read({ ...(Object.fromEntries(means) as Record<string, number>), ...algorithm.finish(experience) }, experience),
    );
  }
  algorithm.dispose();
  return Object.fromEntries(Object.keys(rows[0]!).map((name) => [name, rows.map((row) => row[name]!)]));
}

/** Iterations whose mean is compared as one number. */
const block = 5;

/** Standard errors that the means of two sets of runs may be apart. */
const limit = 4;

/** Means of two sets of runs that are too far apart: of one metric in one block of iterations. */
export interface Gap {
  metric: string;
  /** First iteration of the block. */
  from: number;
  ours: number;
  theirs: number;
  /** Of the difference of the two means, from the spread of the runs of both. */
  standardError: number;
}

/**
 * Compares the mean curves of two sets of runs, block by block, and gives what is more than 4
 * standard errors apart. The variance is pooled over both sets, whose spreads are alike where the
 * algorithms are, with as many degrees of freedom as there are runs, less two: of 4 and 8 runs
 * alike, one comparison in 400 goes beyond it (Student's t, 10 degrees of freedom).
 */
export function farGaps(ours: readonly Curves[], theirs: readonly Curves[], metrics: readonly string[]): Gap[] {
  const gaps = metrics.flatMap((metric) => {
    const blocks = Array.from({ length: theirs[0]![metric]!.length / block }, (_, i) => i * block);
    return blocks.map((from) => {
      const [own, other] = [ours, theirs].map((runs) =>
        spreadOf(runs.map((run) => mean(run[metric]!.slice(from, from + block)))),
      ) as [Spread, Spread];
      const variance = (own.squares + other.squares) / (own.count + other.count - 2);
      const standardError = Math.sqrt(variance * (1 / own.count + 1 / other.count));
      return { metric, from, ours: own.center, theirs: other.center, standardError };
    });
  });
  // A curve that is not a number is far from any.
  return gaps.filter((gap) => !(Math.abs(gap.ours - gap.theirs) <= limit * gap.standardError));
}

interface Spread {
  count: number;
  center: number;
  /** Sum of squared deviations from the center. */
  squares: number;
}

function spreadOf(values: readonly number[]): Spread {
  const center = mean(values);
  return { count: values.length, center, squares: values.reduce((sum, value) => sum + (value - center) ** 2, 0) };
}
