import { Type } from "@sinclair/typebox";
import { Artifact, OneOf, RelativePath } from "../fields.js";
import { QueryField } from "../query.js";
import type { StageSchema } from "../stage.js";

const source = Type.Object(
  {
    file: Type.Optional(RelativePath({ description: "a path below the working folder" })),
    package: Type.Optional(Type.String({ minLength: 1, description: "an installed npm data package" })),
    path: Type.Optional(
      RelativePath({ description: "a file (or `*` pattern) inside the package or the Hugging Face data set" }),
    ),
    url: Type.Optional(Type.String({ pattern: "^https?://", description: "an address to download" })),
    sha256: Type.Optional(Type.String({ pattern: "^[0-9a-f]{64}$", description: "the download's digest, checked" })),
    huggingFace: Type.Optional(
      Type.String({ minLength: 1, description: "owner/name of a data set on the Hugging Face hub" }),
    ),
    revision: Type.Optional(
      Type.String({ minLength: 1, description: "commit, tag or branch of the data set; main when absent" }),
    ),
    text: Type.Optional(Type.String({ description: "the text itself" })),
  },
  { additionalProperties: false, description: "exactly one of file, package, url, huggingFace, text" },
);

export const dataset = {
  summary:
    "reads text or records from a file, a package, an address or the Hugging Face hub; splits off held-out rows by hash",
  version: 3,
  usesTensors: false,
  with: Type.Object(
    {
      source,
      format: OneOf(["auto", "text", "jsonl", "json", "csv", "parquet"], {
        default: "auto",
        description: "auto: by the file's extension",
      }),
      query: Type.Optional(
        QueryField("SQL (DuckDB) over the table `data`; text formats have the columns line and file"),
      ),
      columns: Type.Optional(
        Type.Object(
          {
            text: Type.Optional(Type.String({ minLength: 1 })),
            instruction: Type.Optional(Type.String({ minLength: 1 })),
            response: Type.Optional(Type.String({ minLength: 1 })),
            task: Type.Optional(Type.String({ minLength: 1, description: "of an instruction, if need be" })),
            prompt: Type.Optional(Type.String({ minLength: 1 })),
            chosen: Type.Optional(Type.String({ minLength: 1 })),
            rejected: Type.Optional(Type.String({ minLength: 1 })),
            margin: Type.Optional(Type.String({ minLength: 1, description: "of a preference, if need be" })),
          },
          { additionalProperties: false, description: "which columns hold what; default: columns of those names" },
        ),
      ),
      unit: OneOf(["document", "paragraph", "line"], {
        default: "document",
        description: "text only: what one row is",
      }),
      minimumBytes: Type.Integer({
        minimum: 1,
        default: 1,
        description: "text only: paragraphs are joined up to this size",
      }),
      heldOut: Type.Number({
        minimum: 0,
        exclusiveMaximum: 1,
        default: 0,
        description: "share of rows held out, by hash of the row; of preferences, of the prompt",
      }),
      limit: Type.Optional(Type.Integer({ minimum: 1, description: "at most so many rows, chosen by hash" })),
    },
    { additionalProperties: false },
  ),
  outputs: Type.Object({
    train: Artifact("dataset", "rows to learn from"),
    heldOut: Artifact("dataset", "rows never to learn from"),
  }),
  metrics: {
    trainRows: "rows to learn from",
    heldOutRows: "rows held out",
    bytes: "size of all rows, UTF-8",
    droppedEmpty: "rows left out because a field is blank",
    droppedMissing: "rows left out because they lack a field",
    droppedIdentical: "preferences left out because both responses are equal",
    droppedTurns: "preferences left out because they are no question with one answer each",
    beyondLimit: "rows that the limit left out",
    duplicates: "rows that equal an earlier one; they are kept, on the same side",
  },
} satisfies StageSchema;
