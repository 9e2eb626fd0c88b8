/** Settings of {@link nextKlCoefficient}. */
export interface KlTarget {
  /** KL divergence of a response to aim at, nats; undefined: the coefficient stays. */
  target: number | undefined;
  /** Responses after which the coefficient has fully corrected an error. */
  horizon: number;
}

/**
 * The adaptive KL coefficient of Ziegler et al. 2019 (section 2.2): β ← β · (1 + clip(KL/target −
 * 1, ±0.2) · n/horizon), n/horizon at most 1: otherwise β could become negative.
 * @param kl mean over the last responses, nats
 * @param responses n, the number of these responses
 */
export function nextKlCoefficient(coefficient: number, kl: number, responses: number, settings: KlTarget): number {
  if (settings.target === undefined) return coefficient;
  const error = Math.min(0.2, Math.max(-0.2, kl / settings.target - 1));
  return coefficient * (1 + error * Math.min(1, responses / settings.horizon));
}
