/**
 * Advantages on the host: of PPO by generalized advantage estimation, of GRPO by comparison within
 * a group. A response is an array of its own length, so no value here can come from padding.
 */

/** Advantages and returns of one response's tokens. */
export interface Estimate {
  advantages: Float64Array;
  /** Advantages (not whitened) + values. */
  returns: Float64Array;
}

/**
 * Generalized advantage estimation (Schulman et al. 2016): δ_t = r_t + γ·V_{t+1} − V_t, A_t = δ_t +
 * γλ·A_{t+1}; after the last token the value is 0.
 * @param rewards, values one for each token
 */
export function generalizedAdvantages(
  rewards: ArrayLike<number>,
  values: ArrayLike<number>,
  { gamma, lambda }: { gamma: number; lambda: number },
): Estimate {
  const n = rewards.length;
  const advantages = new Float64Array(n);
  let following = 0;
  for (let t = n - 1; t >= 0; t--) {
    const next = t + 1 < n ? values[t + 1]! : 0;
    following = rewards[t]! + gamma * next - values[t]! + gamma * lambda * following;
    advantages[t] = following;
  }
  return { advantages, returns: advantages.map((advantage, t) => advantage + values[t]!) };
}

/**
 * The values of all lists together, (value − mean) / sqrt(variance + 1e-8), with the unbiased
 * variance as in TRL.
 */
export function whiten(lists: readonly Float64Array[]): Float64Array[] {
  const { mean, deviation } = moments(lists);
  return lists.map((list) => list.map((value) => (value - mean) / Math.sqrt(deviation ** 2 + 1e-8)));
}

/** Mean and standard deviation (unbiased) over all lists. */
export function moments(lists: readonly ArrayLike<number>[]): { mean: number; deviation: number } {
  const all = lists.flatMap((list) => Array.from(list));
  const mean = all.reduce((sum, value) => sum + value, 0) / Math.max(all.length, 1);
  const squares = all.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { mean, deviation: Math.sqrt(squares / Math.max(all.length - 1, 1)) };
}

/** The divisor of a group's rewards; none: Dr. GRPO (Liu et al. 2025). */
export type RewardScale = "group" | "batch" | "none";

/**
 * Advantages of responses in groups of the same prompt (Shao et al. 2024): (r − group mean) /
 * (deviation + 1e-4). A group whose rewards are all equal gets exactly 0.
 * @param rewards group after group
 */
export function groupAdvantages(rewards: readonly number[], groupSize: number, scale: RewardScale): number[] {
  const batch = scale === "batch" ? moments([rewards]).deviation : 0;
  return rewards.map((reward, i) => {
    const first = i - (i % groupSize);
    const group = rewards.slice(first, first + groupSize);
    if (allEqual(group)) return 0;
    const { mean, deviation } = moments([group]);
    const divisor = scale === "none" ? 1 : (scale === "group" ? deviation : batch) + 1e-4;
    return (reward - mean) / divisor;
  });
}

export function allEqual(values: readonly number[]): boolean {
  return values.every((value) => value === values[0]);
}

/** How the losses of tokens are averaged. */
export type LossType = "grpo" | "dapo" | "dr_grpo";

/**
 * Weight of each token of each response. grpo: mean over the tokens of a response, then over
 * responses (Shao et al. 2024); dapo: mean over all tokens (Yu et al. 2025); dr_grpo: sum over
 * responses × longest response (Liu et al. 2025), so that length changes nothing.
 * @param lengths tokens of each response
 * @param longest positions of a response
 */
export function tokenWeights(lengths: readonly number[], lossType: LossType, longest: number): number[] {
  const total = lengths.reduce((sum, length) => sum + length, 0);
  switch (lossType) {
    case "grpo":
      return lengths.map((length) => 1 / (length * lengths.length));
    case "dapo":
      return lengths.map(() => 1 / total);
    case "dr_grpo":
      return lengths.map(() => 1 / (lengths.length * longest));
  }
}

/** Settings of {@link overlongPenalty}. */
export interface Overlong {
  /** Tokens at the end of the longest response in which the penalty grows. */
  cache: number;
  /** The penalty of a response of maximum length. */
  penalty: number;
}

/**
 * The reduction of a response's reward for its length: DAPO's soft overlong punishment (Yu et al.
 * 2025, eq. 13), penalty · min(1, max(0, length − (longest − cache)) / cache).
 * @param length, longest tokens, the end token included
 */
export function overlongPenalty(length: number, longest: number, { cache, penalty }: Overlong): number {
  return penalty * Math.min(1, Math.max(0, length - (longest - cache)) / cache);
}
