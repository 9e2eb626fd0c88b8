import type { HostTensors } from "../../tensor/program.js";
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
import { rewardParameters, valueObjective, valueSpecs, valueStep } from "../train/reward-model.js";

export interface CriticSettings {
  architecture: Architecture;
  shape: RolloutShape;
  /** Of the value loss in the whole. */
  coefficient: number;
  optimizer: OptimizerSettings;
}

/** PPO's critic: a reward model that goes on learning, read at every token. */
export class Critic {
  readonly #shape: RolloutShape;
  readonly #model: OptimizedModel<"value">;

  constructor(settings: CriticSettings, weights: HostTensors) {
    const { architecture: a, shape, optimizer } = settings;
    this.#shape = shape;
    const objective = { inputs: valueSpecs(shape), of: valueObjective(a, shape, settings.coefficient) };
    const steps = { value: valueStep(a, shape) };
    this.#model = new OptimizedModel(rewardParameters(a), optimizer, weights, objective, steps);
  }

  /** Values before each token of at most `shape.rows` responses. */
  values(rollouts: readonly Rollout[]): TokenValues {
    const grid = this.#model.run("value", rolloutInputs(this.#shape, rollouts))["values"]!.data as Float32Array;
    return perRollout(this.#shape, rollouts, grid);
  }

  /**
   * One update towards the returns.
   * @throws PawlError LOSS_NOT_FINITE
   */
  update(
    step: number,
    learningRate: number,
    batch: {
      rollouts: readonly Rollout[];
      weights: readonly number[];
      returns: readonly ArrayLike<number>[];
      oldValues: TokenValues;
      /** How far a value may move from the old one, in the returns' unit. */
      clip: number;
    },
  ): { loss: number; gradientNorm: number; clipFraction: number } {
    const shape = this.#shape;
    const grid = (value: (r: number, t: number) => number) => floats(shape, perToken(shape, batch.rollouts, value));
    const { loss, gradientNorm, outputs } = this.#model.update(step, learningRate, {
      ...rolloutInputs(shape, batch.rollouts),
      weights: grid((r) => batch.weights[r]!),
      returns: grid((r, t) => batch.returns[r]![t]!),
      oldValues: grid((r, t) => batch.oldValues[r]![t]!),
      clip: { dtype: "float32", shape: [], data: Float32Array.of(batch.clip) },
    });
    return { loss, gradientNorm, clipFraction: outputs["clipFraction"]!.data[0]! };
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
