import { Artifact, defineStage, metric, Type } from "pawl";

export default defineStage({
  summary: "keeps the first rows of a dataset",
  with: Type.Object({
    data: Artifact("dataset", "rows"),
    most: Type.Integer({ minimum: 1, default: 100, description: "rows to keep" }),
  }),
  outputs: Type.Object({ kept: Artifact("dataset", "the first rows") }),
  metrics: { rows: metric("rows", "rows kept") },
  run: () => Promise.reject(new Error("not run here")),
});
