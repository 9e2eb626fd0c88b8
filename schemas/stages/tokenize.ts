import { Type } from "@sinclair/typebox";
import { Artifact, HeldOut } from "../fields/basic.js";
import { defineStage, metric } from "../stage.js";

const settings = Type.Object({
  train: Type.Array(Artifact("dataset", "rows to train on"), { minItems: 1 }),
  heldOut: Type.Array(HeldOut(Artifact("dataset", "held-out rows")), { default: [] }),
  vocabularyFrom: Type.Array(Artifact("dataset", "further rows to train the tokenizer on, which are not encoded"), {
    default: [],
  }),
  vocabularySize: Type.Integer({
    minimum: 300,
    maximum: 200000,
    default: 2048,
    description: "number of tokens, bytes and special tokens included",
  }),
  tokenizer: Type.Optional(Artifact("tokenizer", "existing tokenizer to use; none is trained")),
});

export const tokenize = defineStage({
  summary: "trains a byte-level BPE tokenizer (or uses an existing one) and encodes data sets",
  example: `
tokens:
  uses: tokenize
  with:
    train: ["\${{ stages.text.outputs.train }}"]
    heldOut: ["\${{ stages.text.outputs.heldOut }}"]
    vocabularyFrom: ["\${{ stages.questions.outputs.train }}"]
    vocabularySize: 512
`,
  version: 2,
  with: settings,
  outputs: Type.Object({
    tokenizer: Artifact("tokenizer", "tokenizer.json and tokenizer_config.json"),
    tokens: Artifact("tokens", "the training rows, encoded"),
    heldOut: Artifact("tokens", "the held-out rows, encoded"),
  }),
  metrics: {
    vocabularySize: metric("tokens", "tokens in the vocabulary"),
    trainTokens: metric("tokens", "tokens to train on"),
    heldOutTokens: metric("tokens", "held-out tokens"),
    trainDocuments: metric("documents", "rows to train on"),
    heldOutDocuments: metric("documents", "held-out rows"),
    bytesPerToken: metric("bytes/token", "mean over the training rows"),
  },
  libraries: ["tokenizers", "unicode"],
  heldOutOf: "train",
  learnsFrom: { tokens: ["train"], heldOut: ["heldOut"] },
});
