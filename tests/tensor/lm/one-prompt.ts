import { resolveArchitecture } from "../../../lm/model/architecture.js";
import { initialize } from "../../../lm/model/initialize.js";
import { PolicyTrainer, type PolicyTrainerSettings } from "../../../lm/rl/policy-trainer.js";
import type { Rollout } from "../../../lm/data/rollout.js";
import { adamw, knownOptimumSizes } from "./support.js";

const noPause = async (): Promise<void> => {};
const optimizer = { ...adamw, weightDecay: 0 };
export const lengthsOf = (rollouts: readonly Rollout[]) => rollouts.map(({ response }) => response.length);
/** One advantage for all tokens of a response. */
export const spread = (rollouts: readonly Rollout[], advantages: readonly number[]) =>
  rollouts.map(({ response }, i) => response.map(() => advantages[i]!));
/** The same prompt in every row. */
export async function sampled(trainer: PolicyTrainer, rows: number, step: number): Promise<Rollout[]> {
  const prompts = Array.from({ length: rows }, (_, sample) => ({ tokens: [1], number: step, sample }));
  return trainer.sample(prompts, { stop: [], seed: 1 }, noPause);
}

export function trainerOf(
  settings: Partial<PolicyTrainerSettings["policy"]>,
  vocabularySize: number,
  response: number,
  rows: number,
) {
  const architecture = resolveArchitecture(knownOptimumSizes, vocabularySize);
  const shape = { rows, prompt: 1, response };
  const policy = {
    temperature: 1,
    clipLow: 0.2,
    clipHigh: 0.2,
    ratio: "token" as const,
    klCoefficient: 0,
    onPolicy: true,
    ...settings,
  };
  return new PolicyTrainer(
    { architecture, sampling: { rows, samples: rows, steps: 0 }, training: shape, policy, optimizer },
    initialize(architecture, 1),
  );
}
