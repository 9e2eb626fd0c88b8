import type { JsonObject } from "../schemas/json.js";
import { stageSchemas, type StageType } from "../schemas/stages/index.js";
import type { StageIdentity } from "../store/index.js";
import { computeFingerprint } from "../tensor/flags.js";

/**
 * Everything that the result of a stage depends on, computed here: the code version and the compute flags are those
 * of this process.
 */
export function stageIdentity(
  stage: { uses: StageType; with: JsonObject; seed: number },
  compute: { gpu: boolean },
): StageIdentity {
  const { version, usesTensors } = stageSchemas[stage.uses];
  return {
    uses: stage.uses,
    version,
    with: stage.with,
    seed: stage.seed,
    compute: usesTensors ? JSON.stringify(computeFingerprint(compute)) : null,
  };
}
