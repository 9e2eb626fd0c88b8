import { Type, type Static } from "@sinclair/typebox";
import { Artifact } from "../fields/basic.js";
import { defineStage, metric } from "../stage.js";
import { checkSource, tableSource, tablesRead, unpinnedIn } from "../fields/source.js";

const settings = Type.Object(
  {
    data: tableSource("the rows to learn from and to predict"),
    target: Type.String({ minLength: 1, description: "the column to predict: true or false, 1 or 0" }),
    baseline: Type.Array(Type.String({ minLength: 1 }), {
      minItems: 1,
      description: "columns that both models know; `*` stands for anything",
    }),
    features: Type.Array(Type.String({ minLength: 1 }), {
      minItems: 1,
      default: ["*"],
      description: "columns that only the second model knows, less the baseline's",
    }),
    ignore: Type.Array(Type.String({ minLength: 1 }), { default: [], description: "columns that neither knows" }),
    group: Type.Optional(
      Type.String({
        minLength: 1,
        description:
          "a column that neither knows, of which rows of one value belong together (of one entity, of one pair in both directions): they share a fold, and the bootstrap draws them together; else each row is for itself",
      }),
    ),
    folds: Type.Integer({ minimum: 2, default: 5, description: "parts; each is predicted by a model of the others" }),
    rounds: Type.Integer({ minimum: 1, default: 100, description: "trees a model" }),
    depth: Type.Integer({ minimum: 1, maximum: 8, default: 3, description: "of a tree" }),
    learningRate: Type.Number({ exclusiveMinimum: 0, maximum: 1, default: 0.1, description: "weight of a tree" }),
    resamples: Type.Integer({ minimum: 100, default: 1000, description: "draws of the bootstrap" }),
  },
  { additionalProperties: false },
);

type Settings = Static<typeof settings>;

export const tableModel = defineStage({
  summary: "predicts a column by boosted trees without and with some columns, and says what those are worth",
  example: `
follows:
  uses: table-model
  with:
    data: { table: "\${{ stages.features.outputs.nodePairs }}" }
    target: linked
    baseline: ["*_age", "*_country", "*_topic", "*_posts"]
    ignore: [source, target, "*_id", "*_subscriber"]
    rounds: 20
`,
  version: 3,
  with: settings,
  rules: [{ fields: ["data"], check: ({ data }) => checkSource(data, "data") }],
  outputs: Type.Object({
    predictions: Artifact(
      "table",
      "each row's target, fold and both log odds; importance.json: what each column gained",
    ),
  }),
  metrics: {
    lift: metric("share", "area under the ROC curve with the features, minus that without"),
    liftLow: metric(
      "share",
      "lower end of its 95 % interval (bootstrap over groups of rows, the same for both models)",
    ),
    liftHigh: metric("share", "upper end of its 95 % interval"),
    areaWithout: metric(
      "share",
      "area under the ROC curve without the features, each row predicted by models that have not seen it",
    ),
    areaWith: metric("share", "the same with the features"),
    accuracyWithout: metric("share", "share of rows predicted right without the features"),
    accuracyWith: metric("share", "the same with the features"),
    positives: metric("share", "share of rows whose target is true"),
    rows: metric("rows", "rows"),
    columnsWithout: metric("columns", "columns that the model without the features knows"),
    columnsWith: metric("columns", "columns that the model with the features knows"),
  },
  computesWithTensors: false,
  libraries: ["duckdb"],
  writesOutsideStore: false,
  isBrief: false,
  requestsChoices: false,
  reads: ({ data }: Settings) => tablesRead({ data }),
  unpinned: ({ data }: Settings) => unpinnedIn({ data }),
  runsCode: [],
  rowsOf: {},
  learnsFrom: {},
});
