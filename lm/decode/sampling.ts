export interface SamplingSettings {
  /** 0: the most probable token. */
  temperature: number;
  /** Only the k most probable tokens; 0: all. */
  topK: number;
  /** Only the fewest most probable tokens that together have this probability; 1: all. */
  topP: number;
  /** Only tokens at least this probable beside the most probable one; 0, the default: all. */
  minP?: number;
  /** Positive logits of tokens that have occurred are divided by it, negative ones multiplied; 1, the default: none. */
  repetitionPenalty?: number;
}

/** Whether the tokens that have occurred matter to {@link sampleToken}. */
export function penalises({ repetitionPenalty = 1 }: SamplingSettings): boolean {
  return repetitionPenalty !== 1;
}

/**
 * One token from logits by inverse transform: repetition penalty (Keskar et al. 2019, CTRL), temperature, top-k, top-p
 * (Holtzman et al. 2020), min-p (Nguyen et al. 2024), in the order of transformers. Ties go to the lower id.
 * @param uniform in [0, 1)
 * @param seen tokens of the prompt and of the answer so far
 */
export function sampleToken(
  logits: Float32Array,
  settings: SamplingSettings,
  uniform: number,
  seen: Iterable<number> = [],
): number {
  const scores = penalises(settings) ? penalised(logits, settings.repetitionPenalty!, seen) : logits;
  const highest = argMax(scores);
  if (settings.temperature === 0) return highest;
  const weight = (id: number): number => Math.exp((scores[id]! - scores[highest]!) / settings.temperature);
  return pick(candidates(scores, settings, weight), weight, uniform);
}

/** Id of the highest logit. */
export function argMax(logits: Float32Array): number {
  let best = 0;
  for (let id = 1; id < logits.length; id++) if (logits[id]! > logits[best]!) best = id;
  return best;
}

function penalised(logits: Float32Array, penalty: number, seen: Iterable<number>): Float32Array {
  const scores = logits.slice();
  for (const id of new Set(seen)) scores[id] = scores[id]! > 0 ? scores[id]! / penalty : scores[id]! * penalty;
  return scores;
}

function candidates(
  logits: Float32Array,
  { topK, topP, minP = 0 }: SamplingSettings,
  weight: (id: number) => number,
): ArrayLike<number> {
  if (topK === 0 && topP === 1 && minP === 0) return Uint32Array.from(logits, (_, id) => id);
  const sorted = mostProbableFirst(logits);
  const kept = nucleus(topK > 0 ? sorted.subarray(0, topK) : sorted, topP, weight);
  // The most probable token's weight is 1.
  const end = minP === 0 ? -1 : kept.findIndex((id) => weight(id) < minP);
  return end < 0 ? kept : kept.subarray(0, end);
}

/** The fewest of the sorted ids that have the share `topP` of their weight. */
function nucleus(sorted: Uint32Array, topP: number, weight: (id: number) => number): Uint32Array {
  if (topP === 1) return sorted;
  const total = sorted.reduce((sum, id) => sum + weight(id), 0);
  let cumulative = 0;
  const end = sorted.findIndex((id) => (cumulative += weight(id)) >= topP * total);
  return end < 0 ? sorted : sorted.subarray(0, end + 1);
}

/** Ids of at most 2^21 logits by falling logit, the lower id first in a tie: sorted as numbers, which is many times faster than by comparison. */
function mostProbableFirst(logits: Float32Array): Uint32Array {
  // + 0 makes −0 equal 0.
  const bits = new Uint32Array(Float32Array.from(logits, (logit) => logit + 0).buffer);
  const falling = (b: number): number => (b >>> 31 === 1 ? b : ~b & 0x7fffffff);
  const keys = Float64Array.from(bits, (b, id) => falling(b) * 2 ** 21 + id).sort();
  return Uint32Array.from(keys, (key) => key % 2 ** 21);
}

function pick(ids: ArrayLike<number>, weight: (id: number) => number, uniform: number): number {
  let total = 0;
  for (let i = 0; i < ids.length; i++) total += weight(ids[i]!);
  let left = uniform * total;
  for (let i = 0; i < ids.length; i++) {
    left -= weight(ids[i]!);
    if (left < 0) return ids[i]!;
  }
  return ids[ids.length - 1]!;
}
