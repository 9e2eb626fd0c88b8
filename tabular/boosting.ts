/**
 * Gradient-boosted trees for two classes: logistic loss, Newton steps, histograms of quantile bins,
 * missing values go the way that gains more (Friedman 2001; Chen & Guestrin 2016, "XGBoost",
 * sections 2 and 3.4). No sampling: nothing is drawn.
 */
export interface BoostingOptions {
  rounds: number;
  depth: number;
  learningRate: number;
}

/** A trained model. */
export interface Boosted {
  /** Log odds of a row. */
  predict(row: number): number;
  /** The gain of the splits on each column, summed. */
  gains: Float64Array;
}

/** Values below this are bins; `missingBin` stands for a missing value. */
const bins = 32;
const missingBin = bins;
const stride = bins + 1;
/** Regularization of leaf weights: XGBoost's lambda. */
const shrink = 1;
/** Minimum sum of curvature in a leaf: XGBoost's min_child_weight. */
const minCurvature = 1;

interface Split {
  column: number;
  /** Bins up to this go left. */
  bin: number;
  missingLeft: boolean;
  gain: number;
}

/** A tree as a heap: node i has the children 2i + 1 and 2i + 2. */
interface Tree {
  splits: (Split | undefined)[];
  values: Float64Array;
}

/**
 * Learns from some rows.
 * @param columns values of every row, NaN missing
 * @param target 1 or 0 of every row
 * @param rows to learn from
 */
export function boost(
  columns: readonly Float64Array[],
  target: Uint8Array,
  rows: Uint32Array,
  options: BoostingOptions,
): Boosted {
  const binned = columns.map((values) => binValues(values, rows));
  const gains = new Float64Array(columns.length);
  const positives = rows.reduce((sum, row) => sum + target[row]!, 0);
  const base = Math.log((positives + 1) / (rows.length - positives + 1));
  const scores = new Float64Array(target.length).fill(base);
  const gradients = new Float64Array(target.length);
  const curvatures = new Float64Array(target.length);
  const trees: Tree[] = [];
  for (let round = 0; round < options.rounds; round++) {
    for (const row of rows) {
      const chance = 1 / (1 + Math.exp(-scores[row]!));
      gradients[row] = chance - target[row]!;
      curvatures[row] = Math.max(1e-16, chance * (1 - chance));
    }
    const tree = growTree(binned, gradients, curvatures, rows, options, gains);
    for (const row of rows) scores[row]! += leaf(tree, binned, row);
    trees.push(tree);
  }
  return { predict: (row) => trees.reduce((sum, tree) => sum + leaf(tree, binned, row), base), gains };
}

/** Bins of every row, with bounds at quantiles of the rows that are learned from. */
function binValues(values: Float64Array, rows: Uint32Array): Uint8Array {
  const known = Float64Array.from(rows, (row) => values[row]!)
    .filter((value) => !Number.isNaN(value))
    .sort();
  const bounds: number[] = [];
  for (let i = 1; i < bins; i++) {
    const bound = known[Math.floor((i * known.length) / bins)];
    if (bound !== undefined && bound > (bounds.at(-1) ?? known[0]!)) bounds.push(bound);
  }
  return Uint8Array.from(values, (value) => {
    if (Number.isNaN(value)) return missingBin;
    let bin = 0;
    while (bin < bounds.length && value >= bounds[bin]!) bin++;
    return bin;
  });
}

function growTree(
  binned: readonly Uint8Array[],
  gradients: Float64Array,
  curvatures: Float64Array,
  rows: Uint32Array,
  { depth, learningRate }: BoostingOptions,
  gains: Float64Array,
): Tree {
  const size = 2 ** (depth + 1) - 1;
  const tree: Tree = { splits: new Array<Split | undefined>(size).fill(undefined), values: new Float64Array(size) };
  /** A node's rows, until it is split. */
  const members: (Uint32Array | undefined)[] = [rows];
  for (let node = 0; node < size; node++) {
    const own = members[node];
    if (own === undefined) continue;
    const [gradient, curvature] = [sumRows(gradients, own), sumRows(curvatures, own)];
    tree.values[node] = (-learningRate * gradient) / (curvature + shrink);
    if (2 * node + 2 >= size) continue;
    const split = bestSplit(binned, gradients, curvatures, own, gradient, curvature);
    if (split === undefined) continue;
    tree.splits[node] = split;
    gains[split.column]! += split.gain;
    const isLeft = (row: number): boolean => goesLeft(split, binned, row);
    members[2 * node + 1] = own.filter(isLeft);
    members[2 * node + 2] = own.filter((row) => !isLeft(row));
  }
  return tree;
}

function sumRows(values: Float64Array, rows: Uint32Array): number {
  let sum = 0;
  for (const row of rows) sum += values[row]!;
  return sum;
}

function bestSplit(
  binned: readonly Uint8Array[],
  gradients: Float64Array,
  curvatures: Float64Array,
  rows: Uint32Array,
  gradient: number,
  curvature: number,
): Split | undefined {
  const [sums, weights] = [new Float64Array(stride), new Float64Array(stride)];
  const worth = (g: number, h: number): number => (g * g) / (h + shrink);
  const parentWorth = worth(gradient, curvature);
  let best: Split | undefined;
  for (let column = 0; column < binned.length; column++) {
    const bin = binned[column]!;
    sums.fill(0);
    weights.fill(0);
    for (const row of rows) {
      sums[bin[row]!]! += gradients[row]!;
      weights[bin[row]!]! += curvatures[row]!;
    }
    for (const missingLeft of weights[missingBin]! > 0 ? [false, true] : [false]) {
      let g = missingLeft ? sums[missingBin]! : 0;
      let h = missingLeft ? weights[missingBin]! : 0;
      for (let i = 0; i < bins; i++) {
        g += sums[i]!;
        h += weights[i]!;
        if (h < minCurvature || curvature - h < minCurvature) continue;
        const gain = worth(g, h) + worth(gradient - g, curvature - h) - parentWorth;
        if (gain > (best?.gain ?? 1e-6)) best = { column, bin: i, missingLeft, gain };
      }
    }
  }
  return best;
}

function goesLeft({ column, bin, missingLeft }: Split, binned: readonly Uint8Array[], row: number): boolean {
  const own = binned[column]![row]!;
  return own === missingBin ? missingLeft : own <= bin;
}

function leaf({ splits, values }: Tree, binned: readonly Uint8Array[], row: number): number {
  let node = 0;
  for (let split = splits[0]; split !== undefined; split = splits[node])
    node = 2 * node + (goesLeft(split, binned, row) ? 1 : 2);
  return values[node]!;
}
