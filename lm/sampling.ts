export interface SamplingSettings {
  /** 0: the most probable token. */
  temperature: number;
  /** Only the k most probable tokens; 0: all. */
  topK: number;
  /** Only the fewest most probable tokens that together have this probability; 1: all. */
  topP: number;
}

/**
 * One token from logits by inverse transform: temperature, then top-k, then top-p (Holtzman et al. 2020), as in
 * transformers. Ties go to the lower id.
 * @param uniform in [0, 1)
 */
export function sampleToken(logits: Float32Array, settings: SamplingSettings, uniform: number): number {
  const highest = argMax(logits);
  if (settings.temperature === 0) return highest;
  const weight = (id: number): number => Math.exp((logits[id]! - logits[highest]!) / settings.temperature);
  return pick(candidates(logits, settings, weight), weight, uniform);
}

/** Id of the highest logit. */
export function argMax(logits: Float32Array): number {
  let best = 0;
  for (let id = 1; id < logits.length; id++) if (logits[id]! > logits[best]!) best = id;
  return best;
}

function candidates(
  logits: Float32Array,
  { topK, topP }: SamplingSettings,
  weight: (id: number) => number,
): ArrayLike<number> {
  const ids = Uint32Array.from(logits, (_, id) => id);
  if (topK === 0 && topP === 1) return ids;
  ids.sort((a, b) => logits[b]! - logits[a]! || a - b);
  const kept = topK > 0 ? ids.subarray(0, topK) : ids;
  if (topP === 1) return kept;
  const total = kept.reduce((sum, id) => sum + weight(id), 0);
  let cumulative = 0;
  const end = kept.findIndex((id) => (cumulative += weight(id)) >= topP * total);
  return end < 0 ? kept : kept.subarray(0, end + 1);
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
