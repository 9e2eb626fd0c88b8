import type { AttentionSettings } from "../../../lm/attention/settings.js";

/** A grid of vectors, row-major [rows, length, heads, width]. */
export interface Heads {
  rows: number;
  length: number;
  heads: number;
  width: number;
  data: ArrayLike<number>;
}

/** Where tokens stand: [rows · length] each. */
export interface Places {
  segments: ArrayLike<number>;
  positions: ArrayLike<number>;
}

/** Softmax attention in double precision over the keys that `sees` allows, one query after another. */
export function referenceAttention(
  q: Heads,
  k: Heads,
  v: Heads,
  sees: (row: number, query: number, key: number, keyValueHead: number) => boolean,
): Float64Array {
  const out = new Float64Array(q.rows * q.length * q.heads * q.width);
  const group = q.heads / k.heads;
  for (let row = 0; row < q.rows; row++)
    for (let t = 0; t < q.length; t++)
      for (let head = 0; head < q.heads; head++) {
        const kv = Math.floor(head / group);
        const keys = Array.from({ length: q.length }, (_, i) => i).filter((i) => sees(row, t, i, kv));
        const logits = keys.map((i) => dot(q, [row, t, head], k, [row, i, kv]) / Math.sqrt(q.width));
        const most = Math.max(...logits);
        const shares = logits.map((logit) => Math.exp(logit - most));
        const total = shares.reduce((sum, share) => sum + share, 0);
        keys.forEach((i, n) => {
          for (let d = 0; d < q.width; d++)
            out[at(q, [row, t, head]) + d]! += (shares[n]! / total) * v.data[at(v, [row, i, kv]) + d]!;
        });
      }
  return out;
}

/** What the settings let a token see: its own document, nothing later, and of dense and local attention what their names say. */
export function seenBy(settings: AttentionSettings, { segments, positions }: Places, length: number) {
  return (row: number, query: number, key: number): boolean => {
    const [q, k] = [row * length + query, row * length + key];
    if (key > query || segments[q] !== segments[k]) return false;
    return settings.kind === "dense" || query - key < settings.window || positions[k]! < settings.sinks;
  };
}

type Place = [row: number, token: number, head: number];

function at({ length, heads, width }: Heads, [row, token, head]: Place): number {
  return ((row * length + token) * heads + head) * width;
}

function dot(x: Heads, a: Place, y: Heads, b: Place): number {
  let sum = 0;
  for (let d = 0; d < x.width; d++) sum += x.data[at(x, a) + d]! * y.data[at(y, b) + d]!;
  return sum;
}
