import { compile } from "../../tensor/compile.js";
import type { HostTensors, Program } from "../../tensor/program.js";
import { parameters, type Architecture, type Parameter } from "../model/architecture.js";
import { checkFinite, updateStep } from "../optim/gradients.js";
import { scalarInputs, zeroSlots, type OptimizerSettings } from "../optim/optimizer.js";
import { policyObjective, policySpecs, scoreStep, type PolicySettings } from "../train/policy.js";
import {
  floats,
  perRollout,
  perToken,
  rolloutInputs,
  type Rollout,
  type RolloutShape,
  type TokenFigures,
} from "../data/rollout.js";
import {
  samplerState,
  samplerSteps,
  sampleRollouts,
  type SamplerStep,
  type SamplingPlan,
  type SamplingShape,
} from "../decode/sampler.js";

/** What the objective is told of each response token. */
export interface PolicyBatch {
  rollouts: readonly Rollout[];
  /** How much a token of each response counts. */
  weights: readonly number[];
  advantages: readonly ArrayLike<number>[];
  oldLogProbabilities?: TokenFigures;
  referenceLogProbabilities?: TokenFigures;
}

export interface UpdateReport {
  loss: number;
  gradientNorm: number;
  /** Mean of new over old probability before the update. */
  ratio: number;
  clipFraction: number;
  /** Estimate of the KL divergence from the reference, as the loss weighs it; 0 without one. */
  kl: number;
}

export interface PolicyTrainerSettings {
  architecture: Architecture;
  /** Responses sampled together. */
  sampling: SamplingShape;
  /** Responses of one update, of the same prompt and response slots. */
  training: RolloutShape;
  policy: PolicySettings;
  optimizer: OptimizerSettings;
}

/** A policy that samples, is scored and is updated, all on one set of weights. */
export class PolicyTrainer {
  readonly #settings: PolicyTrainerSettings;
  readonly #parameters: Parameter[];
  readonly #program: Program<SamplerStep | "score" | "update">;

  /** @param weights parameters by Hugging Face's name */
  constructor(settings: PolicyTrainerSettings, weights: HostTensors) {
    this.#settings = settings;
    const { architecture: a, sampling, training, policy, optimizer } = settings;
    this.#parameters = parameters(a);
    const state = { ...weights, ...zeroSlots(optimizer, this.#parameters), ...samplerState(a, sampling) };
    this.#program = compile(state, {
      ...samplerSteps(a, sampling, policy.temperature),
      score: scoreStep(a, training, policy.temperature),
      update: updateStep(
        this.#parameters,
        optimizer,
        policySpecs(training, policy),
        policyObjective(a, training, policy),
      ),
    });
  }

  /** Responses to at most `sampling.rows` prompts. */
  sample(
    prompts: readonly (readonly number[])[],
    plan: Omit<SamplingPlan, "shape">,
    between: () => Promise<void>,
  ): Promise<Rollout[]> {
    const program = this.#program as unknown as Program<SamplerStep>;
    return sampleRollouts(program, prompts, { ...plan, shape: this.#settings.sampling }, between);
  }

  /** Log-probabilities and entropies of at most `training.rows` rollouts under the present weights. */
  score(rollouts: readonly Rollout[]): { logProbabilities: TokenFigures; entropies: TokenFigures } {
    return readScores(this.#program, this.#settings.training, rollouts);
  }

  /**
   * One update from at most `training.rows` rollouts.
   * @param step its number, 0-based, for the bias correction
   * @throws PawlError LOSS_NOT_FINITE; the state is then spoilt and must not be saved
   */
  update(step: number, learningRate: number, batch: PolicyBatch): UpdateReport {
    const { training, policy, optimizer } = this.#settings;
    const { rollouts } = batch;
    const grid = (value: (r: number, t: number) => number) => floats(training, perToken(training, rollouts, value));
    const inputs: HostTensors = {
      ...rolloutInputs(training, rollouts),
      weights: grid((r) => batch.weights[r]!),
      advantages: grid((r, t) => batch.advantages[r]![t]!),
      ...(!policy.onPolicy && { oldLogProbabilities: grid((r, t) => batch.oldLogProbabilities![r]![t]!) }),
      ...(policy.klCoefficient > 0 && {
        referenceLogProbabilities: grid((r, t) => batch.referenceLogProbabilities![r]![t]!),
      }),
      ...scalarInputs(optimizer, learningRate, step),
    };
    const outputs = this.#program.run("update", inputs);
    const value = (name: string): number => outputs[name]?.data[0] ?? 0;
    const report = {
      loss: value("loss"),
      gradientNorm: value("norm"),
      ratio: value("ratio"),
      clipFraction: value("clipFraction"),
      kl: value("kl"),
    };
    checkFinite(step, report, learningRate);
    return report;
  }

  /** Weights and moments: all that training needs to go on exactly. */
  state(): HostTensors {
    return this.#program.read([
      ...this.#names(),
      ...Object.keys(zeroSlots(this.#settings.optimizer, this.#parameters)),
    ]);
  }

  weights(): HostTensors {
    return this.#program.read(this.#names());
  }

  restore(state: HostTensors): void {
    this.#program.write(state);
  }

  dispose(): void {
    this.#program.dispose();
  }

  #names(): string[] {
    return this.#parameters.map(({ name }) => name);
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
  score(rollouts: readonly Rollout[]): { logProbabilities: TokenFigures; entropies: TokenFigures } {
    return readScores(this.#program, this.#shape, rollouts);
  }

  dispose(): void {
    this.#program.dispose();
  }
}

function readScores(program: Program<"score">, shape: RolloutShape, rollouts: readonly Rollout[]) {
  const outputs = program.run("score", rolloutInputs(shape, rollouts));
  const lists = (name: string): TokenFigures => perRollout(shape, rollouts, outputs[name]!.data as Float32Array);
  return { logProbabilities: lists("logProbabilities"), entropies: lists("entropies") };
}
