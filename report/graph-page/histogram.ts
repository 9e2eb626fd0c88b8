/** The distribution of a feature's values. */
export interface Histogram {
  bars: { from: number; to: number; count: number }[];
  /**
   * Whether the bars' widths grow by a constant factor; values of 0 or less are then in `apart`.
   */
  logarithmic: boolean;
  /** Values of 0 or less, which a logarithmic scale cannot show. */
  apart: number;
  missing: number;
  least: number;
  median: number;
  largest: number;
}

const maxBars = 30;

/**
 * Bars over the values' range: one per value if there are few whole numbers, else of equal width,
 * or of equal factor if the largest value is far above the median.
 */
export function histogram(values: Float64Array): Histogram {
  const known = values.filter((value) => !Number.isNaN(value)).sort();
  const missing = values.length - known.length;
  const median = known[known.length >> 1] ?? NaN;
  const largest = known.at(-1) ?? NaN;
  const least = known[0] ?? NaN;
  const summary = { missing, least, median, largest };
  const positive = known.filter((value) => value > 0);
  const skewed = positive.length > known.length / 20 && largest > 20 * (positive[positive.length >> 1] ?? Infinity);
  const spread = skewed && least >= 0;
  const counted = spread ? positive : known;
  const bounds = spread ? factorBounds(counted) : widthBounds(counted);
  return { bars: fill(counted, bounds), logarithmic: spread, apart: known.length - counted.length, ...summary };
}

function widthBounds(sorted: Float64Array): number[] {
  const [least, most] = [sorted[0] ?? 0, sorted.at(-1) ?? 0];
  if (sorted.every(Number.isInteger)) {
    const width = Math.max(1, Math.ceil((most - least + 1) / maxBars));
    return Array.from({ length: Math.ceil((most - least + 1) / width) + 1 }, (_, i) => least + i * width - 0.5);
  }
  const width = (most - least) / maxBars || 1;
  return Array.from({ length: maxBars + 1 }, (_, i) => least + i * width);
}

function factorBounds(sorted: Float64Array): number[] {
  const [least, most] = [Math.log(sorted[0]!), Math.log(sorted.at(-1)!)];
  return Array.from({ length: maxBars + 1 }, (_, i) => Math.exp(least + (i * (most - least)) / maxBars));
}

/**
 * Counts of values between bounds; values at the upper end, or by rounding beyond it, are in the
 * last bar.
 */
function fill(sorted: Float64Array, bounds: readonly number[]): Histogram["bars"] {
  const bars = bounds.slice(1).map((to, i) => ({ from: bounds[i]!, to, count: 0 }));
  let bar = 0;
  for (const value of sorted) {
    while (bar < bars.length - 1 && value >= bars[bar]!.to) bar++;
    bars[bar]!.count++;
  }
  return bars;
}
