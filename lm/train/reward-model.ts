import * as tf from "@tensorflow/tfjs-core";
import type { Rank, Scalar, Tensor1D, Tensor2D } from "@tensorflow/tfjs-core";
import { embedding } from "../../tensor/ops.js";
import type { HostTensors, InputSpec, StepSpec, Tensors } from "../../tensor/program.js";
import { RandomStream } from "../../platform/random.js";
import { headName, parameters, type Architecture, type Parameter } from "../model/architecture.js";
import type { Objective } from "../optim/gradients.js";
import { linear } from "../model/layers.js";
import { batchStates } from "../model/recomputed-layers.js";
import { responseStates } from "./policy.js";
import { rolloutSpecs, type RolloutShape } from "../data/rollout.js";

/**
 * A model that returns a number instead of a token: the transformer's body and a head without bias.
 * As a reward model it is read at a response's last token, as PPO's critic at every token.
 */

export const scoreName = "score.weight";

/** Parameters: the body's, and the head [1, hiddenSize]. */
export function rewardParameters(a: Architecture): Parameter[] {
  const body = parameters(a).filter(({ name }) => name !== headName);
  return [...body, { name: scoreName, shape: [1, a.hiddenSize], role: "embedding" }];
}

/**
 * A language model's body with a fresh head, standard deviation 1/sqrt(hiddenSize + 1) (Huang et
 * al. 2024, detail 17).
 */
export function withScoreHead(a: Architecture, weights: HostTensors, seed: number): HostTensors {
  const deviation = 1 / Math.sqrt(a.hiddenSize + 1);
  const data = new RandomStream(seed, scoreName).normals(a.hiddenSize).map((value) => value * deviation);
  const head = { dtype: "float32" as const, shape: [1, a.hiddenSize], data };
  const all: HostTensors = { ...weights, [scoreName]: head };
  return Object.fromEntries(rewardParameters(a).map(({ name }) => [name, all[name]!]));
}

/**
 * Inputs for reading scores at one token per row: the rollouts, and `last`, the position of each
 * row's last token [rows] int32.
 */
function scoreSpecs(shape: RolloutShape): Record<string, InputSpec> {
  return { ...rolloutSpecs(shape), last: { dtype: "int32", shape: [shape.rows] } };
}

/** Scores at the rows' last tokens, [rows]. */
function lastScores(
  a: Architecture,
  weights: Tensors,
  inputs: Tensors,
  { rows, prompt, response, recompute }: RolloutShape,
): Tensor1D {
  const begins = tf.range(0, rows, 1, "int32").mul(tf.scalar(prompt + response, "int32"));
  const places = tf.add<Tensor1D>(begins, inputs["last"]!);
  const states = embedding(batchStates(a, weights, inputs, recompute) as Tensor2D, places);
  return tf.reshape(linear(states, weights[scoreName]!), [rows]);
}

/** A step that scores whole responses: output `scores` [rows]. */
export function rewardStep(a: Architecture, shape: RolloutShape): StepSpec {
  return {
    inputs: scoreSpecs(shape),
    run: (weights, inputs) => ({ outputs: { scores: lastScores(a, weights, inputs, shape) } }),
  };
}

/**
 * Inputs of the preference objective: rows 0 … n − 1 chosen, n … 2n − 1 rejected; `margins` and
 * `weights` (0: no pair) [n].
 */
export function pairSpecs(shape: RolloutShape): Record<string, InputSpec> {
  const floats: InputSpec = { dtype: "float32", shape: [shape.rows / 2] };
  return { ...scoreSpecs(shape), margins: floats, weights: floats };
}

/**
 * Bradley-Terry (1952) with margins: Σ weight · (−log σ(chosen − rejected − margin) + centering ·
 * (chosen + rejected)²), the second part keeps scores near zero (Eisenstein et al. 2023). Metrics:
 * `scores` [2n].
 */
export function pairObjective(
  a: Architecture,
  shape: RolloutShape,
  centering: number,
): (weights: Tensors, inputs: Tensors) => Objective {
  return (weights, inputs) => {
    const scores = lastScores(a, weights, inputs, shape);
    const [chosen, rejected] = tf.split(scores, 2) as [Tensor1D, Tensor1D];
    const gap = tf.sub(tf.sub(chosen, rejected), inputs["margins"]!);
    const pairLoss = tf.add(tf.softplus(tf.neg(gap)), tf.mul(tf.square(tf.add(chosen, rejected)), centering));
    return { loss: tf.sum<Scalar>(tf.mul(pairLoss, inputs["weights"]!)), metrics: { scores } };
  };
}

/** The critic's values before each response token, [rows, response]. */
export function valueStep(a: Architecture, shape: RolloutShape): StepSpec {
  return {
    inputs: rolloutSpecs(shape),
    run: (weights, inputs) => ({
      outputs: { values: tf.reshape(responseValues(a, weights, inputs, shape), [shape.rows, shape.response]) },
    }),
  };
}

function responseValues(a: Architecture, weights: Tensors, inputs: Tensors, shape: RolloutShape): Tensor1D {
  const states = responseStates(a, weights, inputs, shape);
  return tf.reshape<Rank.R1>(linear(states, weights[scoreName]!), [shape.rows * shape.response]);
}

/**
 * Inputs of the critic's optimizer step: the rollouts; for each response token `weights`, `returns`
 * and `oldValues`; `clip` [].
 */
export function valueSpecs(shape: RolloutShape): Record<string, InputSpec> {
  const floats: InputSpec = { dtype: "float32", shape: [shape.rows, shape.response] };
  const clip: InputSpec = { dtype: "float32", shape: [] };
  return { ...rolloutSpecs(shape), weights: floats, returns: floats, oldValues: floats, clip };
}

/**
 * The clipped value loss (Huang et al. 2024, detail 9): ½ · Σ weight · max((v − return)², (clip(v,
 * old ± clip) − return)²), times `coefficient`. Metric: `clipFraction`.
 */
export function valueObjective(
  a: Architecture,
  shape: RolloutShape,
  coefficient: number,
): (weights: Tensors, inputs: Tensors) => Objective {
  return (weights, inputs) => {
    const flat = (name: string): Tensor1D => tf.reshape<Rank.R1>(inputs[name]!, [-1]);
    const values = responseValues(a, weights, inputs, shape);
    const old = flat("oldValues");
    const clip = inputs["clip"]!;
    const near = tf.maximum(tf.minimum(values, tf.add(old, clip)), tf.sub(old, clip));
    const free = tf.square(tf.sub(values, flat("returns")));
    const clipped = tf.square(tf.sub(near, flat("returns")));
    const share = flat("weights");
    const loss = tf.mul(tf.sum(tf.mul(share, tf.maximum(free, clipped))), 0.5 * coefficient);
    const counts = tf.cast(tf.greater(share, 0), "float32");
    const bound = tf.mul(tf.cast(tf.greater(clipped, free), "float32"), counts);
    const clipFraction = tf.div(tf.sum(bound), tf.maximum(tf.sum(counts), 1));
    return { loss: loss as Scalar, metrics: { clipFraction } };
  };
}
