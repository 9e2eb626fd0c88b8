import { nearest } from "../../expressions/nearest.js";
import { PawlError } from "../../platform/errors.js";
import type { ArtifactRef } from "../../schemas/artifact.js";
import { findArtifact } from "../../store/artifacts/find-artifact.js";
import { refuseUnknownStage } from "../../api/reading/recorded-plan.js";
import { stageStates } from "../../api/reading/stage-keys.js";

/**
 * The artifact that a name from the command line means: the beginning of a digest, or
 * RUN/STAGE/OUTPUT. The output may be left out if the stage has only one.
 * @param verb named in messages
 * @throws PawlError ARTIFACT_MISSING, NOT_ALLOWED, RUN_NOT_FOUND, UNKNOWN_REFERENCE
 */
export async function namedArtifact(home: string, verb: string, name: string): Promise<ArtifactRef> {
  if (/^[0-9a-f]{4,64}$/.test(name)) return findArtifact(home, name);
  const [runId, stage, output, ...more] = name.split("/");
  if (runId === undefined || stage === undefined || more.length > 0)
    throw new PawlError("NOT_ALLOWED", `${name} does not name an artifact`, {
      expected: "RUN/STAGE/OUTPUT, or at least 4 hexadecimal digits of a digest",
      got: name,
      next: `pawl ${verb} RUN/STAGE/OUTPUT`,
    });
  await refuseUnknownStage(home, verb, runId, stage);
  const { outputs } = (await stageStates(home, runId)).find(({ id }) => id === stage) ?? { outputs: {} };
  return findOutput(outputs, `${runId}/${stage}`, output, verb);
}

function findOutput(
  outputs: Readonly<Record<string, ArtifactRef>>,
  stage: string,
  output: string | undefined,
  verb: string,
): ArtifactRef {
  const names = Object.keys(outputs);
  const chosen = output ?? (names.length === 1 ? names[0]! : "");
  const found = outputs[chosen];
  if (found !== undefined) return found;
  const what = output === undefined ? `${stage} has ${names.length} outputs` : `${stage} has no output ${output}`;
  throw new PawlError("UNKNOWN_REFERENCE", what, {
    expected: names.length === 0 ? "a stage that has succeeded" : names.join(", "),
    got: output ?? "",
    next: names.length === 0 ? "pawl status RUN" : `pawl ${verb} ${stage}/${nearest(chosen, names) ?? names[0]!}`,
  });
}
