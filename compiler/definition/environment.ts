import { isObject, type Json, type JsonObject } from "../../platform/json.js";
import { reservedAdvice, reservedVariable } from "../../schemas/fields/environment.js";
import { stageDefinitions, type StageType } from "../../schemas/stages/index.js";
import { isStageType } from "../schema/forms.js";
import type { Problem } from "../problem.js";

/** A stage's settings with the pipeline's variables; the stage's own take precedence. */
export function withVariables(uses: StageType, settings: JsonObject, variables: JsonObject): JsonObject {
  const { variablesIn: field } = stageDefinitions[uses];
  if (field === undefined || Object.keys(variables).length === 0) return settings;
  return { ...settings, [field]: { ...variables, ...(settings[field] as JsonObject | undefined) } };
}

/** What is wrong with the pipeline's `env`, besides its form. @param stages as written */
export function environmentProblems(env: Json | undefined, stages: ReadonlyMap<string, JsonObject>): Problem[] {
  if (!isObject(env)) return [];
  const reserved = reservedVariable(env);
  return [
    ...(reserved === undefined ? [] : [{ ...reservedAdvice, path: ["env", reserved], at: "key" as const }]),
    ...[...stages].flatMap(([id, stage]) => computedVariables(id, stage)),
  ];
}

/** Variables that are known only once the stage starts cannot be joined with the pipeline's. */
function computedVariables(id: string, { uses, with: settings }: JsonObject): Problem[] {
  const field = isStageType(uses) ? stageDefinitions[uses].variablesIn : undefined;
  const own = field !== undefined && isObject(settings) ? settings[field] : undefined;
  if (field === undefined || typeof own !== "string") return [];
  return [
    {
      code: "NOT_ALLOWED",
      path: ["stages", id, "with", field],
      message: "must be a mapping in a pipeline that has `env`",
      got: own,
      next: "write the variables one by one, or remove `env` of the pipeline",
    },
  ];
}
