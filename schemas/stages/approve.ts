import { Type } from "@sinclair/typebox";
import { Artifact, Duration, idPattern } from "../fields/basic.js";
import { defineStage } from "../stage.js";

const settings = Type.Object({
  message: Type.String({ minLength: 1, maxLength: 10_000, description: "what is to be approved" }),
  form: Type.Record(Type.String({ pattern: idPattern }), Type.Object({}, { description: "a JSON Schema" }), {
    additionalProperties: false,
    default: {},
    description: "fields to fill in; each is a JSON Schema, with a default if it is optional",
  }),
  approvers: Type.Array(Type.String({ minLength: 1, maxLength: 200 }), {
    default: [],
    uniqueItems: true,
    description: "names of the users who may answer; default: everyone",
  }),
  deadline: Type.Optional(Duration("the stage fails if nobody has answered after this time")),
});

export const approve = defineStage({
  summary: "waits until a person approves, and passes on what they fill in",
  example: `
released:
  uses: approve
  with:
    message: Release the model with a loss of \${{ stages.base.metrics.loss }}?
    form: { version: { type: string, default: "1.0" } }
`,
  version: 1,
  with: settings,
  outputs: Type.Object({ approval: Artifact("files", "approval.json: message, answer, who and when") }),
  declaredIn: { answers: "form" },
  writesOutsideStore: true,
  isBrief: true,
  asksPeople: true,
});
