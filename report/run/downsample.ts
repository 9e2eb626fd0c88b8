/** A point of a curve: step and value. */
export type Point = [step: number, value: number];

/** How many of a curve's values could not be drawn. */
export interface Sampled {
  points: Point[];
  /** Values that are infinite or not a number. */
  notFinite: number;
}

/**
 * At most two points for each of `buckets` equal parts of the steps: the least and the largest
 * value in each, in their order. A line through them covers the same pixels as one through all
 * points if each part is a pixel wide, but for where it crosses from one part to the next. Without
 * the first and the last value of each part, which the full algorithm keeps. Source: Jugel et al.,
 * M4: A Visualization-Oriented Time Series Data Aggregation, PVLDB 7(10), 2014, section 4.2
 * ("MinMax"). The first and the last point of the whole curve are kept.
 */
export function downsample(steps: ArrayLike<number>, values: ArrayLike<number>, buckets: number): Sampled {
  const known: number[] = [];
  for (let i = 0; i < steps.length; i++) if (Number.isFinite(values[i])) known.push(i);
  const notFinite = steps.length - known.length;
  const point = (i: number): Point => [steps[i]!, values[i]!];
  if (known.length <= 2 * buckets) return { points: known.map(point), notFinite };
  const [first, last] = [known[0]!, known.at(-1)!];
  const kept = new Set([first, ...extremes(known, steps, values, buckets), last]);
  return { points: [...kept].sort((a, b) => a - b).map(point), notFinite };
}

/** Indices of the least and the largest value in each bucket. */
function extremes(
  known: readonly number[],
  steps: ArrayLike<number>,
  values: ArrayLike<number>,
  buckets: number,
): number[] {
  const from = steps[known[0]!]!;
  const width = (steps[known.at(-1)!]! - from) / buckets || 1;
  const least = new Map<number, number>();
  const most = new Map<number, number>();
  for (const i of known) {
    const bucket = Math.min(buckets - 1, Math.floor((steps[i]! - from) / width));
    const [low, high] = [least.get(bucket), most.get(bucket)];
    if (low === undefined || values[i]! < values[low]!) least.set(bucket, i);
    if (high === undefined || values[i]! > values[high]!) most.set(bucket, i);
  }
  return [...least.values(), ...most.values()];
}
