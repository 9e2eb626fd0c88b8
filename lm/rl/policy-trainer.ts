import { sliceList } from "../../platform/lists.js";
import { prefixed } from "../../tensor/host-tensor.js";
import type { HostTensors } from "../../tensor/program.js";
import { DecodingSession } from "../decode/decoding-session.js";
import { generate, type Prompt } from "../decode/generate.js";
import { wholeDistribution } from "../decode/sampling.js";
import {
  floats,
  perRollout,
  perToken,
  rolloutInputs,
  type Rollout,
  type RolloutShape,
  type TokenValues,
} from "../data/rollout.js";
import { parameters, type Architecture } from "../model/architecture.js";
import type { OptimizerSettings } from "../optim/optimizer.js";
import { OptimizedModel } from "../train/optimized-model.js";
import { policyObjective, policySpecs, referencePrefix, scoreStep, type PolicySettings } from "../train/policy.js";
import { meanOverTokens } from "./micro-batches.js";
import { inSlices } from "./reinforcement.js";

/** The objective's inputs for each response token. */
export interface PolicyBatch {
  rollouts: readonly Rollout[];
  /** The weight of a token of each response. */
  weights: readonly number[];
  advantages: readonly ArrayLike<number>[];
  oldLogProbabilities?: TokenValues;
  referenceLogProbabilities?: TokenValues;
}

export interface UpdateReport {
  loss: number;
  gradientNorm: number;
  /** Mean of new over old probability before the optimizer step. */
  ratio: number;
  clipFraction: number;
}

export interface PolicyTrainerSettings {
  architecture: Architecture;
  /**
   * Responses that are written side by side, those to one prompt, and calls' tokens in all
   * (`SessionSettings.steps`).
   */
  sampling: { rows: number; samples: number; steps?: number };
  /** Responses of one micro-batch; prompts and responses of all calls fit its rows. */
  training: RolloutShape;
  /** Maximum number of micro-batches of one optimizer step; absent: one. */
  accumulate?: number;
  policy: PolicySettings;
  optimizer: OptimizerSettings;
}

/** The scores of responses' tokens under the current weights, nats. */
export interface PolicyScores {
  logProbabilities: TokenValues;
  entropies: TokenValues;
  /** Present if the policy has a reference. */
  reference?: {
    logProbabilities: TokenValues;
    /** KL(policy ‖ reference) of the whole distributions that the tokens were drawn from. */
    divergences: TokenValues;
  };
}

/**
 * A policy that samples, is scored and is updated. Its sampling weights are updated before it
 * samples again.
 */
export class PolicyTrainer {
  readonly #settings: PolicyTrainerSettings;
  readonly #model: OptimizedModel<"score">;
  readonly #session: DecodingSession;
  readonly #hasReference: boolean;
  /** The session's weights are older than the model's. */
  #stale = false;

