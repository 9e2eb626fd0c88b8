import { Type } from "@sinclair/typebox";
import { Artifact } from "../artifact.js";
import type { StageSchema } from "../stage.js";

const source = Type.Object(
  {
    file: Type.Optional(Type.String({ description: "a path below the pipeline's folder" })),
    package: Type.Optional(Type.String({ description: "an installed npm data package" })),
    path: Type.Optional(Type.String({ description: "a file (or `*` pattern) inside the package or the Hugging Face data set" })),
    url: Type.Optional(Type.String({ pattern: "^https?://" })),
    sha256: Type.Optional(Type.String({ pattern: "^[0-9a-f]{64}$", description: "the download's digest, checked" })),
    huggingFace: Type.Optional(Type.String({ description: "owner/name of a data set on the Hugging Face hub" })),
    revision: Type.Optional(Type.String({ default: "main", description: "commit, tag or branch of the data set" })),
    text: Type.Optional(Type.String({ description: "the text itself" })),
  },
  { additionalProperties: false, minProperties: 1 },
);

export const dataset = {
  summary: "reads text or records from a file, a package, an address or the Hugging Face hub; splits off held-out rows by hash",
  version: 1,
  usesTensors: false,
  with: Type.Object(
    {
      source,
      format: Type.Union(["auto", "text", "jsonl", "json", "csv", "parquet"].map((f) => Type.Literal(f)), {
        default: "auto",
        description: "auto: by the file's extension",
      }),
      query: Type.Optional(
        Type.String({ description: "SQL (DuckDB) over the table `data`; text formats have the columns line and file" }),
      ),
      columns: Type.Optional(
        Type.Object(
          {
            text: Type.Optional(Type.String()),
            instruction: Type.Optional(Type.String()),
            response: Type.Optional(Type.String()),
          },
          { additionalProperties: false, description: "which columns hold what; default: columns of those names" },
        ),
      ),
      unit: Type.Union([Type.Literal("document"), Type.Literal("paragraph"), Type.Literal("line")], {
        default: "document",
        description: "text only: what one row is",
      }),
      minimumBytes: Type.Integer({ minimum: 1, default: 1, description: "text only: paragraphs are joined up to this size" }),
      heldOut: Type.Number({ minimum: 0, exclusiveMaximum: 1, default: 0, description: "share of rows held out, by hash of the row" }),
      limit: Type.Optional(Type.Integer({ minimum: 1, description: "at most so many rows, chosen by hash" })),
    },
    { additionalProperties: false },
  ),
  outputs: Type.Object({
    train: Artifact("dataset", "rows to learn from"),
    heldOut: Artifact("dataset", "rows never to learn from"),
  }),
} satisfies StageSchema;
