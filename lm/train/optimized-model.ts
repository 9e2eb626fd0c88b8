import { compile } from "../../tensor/compile.js";
import type { HostTensors, InputSpec, Program, StepSpec, Tensors } from "../../tensor/program.js";
import type { Parameter } from "../model/architecture.js";
import { accumulationSteps, zeroGradients } from "../optim/accumulation.js";
import { checkFinite, updateStep, type Objective } from "../optim/gradients.js";
import { scalarInputs, zeroOptimizerState, type OptimizerSettings } from "../optim/optimizer.js";

/** What is learned, and how an optimizer step is performed. */
export interface Learning {
  parameters: readonly Parameter[];
  optimizer: OptimizerSettings;
  /**
   * Maximum number of micro-batches of one optimizer step. Their objectives add up to that of the
   * whole.
   */
  accumulate: number;
  /** Of one micro-batch. */
  inputs: Record<string, InputSpec>;
  objective: (weights: Tensors, inputs: Tensors) => Objective;
}

/** The results of one optimizer step. */
export interface UpdateOutputs {
  /** Sum over the micro-batches. */
  loss: number;
  /** Of all gradients together, before clipping. */
  gradientNorm: number;
  /** The objective's metrics of each micro-batch. */
  outputs: HostTensors[];
}

type UpdateStep = "update" | "accumulate" | "apply";

/**
 * The base of every model that learns by one objective: parameters and an optimizer's state in a
 * program, with the steps that update them and further steps that read them.
 */
export class OptimizedModel<S extends string = never> {
  readonly #learning: Learning;
  readonly #names: string[];
  readonly #stateNames: string[];
  readonly #program: Program<S | UpdateStep>;

  /**
   * @param weights of the parameters, by name, and further variables that other steps read
   * @param steps further steps over the same weights
   */
  constructor(learning: Learning, weights: HostTensors, steps: Record<S, StepSpec>) {
    const { parameters: list, optimizer, accumulate } = learning;
    this.#learning = learning;
    this.#names = list.map(({ name }) => name);
    const moments = zeroOptimizerState(optimizer, list);
    this.#stateNames = [...this.#names, ...Object.keys(moments)];
    const sums = accumulate === 1 ? {} : zeroGradients(list);
    this.#program = compile<S | UpdateStep>({ ...weights, ...sums, ...moments }, {
      ...steps,
      ...updateSteps(learning),
    } as Record<S | UpdateStep, StepSpec>);
  }

  run(step: S, inputs: HostTensors): HostTensors {
    return this.#program.run(step, inputs);
  }

  /**
   * One optimizer step.
   * @param step its number, 0-based, for the bias correction
   * @param batches inputs of each micro-batch, at least one
   * @throws PawlError LOSS_NOT_FINITE; the state is then spoilt and must not be saved
   */
  update(step: number, learningRate: number, batches: readonly HostTensors[]): UpdateOutputs {
    const { optimizer, accumulate } = this.#learning;
    const scalars = scalarInputs(optimizer, learningRate, step);
    const outputs =
      accumulate === 1
        ? [this.#program.run("update", { ...batches[0]!, ...scalars })]
        : batches.map((batch) => this.#program.run("accumulate", batch));
    const { norm } = accumulate === 1 ? outputs[0]! : this.#program.run("apply", scalars);
    const loss = outputs.reduce((sum, { loss }) => sum + loss!.data[0]!, 0);
    const report = { loss, gradientNorm: norm!.data[0]! };
    checkFinite(step, { ...report, learningRate });
    return { ...report, outputs };
  }

  /**
   * Weights and moments: all that training needs to continue exactly. Each is fetched when its
   * `data` are accessed.
   */
  state(): HostTensors {
    return this.#program.live(this.#stateNames);
  }

  /** The weights at the time when their `data` are accessed. */
  weights(): HostTensors {
    return this.#program.live(this.#names);
  }

  /** The weights at this moment, in memory: all in one call. */
  heldWeights(): HostTensors {
    return this.#program.read(this.#names);
  }

  /** Restores the result of `state()`. */
  restore(state: HostTensors): void {
    this.#program.write(state);
  }

  dispose(): void {
    this.#program.dispose();
  }
}

function updateSteps({ parameters: list, optimizer, accumulate, inputs, objective }: Learning) {
  if (accumulate > 1) return accumulationSteps(list, optimizer, inputs, objective);
  return { update: updateStep(list, optimizer, inputs, objective) };
}
