import type { HostTensors } from "../../tensor/program.js";
import {
  allEqual,
  groupAdvantages,
  overlongPenalty,
  tokenWeights,
  type LossType,
  type Overlong,
  type RewardScale,
} from "./advantages.js";
import type { Architecture } from "../model/architecture.js";
import type { OptimizerSettings } from "../optim/optimizer.js";
import { PolicyTrainer } from "./policy-trainer.js";
import { mean, meanOfAll } from "../train/metrics.js";
import { batchesAtOnce, minibatch, promptAt, type Algorithm, type Experience } from "./reinforcement.js";
import type { Rollout, TokenValues } from "../data/rollout.js";
import { learningRateAt, type Schedule } from "../optim/schedule.js";

export interface GrpoSettings {
  architecture: Architecture;
  iterations: number;
  groups: number;
  groupSize: number;
  minibatches: number;
  epochs: number;
  /** Micro-batches that a minibatch is computed in; absent: one. */
  accumulate?: number;
  /** Layers are recomputed in the backward pass; absent: if rows are long. */
  recompute?: boolean | undefined;
  /** Positions of the longest prompt, and of a response. */
  promptLength: number;
  maxNewTokens: number;
  /** Responses written side by side. */
  samplingBatch: number;
  temperature: number;
  epsilon: number;
  epsilonHigh: number;
  ratio: "token" | "sequence";
  /** Weight of the divergence from the reference. */
  beta: number;
  /**
   * Where it is subtracted: from the rewards, as beta · log-ratio of the whole response, or token
   * by token in the loss.
   */
  klIn: "reward" | "loss";
  lossType: LossType;
  scaleRewards: RewardScale;
  dynamicSampling: boolean;
  /**
   * Responses that were cut at the maximum length do not count in the loss; their rewards count in
   * their groups.
   */
  maskTruncated: boolean;
  overlongPenalty: Overlong | undefined;
  optimizer: OptimizerSettings;
  schedule: Schedule;
  stop: readonly number[];
  seed: number;
}

/** Rewards of some responses, and the number on which a verifier failed, by kind of failure. */
export interface Verdict {
  rewards: number[];
  failures: Readonly<Record<string, number>>;
}

/** Dynamic sampling samples at most this multiple of an iteration's groups. */
const maxResampling = 3;

/**
 * Counters of one iteration: groups sampled, those of equal rewards, and sums over the responses of
 * all sampled groups. The groups that dynamic sampling keeps say little about the policy: each has
 * both right and wrong responses.
 */
const sumsOfIteration = ["sampled", "equal", "rewards", "lengths", "withoutEnd"] as const;

/**
 * Group relative policy optimization (Shao et al. 2024, DeepSeekMath; Yu et al. 2025, DAPO; Liu et
 * al. 2025, Dr. GRPO): a group of responses to each prompt, each response's advantage over its
 * group's mean, the clipped surrogate. With one optimizer step per iteration the responses come
 * from the weights that are updated, and no old probabilities are computed. Options: the ratio of
 * whole responses (Zheng et al. 2025, GSPO), DAPO's overlong filtering and soft overlong
 * punishment. The divergence from the reference is in the loss, as published, or in the rewards, as
 * in PPO (Ziegler et al. 2019): only then is the optimum reference · exp(reward / beta) for
 * responses of several tokens. Departure from DAPO: dynamic sampling stops after three times the
 * groups, and fills up with equal groups, which have no gradient.
 */
export class Grpo implements Algorithm {
  readonly iterations: number;
  readonly updates: number;
  readonly counters: Record<string, number> = {
    position: 0,
    updates: 0,
    sampled: 0,
    equal: 0,
    rewards: 0,
    lengths: 0,
    withoutEnd: 0,
    tokens: 0,
    masked: 0,
  };
  readonly #settings: GrpoSettings;
  readonly #policy: PolicyTrainer;
  readonly #hasReference: boolean;
  readonly #klInLoss: boolean;

