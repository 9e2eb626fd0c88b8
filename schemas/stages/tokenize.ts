import { Type } from "@sinclair/typebox";
import { Artifact } from "../fields.js";
import type { StageSchema } from "../stage.js";

export const tokenize = {
  summary: "trains a byte-level BPE tokenizer (or takes one) and encodes data sets",
  version: 1,
  usesTensors: false,
  with: Type.Object(
    {
      train: Type.Array(Artifact("dataset", "rows to learn from"), { minItems: 1 }),
      heldOut: Type.Array(Artifact("dataset", "rows never to learn from"), { default: [] }),
      vocabularyFrom: Type.Array(Artifact("dataset", "further rows that shape the vocabulary but are not encoded"), {
        default: [],
      }),
      vocabularySize: Type.Integer({
        minimum: 300,
        maximum: 200000,
        default: 2048,
        description: "tokens, bytes and special ones included",
      }),
      tokenizer: Type.Optional(Artifact("tokenizer", "use this tokenizer; none is trained")),
    },
    { additionalProperties: false },
  ),
  outputs: Type.Object({
    tokenizer: Artifact("tokenizer", "tokenizer.json and tokenizer_config.json"),
    tokens: Artifact("tokens", "the training rows, encoded"),
    heldOut: Artifact("tokens", "the held-out rows, encoded"),
  }),
  metrics: {
    vocabularySize: "tokens in the vocabulary",
    trainTokens: "tokens to learn from",
    heldOutTokens: "tokens held out",
    trainDocuments: "rows to learn from",
    heldOutDocuments: "rows held out",
    bytesPerToken: "average over the training rows",
  },
} satisfies StageSchema;
