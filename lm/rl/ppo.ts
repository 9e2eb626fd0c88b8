import { append } from "../../platform/lists.js";
import { prefixed, withoutPrefix } from "../../tensor/host-tensor.js";
import type { HostTensors } from "../../tensor/program.js";
import { generalizedAdvantages, moments, whiten } from "./advantages.js";
import type { Architecture } from "../model/architecture.js";
import { Critic } from "./critic.js";
import { nextKlCoefficient } from "./kl-controller.js";
import type { OptimizerSettings } from "../optim/optimizer.js";
import { PolicyTrainer } from "./policy-trainer.js";
import { mean, meanOfAll } from "../train/metrics.js";
import { batchesAtOnce, inSlices, minibatch, promptAt, type Algorithm, type Experience } from "./reinforcement.js";
import type { TokenValues } from "../data/rollout.js";
import { addToMoments, normalized } from "./running-moments.js";
import { RewardScorer } from "../train/reward-trainer.js";
import { learningRateAt, type Schedule } from "../optim/schedule.js";

export interface PpoSettings {
  architecture: Architecture;
  /** The reward model's and the critic's. */
  rewardArchitecture: Architecture;
  iterations: number;
  /** Responses of an iteration. */
  batchSize: number;
  minibatches: number;
  epochs: number;
  /** Micro-batches that a minibatch is computed in; absent: one. */
  accumulate?: number;
  /** Layers are recomputed in the backward pass; absent: if rows are long. */
  recompute?: boolean | undefined;
  promptLength: number;
  maxNewTokens: number;
  samplingBatch: number;
  temperature: number;
  klCoefficient: number;
  klTarget: number | undefined;
  klHorizon: number;
  missingEndPenalty: number;
  gamma: number;
  lambda: number;
  clip: number;
  valueClip: number;
  /** valueClip is in standard deviations of the iteration's returns, instead of in their unit. */
  valueClipRelative: boolean;
  /** Rewards are normalized by the mean and deviation of all rewards so far. */
  normalizeRewards: boolean;
  valueCoefficient: number;
  optimizer: OptimizerSettings;
  schedule: Schedule;
  criticSchedule: Schedule;
  stop: readonly number[];
  /**
   * The token at which the reward model is read: it ended every response when the model was fitted.
   */
  rewardEnd: number;
  seed: number;
}

/**
 * Proximal policy optimization from human feedback (Schulman et al. 2017; Ziegler et al. 2019;
 * details by Huang et al. 2024 and TRL's `ppo_trainer.py`): a separate critic that begins as the
 * reward model, a frozen reference, a reward of −β · (log policy − log reference) for every token
 * and the score at the last, advantages whitened over all tokens. Departure: policy and critic have
 * an optimizer and a gradient clip each; AdamW makes the value loss's coefficient matter only if
 * that clip binds.
 */
export class Ppo implements Algorithm {
  readonly iterations: number;
  readonly updates: number;
  readonly counters: Record<string, number>;
  readonly #settings: PpoSettings;
  readonly #policy: PolicyTrainer;
  readonly #critic: Critic;
  readonly #reward: RewardScorer;
  readonly #rows: number;

