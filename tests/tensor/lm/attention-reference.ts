import type { AttentionSettings, SparseSettings } from "../../../lm/model/attention/settings.js";

/** A grid of vectors, row-major [rows, length, heads, hiddenSize]. */
export interface Heads {
  rows: number;
  length: number;
  heads: number;
  hiddenSize: number;
  data: ArrayLike<number>;
}

/** Where tokens stand: [rows · length] each. */
export interface Places {
  segments: ArrayLike<number>;
  positions: ArrayLike<number>;
}

/**
 * Softmax attention in double precision over the keys that `sees` allows, one query after another.
 */
export function referenceAttention(
  q: Heads,
  k: Heads,
  v: Heads,
  sees: (row: number, query: number, key: number, keyValueHead: number) => boolean,
): Float64Array {
  const out = new Float64Array(q.rows * q.length * q.heads * q.hiddenSize);
  const group = q.heads / k.heads;
  for (let row = 0; row < q.rows; row++)
    for (let t = 0; t < q.length; t++)
      for (let head = 0; head < q.heads; head++) {
        const kv = Math.floor(head / group);
        const keys = Array.from({ length: q.length }, (_, i) => i).filter((i) => sees(row, t, i, kv));
        const logits = keys.map((i) => dot(q, [row, t, head], k, [row, i, kv]) / Math.sqrt(q.hiddenSize));
        const most = Math.max(...logits);
        const shares = logits.map((logit) => Math.exp(logit - most));
        const total = shares.reduce((sum, share) => sum + share, 0);
        keys.forEach((i, n) => {
          for (let d = 0; d < q.hiddenSize; d++)
            out[at(q, [row, t, head]) + d]! += (shares[n]! / total) * v.data[at(v, [row, i, kv]) + d]!;
        });
      }
  return out;
}

/**
 * What the settings let a token see: its own document, nothing later, and of dense and local
 * attention what their names say.
 */
export function seenBy(
  settings: Exclude<AttentionSettings, SparseSettings>,
  { segments, positions }: Places,
  length: number,
) {
  return (row: number, query: number, key: number): boolean => {
    const [q, k] = [row * length + query, row * length + key];
    if (key > query || segments[q] !== segments[k]) return false;
    return settings.kind === "dense" || query - key < settings.window || positions[k]! < settings.sinks;
  };
}

/**
 * Sparse attention token by token in double precision: blocks, means, shares, selection by rank,
 * and one softmax over what a token then sees.
 * @param scores pool [rows · length · keyValueHeads] and gate [rows · length · heads]
 */
export function referenceSparse(
  q: Heads,
  k: Heads,
  v: Heads,
  scores: { pool: ArrayLike<number>; gate: ArrayLike<number> },
  { window, blockSize, selectedBlocks }: SparseSettings,
  { segments, positions }: Places,
): Float64Array {
  const group = q.heads / k.heads;
  const chosen = new Map<string, number[]>();
  const compressed = new Float64Array(q.rows * q.length * q.heads * q.hiddenSize);
  for (let row = 0; row < q.rows; row++)
    for (let kv = 0; kv < k.heads; kv++)
      for (let t = 0; t < q.length; t++) {
        const here = row * q.length + t;
        const start = t - positions[here]!;
        const windowStart = Math.floor((positions[here]! - window + 1) / blockSize) * blockSize;
        const blocks: { first: number; key: number[]; value: number[] }[] = [];
        for (let first = 0; first < windowStart; first += blockSize) {
          const tokens = Array.from({ length: blockSize }, (_, i) => start + first + i);
          const weights = softmax(tokens.map((i) => scores.pool[(row * q.length + i) * k.heads + kv]!));
          const mean = (of: Heads): number[] =>
            Array.from({ length: k.hiddenSize }, (_, d) =>
              tokens.reduce((sum, i, n) => sum + weights[n]! * of.data[at(of, [row, i, kv]) + d]!, 0),
            );
          blocks.push({ first: start + first, key: mean(k), value: mean(v) });
        }
        const importance = blocks.map(() => 0);
        for (let head = kv * group; head < (kv + 1) * group; head++) {
          const logits = blocks.map(({ key }) =>
            key.reduce((sum, x, d) => sum + (x * q.data[at(q, [row, t, head]) + d]!) / Math.sqrt(q.hiddenSize), 0),
          );
          // One share more, of logit 0, goes nowhere.
          const shares = softmax([...logits, 0]);
          blocks.forEach(({ value }, n) => {
            importance[n]! += shares[n]!;
            value.forEach((x, d) => (compressed[at(q, [row, t, head]) + d]! += shares[n]! * x));
          });
        }
        const order = importance.map((_, n) => n).sort((a, b) => importance[b]! - importance[a]! || a - b);
        chosen.set(
          `${row} ${t} ${kv}`,
          order.slice(0, selectedBlocks).map((n) => blocks[n]!.first),
        );
      }
  const main = referenceAttention(q, k, v, (row, query, key, kv) => {
    const [a, b] = [row * q.length + query, row * q.length + key];
    if (key > query || segments[a] !== segments[b]) return false;
    const windowStart = Math.floor((positions[a]! - window + 1) / blockSize) * blockSize;
    if (positions[b]! >= windowStart) return true;
    return chosen.get(`${row} ${query} ${kv}`)!.some((first) => key >= first && key < first + blockSize);
  });
  return main.map((x, i) => x + (compressed[i]! * 1) / (1 + Math.exp(3 - scores.gate[Math.floor(i / q.hiddenSize)]!)));
}

function softmax(logits: number[]): number[] {
  const most = Math.max(...logits);
  const exponentials = logits.map((logit) => Math.exp(logit - most));
  const total = exponentials.reduce((sum, x) => sum + x, 0);
  return exponentials.map((x) => x / total);
}

type Place = [row: number, token: number, head: number];

function at({ length, heads, hiddenSize }: Heads, [row, token, head]: Place): number {
  return ((row * length + token) * heads + head) * hiddenSize;
}

function dot(x: Heads, a: Place, y: Heads, b: Place): number {
  let sum = 0;
  for (let d = 0; d < x.hiddenSize; d++) sum += x.data[at(x, a) + d]! * y.data[at(y, b) + d]!;
  return sum;
}
