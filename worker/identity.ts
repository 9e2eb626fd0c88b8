import type { ComputeFingerprint } from "../schemas/compute.js";
import { leaveOutDefaults } from "../schemas/stage-defaults.js";
import {
  computesWithTensors,
  externalInputs,
  stageDefinitions,
  usedLibraries,
  type StageType,
  type StageWith,
} from "../schemas/stages/index.js";
import type { StageIdentity } from "../store/index.js";
import { computeFingerprint } from "../tensor/flags.js";
import { readExternal, type ExternalState, type SourcePlace } from "./external-inputs.js";
import { libraryVersions } from "./libraries.js";

/** What a stage would compute with if this machine started it; undefined for a stage without tensors. */
export function stageCompute<T extends StageType>(
  uses: T,
  settings: StageWith<T>,
  gpu: boolean,
): ComputeFingerprint | undefined {
  return computesWithTensors(uses, settings) ? computeFingerprint({ gpu }) : undefined;
}

/**
 * Everything that the result of a stage depends on, computed here: the code version is that of this process, and files
 * are those of this machine; so is what it computes with, unless that is given.
 * @param stage with its settings checked
 */
export async function stageIdentity<T extends StageType>(
  stage: IdentifiedStage<T>,
  place: SourcePlace & { gpu: boolean },
): Promise<StageIdentity> {
  const { fingerprint } = await readExternal(externalInputs(stage.uses, stage.with), place);
  const compute = stage.compute ?? stageCompute(stage.uses, stage.with, place.gpu);
  return identityWith({ ...stage, compute }, fingerprint);
}

/** The same if its external inputs have already been read, and `compute` is given. */
export function identityWith<T extends StageType>(
  stage: IdentifiedStage<T>,
  source: ExternalState["fingerprint"],
): StageIdentity {
  const { uses, with: settings, seed, compute } = stage;
  const runsOwnCode = externalInputs(uses, settings).some((input) => "module" in input);
  const libraries = libraryVersions([...usedLibraries(uses, settings), ...(runsOwnCode ? (["node"] as const) : [])]);
  return {
    uses,
    version: stageDefinitions[uses].version,
    with: leaveOutDefaults(settings, stageDefinitions[uses].with),
    seed,
    compute: compute === undefined ? null : JSON.stringify(compute),
    source,
    ...(libraries && { libraries }),
  };
}

/** A stage with its settings checked. */
interface IdentifiedStage<T extends StageType> {
  uses: T;
  with: StageWith<T>;
  seed: number;
  compute?: ComputeFingerprint | undefined;
}
