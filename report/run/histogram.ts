/** How the values of a tensor are distributed. */
export interface Histogram {
  /** Of the finite values. */
  least: number;
  most: number;
  /** Values in each of the bins of equal width between them. */
  counts: number[];
  /** How many values were read, and how many of them were not finite. */
  values: number;
  notFinite: number;
}

/** The distribution of some values; undefined if none is finite. */
export function computeHistogram(values: Float32Array | Int32Array, bins: number): Histogram | undefined {
  let [least, most, finite] = [Infinity, -Infinity, 0];
  for (const value of values) {
    if (!Number.isFinite(value)) continue;
    finite++;
    if (value < least) least = value;
    if (value > most) most = value;
  }
  if (finite === 0) return undefined;
  const counts = new Array<number>(bins).fill(0);
  // A constant is one bar in the middle.
  const [from, width] = least === most ? [least - 0.5, 1] : [least, most - least];
  for (const value of values)
    if (Number.isFinite(value)) counts[Math.min(bins - 1, Math.floor((bins * (value - from)) / width))]!++;
  return { least, most, counts, values: values.length, notFinite: values.length - finite };
}
