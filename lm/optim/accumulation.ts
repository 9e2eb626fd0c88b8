import * as tf from "@tensorflow/tfjs-core";
import { zeros } from "../../tensor/host-tensor.js";
import type { HostTensors, InputSpec, StepSpec, Tensors } from "../../tensor/program.js";
import type { Parameter } from "../model/architecture.js";
import { computeGradients, type Objective } from "./gradients.js";
import { addGradients, scalarSpecs, update, type OptimizerSettings } from "./optimizer.js";

/**
 * An optimizer step from several micro-batches: the gradients of each are added up, then applied.
 * If the objective of the whole batch is the sum of its micro-batches' objectives, the step is that
 * of the whole batch.
 */

/**
 * Sums of gradients among a program's variables, at their beginning. Between optimizer steps they
 * are zero: a checkpoint needs none.
 */
export function zeroGradients(list: readonly Parameter[]): HostTensors {
  return Object.fromEntries(list.map((parameter) => [gradientName(parameter), zeros(parameter.shape)]));
}

/**
 * The program's steps for this: `accumulate` adds the gradients of one micro-batch and returns its
 * `loss` and the objective's metrics; `apply`, with the optimizer's scalars, updates the parameters
 * and returns the `norm` of the summed gradients before clipping.
 */
export function accumulationSteps(
  list: readonly Parameter[],
  optimizer: OptimizerSettings,
  inputs: Record<string, InputSpec>,
  objective: (weights: Tensors, inputs: Tensors) => Objective,
): Record<"accumulate" | "apply", StepSpec> {
  const sums = (state: Tensors): Tensors => Object.fromEntries(list.map((p) => [p.name, state[gradientName(p)]!]));
  const named = (gradients: Tensors): Tensors =>
    Object.fromEntries(list.map((p) => [gradientName(p), gradients[p.name]!]));
  return {
    accumulate: {
      inputs,
      run: (state, given) => {
        const { loss, gradients, metrics } = computeGradients(list, state, (weights) => objective(weights, given));
        return { state: named(addGradients(sums(state), gradients)), outputs: { ...metrics, loss } };
      },
    },
    apply: {
      inputs: scalarSpecs,
      run: (state, given) => {
        const gradients = sums(state);
        const updated = update(optimizer, list, state, gradients, given);
        const zeros = Object.fromEntries(Object.entries(gradients).map(([name, g]) => [name, tf.zerosLike(g)]));
        return { state: { ...updated.state, ...named(zeros) }, outputs: { norm: updated.norm } };
      },
    },
  };
}

function gradientName(parameter: Parameter): string {
  return `gradient/${parameter.name}`;
}
