import { Type } from "@sinclair/typebox";
import { Artifact } from "../fields/basic.js";
import { defineStage, metric } from "../stage.js";

const settings = Type.Object(
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
);

export const tokenize = defineStage({
  summary: "trains a byte-level BPE tokenizer (or takes one) and encodes data sets",
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
  rules: [],
  outputs: Type.Object({
    tokenizer: Artifact("tokenizer", "tokenizer.json and tokenizer_config.json"),
    tokens: Artifact("tokens", "the training rows, encoded"),
    heldOut: Artifact("tokens", "the held-out rows, encoded"),
  }),
  metrics: {
    vocabularySize: metric("tokens", "tokens in the vocabulary"),
    trainTokens: metric("tokens", "tokens to learn from"),
    heldOutTokens: metric("tokens", "tokens held out"),
    trainDocuments: metric("documents", "rows to learn from"),
    heldOutDocuments: metric("documents", "rows held out"),
    bytesPerToken: metric("bytes/token", "average over the training rows"),
  },
  computesWithTensors: false,
  libraries: ["tokenizers", "unicode"],
  writesOutsideStore: false,
  isBrief: false,
  requestsChoices: false,
  reads: [],
  unpinned: [],
  runsCode: [],
  rowsOf: {},
  learnsFrom: { tokens: ["train"], heldOut: ["heldOut"] },
});
