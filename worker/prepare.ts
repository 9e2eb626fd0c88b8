import type { PrepareRequest, PrepareResult } from "../schemas/run.js";
import { checkWith } from "../compiler/check-with.js";
import { isBrief, stageDefinitions, unpinnedSettings } from "../schemas/stages/index.js";
import { findResult, recordLatest, stageKey } from "../store/index.js";
import { stageCompute, stageIdentity } from "./identity.js";
import { reportUnpinned } from "./unpinned.js";

/**
 * Checks a stage's resolved `with`, computes the stage's key, and looks for a result of that key.
 * @throws PawlError the located error of a `with` that fails its schema; STORE_UNREADABLE
 */
export async function prepare(
  { home, workingFolder }: { home: string; workingFolder: string },
  request: PrepareRequest,
): Promise<PrepareResult> {
  const checked = checkWith(request.uses, request.with, `stages.${request.stage} (${request.uses})`);
  const compute = request.compute ?? stageCompute(request.uses, request.gpu);
  const identity = await stageIdentity({ ...request, with: checked, compute }, { gpu: request.gpu, workingFolder });
  const key = stageKey(identity);
  const brief = isBrief(request.uses, checked);
  const toDo = { with: checked, key, ...(compute && { compute }), ...(brief && { brief }) };
  if (request.cache === false || stageDefinitions[request.uses].writesOutsideStore) return toDo;
  const found = await findResult(home, key, request.cache === true ? undefined : request.cache);
  if (found === undefined) return toDo;
  await recordLatest(home, request.pipeline, request.stage, identity);
  await reportUnpinned(home, request, found, unpinnedSettings(request.uses, checked));
  return { with: checked, key, cached: { outputs: found.outputs, metrics: found.metrics } };
}
