import * as tf from "@tensorflow/tfjs-core";
import type { HostTensors, StepSpec, Tensors } from "../../tensor/program.js";
import { parameters, type Architecture } from "../model/architecture.js";
import { batchInputs, batchSpecs, type Batch, type BatchShape } from "../data/batch.js";
import type { Objective } from "../optim/gradients.js";
import type { OptimizerSettings } from "../optim/optimizer.js";
import { learningRateAt, type Schedule } from "../optim/schedule.js";
import { batchLoss, batchNats } from "./batch-loss.js";
import { OptimizedModel } from "./optimized-model.js";

export interface TrainerSettings {
  architecture: Architecture;
  /** One micro-batch. */
  shape: BatchShape;
  /** Micro-batches of one optimizer step. */
  accumulate: number;
  /** Layers are recomputed in the backward pass; absent: if rows are long. */
  recompute?: boolean | undefined;
  optimizer: OptimizerSettings;
  schedule: Schedule;
}

/** The results of one optimizer step. */
export interface StepReport {
  /** Mean over the step's weighted predictions, nats. */
  loss: number;
  /** Of all gradients together, before clipping. */
  gradientNorm: number;
  learningRate: number;
  /** Predictions that counted. */
  tokens: number;
}

/**
 * Training by next-token prediction, for both pre-training and fine-tuning. Everything that an
 * optimizer step depends on is in `state()` (weights, moments) and in the step's number; the caller
 * makes the batches from the same number.
 */
export class Trainer {
  readonly #settings: TrainerSettings;
  readonly #model: OptimizedModel<"evaluate">;

  /** @param weights parameters by Hugging Face's name */
  constructor(settings: TrainerSettings, weights: HostTensors) {
    this.#settings = settings;
    const { architecture, shape, accumulate, optimizer } = settings;
    const list = parameters(architecture);
    const inputs = { ...batchSpecs(shape), scale: { dtype: "float32" as const, shape: [] } };
    const objective = (weights: Tensors, given: Tensors): Objective => this.#objective(weights, given);
    const own = Object.fromEntries(list.map(({ name }) => [name, weights[name]!]));
    this.#model = new OptimizedModel({ parameters: list, optimizer, accumulate, inputs, objective }, own, {
      evaluate: this.#evaluation(),
    });
  }

  /**
   * Optimizer step number `step` (0-based) from its micro-batches, each prediction with equal
   * weight whatever its batch.
   * @throws PawlError LOSS_NOT_FINITE; the state is then spoilt and must not be saved
   */
  step(step: number, batches: readonly Batch[]): StepReport {
    const { shape, schedule } = this.#settings;
    const tokens = batches.reduce((sum, batch) => sum + batch.weight, 0);
    const scale = { dtype: "float32" as const, shape: [], data: Float32Array.of(1 / Math.max(tokens, 1)) };
    const learningRate = learningRateAt(schedule, step);
    const inputs = batches.map((batch) => ({ ...batchInputs(batch, shape), scale }));
    const { loss, gradientNorm } = this.#model.update(step, learningRate, inputs);
    return { loss, gradientNorm, learningRate, tokens };
  }

  /** Sum of the losses of a batch's weighted predictions, nats. */
  evaluate(batch: Batch): number {
    return this.#model.run("evaluate", batchInputs(batch))["loss"]!.data[0]!;
  }

  /**
   * Everything that training needs to continue exactly: weights and moments. Each is fetched when
   * its `data` are accessed.
   */
  state(): HostTensors {
    return this.#model.state();
  }

  /** The weights at the time when their `data` are accessed. */
  weights(): HostTensors {
    return this.#model.weights();
  }

  /** Restores the result of `state()`. */
  restore(state: HostTensors): void {
    this.#model.restore(state);
  }

  dispose(): void {
    this.#model.dispose();
  }

  #evaluation(): StepSpec {
    const { architecture, shape } = this.#settings;
    const { rows, length } = shape;
    return {
      // Any number of predictions may count.
      inputs: batchSpecs({ rows, length }),
      run: (state, inputs) => ({ outputs: { loss: batchNats(architecture, state, inputs) } }),
    };
  }

  /** Loss · scale. */
  #objective(weights: Tensors, inputs: Tensors): Objective {
    const { architecture, recompute } = this.#settings;
    return { loss: tf.mul(batchLoss(architecture, weights, inputs, { recompute }), inputs["scale"]!) };
  }
}
