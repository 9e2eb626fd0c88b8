import { Type } from "@sinclair/typebox";
import type { Rule, RuleProblem } from "../stage.js";
import { OneOf } from "./basic.js";

/** Settings of an optimizer and its learning rate. */
export const optimizerFields = {
  learningRate: Type.Number({
    exclusiveMinimum: 0,
    maximum: 10,
    default: 1e-3,
    description: "highest, after the warm-up",
  }),
  minimumLearningRate: Type.Number({ minimum: 0, maximum: 10, default: 0, description: "where the schedule ends" }),
  warmupSteps: Type.Integer({
    minimum: 0,
    default: 0,
    description: "steps of linear growth from 0; at most all steps",
  }),
  schedule: OneOf(["cosine", "wsd", "constant"], {
    default: "cosine",
    description: "after the warm-up; wsd: constant, then down to the minimum over the last fifth",
  }),
  optimizer: OneOf(["adamw", "muon"], {
    default: "adamw",
    description: "muon: Muon for the hidden matrices, AdamW for everything else",
  }),
  weightDecay: Type.Number({ minimum: 0, default: 0.1, description: "decoupled; matrices only" }),
  beta1: Type.Number({ minimum: 0, exclusiveMaximum: 1, default: 0.9, description: "decay of the first moment" }),
  beta2: Type.Number({ minimum: 0, exclusiveMaximum: 1, default: 0.95, description: "decay of the second moment" }),
  gradientClip: Type.Number({ exclusiveMinimum: 0, default: 1, description: "global norm" }),
};

/** Memory of a training step. */
export const memoryFields = {
  accumulate: Type.Integer({ minimum: 1, default: 1, description: "micro-batches summed into one update" }),
  recompute: Type.Optional(
    Type.Boolean({
      description:
        "compute what layers hold anew in the backward pass: less memory for about a third more time; default: for rows of more than 8,192 tokens with local or sparse attention",
    }),
  ),
};

/** Training settings that `pretrain` and `sft` share. Defaults are filled in by ajv when `with` is checked. */
export const trainingFields = {
  batchSize: Type.Integer({ minimum: 1, default: 16, description: "sequences a step, before accumulation" }),
  ...memoryFields,
  sequenceLength: Type.Optional(
    Type.Integer({ minimum: 2, description: "tokens a sequence; default: the model's context" }),
  ),
  ...optimizerFields,
  evaluateEvery: Type.Integer({
    minimum: 0,
    default: 0,
    description: "steps between held-out losses; 0: only at the end",
  }),
};

/** Settings that `ppo` and `grpo` share: how responses are written and how often the policy learns from them. */
export const reinforcementFields = {
  iterations: Type.Integer({
    minimum: 0,
    default: 50,
    description: "times that responses are written and learnt from",
  }),
  maxNewTokens: Type.Integer({ minimum: 1, default: 48, description: "longest response, tokens" }),
  temperature: Type.Number({
    exclusiveMinimum: 0,
    default: 1,
    description: "responses are sampled at it, from all tokens; every log-probability is taken at it",
  }),
  samplingBatch: Type.Integer({ minimum: 1, default: 64, description: "most responses written together" }),
  ...memoryFields,
  accumulate: Type.Integer({
    minimum: 1,
    default: 1,
    description: "micro-batches that a minibatch is computed in; the update is the same",
  }),
  ...optimizerFields,
  learningRate: Type.Number({
    exclusiveMinimum: 0,
    maximum: 10,
    default: 1e-4,
    description: "highest, after the warm-up",
  }),
  schedule: OneOf(["cosine", "wsd", "constant"], {
    default: "constant",
    description: "after the warm-up, over all updates",
  }),
  weightDecay: Type.Number({ minimum: 0, default: 0, description: "decoupled; matrices only" }),
};

/** Sampling settings that `generate` and `evaluate` share. */
export const samplingFields = {
  maxNewTokens: Type.Integer({ minimum: 1, default: 48, description: "longest response, tokens" }),
  temperature: Type.Number({ minimum: 0, default: 0, description: "0: the most probable token" }),
  topK: Type.Integer({ minimum: 0, default: 0, description: "sample among the k most probable tokens; 0: off" }),
  topP: Type.Number({
    exclusiveMinimum: 0,
    maximum: 1,
    default: 1,
    description: "sample among the tokens that make up this share; 1: off",
  }),
};

/** The schedule falls from learningRate to minimumLearningRate. */
export const learningRateRule: Rule<{ minimumLearningRate: number; learningRate: number }> = {
  fields: ["minimumLearningRate", "learningRate"],
  check: ({ minimumLearningRate, learningRate }) => {
    if (minimumLearningRate <= learningRate) return undefined;
    return {
      code: "OUT_OF_RANGE",
      at: ["minimumLearningRate"],
      message: `must be <= learningRate (${learningRate}), got ${minimumLearningRate}`,
      next: "lower minimumLearningRate, or raise learningRate",
    };
  },
};

/** The warm-up ends within the updates of `ppo` and `grpo`; else the highest learning rate is never reached. */
export const warmupRule: Rule<{ warmupSteps: number; iterations: number; minibatches: number; epochs: number }> = {
  fields: ["warmupSteps", "iterations", "minibatches", "epochs"],
  check: ({ warmupSteps, iterations, minibatches, epochs }) => {
    const updates = iterations * minibatches * epochs;
    if (warmupSteps <= updates) return undefined;
    return {
      code: "OUT_OF_RANGE",
      at: ["warmupSteps"],
      message: `must be <= iterations · minibatches · epochs (${updates}), got ${warmupSteps}`,
      next: "lower warmupSteps, or raise iterations",
    };
  },
};

/** @param what the responses of an iteration, as the message names them */
export function minibatchesFit(minibatches: number, responses: number, what: string): RuleProblem | undefined {
  if (minibatches <= responses) return undefined;
  return {
    code: "OUT_OF_RANGE",
    at: ["minibatches"],
    message: `must be <= ${what}, got ${minibatches}`,
    next: "lower minibatches: each needs a response",
  };
}
