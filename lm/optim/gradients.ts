import * as tf from "@tensorflow/tfjs-core";
import type { Scalar, Tensor } from "@tensorflow/tfjs-core";
import { PawlError } from "../../platform/errors.js";
import type { InputSpec, StepSpec, Tensors } from "../../tensor/program.js";
import type { Parameter } from "../model/architecture.js";
import { scalarSpecs, update, type OptimizerSettings } from "./optimizer.js";

/** The value that a step minimizes, and further metrics that it reports. */
export interface Objective {
  loss: Scalar;
  metrics?: Tensors;
}

/** An objective, its gradients by parameter, and its metrics. */
export function computeGradients(
  list: readonly Parameter[],
  weights: Tensors,
  objective: (weights: Tensors) => Objective,
): { loss: Scalar; gradients: Tensors; metrics: Tensors } {
  const names = list.map((p) => p.name);
  let kept: Tensors = {};
  const { value, grads } = tf.valueAndGrads((...values) => {
    const { loss, metrics } = objective(Object.fromEntries(names.map((name, i) => [name, values[i]!])));
    // Kept, because tfjs disposes of tensors that the forward pass created and did not return.
    kept = Object.fromEntries(Object.entries(metrics ?? {}).map(([name, t]) => [name, tf.keep(t)]));
    return loss;
  })(names.map((name) => weights[name]!));
  const metrics = Object.fromEntries(Object.entries(kept).map(([name, t]) => [name, tf.clone(t)]));
  tf.dispose(kept);
  return { loss: value, gradients: Object.fromEntries(names.map((name, i) => [name, grads[i]!])), metrics };
}

/**
 * A step that performs one optimizer step: objective, gradients, clipping, optimizer. Its outputs
 * are `loss`, `norm` (of the gradients before clipping) and the objective's metrics; its inputs are
 * the given ones and the optimizer's scalars.
 */
export function updateStep(
  list: readonly Parameter[],
  optimizer: OptimizerSettings,
  inputs: Record<string, InputSpec>,
  objective: (weights: Tensors, inputs: Tensors) => Objective,
): StepSpec {
  return {
    inputs: { ...inputs, ...scalarSpecs },
    run: (state, given) => {
      const { loss, gradients, metrics } = computeGradients(list, state, (weights) => objective(weights, given));
      const updated = update(optimizer, list, state, gradients, given);
      return { state: updated.state, outputs: { ...metrics, loss, norm: updated.norm } };
    },
  };
}

/** The value, through which no gradient flows. */
export function stopGradient(x: Tensor): Tensor {
  const op = tf.customGrad((...args) => {
    const [input] = args as unknown as [Tensor];
    return { value: tf.clone(input), gradFunc: (dy: Tensor) => tf.zerosLike(dy) };
  });
  return op(x);
}

/**
 * Checks the results of an optimizer step.
 * @param step its number
 * @throws PawlError LOSS_NOT_FINITE; the state is then spoilt and must not be saved
 */
export function checkFinite(
  step: number,
  { loss, gradientNorm, learningRate }: { loss: number; gradientNorm: number; learningRate: number },
): void {
  if (Number.isFinite(loss) && Number.isFinite(gradientNorm)) return;
  const what = Number.isFinite(loss) ? "gradient" : "loss";
  throw new PawlError("LOSS_NOT_FINITE", `the ${what} is not finite at step ${step}`, {
    where: `step ${step}`,
    expected: "a finite loss and gradient",
    got: `loss ${loss}, gradient norm ${gradientNorm}, learning rate ${learningRate}`,
    next: "lower learningRate, raise warmupSteps, or lower gradientClip; the last checkpoint before this step is kept",
  });
}
