import type { HostTensors } from "../../tensor/program.js";
import { sliceList } from "../../platform/lists.js";
import {
  floats,
  perRollout,
  perToken,
  rolloutInputs,
  type Rollout,
  type RolloutShape,
  type TokenValues,
} from "../data/rollout.js";
import type { Architecture } from "../model/architecture.js";
import type { OptimizerSettings } from "../optim/optimizer.js";
import { OptimizedModel } from "../train/optimized-model.js";
import { meanOverTokens } from "./micro-batches.js";
import { rewardParameters, valueObjective, valueSpecs, valueStep } from "../train/reward-model.js";

export interface CriticSettings {
  architecture: Architecture;
  /** Of one micro-batch. */
  shape: RolloutShape;
  /** Maximum number of micro-batches of one optimizer step; absent: one. */
  accumulate?: number;
  /** Weight of the value loss. */
  coefficient: number;
  optimizer: OptimizerSettings;
}

/** The critic's inputs for each response token. */
export interface ValueBatch {
  rollouts: readonly Rollout[];
  /** The weight of a token of each response. */
  weights: readonly number[];
  returns: readonly ArrayLike<number>[];
  oldValues: TokenValues;
  /** The maximum distance of a value from the old one, in the returns' unit. */
  clip: number;
}

/** PPO's critic: a reward model that continues to learn, read at every token. */
export class Critic {
  readonly #shape: RolloutShape;
  readonly #model: OptimizedModel<"value">;

  constructor(settings: CriticSettings, weights: HostTensors) {
    const { architecture: a, shape, accumulate = 1, optimizer } = settings;
    this.#shape = shape;
    const learning = {
      parameters: rewardParameters(a),
      optimizer,
      accumulate,
      inputs: valueSpecs(shape),
      objective: valueObjective(a, shape, settings.coefficient),
    };
    this.#model = new OptimizedModel(learning, weights, { value: valueStep(a, shape) });
  }

  /** Values before each token of at most `shape.rows` responses. */
  values(rollouts: readonly Rollout[]): TokenValues {
    const grid = this.#model.run("value", rolloutInputs(this.#shape, rollouts))["values"]!.data as Float32Array;
    return perRollout(this.#shape, rollouts, grid);
  }

  /**
   * One optimizer step toward the returns, from at most accumulate · shape.rows responses.
   * @throws PawlError LOSS_NOT_FINITE
   */
  update(
    step: number,
    learningRate: number,
    batch: ValueBatch,
  ): { loss: number; gradientNorm: number; clipFraction: number } {
    const parts = sliceList(Array.from(batch.rollouts.keys()), this.#shape.rows);
    const { loss, gradientNorm, outputs } = this.#model.update(
      step,
      learningRate,
      parts.map((part) => this.#inputs(batch, part)),
    );
    return { loss, gradientNorm, clipFraction: meanOverTokens("clipFraction", outputs, parts, batch) };
  }

  /** Of one micro-batch. @param part which responses */
  #inputs(batch: ValueBatch, part: readonly number[]): HostTensors {
    const shape = this.#shape;
    const rollouts = part.map((i) => batch.rollouts[i]!);
    const grid = (value: (i: number, t: number) => number) =>
      floats(
        shape,
        perToken(shape, rollouts, (r, t) => value(part[r]!, t)),
      );
    return {
      ...rolloutInputs(shape, rollouts),
      weights: grid((i) => batch.weights[i]!),
      returns: grid((i, t) => batch.returns[i]![t]!),
      oldValues: grid((i, t) => batch.oldValues[i]![t]!),
      clip: { dtype: "float32", shape: [], data: Float32Array.of(batch.clip) },
    };
  }

  state(): HostTensors {
    return this.#model.state();
  }

  restore(state: HostTensors): void {
    this.#model.restore(state);
  }

  dispose(): void {
    this.#model.dispose();
  }
}
