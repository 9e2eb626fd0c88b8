import { Type, type Static } from "@sinclair/typebox";
import { architecture, architectureRules } from "../fields/architecture.js";
import { Artifact, HeldOut } from "../fields/basic.js";
import { defineStage, metric, type RuleProblem } from "../stage.js";
import { learningRateRule, trainingFields } from "../fields/training.js";

const settings = Type.Object({
  tokens: Artifact("tokens", "tokens to train on"),
  heldOut: Type.Optional(HeldOut(Artifact("tokens", "tokens for the held-out loss"))),
  architecture,
  steps: Type.Integer({ minimum: 0, default: 1000, description: "optimizer steps" }),
  ...trainingFields,
});
type Settings = Static<typeof settings>;

export const pretrain = defineStage({
  summary: "trains a transformer from random weights by next-token prediction",
  example: `
base:
  uses: pretrain
  with:
    tokens: \${{ stages.tokens.outputs.tokens }}
    heldOut: \${{ stages.tokens.outputs.heldOut }}
    architecture: { layers: 2, hiddenSize: 32, heads: 2, contextLength: 64 }
    steps: 100
    learningRate: 0.003
  checkpoint: { every: 1m }
`,
  version: 4,
  with: settings,
  rules: [
    ...architectureRules,
    { fields: ["sequenceLength", "architecture.contextLength"], check: sequenceFitsContext },
    { fields: ["warmupSteps", "steps"], check: warmupFitsSteps },
    learningRateRule,
  ],
  outputs: Type.Object({
    model: Artifact("model", "the trained model, a Hugging Face directory"),
    initial: Artifact("model", "the same model before its first step"),
  }),
  metrics: {
    heldOutLoss: metric("nats/token", "held-out loss at the end"),
    heldOutBitsPerByte: metric("bits/byte", "held-out bits per byte at the end"),
    loss: metric("nats/token", "training loss of the last steps; absent without steps"),
    steps: metric("steps", "optimizer steps"),
    tokens: metric("tokens", "tokens trained on"),
    epochs: metric("epochs", "passes over the data"),
    parameters: metric("parameters", "parameters of the model"),
  },
  computesWithTensors: true,
  heldOutOf: "tokens",
  learnsFrom: { model: ["tokens"], initial: [] },
});

function sequenceFitsContext({ sequenceLength, architecture: { contextLength } }: Settings): RuleProblem | undefined {
  if (sequenceLength === undefined || sequenceLength <= contextLength) return undefined;
  return {
    code: "CONTEXT_EXCEEDED",
    at: ["sequenceLength"],
    message: `must be <= architecture.contextLength (${contextLength}), got ${sequenceLength}`,
    next: "shorten sequenceLength, or raise architecture.contextLength",
  };
}

function warmupFitsSteps({ warmupSteps, steps }: Settings): RuleProblem | undefined {
  if (warmupSteps <= steps) return undefined;
  return {
    code: "OUT_OF_RANGE",
    at: ["warmupSteps"],
    message: `must be <= steps (${steps}), got ${warmupSteps}`,
    next: "lower warmupSteps, or raise steps",
  };
}
