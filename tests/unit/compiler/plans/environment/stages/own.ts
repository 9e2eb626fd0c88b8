import { defineStage, Type } from "pawl";

export default defineStage({
  summary: "reads variables",
  with: Type.Object({}),
  outputs: Type.Object({}),
  metrics: {},
  run: () => Promise.reject(new Error("not run here")),
});
