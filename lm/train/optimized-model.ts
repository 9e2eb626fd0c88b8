import { compile } from "../../tensor/compile.js";
import type { HostTensors, InputSpec, Program, StepSpec, Tensors } from "../../tensor/program.js";
import type { Parameter } from "../model/architecture.js";
import { checkFinite, updateStep, type Objective } from "../optim/gradients.js";
import { scalarInputs, zeroOptimizerState, type OptimizerSettings } from "../optim/optimizer.js";

/** What one update reports: the objective's loss, the gradients' norm before clipping, and the objective's other outputs. */
export interface UpdateOutputs {
  loss: number;
  gradientNorm: number;
  outputs: HostTensors;
}

/**
 * What every model that learns by one objective has: parameters and an optimizer's state in a program, with the step that
 * updates them and further steps that read them.
 */
export class OptimizedModel<S extends string = never> {
  readonly #names: string[];
  readonly #stateNames: string[];
  readonly #program: Program<S | "update">;

  /**
   * @param weights of these parameters, by name, and what further steps read beside them
   * @param objective with its inputs
   * @param steps further steps over the same weights
   */
  constructor(
    list: readonly Parameter[],
    private readonly optimizer: OptimizerSettings,
    weights: HostTensors,
    objective: { inputs: Record<string, InputSpec>; of: (weights: Tensors, inputs: Tensors) => Objective },
    steps: Record<S, StepSpec>,
  ) {
    this.#names = list.map(({ name }) => name);
    const moments = zeroOptimizerState(optimizer, list);
    this.#stateNames = [...this.#names, ...Object.keys(moments)];
    this.#program = compile<S | "update">(
      { ...weights, ...moments },
      {
        ...steps,
        update: updateStep(list, optimizer, objective.inputs, objective.of),
      },
    );
  }

  run(step: S, inputs: HostTensors): HostTensors {
    return this.#program.run(step, inputs);
  }

  /**
   * One update.
   * @param step its number, 0-based, for the bias correction
   * @throws PawlError LOSS_NOT_FINITE; the state is then spoilt and must not be saved
   */
  update(step: number, learningRate: number, inputs: HostTensors): UpdateOutputs {
    const outputs = this.#program.run("update", { ...inputs, ...scalarInputs(this.optimizer, learningRate, step) });
    const report = { loss: outputs["loss"]!.data[0]!, gradientNorm: outputs["norm"]!.data[0]! };
    checkFinite(step, { ...report, learningRate });
    return { ...report, outputs };
  }

  /** Weights and moments: all that training needs to go on exactly. Each is fetched when its `data` are asked for. */
  state(): HostTensors {
    return this.#program.live(this.#stateNames);
  }

  /** The weights as they are when their `data` are asked for. */
  weights(): HostTensors {
    return this.#program.live(this.#names);
  }

  /** The weights of this moment, held: all in one call. */
  heldWeights(): HostTensors {
    return this.#program.read(this.#names);
  }

  /** Puts back what `state()` gave. */
  restore(state: HostTensors): void {
    this.#program.write(state);
  }

  dispose(): void {
    this.#program.dispose();
  }
}
