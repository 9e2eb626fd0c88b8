import type { ComputeFingerprint } from "../schemas/compute.js";
import { leaveOutDefaults } from "../schemas/stage-defaults.js";
import { externalInputs, stageDefinitions, type StageType, type StageWith } from "../schemas/stages/index.js";
import type { StageIdentity } from "../store/index.js";
import { computeFingerprint } from "../tensor/flags.js";
import { externalFingerprint } from "./external-inputs.js";

/** What a stage computes with, as this machine would begin it; undefined for a stage without tensors. */
export function stageCompute(uses: StageType, gpu: boolean): ComputeFingerprint | undefined {
  return stageDefinitions[uses].computesWithTensors ? computeFingerprint({ gpu }) : undefined;
}

/**
 * Everything that the result of a stage depends on, computed here: the code version is that of this process, and files
 * are those of this machine; so is what it computes with, unless that is given.
 * @param stage with its settings checked
 */
export async function stageIdentity<T extends StageType>(
  stage: { uses: T; with: StageWith<T>; seed: number; compute?: ComputeFingerprint | undefined },
  place: { gpu: boolean; workingFolder: string },
): Promise<StageIdentity> {
  const compute = stage.compute ?? stageCompute(stage.uses, place.gpu);
  return {
    uses: stage.uses,
    version: stageDefinitions[stage.uses].version,
    with: leaveOutDefaults(stage.with, stageDefinitions[stage.uses].with),
    seed: stage.seed,
    compute: compute === undefined ? null : JSON.stringify(compute),
    source: await externalFingerprint(externalInputs(stage.uses, stage.with), place.workingFolder),
  };
}
