import { Type } from "@sinclair/typebox";
import type { Rule, RuleProblem } from "../stage.js";
import { StringEnum } from "./basic.js";

/** Settings of an optimizer and its learning rate. */
export const optimizerFields = {
  learningRate: Type.Number({
    exclusiveMinimum: 0,
    maximum: 10,
    default: 1e-3,
    description: "peak learning rate, after the warm-up",
  }),
  minimumLearningRate: Type.Number({
    minimum: 0,
    maximum: 10,
    default: 0,
    description: "learning rate at the end of the schedule",
  }),
  warmupSteps: Type.Integer({
    minimum: 0,
    default: 0,
    description: "optimizer steps of linear warm-up from 0; at most all steps",
  }),
  schedule: StringEnum(["cosine", "wsd", "constant"], {
    default: "cosine",
    description: "learning rate schedule after the warm-up; wsd: constant, then decay over the last fifth of the steps",
  }),
  optimizer: StringEnum(["adamw", "muon"], {
    default: "adamw",
    description: "muon: Muon for the hidden matrices, AdamW for everything else",
  }),
  weightDecay: Type.Number({ minimum: 0, default: 0.1, description: "decoupled weight decay, of matrices only" }),
  beta1: Type.Number({ minimum: 0, exclusiveMaximum: 1, default: 0.9, description: "decay rate of the first moment" }),
  beta2: Type.Number({
    minimum: 0,
    exclusiveMaximum: 1,
    default: 0.95,
    description: "decay rate of the second moment",
  }),
  gradientClip: Type.Number({ exclusiveMinimum: 0, default: 1, description: "maximum global norm of the gradient" }),
};

/** Settings that decide how much memory a training step needs. */
export const memoryFields = {
  accumulate: Type.Integer({
    minimum: 1,
    default: 1,
    description: "gradient accumulation: micro-batches per optimizer step",
  }),
  recompute: Type.Optional(
    Type.Boolean({
      description:
        "gradient checkpointing: recompute activations in the backward pass, for less memory and about a third more time; default: only for rows of more than 8,192 tokens with local or sparse attention",
    }),
  ),
};

/**
 * Training settings that `pretrain` and `sft` share. Defaults are filled in by ajv when `with` is
 * checked.
 */
export const trainingFields = {
  batchSize: Type.Integer({ minimum: 1, default: 16, description: "sequences per micro-batch" }),
  ...memoryFields,
  sequenceLength: Type.Optional(
    Type.Integer({ minimum: 2, description: "tokens per sequence; default: the model's context length" }),
  ),
  ...optimizerFields,
  evaluateEvery: Type.Integer({
    minimum: 0,
    default: 0,
    description: "optimizer steps between evaluations of the held-out loss; 0: only at the end",
  }),
};

/**
 * Settings that `ppo` and `grpo` share: how responses are sampled, and how often the policy is
 * trained on them.
 */
export const reinforcementFields = {
  iterations: Type.Integer({
    minimum: 0,
    default: 50,
    description: "number of iterations; each samples responses and trains on them",
  }),
  maxNewTokens: Type.Integer({ minimum: 1, default: 48, description: "maximum length of a response, tokens" }),
  temperature: Type.Number({
    exclusiveMinimum: 0,
    default: 1,
    description: "sampling temperature, over the whole vocabulary; also used for all log-probabilities",
  }),
  samplingBatch: Type.Integer({
    minimum: 1,
    default: 64,
    description: "maximum number of responses sampled together",
  }),
  ...memoryFields,
  accumulate: Type.Integer({
    minimum: 1,
    default: 1,
    description: "gradient accumulation: micro-batches per minibatch; the optimizer step is the same",
  }),
  ...optimizerFields,
  learningRate: Type.Number({
    exclusiveMinimum: 0,
    maximum: 10,
    default: 1e-4,
    description: "peak learning rate, after the warm-up",
  }),
  schedule: StringEnum(["cosine", "wsd", "constant"], {
    default: "constant",
    description: "learning rate schedule after the warm-up, over all optimizer steps",
  }),
  weightDecay: Type.Number({ minimum: 0, default: 0, description: "decoupled weight decay, of matrices only" }),
};

/** Sampling settings that `generate` and `evaluate` share. */
export const samplingFields = {
  maxNewTokens: Type.Integer({ minimum: 1, default: 48, description: "maximum length of a response, tokens" }),
  temperature: Type.Number({
    minimum: 0,
    default: 0,
    description: "sampling temperature; 0: greedy, always the most probable token",
  }),
  topK: Type.Integer({ minimum: 0, default: 0, description: "sample among the k most probable tokens; 0: off" }),
  topP: Type.Number({
    exclusiveMinimum: 0,
    maximum: 1,
    default: 1,
    description: "nucleus sampling: sample among the most probable tokens that make up this probability; 1: off",
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

/**
 * The warm-up ends within the optimizer steps of `ppo` and `grpo`; else the peak learning rate is
 * never reached.
 */
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

/** @param what how the message names the responses of an iteration */
export function minibatchesFit(minibatches: number, responses: number, what: string): RuleProblem | undefined {
  if (minibatches <= responses) return undefined;
  return {
    code: "OUT_OF_RANGE",
    at: ["minibatches"],
    message: `must be <= ${what}, got ${minibatches}`,
    next: "lower minibatches: each needs a response",
  };
}
