export interface Schedule {
  kind: "cosine" | "wsd" | "constant";
  /** Highest learning rate, reached after the warm-up. */
  learningRate: number;
  minimumLearningRate: number;
  warmupSteps: number;
  /** All optimizer steps of the run. */
  steps: number;
}

/** Share of the run in which `wsd` decays: the value of Hägele et al. 2024 (arXiv:2405.18392). */
const decayShare = 0.2;

/**
 * Learning rate of optimizer step `step` (0-based): linear warm-up, then cosine: half a cosine
 * toward the minimum (Loshchilov & Hutter 2017); wsd: constant, then linear toward the minimum over
 * the last fifth (warm-up, stable, decay; Hu et al. 2024); constant: no decay. The minimum would be
 * reached at step `steps`, one after the last.
 */
export function learningRateAt(schedule: Schedule, step: number): number {
  const { learningRate: high, minimumLearningRate: low, warmupSteps, steps, kind } = schedule;
  if (step < warmupSteps) return (high * (step + 1)) / warmupSteps;
  if (kind === "constant") return high;
  const start = kind === "cosine" ? warmupSteps : Math.max(warmupSteps, steps - Math.ceil(steps * decayShare));
  const fallen = Math.min(1, Math.max(0, (step - start) / (steps - start)));
  const remaining = kind === "cosine" ? (1 + Math.cos(Math.PI * fallen)) / 2 : 1 - fallen;
  return low + (high - low) * remaining;
}
