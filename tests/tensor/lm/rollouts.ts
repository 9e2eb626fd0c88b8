import * as tf from "@tensorflow/tfjs-core";
import { headName, type Architecture } from "../../../lm/model/architecture.js";
import { scoreName } from "../../../lm/train/reward-model.js";
import { scoreStep } from "../../../lm/train/policy.js";
import {
  perRollout,
  perToken,
  rolloutInputs,
  type Rollout,
  type RolloutShape,
  type TokenValues,
} from "../../../lm/data/rollout.js";
import { compile } from "../../../tensor/compile.js";
import type { HostTensors, Tensors } from "../../../tensor/program.js";
import { forwardLogits } from "./logits.js";
import { makeBatch, noise, makeTokens } from "./support.js";

/** Rollouts by formula, [prompt tokens, response tokens] each. */
export function makeRollouts(a: Architecture, lengths: readonly (readonly [number, number])[]): Rollout[] {
  return lengths.map(([prompt, response], i) => ({
    prompt: makeTokens(2 * i, prompt, a.vocabularySize),
    response: makeTokens(2 * i + 1, response, a.vocabularySize),
    ended: false,
  }));
}

/** Host tensors as a step's tensors, for a call outside a program. */
export function toTensors(host: HostTensors): Tensors {
  return Object.fromEntries(
    Object.entries(host).map(([name, { data, shape, dtype }]) => [name, tf.tensor(data, shape, dtype)]),
  );
}

/** The inputs of an objective: the rollouts and values of their tokens. */
export function objectiveInputs(
  shape: RolloutShape,
  rollouts: readonly Rollout[],
  values: Record<string, readonly ArrayLike<number>[]>,
): Tensors {
  const grids = Object.entries(values).map(([name, lists]) => [
    name,
    tf.tensor(
      perToken(shape, rollouts, (r, t) => lists[r]![t]!),
      [shape.rows, shape.response],
    ),
  ]);
  return { ...toTensors(rolloutInputs(shape, rollouts)), ...(Object.fromEntries(grids) as Tensors) };
}

/** A number from `low` to `high` for each response token, by formula. */
export function makeValues(salt: number, rollouts: readonly Rollout[], low: number, high: number): number[][] {
  return rollouts.map(({ response }, r) =>
    Array.from(noise(salt + 31 * r, response.length), (value) => low + ((value + 1) / 2) * (high - low)),
  );
}

/**
 * What the head gives after each token of each sequence, from passes over whole sequences, none
 * cached: logits, or with a score head [score].
 */
export function uncached(a: Architecture, weights: HostTensors, rollouts: readonly Rollout[]): Float32Array[][] {
  const score = weights[scoreName];
  const model = score ? { ...a, tieEmbeddings: false } : a;
  const sequences = rollouts.map(({ prompt, response }) => [...prompt, ...response]);
  const length = Math.max(...sequences.map((sequence) => sequence.length));
  // Of a sequence in a batch the last token is only predicted.
  const batch = makeBatch(
    sequences.map((sequence) => [[...sequence, 0]]),
    length,
  );
  const outputs = forwardLogits(model, score ? { ...weights, [headName]: score } : weights, batch);
  const columns = outputs.length / (sequences.length * length);
  const after = (r: number, i: number) => outputs.slice((r * length + i) * columns, (r * length + i + 1) * columns);
  return sequences.map((sequence, r) => sequence.map((_, i) => after(r, i)));
}

/** Of `uncached`, what stands before each response token. */
export function beforeResponse<T>(rollouts: readonly Rollout[], outputs: readonly T[][]): T[][] {
  return rollouts.map(({ prompt, response }, r) =>
    outputs[r]!.slice(prompt.length - 1, prompt.length - 1 + response.length),
  );
}

/** log softmax(logits / temperature), in double precision. */
export function logShares(logits: ArrayLike<number>, temperature: number): number[] {
  const scaled = Array.from(logits, (logit) => logit / temperature);
  const highest = Math.max(...scaled);
  const total = Math.log(scaled.reduce((sum, value) => sum + Math.exp(value - highest), 0)) + highest;
  return scaled.map((value) => value - total);
}

/** Log-probabilities of rollouts' tokens under some weights, as a program of its own gives them. */
export function forwardLogProbabilities(
  a: Architecture,
  weights: HostTensors,
  rollouts: readonly Rollout[],
  temperature: number,
): TokenValues {
  const longest = (length: (one: Rollout) => number): number => Math.max(...rollouts.map(length));
  const shape = {
    rows: rollouts.length,
    prompt: longest(({ prompt }) => prompt.length),
    response: longest(({ response }) => response.length),
  };
  const program = compile(weights, { score: scoreStep(a, shape, temperature) });
  const { data } = program.run("score", rolloutInputs(shape, rollouts))["logProbabilities"]!;
  program.dispose();
  return perRollout(shape, rollouts, data as Float32Array);
}
