/** Maximum number of nodes that are ranked; of more nodes, evenly spaced ones are ranked. */
export const maxRanked = 20_000;

/**
 * Spearman's rank correlation of every pair of columns: of the ranks in either, over the nodes that
 * have both; NaN if a column is constant.
 * @returns [columns][columns]
 */
export function rankCorrelations(columns: readonly Float64Array[]): number[][] {
  const ranks = columns.map((column) => rankValues(thinned(column)));
  return ranks.map((a) => ranks.map((b) => correlation(a, b)));
}

function thinned(values: Float64Array): Float64Array {
  if (values.length <= maxRanked) return values;
  return Float64Array.from({ length: maxRanked }, (_, i) => values[Math.floor((i * values.length) / maxRanked)]!);
}

/** Ranks from 0, ties sharing their mean; NaN stays. */
function rankValues(values: Float64Array): Float64Array {
  const ranks = new Float64Array(values.length).fill(NaN);
  const order = Uint32Array.from(values, (_, i) => i)
    .filter((i) => !Number.isNaN(values[i]!))
    .sort((a, b) => values[a]! - values[b]!);
  for (let first = 0; first < order.length;) {
    let last = first;
    while (last + 1 < order.length && values[order[last + 1]!] === values[order[first]!]) last++;
    for (let i = first; i <= last; i++) ranks[order[i]!] = (first + last) / 2;
    first = last + 1;
  }
  return ranks;
}

function correlation(a: Float64Array, b: Float64Array): number {
  let [count, sumA, sumB, squareA, squareB, product] = [0, 0, 0, 0, 0, 0];
  for (let i = 0; i < a.length; i++) {
    const [x, y] = [a[i]!, b[i]!];
    if (Number.isNaN(x) || Number.isNaN(y)) continue;
    count++;
    sumA += x;
    sumB += y;
    squareA += x * x;
    squareB += y * y;
    product += x * y;
  }
  const spread = (squareA - (sumA * sumA) / count) * (squareB - (sumB * sumB) / count);
  return spread > 0 ? (product - (sumA * sumB) / count) / Math.sqrt(spread) : NaN;
}
