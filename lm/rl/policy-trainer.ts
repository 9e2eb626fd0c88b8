import { compile } from "../../tensor/compile.js";
import type { HostTensors, Program } from "../../tensor/program.js";
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
import { policyObjective, policySpecs, scoreStep, type PolicySettings } from "../train/policy.js";

/** What the objective is told of each response token. */
export interface PolicyBatch {
  rollouts: readonly Rollout[];
  /** How much a token of each response counts. */
  weights: readonly number[];
  advantages: readonly ArrayLike<number>[];
  oldLogProbabilities?: TokenValues;
  referenceLogProbabilities?: TokenValues;
}

export interface UpdateReport {
  loss: number;
  gradientNorm: number;
  /** Mean of new over old probability before the update. */
  ratio: number;
  clipFraction: number;
  /** Estimate of the KL divergence from the reference, nats a token; 0 without one. */
  kl: number;
}

export interface PolicyTrainerSettings {
  architecture: Architecture;
  /** Responses that are written side by side, those to one prompt, and calls' tokens in all (`SessionSettings.steps`). */
  sampling: { rows: number; samples: number; steps?: number };
  /** Responses of one update; prompts and responses of all calls fit its slots. */
  training: RolloutShape;
  policy: PolicySettings;
  optimizer: OptimizerSettings;
}

/** A policy that samples, is scored and is updated. What it samples with follows the weights before it samples again. */
export class PolicyTrainer {
  readonly #settings: PolicyTrainerSettings;
  readonly #model: OptimizedModel<"score">;
  readonly #session: DecodingSession;
  /** The session's weights are older than the model's. */
  #stale = false;

  /** @param weights parameters by Hugging Face's name */
  constructor(settings: PolicyTrainerSettings, weights: HostTensors) {
    this.#settings = settings;
    const { architecture: a, sampling, training, policy, optimizer } = settings;
    const objective = { inputs: policySpecs(training, policy), of: policyObjective(a, training, policy) };
    const steps = { score: scoreStep(a, training, policy.temperature) };
    this.#model = new OptimizedModel(parameters(a), optimizer, weights, objective, steps);
    this.#session = new DecodingSession(a, weights, {
      ...sampling,
      tokens: training.prompt + training.response,
      // From the whole distribution: log-probabilities are those of what was sampled from.
      sampling: { temperature: policy.temperature, ...wholeDistribution },
    });
  }

  /**
   * A response to each prompt, from empty rows: a function of the weights, the prompts and the plan.
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

  /** Log-probabilities and entropies of at most `training.rows` rollouts under the present weights. */
  score(rollouts: readonly Rollout[]): { logProbabilities: TokenValues; entropies: TokenValues } {
    return readScores(this.#model, this.#settings.training, rollouts);
  }

  /**
   * One update from at most `training.rows` rollouts.
   * @param step its number, 0-based, for the bias correction
   * @throws PawlError LOSS_NOT_FINITE; the state is then spoilt and must not be saved
   */
  update(step: number, learningRate: number, batch: PolicyBatch): UpdateReport {
    const { training, policy } = this.#settings;
    const { rollouts } = batch;
    const grid = (value: (r: number, t: number) => number) => floats(training, perToken(training, rollouts, value));
    this.#stale = true;
    const { loss, gradientNorm, outputs } = this.#model.update(step, learningRate, {
      ...rolloutInputs(training, rollouts),
      weights: grid((r) => batch.weights[r]!),
      advantages: grid((r, t) => batch.advantages[r]![t]!),
      ...(!policy.onPolicy && { oldLogProbabilities: grid((r, t) => batch.oldLogProbabilities![r]![t]!) }),
      ...(policy.klCoefficient > 0 && {
        referenceLogProbabilities: grid((r, t) => batch.referenceLogProbabilities![r]![t]!),
      }),
    });
    const value = (name: string): number => outputs[name]?.data[0] ?? 0;
    return { loss, gradientNorm, ratio: value("ratio"), clipFraction: value("clipFraction"), kl: value("kl") };
  }

  /** Weights and moments: all that training needs to go on exactly. */
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

/** A frozen policy: the reference. */
export class PolicyScorer {
  readonly #shape: RolloutShape;
  readonly #program: Program<"score">;

  constructor(a: Architecture, shape: RolloutShape, temperature: number, weights: HostTensors) {
    this.#shape = shape;
    this.#program = compile(weights, { score: scoreStep(a, shape, temperature) });
  }

  /** Log-probabilities of at most `shape.rows` rollouts. */
  score(rollouts: readonly Rollout[]): { logProbabilities: TokenValues; entropies: TokenValues } {
    return readScores(this.#program, this.#shape, rollouts);
  }

  dispose(): void {
    this.#program.dispose();
  }
}

function readScores(program: Pick<Program<"score">, "run">, shape: RolloutShape, rollouts: readonly Rollout[]) {
  const outputs = program.run("score", rolloutInputs(shape, rollouts));
  const lists = (name: string): TokenValues => perRollout(shape, rollouts, outputs[name]!.data as Float32Array);
  return { logProbabilities: lists("logProbabilities"), entropies: lists("entropies") };
}
