import * as tf from "@tensorflow/tfjs-core";
import { compile } from "../../tensor/compile.js";
import { zeros } from "../../tensor/host-tensor.js";
import type { HostTensors, InputSpec, Program, StepSpec, Tensors } from "../../tensor/program.js";
import { parameters, type Architecture, type Parameter } from "../model/architecture.js";
import { batchInputs, batchSpecs, type Batch, type BatchShape } from "../data/batch.js";
import { checkFinite, gradientsOf, updateStep, type Objective } from "../optim/gradients.js";
import {
  addGradients,
  scalarInputs,
  scalarSpecs,
  optimizerStateNames,
  update,
  zeroOptimizerState,
  type OptimizerSettings,
} from "../optim/optimizer.js";
import { learningRateAt, type Schedule } from "../optim/schedule.js";
import { batchLoss, batchNats } from "./batch-loss.js";

export interface TrainerSettings {
  architecture: Architecture;
  /** One micro-batch. */
  shape: BatchShape;
  /** Micro-batches summed into one update. */
  accumulate: number;
  /** Layers are computed anew in the backward pass; absent: where rows are long. */
  recompute?: boolean | undefined;
  optimizer: OptimizerSettings;
  schedule: Schedule;
}

/** What one update did. */
export interface StepReport {
  /** Mean over the step's weighted predictions, nats. */
  loss: number;
  /** Of all gradients together, before clipping. */
  gradientNorm: number;
  learningRate: number;
  /** Predictions that counted. */
  tokens: number;
}

type StepName = "train" | "accumulate" | "apply" | "evaluate";

/**
 * Training by next-token prediction, for pre-training and fine-tuning alike. Everything that an update depends on is in
 * `state()` (weights, moments) and in the step's number; the caller makes the batches from the same number.
 */
export class Trainer {
  readonly #settings: TrainerSettings;
  readonly #parameters: Parameter[];
  readonly #program: Program<StepName>;

  /** @param weights parameters by Hugging Face's name */
  constructor(settings: TrainerSettings, weights: HostTensors) {
    this.#settings = settings;
    this.#parameters = parameters(settings.architecture);
    const steps = settings.accumulate === 1 ? { train: this.#train() } : this.#accumulation();
    this.#program = compile<StepName>(this.#initialState(weights), {
      ...steps,
      evaluate: this.#evaluation(),
    } as Record<StepName, StepSpec>);
  }

  /**
   * Update number `step` (0-based) from its micro-batches, each prediction with equal weight whatever its batch.
   * @throws PawlError LOSS_NOT_FINITE; the state is then spoilt and must not be saved
   */
  step(step: number, batches: readonly Batch[]): StepReport {
    const tokens = batches.reduce((sum, batch) => sum + batch.weight, 0);
    const scale = { dtype: "float32" as const, shape: [], data: Float32Array.of(1 / Math.max(tokens, 1)) };
    const learningRate = learningRateAt(this.#settings.schedule, step);
    const scalars = scalarInputs(this.#settings.optimizer, learningRate, step);
    let loss = 0;
    let gradientNorm: number;
    if (this.#settings.accumulate === 1) {
      const outputs = this.#program.run("train", {
        ...batchInputs(batches[0]!, this.#settings.shape),
        scale,
        ...scalars,
      });
      loss = outputs["loss"]!.data[0]!;
      gradientNorm = outputs["norm"]!.data[0]!;
    } else {
      for (const batch of batches)
        loss += this.#program.run("accumulate", { ...batchInputs(batch, this.#settings.shape), scale })["loss"]!
          .data[0]!;
      gradientNorm = this.#program.run("apply", scalars)["norm"]!.data[0]!;
    }
    const report = { loss, gradientNorm, learningRate, tokens };
    checkFinite(step, report);
    return report;
  }

  /** Sum of the losses of a batch's weighted predictions, nats. */
  evaluate(batch: Batch): number {
    return this.#program.run("evaluate", batchInputs(batch))["loss"]!.data[0]!;
  }

  /** Everything that training needs to go on exactly: weights and moments. Each is fetched when its `data` are asked for. */
  state(): HostTensors {
    return this.#program.live(this.#stateNames());
  }

  /** The weights as they are when their `data` are asked for. */
  weights(): HostTensors {
    return this.#program.live(this.#parameters.map((p) => p.name));
  }

  /** Puts back what `state()` gave. */
  restore(state: HostTensors): void {
    this.#program.write(state);
  }

  dispose(): void {
    this.#program.dispose();
  }

  #stateNames(): string[] {
    return this.#parameters.flatMap((p) => [p.name, ...optimizerStateNames(this.#settings.optimizer, p)]);
  }

  /** Weights, moments, and between the micro-batches of one update the sum of their gradients. */
  #initialState(weights: HostTensors): HostTensors {
    const list = this.#parameters;
    const state: HostTensors = {};
    for (const { name } of list) state[name] = weights[name]!;
    if (this.#settings.accumulate > 1)
      for (const parameter of list) state[gradientName(parameter)] = zeros(parameter.shape);
    return { ...state, ...zeroOptimizerState(this.#settings.optimizer, list) };
  }

  #train(): StepSpec {
    return updateStep(this.#parameters, this.#settings.optimizer, this.#specs(), (weights, inputs) =>
      this.#objective(weights, inputs),
    );
  }

  #accumulation(): Record<"accumulate" | "apply", StepSpec> {
    const sums = (state: Tensors): Tensors =>
      Object.fromEntries(this.#parameters.map((p) => [p.name, state[gradientName(p)]!]));
    const named = (gradients: Tensors): Tensors =>
      Object.fromEntries(this.#parameters.map((p) => [gradientName(p), gradients[p.name]!]));
    return {
      accumulate: {
        inputs: this.#specs(),
        run: (state, inputs) => {
          const { loss, gradients } = gradientsOf(this.#parameters, state, (weights) =>
            this.#objective(weights, inputs),
          );
          return { state: named(addGradients(sums(state), gradients)), outputs: { loss } };
        },
      },
      apply: {
        inputs: scalarSpecs,
        run: (state, inputs) => {
          const gradients = sums(state);
          const updated = update(this.#settings.optimizer, this.#parameters, state, gradients, inputs);
          const zeros = Object.fromEntries(Object.entries(gradients).map(([name, g]) => [name, tf.zerosLike(g)]));
          return { state: { ...updated.state, ...named(zeros) }, outputs: { norm: updated.norm } };
        },
      },
    };
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

  #specs(): Record<string, InputSpec> {
    return { ...batchSpecs(this.#settings.shape), scale: { dtype: "float32", shape: [] } };
  }

  /** Loss · scale. */
  #objective(weights: Tensors, inputs: Tensors): Objective {
    const { architecture, recompute } = this.#settings;
    return { loss: tf.mul(batchLoss(architecture, weights, inputs, { recompute }), inputs["scale"]!) };
  }
}

function gradientName(parameter: Parameter): string {
  return `gradient/${parameter.name}`;
}
