import { compile } from "../../tensor/compile.js";
import { sliceList } from "../../platform/lists.js";
import type { HostTensor, HostTensors, Program } from "../../tensor/program.js";
import { rolloutInputs, type Rollout, type RolloutShape } from "../data/rollout.js";
import type { Architecture } from "../model/architecture.js";
import type { OptimizerSettings } from "../optim/optimizer.js";
import { OptimizedModel } from "./optimized-model.js";
import { pairAccuracy, type ScoredPair } from "./preferences.js";
import { pairObjective, pairSpecs, rewardParameters, rewardStep } from "./reward-model.js";
import type { Pair } from "./pair.js";

export interface RewardTrainerSettings {
  architecture: Architecture;
  /** Rows are twice the preferences of one micro-batch. */
  shape: RolloutShape;
  /** Maximum number of micro-batches of one optimizer step; absent: one. */
  accumulate?: number;
  /** Pulls scores toward zero. */
  centering: number;
  optimizer: OptimizerSettings;
}

/** Fits a reward model to preferences, and scores preferences. */
export class RewardTrainer {
  readonly #shape: RolloutShape;
  readonly #model: OptimizedModel<"score">;

  /** @param weights a body and a head: `withScoreHead` */
  constructor(settings: RewardTrainerSettings, weights: HostTensors) {
    const { architecture: a, shape, accumulate = 1, centering, optimizer } = settings;
    this.#shape = shape;
    const learning = {
      parameters: rewardParameters(a),
      optimizer,
      accumulate,
      inputs: pairSpecs(shape),
      objective: pairObjective(a, shape, centering),
    };
    this.#model = new OptimizedModel(learning, weights, { score: rewardStep(a, shape) });
  }

  /**
   * One optimizer step from at most accumulate · rows / 2 preferences; the loss is their mean, the
   * accuracy that of their scores before it.
   * @param step its number, 0-based
   * @throws PawlError LOSS_NOT_FINITE; the state is then spoilt and must not be saved
   */
  update(
    step: number,
    learningRate: number,
    pairs: readonly Pair[],
  ): { loss: number; gradientNorm: number; accuracy: number } {
    const half = this.#shape.rows / 2;
    const parts = sliceList(pairs, half);
    const { loss, gradientNorm, outputs } = this.#model.update(
      step,
      learningRate,
      parts.map((part) => this.#inputs(part, 1 / pairs.length)),
    );
    const scored = parts.flatMap((part, i) => this.#scored(part, outputs[i]!["scores"]!));
    return { loss, gradientNorm, accuracy: pairAccuracy(scored) };
  }

  /** Of one micro-batch. @param weight of each preference */
  #inputs(pairs: readonly Pair[], weight: number): HostTensors {
    const half = this.#shape.rows / 2;
    const column = (value: (pair: Pair) => number) => ({
      dtype: "float32" as const,
      shape: [half],
      data: Float32Array.from({ length: half }, (_, i) => (pairs[i] ? value(pairs[i]) : 0)),
    });
    return {
      ...pairInputs(this.#shape, pairs),
      margins: column(({ margin }) => margin),
      weights: column(() => weight),
    };
  }

  /** Scores of at most rows / 2 preferences. */
  score(pairs: readonly Pair[]): ScoredPair[] {
    return this.#scored(pairs, this.#model.run("score", pairInputs(this.#shape, pairs))["scores"]!);
  }

  state(): HostTensors {
    return this.#model.state();
  }

  weights(): HostTensors {
    return this.#model.weights();
  }

  restore(state: HostTensors): void {
    this.#model.restore(state);
  }

  dispose(): void {
    this.#model.dispose();
  }

  #scored(pairs: readonly Pair[], { data }: HostTensor): ScoredPair[] {
    return pairs.map((_, i) => ({ chosen: data[i]!, rejected: data[this.#shape.rows / 2 + i]! }));
  }
}

function pairInputs(shape: RolloutShape, pairs: readonly Pair[]): HostTensors {
  const filler: Rollout = { prompt: [0], response: [0], ended: true };
  const rows = new Array<Rollout>(shape.rows).fill(filler);
  pairs.forEach(({ prompt, chosen, rejected }, i) => {
    rows[i] = { prompt, response: chosen, ended: true };
    rows[shape.rows / 2 + i] = { prompt, response: rejected, ended: true };
  });
  return { ...rolloutInputs(shape, rows), last: lastPlaces(shape, rows) };
}

/** Position of each row's last token, [rows] int32. */
function lastPlaces(shape: RolloutShape, rollouts: readonly Rollout[]) {
  const data = Int32Array.from(
    { length: shape.rows },
    (_, r) => shape.prompt + (rollouts[r]?.response.length ?? 0) - 1,
  );
  return { dtype: "int32" as const, shape: [shape.rows], data };
}

/**
 * A finished reward model: scores whole responses at the token that ends a turn, as when it was
 * fitted. A response with another end token is scored with this one in its place, and one that was
 * cut with this one after it.
 */
export class RewardScorer {
  readonly #shape: RolloutShape;
  readonly #program: Program<"score">;

  /**
   * @param shape the response's positions are one more than the longest response's tokens without
   *   an end
   * @param end the token that ended each response when the model was fitted
   */
  constructor(
    a: Architecture,
    shape: RolloutShape,
    weights: HostTensors,
    private readonly end: number,
  ) {
    this.#shape = shape;
    this.#program = compile(weights, { score: rewardStep(a, shape) });
  }

  /**
   * Scores of at most `shape.rows` rollouts.
   * @throws PawlError INTERNAL if one does not fit with its end
   */
  score(rollouts: readonly Rollout[]): number[] {
    const shape = this.#shape;
    const sequences = rollouts.map(({ prompt, response, ended }) => {
      const words = ended ? response.slice(0, -1) : response;
      return { prompt, response: [...words, this.end], ended: true };
    });
    const inputs = { ...rolloutInputs(shape, sequences), last: lastPlaces(shape, sequences) };
    const scores = this.#program.run("score", inputs)["scores"]!.data;
    return rollouts.map((_, r) => scores[r]!);
  }

  dispose(): void {
    this.#program.dispose();
  }
}
