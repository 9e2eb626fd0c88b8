import { evaluateWithSecrets, type ExpressionContext } from "../expressions/evaluate.js";
import { mergePatch, type JsonObject } from "../platform/json.js";
import type { PlannedStage } from "../schemas/plan.js";
import type { SecretPlace } from "../schemas/secrets.js";
import { stageContext } from "./schedule.js";

/** A stage's settings, and where secrets belong in them; absent if there are none. */
export interface EvaluatedSettings {
  with: JsonObject;
  secrets?: SecretPlace[];
}

/**
 * A stage's `with`, changed by the actions on parked attempts, its expressions evaluated. The
 * workflow proposes it; `prepare` computes it again from the plan in the store.
 * @param context what the run's expressions see, without the stage's own combination
 * @throws ExpressionProblem
 */
export function evaluateSettings(
  stage: PlannedStage,
  changes: readonly JsonObject[] | undefined,
  context: ExpressionContext,
): EvaluatedSettings {
  const { ownSettings } = stage;
  const written = (change: JsonObject): JsonObject => (ownSettings === undefined ? change : { [ownSettings]: change });
  const template = (changes ?? []).map(written).reduce(mergePatch, stage.with);
  const { value, secrets } = evaluateWithSecrets(template, stageContext(stage, context));
  return { with: value as JsonObject, ...(secrets.length > 0 && { secrets }) };
}
