import { Type } from "@sinclair/typebox";
import { Artifact, OneOf } from "../fields.js";
import type { StageSchema } from "../stage.js";
import { ropeScaling, trainingFields } from "./common.js";

export const attentionKinds = ["dense", "local", "sparse"] as const;

/** Architecture: the Qwen3 layout (pre-norm RMSNorm, RoPE, normalised q and k, grouped-query attention, SwiGLU). */
export const architecture = Type.Object(
  {
    layers: Type.Integer({ minimum: 1, default: 4, description: "transformer blocks" }),
    hiddenSize: Type.Integer({ minimum: 8, default: 128, description: "size of the hidden states" }),
    heads: Type.Integer({ minimum: 1, default: 4, description: "query heads" }),
    keyValueHeads: Type.Optional(Type.Integer({ minimum: 1, description: "default: heads" })),
    headDim: Type.Optional(Type.Integer({ minimum: 2, multipleOf: 2, description: "default: hiddenSize / heads" })),
    intermediateSize: Type.Optional(
      Type.Integer({ minimum: 8, description: "default: 8/3 hiddenSize, rounded up to a multiple of 32" }),
    ),
    contextLength: Type.Integer({ minimum: 2, default: 128, description: "longest sequence, tokens" }),
    ropeTheta: Type.Number({
      exclusiveMinimum: 1,
      default: 10000,
      description: "base of the rotary position embedding",
    }),
    ropeScaling: Type.Optional(ropeScaling),
    tieEmbeddings: Type.Boolean({ default: true, description: "the output layer is the embedding matrix" }),
    // Without defaults of their own: a field more would change the keys of the stages that there are.
    attention: Type.Optional(
      OneOf(attentionKinds, {
        description:
          "what a token sees of the tokens before it; dense (the default): all; local: a window; sparse: a window, and blocks that the model selects",
      }),
    ),
    window: Type.Optional(
      Type.Integer({
        minimum: 1,
        description: "local, sparse: tokens that a token sees, itself and those right before it",
      }),
    ),
    sinks: Type.Optional(
      Type.Integer({
        minimum: 0,
        maximum: 64,
        description: "local: first tokens of a document that all its tokens see; default: 0",
      }),
    ),
    blockSize: Type.Optional(
      Type.Integer({ minimum: 2, description: "sparse: tokens of a block, a divisor of window; default: 32" }),
    ),
    selectedBlocks: Type.Optional(
      Type.Integer({ minimum: 1, description: "sparse: blocks that a token sees beyond its window; default: 8" }),
    ),
  },
  { additionalProperties: false, default: {}, description: "architecture of the model; Qwen3 layout" },
);

export const pretrain = {
  summary: "trains a transformer from random weights by next-token prediction",
  version: 1,
  usesTensors: true,
  with: Type.Object(
    {
      tokens: Artifact("tokens", "what to learn from"),
      heldOut: Type.Optional(Artifact("tokens", "what to measure the loss on")),
      architecture,
      steps: Type.Integer({ minimum: 0, default: 1000, description: "optimiser updates" }),
      ...trainingFields,
    },
    { additionalProperties: false },
  ),
  outputs: Type.Object({
    model: Artifact("model", "the trained model, a Hugging Face folder"),
    initial: Artifact("model", "the same model before its first step"),
  }),
  metrics: {
    loss: "training loss of the last steps, nats a token",
    heldOutLoss: "held-out loss at the end, nats a token",
    steps: "updates made",
    tokens: "tokens seen",
    epochs: "times that the data were seen",
    parameters: "weights of the model",
    heldOutBitsPerByte: "held-out loss at the end, bits a byte of text",
  },
} satisfies StageSchema;
