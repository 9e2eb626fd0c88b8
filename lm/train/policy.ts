import * as tf from "@tensorflow/tfjs-core";
import type { Rank, Scalar, Tensor, Tensor1D, Tensor2D } from "@tensorflow/tfjs-core";
import { withoutPrefix } from "../../tensor/host-tensor.js";
import { embedding, softmaxCrossEntropy } from "../../tensor/ops.js";
import type { InputSpec, StepSpec, Tensors } from "../../tensor/program.js";
import type { Architecture } from "../model/architecture.js";
import { onceEach, sharedPromptAttention } from "../model/attention/shared-prompts.js";
import { crossEntropies, measureLogits, type Predictions } from "../model/losses.js";
import { batchStates, computeStates, type Surroundings } from "../model/recomputed-layers.js";
import { stopGradient, type Objective } from "../optim/gradients.js";
import { rolloutSpecs, type RolloutShape } from "../data/rollout.js";
import { headWeight, rotationAt } from "../model/transformer.js";

/**
 * A language model as a policy: log-probabilities of sampled responses, and the objectives of PPO
 * and GRPO. Everywhere the logits are divided by the temperature that the responses were sampled
 * at.
 */

/**
 * Hidden states from which the response's tokens are predicted: at the prompt's last position and
 * all response positions but the last.
 * @param inputs those of `rolloutInputs`
 * @returns [rows · response, hiddenSize]
 */
export function responseStates(a: Architecture, weights: Tensors, inputs: Tensors, shape: RolloutShape): Tensor2D {
  const { rows, prompt, response, prompts, recompute } = shape;
  if (prompts !== undefined) return responseStatesOfPrompts(a, weights, inputs, { ...shape, prompts });
  const hidden = batchStates(a, weights, inputs, recompute);
  const grid = tf.reshape(hidden, [rows, prompt + response, a.hiddenSize]);
  return tf.reshape(tf.slice(grid, [0, prompt - 1, 0], [rows, response, a.hiddenSize]), [
    rows * response,
    a.hiddenSize,
  ]);
}

/**
 * {@link responseStates}, if a prompt is computed once for all of its rows, and a response's last
 * token is not computed.
 */
function responseStatesOfPrompts(
  a: Architecture,
  weights: Tensors,
  inputs: Tensors,
  shape: RolloutShape & { prompts: number },
): Tensor2D {
  const { rows, prompt, response, prompts } = shape;
  const sharing = {
    prompt,
    promptRows: inputs["promptRows"] as Tensor1D,
    rowPrompts: inputs["rowPrompts"] as Tensor1D,
  };
  const grid = (name: string): Tensor => tf.slice(inputs[name]!, [0, 0], [rows, prompt + response - 1]);
  const [tokens, positions] = ["tokens", "positions"].map((name) => onceEach(grid(name), sharing)) as [Tensor, Tensor];
  const surroundings: Surroundings = {
    given: [grid("segments"), grid("positions"), positions, sharing.promptRows, sharing.rowPrompts],
    of: (weights, [segments, ofRows, once, promptRows, rowPrompts]) => ({
      rotation: rotationAt(a, once!),
      attention: sharedPromptAttention(a, weights, segments!, ofRows!, {
        prompt,
        promptRows: promptRows as Tensor1D,
        rowPrompts: rowPrompts as Tensor1D,
      }),
    }),
  };
  const states = computeStates(a, weights, tokens, surroundings, shape.recompute);
  const [ofPrompts, ofResponses] = tf.split(states, [prompts * prompt, rows * (response - 1)]) as [Tensor, Tensor];
  const ends = tf.slice(tf.reshape(ofPrompts, [prompts, prompt, a.hiddenSize]), [0, prompt - 1, 0], [prompts, 1, -1]);
  const firsts = embedding(tf.reshape(ends, [prompts, a.hiddenSize]), sharing.rowPrompts);
  const joined = tf.concat(
    [tf.reshape(firsts, [rows, 1, a.hiddenSize]), tf.reshape(ofResponses, [rows, response - 1, a.hiddenSize])],
    1,
  );
  return tf.reshape(joined, [rows * response, a.hiddenSize]);
}

/** The states from which the response's tokens are predicted, [rows · response]. */
function responsePredictions(a: Architecture, weights: Tensors, inputs: Tensors, shape: RolloutShape): Predictions {
  return { states: responseStates(a, weights, inputs, shape), head: headWeight(a, weights) };
}