  /**
   * @param weights of the policy, which is the reference too
   * @param rewardWeights of the reward model, which the critic begins as
   * @param prompts token ids, each at most promptLength
   */
  constructor(
    settings: PpoSettings,
    weights: HostTensors,
    rewardWeights: HostTensors,
    private readonly prompts: readonly (readonly number[])[],
  ) {
    this.#settings = settings;
    this.iterations = settings.iterations;
    this.updates = settings.minibatches * settings.epochs;
    const { klCoefficient } = settings;
    const rewards = { rewardCount: 0, rewardMean: 0, rewardSquares: 0 };
    this.counters = { position: 0, updates: 0, tokens: 0, klCoefficient, ...rewards };
    const { architecture, rewardArchitecture, promptLength: prompt, maxNewTokens: response, optimizer } = settings;
    const { accumulate = 1, recompute } = settings;
    this.#rows = Math.ceil(Math.ceil(settings.batchSize / settings.minibatches) / accumulate);
    const training = { rows: this.#rows, prompt, response, recompute };
    const { temperature, clip } = settings;
    const rows = Math.min(settings.samplingBatch, settings.batchSize);
    this.#policy = new PolicyTrainer(
      {
        architecture,
        sampling: { rows, samples: 1, steps: settings.iterations * Math.ceil(settings.batchSize / rows) * response },
        training,
        accumulate,
        policy: { temperature, clipLow: clip, clipHigh: clip, ratio: "token", klCoefficient: 0, onPolicy: false },
        optimizer,
      },
      weights,
      weights,
    );
    // A response that was cut is scored with the missing end appended.
    const scored = { ...training, response: response + 1 };
    this.#reward = new RewardScorer(rewardArchitecture, scored, rewardWeights, settings.rewardEnd);
    this.#critic = new Critic(
      {
        architecture: rewardArchitecture,
        shape: training,
        accumulate,
        coefficient: settings.valueCoefficient,
        optimizer,
      },
      rewardWeights,
    );
  }

  async collect(experience: Experience, between: () => Promise<void>): Promise<boolean> {
    const { batchSize, samplingBatch, seed, stop } = this.#settings;
    const count = Math.min(batchesAtOnce * samplingBatch, batchSize - experience.rollouts.length);
    const positions = Array.from({ length: count }, (_, i) => this.counters["position"]! + i);
    const chosen = positions.map((position) => promptAt(position, this.prompts.length, seed));
    const prompts = positions.map((number, i) => ({ number, tokens: this.prompts[chosen[i]!]! }));
    const rollouts = await this.#policy.sample(prompts, { stop, seed }, between);
    this.counters["position"]! += count;
    append(experience.prompts, chosen);
    append(experience.rollouts, rollouts);
    return experience.rollouts.length >= batchSize;
  }

  async prepare(experience: Experience, between: () => Promise<void>): Promise<void> {
    const { missingEndPenalty } = this.#settings;
    const { rollouts, tokens } = experience;
    const slices = <R>(work: (slice: Experience["rollouts"]) => readonly R[]): Promise<R[]> =>
      inSlices(rollouts, this.#rows, between, (slice) => work([...slice]));
    const scores = await slices((slice) => this.#reward.score(slice));
    experience.rewards = scores.map((score, i) => Math.fround(score - (rollouts[i]!.ended ? 0 : missingEndPenalty)));
    const { logProbabilities, entropies, reference } = await this.#policy.scoreAll(rollouts, between);
    tokens["old"] = logProbabilities;
    tokens["entropies"] = entropies;
    tokens["reference"] = reference!.logProbabilities;
    tokens["divergences"] = reference!.divergences;
    tokens["values"] = await slices((slice) => this.#critic.values(slice));
    this.#estimate(experience);
  }

  /** Advantages and returns from rewards, values and divergence. */
  #estimate({ rewards: plain, tokens }: Experience): void {
    const coefficient = this.counters["klCoefficient"]!;
    const rewards = this.#settings.normalizeRewards ? this.#normalized(plain) : plain;
    const estimates = tokens["values"]!.map((values, i) => {
      const [old, reference] = [tokens["old"]![i]!, tokens["reference"]![i]!];
      const tokenRewards = Array.from(old, (logProbability, t) => -coefficient * (logProbability - reference[t]!));
      tokenRewards[old.length - 1]! += rewards[i]!;
      return generalizedAdvantages(tokenRewards, values, this.#settings);
    });
    tokens["returns"] = estimates.map(({ returns }) => Float32Array.from(returns));
    tokens["advantages"] = whiten(estimates.map(({ advantages }) => advantages)).map((a) => Float32Array.from(a));
  }

  /** Rewards normalized by the moments of all rewards so far, including these. */
  #normalized(rewards: readonly number[]): number[] {
    const { rewardCount: count, rewardMean: mean, rewardSquares: squares } = this.counters;
    const moments = addToMoments({ count: count!, mean: mean!, squares: squares! }, rewards);
    this.counters["rewardCount"] = moments.count;
    this.counters["rewardMean"] = moments.mean;
    this.counters["rewardSquares"] = moments.squares;
    return normalized(rewards, moments);
  }

  /**
   * The maximum distance of the critic's values from the old ones in one iteration, in the returns'
   * unit.
   */
  #valueClip(returns: TokenValues): number {
    const { valueClip, valueClipRelative } = this.#settings;
    return valueClipRelative ? valueClip * moments(returns).deviation : valueClip;
  }

  update(iteration: number, index: number, { rollouts, tokens }: Experience): Record<string, number> {
    const { minibatches, seed, schedule, criticSchedule } = this.#settings;
    const rows = minibatch(rollouts.length, minibatches, { iteration, index, seed });
    const pick = (name: string): TokenValues => rows.map((row) => tokens[name]![row]!);
    const chosen = rows.map((row) => rollouts[row]!);
    const total = chosen.reduce((sum, { response }) => sum + response.length, 0);
    const weights = chosen.map(() => 1 / total);
    const step = this.counters["updates"]!++;
    this.counters["tokens"]! += total;
    const learningRate = learningRateAt(schedule, step);
    const criticLearningRate = learningRateAt(criticSchedule, step);
    const policy = this.#policy.update(step, learningRate, {
      rollouts: chosen,
      weights,
      advantages: pick("advantages"),
      oldLogProbabilities: pick("old"),
    });
    const critic = this.#critic.update(step, criticLearningRate, {
      rollouts: chosen,
      weights,
      returns: pick("returns"),
      oldValues: pick("values"),
      clip: this.#valueClip(tokens["returns"]!),
    });
    return {
      policyLoss: policy.loss,
      valueLoss: critic.loss,
      gradientNorm: policy.gradientNorm,
      ratio: policy.ratio,
      ...(index === 0 && { firstRatio: policy.ratio }),
      clipFraction: policy.clipFraction,
      valueClipFraction: critic.clipFraction,
      learningRate,
      criticLearningRate,
    };
  }

  finish({ rollouts, rewards, tokens }: Experience): Record<string, number> {
    const kl = mean(tokens["divergences"]!.map((list) => list.reduce((sum, value) => sum + value, 0)));
    const used = this.counters["klCoefficient"]!;
    const { klTarget: target, klHorizon: horizon } = this.#settings;
    this.counters["klCoefficient"] = nextKlCoefficient(used, kl, rollouts.length, { target, horizon });
    return {
      reward: mean(rewards),
      kl,
      klCoefficient: used,
      entropy: meanOfAll(tokens["entropies"]!),
      explainedVariance: explainedVariance(tokens["returns"]!, tokens["values"]!),
      responseLength: mean(rollouts.map(({ response }) => response.length)),
      missingEnd: mean(rollouts.map(({ ended }) => Number(!ended))),
    };
  }

  state(): HostTensors {
    return { ...prefixed("policy/", this.#policy.state()), ...prefixed("critic/", this.#critic.state()) };
  }

  weights(): HostTensors {
    return this.#policy.weights();
  }

  restore(state: HostTensors): void {
    this.#policy.restore(withoutPrefix("policy/", state));
    this.#critic.restore(withoutPrefix("critic/", state));
  }

  dispose(): void {
    for (const program of [this.#policy, this.#critic, this.#reward]) program.dispose();
  }
}

/** 1 − variance(returns − values) / variance(returns), over all tokens. */
function explainedVariance(returns: TokenValues, values: TokenValues): number {
  const all = returns.flatMap((list) => Array.from(list));
  const errors = returns.flatMap((list, i) => Array.from(list, (value, t) => value - values[i]![t]!));
  const variance = (numbers: readonly number[]): number => {
    const center = mean(numbers);
    return mean(numbers.map((value) => (value - center) ** 2));
  };
  const total = variance(all);
  return total === 0 ? 0 : 1 - variance(errors) / total;
}