  /**
   * @param prompts token ids, each at most promptLength
   */
  constructor(
    settings: GrpoSettings,
    weights: HostTensors,
    private readonly prompts: readonly (readonly number[])[],
    private readonly verify: (prompts: readonly number[], rollouts: readonly Rollout[]) => Promise<Verdict>,
  ) {
    this.#settings = settings;
    this.iterations = settings.iterations;
    this.updates = settings.minibatches * settings.epochs;
    this.#hasReference = settings.beta > 0;
    this.#klInLoss = this.#hasReference && settings.klIn === "loss";
    const { architecture, promptLength: prompt, maxNewTokens: response } = settings;
    const { accumulate = 1, recompute } = settings;
    const rows = Math.ceil(Math.ceil((settings.groups * settings.groupSize) / settings.minibatches) / accumulate);
    const shared = settings.groups < rows && response > 1;
    const training = { rows, prompt, response, recompute, ...(shared && { prompts: settings.groups }) };
    const responses = settings.groups * settings.groupSize;
    const atOnce = Math.min(settings.samplingBatch, responses);
    const steps = settings.iterations * Math.ceil(responses / atOnce) * response;
    this.#policy = new PolicyTrainer(
      {
        architecture,
        sampling: { rows: atOnce, samples: Math.min(settings.groupSize, atOnce), steps },
        training,
        accumulate,
        policy: {
          temperature: settings.temperature,
          clipLow: settings.epsilon,
          clipHigh: settings.epsilonHigh,
          ratio: settings.ratio,
          klCoefficient: this.#klInLoss ? settings.beta : 0,
          onPolicy: this.updates === 1,
        },
        optimizer: settings.optimizer,
      },
      weights,
      this.#hasReference ? weights : undefined,
    );
  }

  async collect(experience: Experience, between: () => Promise<void>): Promise<boolean> {
    const { groups, groupSize, samplingBatch, dynamicSampling, seed, stop } = this.#settings;
    const enough = groups * groupSize;
    const missing = (enough - experience.rollouts.length) / groupSize;
    const most = Math.max(1, Math.floor((batchesAtOnce * samplingBatch) / groupSize));
    const count = Math.min(most, missing > 0 ? missing : this.#equalGroups(experience).length);
    const positions = Array.from({ length: count }, (_, i) => this.counters["position"]! + i);
    const prompts = positions.flatMap((position) => {
      const index = promptAt(position, this.prompts.length, seed);
      const tokens = this.prompts[index]!;
      return Array.from({ length: groupSize }, (_, sample) => ({ index, tokens, number: position, sample }));
    });
    const chosen = prompts.map(({ index }) => index);
    const rollouts = await this.#policy.sample(prompts, { stop, seed }, between);
    const verdict = await this.verify(chosen, rollouts);
    const rewards = verdict.rewards.map(Math.fround);
    this.counters["position"]! += count;
    for (const [failure, count] of Object.entries(verdict.failures))
      this.counters[failure] = (this.counters[failure] ?? 0) + count;
    for (let g = 0; g < count; g++) this.#addGroup(experience, g, { chosen, rollouts, rewards }, enough);
    const sampledAll = this.counters["sampled"]! >= groups * maxResampling;
    const full = experience.rollouts.length >= enough;
    return full && (!dynamicSampling || sampledAll || this.#equalGroups(experience).length === 0);
  }

  async prepare(experience: Experience, between: () => Promise<void>): Promise<void> {
    const { rollouts, tokens } = experience;
    if (this.updates > 1 || this.#hasReference) {
      const { logProbabilities, entropies, reference } = await this.#policy.scoreAll(rollouts, between);
      tokens["old"] = logProbabilities;
      tokens["entropies"] = entropies;
      if (reference) tokens["reference"] = reference.logProbabilities;
      if (reference) tokens["divergences"] = reference.divergences;
    }
    const { groupSize, scaleRewards } = this.#settings;
    this.counters["masked"]! += rollouts.filter((rollout) => !this.#counts(rollout)).length;
    const advantages = groupAdvantages(this.#shapedRewards(experience), groupSize, scaleRewards);
    tokens["advantages"] = rollouts.map(({ response }, i) => new Float32Array(response.length).fill(advantages[i]!));
  }

  /** Whether a response counts in the loss. */
  #counts({ ended }: Rollout): boolean {
    return ended || !this.#settings.maskTruncated;
  }

  /** The reduction of a response's reward for its length. */
  #overlong({ response }: Rollout): number {
    const { overlongPenalty: settings, maxNewTokens } = this.#settings;
    return settings ? overlongPenalty(response.length, maxNewTokens, settings) : 0;
  }

  /**
   * The verifiers' rewards, less the penalty for length, and less beta · Σ (log policy − log
   * reference) if the divergence is in the reward: then the expected gradient is that of reward −
   * beta · KL(policy ‖ reference) of whole responses, and at its optimum, reference · exp(reward /
   * beta), every response of a prompt has the same shaped reward, so that no noise moves it.
   */
  #shapedRewards({ rewards, rollouts, tokens }: Experience): number[] {
    const coefficient = this.#klInLoss ? 0 : this.#settings.beta;
    return rewards.map((reward, i) => {
      const shaped = reward - this.#overlong(rollouts[i]!);
      if (coefficient === 0) return shaped;
      const [old, reference] = [tokens["old"]![i]!, tokens["reference"]![i]!];
      return shaped - coefficient * old.reduce((sum, log, t) => sum + log - reference[t]!, 0);
    });
  }

  update(iteration: number, index: number, { rollouts, tokens }: Experience): Record<string, number> {
    const { minibatches, seed, schedule, lossType, maxNewTokens } = this.#settings;
    const all = minibatch(rollouts.length, minibatches, { iteration, index, seed });
    const rows = all.filter((row) => this.#counts(rollouts[row]!));
    const pick = (name: string): TokenValues => rows.map((row) => tokens[name]![row]!);
    const chosen = rows.map((row) => rollouts[row]!);
    const lengths = chosen.map(({ response }) => response.length);
    const step = this.counters["updates"]!++;
    this.counters["tokens"]! += lengths.reduce((sum, length) => sum + length, 0);
    const report = this.#policy.update(step, learningRateAt(schedule, step), {
      rollouts: chosen,
      weights: tokenWeights(lengths, lossType, maxNewTokens),
      advantages: pick("advantages"),
      ...(this.updates > 1 && { oldLogProbabilities: pick("old") }),
      ...(this.#klInLoss && { referenceLogProbabilities: pick("reference") }),
    });
    return { ...report };
  }

  finish({ rollouts, tokens }: Experience): Record<string, number> {
    const sums = this.counters as Record<(typeof sumsOfIteration)[number], number>;
    const { sampled, equal, rewards, lengths, withoutEnd } = sums;
    for (const name of sumsOfIteration) this.counters[name] = 0;
    const responses = sampled * this.#settings.groupSize;
    return {
      reward: rewards / responses,
      equalGroups: equal / sampled,
      responseLength: lengths / responses,
      missingEnd: withoutEnd / responses,
      ...(this.#settings.overlongPenalty && { overlongPenalty: mean(rollouts.map((one) => this.#overlong(one))) }),
      ...(tokens["entropies"] && { entropy: meanOfAll(tokens["entropies"]) }),
      ...(tokens["divergences"] && { kl: meanOfAll(tokens["divergences"]) }),
    };
  }

  state(): HostTensors {
    return this.#policy.state();
  }

  weights(): HostTensors {
    return this.#policy.weights();
  }

  restore(state: HostTensors): void {
    this.#policy.restore(state);
  }

  dispose(): void {
    this.#policy.dispose();
  }

  /**
   * Adds a sampled group; once there are enough, an informative one replaces one with equal
   * rewards.
   */
  #addGroup(
    experience: Experience,
    group: number,
    from: { chosen: number[]; rollouts: Rollout[]; rewards: number[] },
    enough: number,
  ): void {
    const { groupSize } = this.#settings;
    const [first, end] = [group * groupSize, (group + 1) * groupSize];
    const rewards = from.rewards.slice(first, end);
    const equal = allEqual(rewards);
    this.#count(rewards, from.rollouts.slice(first, end), equal);
    const full = experience.rollouts.length >= enough;
    const place = full ? this.#equalGroups(experience)[0] : experience.rollouts.length;
    if (place === undefined || (full && equal)) return;
    experience.prompts.splice(place, groupSize, ...from.chosen.slice(first, end));
    experience.rollouts.splice(place, groupSize, ...from.rollouts.slice(first, end));
    experience.rewards.splice(place, groupSize, ...rewards);
  }

  #count(rewards: readonly number[], rollouts: readonly Rollout[], equal: boolean): void {
    this.counters["sampled"]!++;
    this.counters["equal"]! += Number(equal);
    for (const reward of rewards) this.counters["rewards"]! += reward;
    for (const { response, ended } of rollouts) {
      this.counters["lengths"]! += response.length;
      this.counters["withoutEnd"]! += Number(!ended);
    }
  }

  /** The start of each group with equal rewards. */
  #equalGroups({ rewards }: Experience): number[] {
    const { groupSize } = this.#settings;
    const begins = Array.from({ length: rewards.length / groupSize }, (_, g) => g * groupSize);
    return begins.filter((first) => allEqual(rewards.slice(first, first + groupSize)));
  }
}
