import { Type, type Static } from "@sinclair/typebox";
import { Artifact } from "../fields/basic.js";
import { defineStage, metric } from "../stage.js";
import { checkSource, tableSource, tablesRead, unpinnedIn } from "../fields/source.js";

const settings = Type.Object({
  data: tableSource("rows to train on and to predict"),
  target: Type.String({ minLength: 1, description: "column to predict: true or false, 1 or 0" }),
  baseline: Type.Array(Type.String({ minLength: 1 }), {
    minItems: 1,
    description: "columns that both models use; `*` matches anything",
  }),
  features: Type.Array(Type.String({ minLength: 1 }), {
    minItems: 1,
    default: ["*"],
    description: "columns that only the second model uses, without those of baseline",
  }),
  ignore: Type.Array(Type.String({ minLength: 1 }), { default: [], description: "columns that neither model uses" }),
  group: Type.Optional(
    Type.String({
      minLength: 1,
      description:
        "column that neither model uses: rows with the same value (one entity, or one pair in both directions) share a fold, and the bootstrap resamples them together; default: each row by itself",
    }),
  ),
  folds: Type.Integer({ minimum: 2, default: 5, description: "folds; each is predicted by models of the others" }),
  rounds: Type.Integer({ minimum: 1, default: 100, description: "boosting rounds: trees per model" }),
  depth: Type.Integer({ minimum: 1, maximum: 8, default: 3, description: "maximum depth of a tree" }),
  learningRate: Type.Number({ exclusiveMinimum: 0, maximum: 1, default: 0.1, description: "weight of each tree" }),
  resamples: Type.Integer({ minimum: 100, default: 1000, description: "bootstrap resamples" }),
});

type Settings = Static<typeof settings>;

export const tableModel = defineStage({
  summary: "predicts a column by gradient-boosted trees, without and with some columns, and measures what these add",
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
      "each row's target, fold and both log odds; importance.json: the gain of each column",
    ),
  }),
  metrics: {
    lift: metric("share", "ROC AUC (area under the curve) with the features, minus that without"),
    liftLow: metric(
      "share",
      "lower bound of its 95 % confidence interval (bootstrap over groups of rows, the same for both models)",
    ),
    liftHigh: metric("share", "upper bound of its 95 % confidence interval"),
    areaWithout: metric(
      "share",
      "ROC AUC without the features, each row predicted by models that were not trained on it",
    ),
    areaWith: metric("share", "ROC AUC with the features"),
    accuracyWithout: metric("share", "share of rows predicted correctly without the features"),
    accuracyWith: metric("share", "share of rows predicted correctly with the features"),
    positives: metric("share", "share of rows whose target is true"),
    rows: metric("rows", "rows"),
    columnsWithout: metric("columns", "columns that the model without the features uses"),
    columnsWith: metric("columns", "columns that the model with the features uses"),
  },
  libraries: ["duckdb"],
  reads: ({ data }: Settings) => tablesRead({ data }),
  unpinned: ({ data }: Settings) => unpinnedIn({ data }),
});