  /**
   * @param weights parameters by Hugging Face's name
   * @param reference the frozen weights that scores compare with, of the same architecture
   */
  constructor(settings: PolicyTrainerSettings, weights: HostTensors, reference?: HostTensors) {
    this.#settings = settings;
    this.#hasReference = reference !== undefined;
    const { architecture: a, sampling, training, accumulate = 1, policy, optimizer } = settings;
    const learning = {
      parameters: parameters(a),
      optimizer,
      accumulate,
      inputs: policySpecs(training, policy),
      objective: policyObjective(a, training, policy),
    };
    const steps = { score: scoreStep(a, training, policy.temperature, reference && a) };
    const all = { ...weights, ...prefixed(referencePrefix, reference ?? {}) };
    this.#model = new OptimizedModel(learning, all, steps);
    this.#session = new DecodingSession(a, weights, {
      ...sampling,
      tokens: training.prompt + training.response,
      // From the whole distribution: log-probabilities are those of the sampled distribution.
      sampling: { temperature: policy.temperature, ...wholeDistribution },
    });
  }

  /**
   * A response to each prompt, from empty rows: a function of the weights, the prompts and the
   * plan.
   * @param prompts of any number, each at most training.prompt tokens
   * @param between awaited between calls: a place to yield and to stop (by throwing)
   */
  async sample(
    prompts: readonly Prompt[],
    plan: { stop: readonly number[]; seed: number },
    between: () => Promise<void>,
  ): Promise<Rollout[]> {
    if (this.#stale) this.#session.load(this.#model.heldWeights());
    this.#stale = false;
    const settings = { ...plan, maxNewTokens: this.#settings.training.response };
    const completions = await generate(this.#session, prompts, settings, between);
    return completions.map(({ tokens, end }, i) => ({
      prompt: prompts[i]!.tokens,
      response: end === undefined ? tokens : [...tokens, end],
      ended: end !== undefined,
    }));
  }

  /** Scores of at most `training.rows` rollouts under the current weights. */
  score(rollouts: readonly Rollout[]): PolicyScores {
    const { training } = this.#settings;
    const outputs = this.#model.run("score", rolloutInputs(training, rollouts));
    const lists = (name: string): TokenValues => perRollout(training, rollouts, outputs[name]!.data as Float32Array);
    const own = { logProbabilities: lists("logProbabilities"), entropies: lists("entropies") };
    if (!this.#hasReference) return own;
    const reference = {
      logProbabilities: lists("referenceLogProbabilities"),
      divergences: lists("divergences"),
    };
    return { ...own, reference };
  }

  /** Scores of any number of rollouts. @param between awaited between calls, as in `sample` */
  async scoreAll(rollouts: readonly Rollout[], between: () => Promise<void>): Promise<PolicyScores> {
    const { rows } = this.#settings.training;
    const parts = await inSlices(rollouts, rows, between, (slice) => [this.score(slice)]);
    const joined = (lists: (part: PolicyScores) => TokenValues): TokenValues => parts.flatMap(lists);
    const own = {
      logProbabilities: joined((part) => part.logProbabilities),
      entropies: joined((part) => part.entropies),
    };
    if (!this.#hasReference) return own;
    const reference = {
      logProbabilities: joined((part) => part.reference!.logProbabilities),
      divergences: joined((part) => part.reference!.divergences),
    };
    return { ...own, reference };
  }

  /**
   * One optimizer step from at most accumulate · training.rows rollouts.
   * @param step its number, 0-based, for the bias correction
   * @throws PawlError LOSS_NOT_FINITE; the state is then spoilt and must not be saved
   */
  update(step: number, learningRate: number, batch: PolicyBatch): UpdateReport {
    const parts = sliceList(Array.from(batch.rollouts.keys()), this.#settings.training.rows);
    this.#stale = true;
    const { loss, gradientNorm, outputs } = this.#model.update(
      step,
      learningRate,
      parts.map((part) => this.#inputs(batch, part)),
    );
    const mean = (metric: string): number => meanOverTokens(metric, outputs, parts, batch);
    return { loss, gradientNorm, ratio: mean("ratio"), clipFraction: mean("clipFraction") };
  }

  /** Of one micro-batch. @param part which rollouts */
  #inputs(batch: PolicyBatch, part: readonly number[]): HostTensors {
    const { training, policy } = this.#settings;
    const rollouts = part.map((i) => batch.rollouts[i]!);
    const grid = (value: (i: number, t: number) => number) =>
      floats(
        training,
        perToken(training, rollouts, (r, t) => value(part[r]!, t)),
      );
    return {
      ...rolloutInputs(training, rollouts),
      weights: grid((i) => batch.weights[i]!),
      advantages: grid((i, t) => batch.advantages[i]![t]!),
      ...(!policy.onPolicy && { oldLogProbabilities: grid((i, t) => batch.oldLogProbabilities![i]![t]!) }),
      ...(policy.klCoefficient > 0 && {
        referenceLogProbabilities: grid((i, t) => batch.referenceLogProbabilities![i]![t]!),
      }),
    };
  }

  /** Weights and moments: all that training needs to continue exactly. */
  state(): HostTensors {
    return this.#model.state();
  }

  weights(): HostTensors {
    return this.#model.weights();
  }

  restore(state: HostTensors): void {
    this.#model.restore(state);
    this.#stale = true;
  }

  dispose(): void {
    this.#model.dispose();
    this.#session.dispose();
  }
}
