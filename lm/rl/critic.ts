import { compile } from "../../tensor/compile.js";
import type { HostTensors, Program } from "../../tensor/program.js";
import type { Architecture, Parameter } from "../model/architecture.js";
import { checkFinite, updateStep } from "../optim/gradients.js";
import { scalarInputs, zeroSlots, type OptimizerSettings } from "../optim/optimizer.js";
import { rewardParameters, valueObjective, valueSpecs, valueStep } from "../train/reward-model.js";
import {
  floats,
  perRollout,
  perToken,
  rolloutInputs,
  type Rollout,
  type RolloutShape,
  type TokenFigures,
} from "../data/rollout.js";

export interface CriticSettings {
  architecture: Architecture;
  shape: RolloutShape;
  clip: number;
  /** Of the value loss in the whole. */
  coefficient: number;
  optimizer: OptimizerSettings;
}

/** PPO's critic: a reward model that goes on learning, read at every token. */
export class Critic {
  readonly #settings: CriticSettings;
  readonly #parameters: Parameter[];
  readonly #program: Program<"value" | "update">;

  constructor(settings: CriticSettings, weights: HostTensors) {
    this.#settings = settings;
    const { architecture: a, shape, optimizer } = settings;
    this.#parameters = rewardParameters(a);
    this.#program = compile(
      { ...weights, ...zeroSlots(optimizer, this.#parameters) },
      {
        value: valueStep(a, shape),
        update: updateStep(this.#parameters, optimizer, valueSpecs(shape), valueObjective(a, shape, settings)),
      },
    );
  }

  /** Values before each token of at most `shape.rows` responses. */
  values(rollouts: readonly Rollout[]): TokenFigures {
    const { shape } = this.#settings;
    const grid = this.#program.run("value", rolloutInputs(shape, rollouts))["values"]!.data as Float32Array;
    return perRollout(shape, rollouts, grid);
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
      oldValues: TokenFigures;
    },
  ): { loss: number; gradientNorm: number; clipFraction: number } {
    const { shape, optimizer } = this.#settings;
    const grid = (value: (r: number, t: number) => number) => floats(shape, perToken(shape, batch.rollouts, value));
    const outputs = this.#program.run("update", {
      ...rolloutInputs(shape, batch.rollouts),
      weights: grid((r) => batch.weights[r]!),
      returns: grid((r, t) => batch.returns[r]![t]!),
      oldValues: grid((r, t) => batch.oldValues[r]![t]!),
      ...scalarInputs(optimizer, learningRate, step),
    });
    const report = { loss: outputs["loss"]!.data[0]!, gradientNorm: outputs["norm"]!.data[0]! };
    checkFinite(step, report, learningRate);
    return { ...report, clipFraction: outputs["clipFraction"]!.data[0]! };
  }

  state(): HostTensors {
    return this.#program.read();
  }

  restore(state: HostTensors): void {
    this.#program.write(state);
  }

  dispose(): void {
    this.#program.dispose();
  }
}