/** The response's tokens, [rows · response] int32. */
function responseTokens(inputs: Tensors, { rows, prompt, response }: RolloutShape): Tensor1D {
  return tf.reshape<Rank.R1>(tf.slice(inputs["tokens"]!, [0, prompt], [rows, response]), [rows * response]);
}

/** @param x logits, or the states that they are computed from */
function divided(x: Tensor2D, temperature: number): Tensor2D {
  return temperature === 1 ? x : tf.mul(x, 1 / temperature);
}

/** Log-probability of each response token, [rows · response]; for padding, a meaningless number. */
function logProbabilities(
  a: Architecture,
  weights: Tensors,
  inputs: Tensors,
  shape: RolloutShape,
  temperature: number,
): Tensor1D {
  const { states, head } = responsePredictions(a, weights, inputs, shape);
  return tf.neg(crossEntropies(divided(states, temperature), head, responseTokens(inputs, shape)));
}

/** Parameters of the other model among a program's variables. */
export const referencePrefix = "reference/";

/**
 * Scores rollouts: outputs `logProbabilities` and `entropies` (nats), each [rows, response]. With a
 * reference, whose parameters the program holds under {@link referencePrefix}, also
 * `referenceLogProbabilities` and the `divergences` of `divergenceStep`.
 */
export function scoreStep(
  a: Architecture,
  shape: RolloutShape,
  temperature: number,
  reference?: Architecture,
): StepSpec {
  const names = ["logProbabilities", "entropies", "referenceLogProbabilities", "divergences"];
  return {
    inputs: rolloutSpecs(shape),
    run: (weights, inputs) => {
      const models = [responsePredictions(a, weights, inputs, shape)];
      if (reference !== undefined)
        models.push(responsePredictions(reference, withoutPrefix(referencePrefix, weights), inputs, shape));
      const scores = measureLogits(models, responseTokens(inputs, shape), (logits, targets) =>
        computeScores(
          logits.map((one) => divided(one, temperature)),
          targets,
        ),
      );
      const grid = (flat: Tensor): Tensor => tf.reshape(flat, [shape.rows, shape.response]);
      return { outputs: Object.fromEntries(scores.map((score, i) => [names[i]!, grid(score)])) };
    },
  };
}

/**
 * In the order of `scoreStep`'s outputs.
 * @param logits of the policy, and of the reference if there is one
 */
function computeScores([own, other]: Tensor2D[], targets: Tensor1D): Tensor[] {
  const ofTargets = (logits: Tensor2D): Tensor => tf.neg(softmaxCrossEntropy(logits, targets));
  const logShares = tf.logSoftmax(own!);
  const scores = [ofTargets(own!), tf.neg(tf.sum(tf.mul(tf.exp(logShares), logShares), 1))];
  return other ? [...scores, ofTargets(other), klDivergences(logShares, tf.logSoftmax(other))] : scores;
}

/**
 * KL(policy ‖ reference) of the distributions that each response token was drawn from: output
 * `divergences` (nats), [rows, response]. Summed over the tokens of responses that the policy drew,
 * it has the mean of log policy − log reference, and varies less (Amini et al. 2025, "Better
 * estimation of the KL divergence between language models").
 */
export function divergenceStep(a: Architecture, b: Architecture, shape: RolloutShape, temperature: number): StepSpec {
  return {
    inputs: rolloutSpecs(shape),
    run: (weights, inputs) => {
      const reference = withoutPrefix(referencePrefix, weights);
      const models = [responsePredictions(a, weights, inputs, shape), responsePredictions(b, reference, inputs, shape)];
      const [divergences] = measureLogits(models, responseTokens(inputs, shape), (logits) => {
        const [ours, theirs] = logits.map((one) => tf.logSoftmax(divided(one, temperature)));
        return [klDivergences(ours!, theirs!)];
      });
      return { outputs: { divergences: tf.reshape(divergences!, [shape.rows, shape.response]) } };
    },
  };
}

/**
 * Σ exp(ours) · (ours − theirs) over the vocabulary.
 * @param ours, theirs log-probabilities, [n, vocabulary]
 */
function klDivergences(ours: Tensor, theirs: Tensor): Tensor {
  return tf.sum(tf.mul(tf.exp(ours), tf.sub(ours, theirs)), 1);
}

