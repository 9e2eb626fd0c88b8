import { isObject, type JsonObject } from "../../platform/json.js";
import type { ComputeFingerprint } from "../../schemas/compute.js";
import { asTemplate, type SecretPlace } from "../../schemas/secrets.js";
import { leaveOutDefaults } from "../../schemas/stage-defaults.js";
import {
  computesWithTensors,
  externalInputs,
  stageDefinitions,
  usedLibraries,
  type StageType,
  type StageWith,
} from "../../schemas/stages/index.js";
import { computeFingerprint } from "../../tensor/flags.js";
import { readExternal, type ExternalState, type SourcePlace } from "./external-inputs.js";
import { libraryVersions } from "./libraries.js";
import type { StageIdentity } from "../../store/records/record-types.js";

/**
 * What a stage would compute with if this machine started it; undefined for a stage without
 * tensors.
 */
export function stageCompute<T extends StageType>(
  uses: T,
  settings: StageWith<T>,
  gpu: boolean,
): ComputeFingerprint | undefined {
  return computesWithTensors(uses, settings) ? computeFingerprint({ gpu }) : undefined;
}

/**
 * Everything that the result of a stage depends on, computed here: the code version is that of this
 * process, and files are those of this machine; so is what it computes with, unless that is given.
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

/** Like `stageIdentity`, with external inputs that have already been read and a given `compute`. */
export function identityWith<T extends StageType>(
  stage: IdentifiedStage<T>,
  source: ExternalState["fingerprint"],
): StageIdentity {
  const { uses, with: settings, secrets, seed, compute } = stage;
  const runsOwnCode = externalInputs(uses, settings).some((input) => "module" in input);
  const libraries = libraryVersions([...usedLibraries(uses, settings), ...(runsOwnCode ? (["node"] as const) : [])]);
  return {
    uses,
    version: stageDefinitions[uses].version,
    with: leaveOutDefaults(withNamedSecrets(uses, settings, secrets), stageDefinitions[uses].with),
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
  /** Where secrets belong in the settings; absent if there are none. */
  secrets?: readonly SecretPlace[];
  seed: number;
  compute?: ComputeFingerprint | undefined;
}

/**
 * Settings whose variables are written as templates: a secret and data that looks like one differ.
 * Variables without `${{` stay as they are.
 */
export function withNamedSecrets<S extends object>(
  uses: StageType,
  settings: S,
  secrets: readonly SecretPlace[] = [],
): S {
  const { variablesIn: field } = stageDefinitions[uses];
  const variables = field === undefined ? undefined : (settings as JsonObject)[field];
  if (field === undefined || !isObject(variables)) return settings;
  const written = Object.entries(variables).map(([name, value]) => {
    const own = secrets.filter(({ path }) => path[0] === field && path[1] === name);
    return [name, typeof value === "string" ? asTemplate(value, own) : value] as const;
  });
  return { ...settings, [field]: Object.fromEntries(written) };
}
