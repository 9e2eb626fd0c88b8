import { Type } from "@sinclair/typebox";
import type { Json } from "../../platform/json.js";
import { idPattern } from "../fields/basic.js";
import { defineStage } from "../stage.js";

const settings = Type.Object({
  pipeline: Type.String({
    minLength: 1,
    description: "a pipeline's name, or a file below the project directory: ./pipelines/trial.yaml; no expression",
  }),
  inputs: Type.Record(Type.String({ pattern: idPattern }), Type.Unsafe<Json>({}), {
    additionalProperties: false,
    default: {},
    description: "values of its inputs, by name; they may be artifacts",
  }),
});

export const pipeline = defineStage({
  summary: "runs another pipeline, and passes on its outputs; uses names its file",
  example: `
trial:
  uses: ./pipelines/trial.yaml
  with:
    tokens: \${{ stages.tokens.outputs.tokens }}
    heldOut: \${{ stages.tokens.outputs.heldOut }}
    steps: 20
`,
  version: 1,
  with: settings,
  outputs: Type.Object({}),
  runsPipeline: true,
  passesThrough: true,
  isBrief: true,
});
