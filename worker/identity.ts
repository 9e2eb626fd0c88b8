import { sourceFingerprint } from "../activities/dataset/fingerprint.js";
import type { JsonObject } from "../schemas/json.js";
import { stageSchemas, type StageType, type StageWith } from "../schemas/stages/index.js";
import type { StageIdentity } from "../store/index.js";
import { computeFingerprint } from "../tensor/flags.js";

/**
 * Everything that the result of a stage depends on, computed here: the code version and the compute flags are those
 * of this process, and files are those of this machine.
 */
export async function stageIdentity(
  stage: { uses: StageType; with: JsonObject; seed: number },
  place: { gpu: boolean; workingFolder: string },
): Promise<StageIdentity> {
  const { version, usesTensors } = stageSchemas[stage.uses];
  return {
    uses: stage.uses,
    version,
    with: stage.with,
    seed: stage.seed,
    compute: usesTensors ? JSON.stringify(computeFingerprint({ gpu: place.gpu })) : null,
    source: stage.uses === "dataset" ? await datasetSource(stage.with, place.workingFolder) : null,
  };
}

function datasetSource(settings: JsonObject, workingFolder: string): Promise<string | null> {
  return sourceFingerprint((settings as unknown as StageWith<"dataset">).source, workingFolder);
}