/** The settings of the policy's objective. */
export interface PolicySettings {
  temperature: number;
  /** The ratio of new to old probability is clipped to [1 − clipLow, 1 + clipHigh]. */
  clipLow: number;
  clipHigh: number;
  /**
   * Whose probabilities: each token's, or the response's, as the geometric mean of its tokens'
   * ratios (GSPO).
   */
  ratio: "token" | "sequence";
  /**
   * Weight of the KL divergence to the reference inside the objective; 0: no reference is needed.
   */
  klCoefficient: number;
  /** The responses come from the weights that are updated: the old probabilities are not needed. */
  onPolicy: boolean;
}

/**
 * Inputs of the policy's optimizer step: the rollouts; for each response token `weights` (0 leaves
 * it out; the weights decide how the mean is computed), `advantages`, `oldLogProbabilities` and
 * `referenceLogProbabilities` if the settings need them.
 */
export function policySpecs(shape: RolloutShape, settings: PolicySettings): Record<string, InputSpec> {
  const floats: InputSpec = { dtype: "float32", shape: [shape.rows, shape.response] };
  return {
    ...rolloutSpecs(shape),
    weights: floats,
    advantages: floats,
    ...(settings.onPolicy ? {} : { oldLogProbabilities: floats }),
    ...(settings.klCoefficient > 0 ? { referenceLogProbabilities: floats } : {}),
  };
}

/**
 * The clipped surrogate (Schulman et al. 2017), Σ weight · max(−A·ratio, −A·clip(ratio)), and β · Σ
 * weight · ratio · k3, where k3 = exp(d) − d − 1, d = log reference − log policy, estimates the KL
 * divergence from the reference (Schulman 2020). Departure from DeepSeekMath (eq. 4), as in
 * DeepSeek-V3.2 (section 3.1): with the ratio the expected gradient is that of KL(policy ‖
 * reference); k3 alone has that of KL(reference ‖ policy), whose optimum is not reference ·
 * exp(reward / β). With `ratio: sequence` all tokens of a response have the ratio exp(mean of log
 * policy − log old), and are clipped together (Zheng et al. 2025, "Group sequence policy
 * optimization", eq. 7); the ratio before k3 stays the token's. Metrics over all tokens that count,
 * with equal weight: `clipFraction` (share of tokens at which the clip binds) and `ratio` (mean
 * over tokens).
 */
export function policyObjective(
  a: Architecture,
  shape: RolloutShape,
  settings: PolicySettings,
): (weights: Tensors, inputs: Tensors) => Objective {
  return (weights, inputs) => {
    const flat = (name: string): Tensor => tf.reshape(inputs[name]!, [-1]);
    const current = logProbabilities(a, weights, inputs, shape, settings.temperature);
    const share = flat("weights");
    const counts = tf.cast(tf.greater(share, 0), "float32");
    const old = settings.onPolicy ? stopGradient(current) : flat("oldLogProbabilities");
    // Masked before exp: padding's numbers may be anything.
    const logRatio = tf.mul(tf.sub(current, old), counts);
    const ratio = tf.exp(settings.ratio === "token" ? logRatio : responseMeans(logRatio, counts, shape));
    const loss = tf.neg(flat("advantages"));
    const free = tf.mul(loss, ratio);
    const clipped = tf.mul(loss, tf.clipByValue(ratio, 1 - settings.clipLow, 1 + settings.clipHigh));
    const surrogate = tf.sum(tf.mul(share, tf.maximum(free, clipped)));
    const mean = (values: Tensor): Tensor => tf.div(tf.sum(tf.mul(values, counts)), tf.maximum(tf.sum(counts), 1));
    const metrics = { ratio: mean(ratio), clipFraction: mean(tf.cast(tf.greater(clipped, free), "float32")) };
    if (settings.klCoefficient === 0) return { loss: surrogate as Scalar, metrics };
    const difference = tf.mul(tf.sub(flat("referenceLogProbabilities"), current), counts);
    const divergence = tf.mul(tf.exp(logRatio), tf.sub(tf.sub(tf.exp(difference), difference), 1));
    const penalty = tf.mul(tf.sum(tf.mul(share, divergence)), settings.klCoefficient);
    return { loss: tf.add(surrogate, penalty), metrics };
  };
}

/**
 * For each token the mean over its response.
 * @param values [rows · response], 0 where `counts` is 0
 */
function responseMeans(values: Tensor, counts: Tensor, { rows, response }: RolloutShape): Tensor {
  const sums = (flat: Tensor): Tensor => tf.sum(tf.reshape(flat, [rows, response]), 1, true);
  const means = tf.div(sums(values), tf.maximum(sums(counts), 1));
  return tf.reshape(tf.tile(means, [1, response]), [-1]);
}
