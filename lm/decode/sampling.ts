/** How the next token is chosen. */
export interface SamplingSettings {
  /** 0: the most probable token. */
  temperature: number;
  /** Only the k most probable tokens; 0: all. */
  topK: number;
  /** Only the fewest most probable tokens that together have this probability; 1: all. */
  topP: number;
  /**
   * Only tokens with at least this share of the most probable one's probability; 0, the default:
   * all.
   */
  minP?: number;
  /**
   * Positive logits of tokens that have occurred are divided by it, negative ones multiplied; 1,
   * the default: none.
   */
  repetitionPenalty?: number;
}

/** Samples from the whole distribution, as reinforcement learning does. */
export const wholeDistribution = { topK: 0, topP: 1 } as const;

/** Whether earlier tokens have an effect. */
export function penalizes({ repetitionPenalty = 1 }: SamplingSettings): boolean {
  return repetitionPenalty !== 1;
}
