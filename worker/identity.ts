import { queriedFingerprint } from "../activities/dataset/fingerprint.js";
import { modulesFingerprint } from "../activities/scoring/fingerprint.js";
import { tablesFingerprint } from "../activities/tables/fingerprint.js";
import type { ComputeFingerprint } from "../schemas/compute.js";
import type { JsonObject } from "../platform/json.js";
import { stageSchemas, type StageType, type StageWith } from "../schemas/stages/index.js";
import type { StageIdentity } from "../store/index.js";
import { computeFingerprint } from "../tensor/flags.js";

/** What a stage computes with, as this machine would begin it; undefined for a stage without tensors. */
export function stageCompute(uses: StageType, gpu: boolean): ComputeFingerprint | undefined {
  return stageSchemas[uses].usesTensors ? computeFingerprint({ gpu }) : undefined;
}

/**
 * Everything that the result of a stage depends on, computed here: the code version is that of this process, and files
 * are those of this machine; so is what it computes with, unless that is given.
 */
export async function stageIdentity(
  stage: { uses: StageType; with: JsonObject; seed: number; compute?: ComputeFingerprint | undefined },
  place: { gpu: boolean; workingFolder: string },
): Promise<StageIdentity> {
  const compute = stage.compute ?? stageCompute(stage.uses, place.gpu);
  return {
    uses: stage.uses,
    version: stageSchemas[stage.uses].version,
    with: stage.with,
    seed: stage.seed,
    compute: compute === undefined ? null : JSON.stringify(compute),
    source: await filesFingerprint(stage.uses, stage.with, place.workingFolder),
  };
}

const stagesOfTables: ReadonlySet<StageType> = new Set(["hold-out-links", "graph-featurize", "table-model"]);

/** Files of this machine that a stage reads: a dataset's source, tables, queries, the modules that score. */
function filesFingerprint(uses: StageType, settings: JsonObject, workingFolder: string): Promise<string | null> {
  if (uses === "dataset") {
    const { source, query } = settings as unknown as StageWith<"dataset">;
    return queriedFingerprint(source, query, workingFolder);
  }
  if (stagesOfTables.has(uses)) return tablesFingerprint(settings, workingFolder);
  return modulesFingerprint(settings, workingFolder);
}
