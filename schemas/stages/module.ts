import { Type, type Static } from "@sinclair/typebox";
import { idPattern, StringEnum } from "../fields/basic.js";
import type { JsonObject } from "../../platform/json.js";
import { artifactsIn, writtenKinds, type ArtifactRef } from "../artifact.js";
import { LearnsFromInputs } from "../fields/exchange.js";
import { Variables } from "../fields/environment.js";
import { defineStage, type ExternalInput } from "../stage.js";

const name = Type.String({ pattern: idPattern });

const settings = Type.Object({
  file: Type.String({ minLength: 1, description: "the file that exports the stage" }),
  settings: Type.Object({}, { description: "the settings, as the stage's own definition has them", default: {} }),
  outputs: Type.Record(name, StringEnum(writtenKinds), {
    additionalProperties: false,
    default: {},
    description: "kinds of what the stage writes, by name",
  }),
  metrics: Type.Array(name, { default: [], uniqueItems: true, description: "what the stage reports" }),
  reads: Type.Array(name, { default: [], description: "settings that name files of the project" }),
  learnsFrom: LearnsFromInputs("settings"),
  env: Variables({ default: {}, description: "environment variables of its process: those of the pipeline" }),
  computesWithTensors: Type.Boolean({ default: false, description: "it computes with Pawl's tensors" }),
});
type Settings = Static<typeof settings>;

/**
 * A definition names a file (`uses: ./stages/NAME.ts`), which the compiler replaces by a stage of
 * this type.
 */
export const moduleStage = defineStage({
  summary: "runs a stage of your own, written in TypeScript or JavaScript; uses names its file",
  example: `
distinct:
  uses: ./stages/distinct.ts
  with: { data: "\${{ stages.text.outputs.train }}" }
`,
  version: 1,
  with: settings,
  outputs: Type.Object({}),
  declaredIn: { outputs: "outputs", metrics: "metrics" },
  ownSettings: "settings",
  variablesIn: "env",
  computesWithTensors: (own) => own.computesWithTensors,
  libraries: ["pawl"],
  reads: filesRead,
  runsCode: ["file", "env"],
  learnsFrom: trainedOn,
});

/** The artifacts in the settings that the definition names for each output. */
function trainedOn({ settings: own, learnsFrom }: Settings): Record<string, ArtifactRef[]> {
  return Object.fromEntries(
    Object.entries(learnsFrom).map(([output, names]) => [
      output,
      names.flatMap((name) => artifactsIn((own as JsonObject)[name])),
    ]),
  );
}

function filesRead({ file, settings: own, reads }: Settings): ExternalInput[] {
  const named = reads.flatMap((name) => {
    const value = (own as Record<string, unknown>)[name];
    const files = Array.isArray(value) ? value : [value];
    return files.filter((one) => typeof one === "string").map((one) => ({ where: `with.${name}`, files: one }));
  });
  return [{ where: file, module: file }, ...named];
}
