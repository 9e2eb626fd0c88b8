/** Count, mean and sum of squared deviations from it, of values that come in parts. */
export interface RunningMoments {
  count: number;
  mean: number;
  squares: number;
}

/**
 * The moments of earlier values and of some more, in one pass over these (Chan, Golub & LeVeque
 * 1983).
 */
export function addToMoments(before: RunningMoments, values: readonly number[]): RunningMoments {
  if (values.length === 0) return before;
  const own = values.reduce((sum, value) => sum + value, 0) / values.length;
  const ownSquares = values.reduce((sum, value) => sum + (value - own) ** 2, 0);
  const count = before.count + values.length;
  const gap = own - before.mean;
  return {
    count,
    mean: before.mean + (gap * values.length) / count,
    squares: before.squares + ownSquares + (gap ** 2 * before.count * values.length) / count,
  };
}

/**
 * Values less the mean, over the unbiased standard deviation: (value − mean) / sqrt(variance +
 * 1e-8).
 */
export function normalized(values: readonly number[], { count, mean, squares }: RunningMoments): number[] {
  const deviation = Math.sqrt(squares / Math.max(count - 1, 1) + 1e-8);
  return values.map((value) => (value - mean) / deviation);
}
