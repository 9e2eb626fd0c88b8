import { Type } from "@sinclair/typebox";
import { Artifact, OneOf } from "../fields.js";
import type { StageSchema } from "../stage.js";
import { optimizerFields } from "./common.js";
import { needle } from "./needle.js";
import { architecture } from "./pretrain.js";

const { attention, window, sinks, blockSize, selectedBlocks } = architecture.properties;

const step = Type.Object(
  {
    contextLength: Type.Integer({ minimum: 2, description: "longest sequence from here on, tokens" }),
    steps: Type.Integer({ minimum: 0, description: "optimiser updates at this context" }),
    batchSize: Type.Optional(Type.Integer({ minimum: 1, description: "sequences a step; default: that of the stage" })),
    learningRate: Type.Optional(
      Type.Number({ exclusiveMinimum: 0, maximum: 10, description: "highest; default: that of the stage" }),
    ),
  },
  { additionalProperties: false },
);

export const extendContext = {
  summary:
    "makes a model read longer sequences: RoPE scaled, attention changed, training on long documents, context by context",
  version: 1,
  usesTensors: true,
  with: Type.Object(
    {
      model: Artifact("model", "the model to extend"),
      tokens: Artifact("tokens", "long documents to go on learning from"),
      heldOut: Type.Optional(Artifact("tokens", "what to measure on, and the text that needles are hidden in")),
      steps: Type.Array(step, { minItems: 1, description: "contexts one after another, each trained and measured" }),
      ropeScaling: OneOf(["none", "linear", "ntk", "yarn"], {
        default: "yarn",
        description: "how RoPE is stretched to each context; none: it goes on beyond the angles that were learnt",
      }),
      attention: { ...attention, description: "of all layers from here on; absent: as the model has it" },
      window,
      sinks,
      blockSize,
      selectedBlocks,
      needle: Type.Optional(needle),
      batchSize: Type.Integer({ minimum: 1, default: 4, description: "sequences a step, before accumulation" }),
      accumulate: Type.Integer({ minimum: 1, default: 1, description: "micro-batches summed into one update" }),
      ...optimizerFields,
      learningRate: Type.Number({
        exclusiveMinimum: 0,
        maximum: 10,
        default: 3e-4,
        description: "highest, after the warm-up; each context begins its schedule anew",
      }),
    },
    { additionalProperties: false },
  ),
  outputs: Type.Object({
    model: Artifact("model", "the extended model"),
    evaluation: Artifact("evaluation", "evaluation.json: figures after each context"),
  }),
  metrics: {
    contextLength: "longest sequence, tokens",
    loss: "training loss of the last steps, nats a token",
    needlesFound: "share of needles found at the last context, all lengths and depths",
    needlesFoundLongest: "the same at the greatest length",
    earlyBitsPerByte: "held-out text at the last context, over its first half",
    lateBitsPerByte: "over its second half",
    steps: "updates made",
    tokens: "tokens seen",
    newParameters: "weights that the model did not have before",
    fullSequences: "share of the tokens that stand in sequences as long as the last context",
  },
} satisfies StageSchema;
