import type { ChangeRequest, PrepareRequest, PrepareResult, SentSettings } from "../schemas/run.js";
import type { JsonObject } from "../platform/json.js";
import { checkWith } from "../compiler/check-with.js";
import { checkOwnSettings } from "../compiler/own-stages.js";
import { externalInputs, isBrief, stageDefinitions, unpinnedSettings } from "../schemas/stages/index.js";
import { appendLog, damagedText, recordLatest, saveSettings, stageKey, useResult } from "../store/index.js";
import { refuseForeignCode } from "./code-changes.js";
import { findExternal, readFound } from "./external-inputs.js";
import { grantChanges } from "./grant.js";
import { identityWith, stageCompute, withNamedSecrets } from "./identity.js";
import { ownStore } from "./own-store.js";
import { projectDirectory, type WorkerPlace } from "./project-directory.js";
import { projectFiles } from "./project-files.js";
import { reportUnpinned } from "./unpinned.js";

/** Sources with more bytes whose digests are not remembered are read in a worker process, which has no such time limit. */
const mostRead = 2 ** 28;

/**
 * Checks a stage's resolved `with`, computes the stage's key, and looks for a result of that key. If the stage's sources
 * are too large to be read here, its attempt reads them.
 * @param signal ends the reading of sources
 * @throws PawlError the located error of a `with` that fails its schema; PROJECT_NOT_FOUND, CODE_NOT_ALLOWED;
 *   DATA_UNREADABLE, DATA_CHANGED, STORE_UNREADABLE; the signal's reason
 */
export async function prepare(
  worker: WorkerPlace,
  request: PrepareRequest,
  signal?: AbortSignal,
): Promise<PrepareResult> {
  const { home } = worker;
  const store = await ownStore(home, request.store);
  const checked = checkWith(request.uses, request.with, `stages.${request.stage} (${request.uses})`);
  const compute = request.compute ?? stageCompute(request.uses, checked, request.gpu);
  const place = { home, workingDirectory: projectDirectory(worker, request, checked), ...(signal && { signal }) };
  const brief = isBrief(request.uses, checked);
  const toDo = async (key?: string): Promise<PrepareResult> => ({
    ...(await sent(home, request.runId, checked)),
    ...(request.secrets && { secrets: request.secrets }),
    store,
    ...(key !== undefined && { key }),
    ...(compute && { compute }),
    ...(brief && { brief }),
  });
  const sources = await findExternal(externalInputs(request.uses, checked), place);
  if (sources.unreadBytes > mostRead) return toDo();
  const { fingerprint } = await readFound(sources, place);
  const identity = identityWith({ ...request, with: checked, compute }, fingerprint);
  const key = stageKey(identity);
  if (request.cache === false || stageDefinitions[request.uses].writesOutsideStore) return toDo(key);
  const maxAgeMs = request.cache === true ? Infinity : request.cache;
  const found = await useResult(home, key, maxAgeMs, (damaged) => report(home, request, damagedText(damaged)));
  if (found === undefined) return toDo(key);
  await recordLatest(home, request.pipeline, request.stage, identity);
  // The run's record may be written much later: until then its log says what the run uses (store/reach.ts).
  report(home, request, "cached", { key, run: found.lineage.runId });
  await reportUnpinned(home, request, found, unpinnedSettings(request.uses, checked));
  return { key, store, cached: { outputs: found.outputs, metrics: found.metrics } };
}

/** Largest settings in history itself, UTF-16 code units of JSON; hundreds of stages may start at the same time. */
const largestSent = 4096;

/** Settings as history holds them. */
async function sent(home: string, runId: string, settings: JsonObject): Promise<SentSettings> {
  return JSON.stringify(settings).length <= largestSent
    ? { with: settings }
    : { withDigest: await saveSettings(home, runId, settings) };
}

/**
 * Checks the changed settings of a parked stage, and logs the change.
 * @returns the signature that later shows that the stage's changes were accepted
 * @throws PawlError the located error of settings that fail the stage's schema; CODE_NOT_ALLOWED if they name new code
 *   without permission
 */
export async function checkChanges(worker: WorkerPlace, request: ChangeRequest): Promise<string> {
  const { runId, stage, uses, changes, attempts } = request;
  const { home } = worker;
  const where = `stages.${stage} (${uses})`;
  const settings = checkWith(uses, request.with, where);
  // Data that looks like a secret may become one by a change only if that is signed.
  const before = request.before && withNamedSecrets(uses, request.before, request.secretsBefore);
  const named = checkWith(uses, withNamedSecrets(uses, request.with, request.secrets), where);
  refuseForeignCode(worker, { ...request, ...(before && { before }) }, named);
  await checkOwnSettings(uses, settings, where, (file) =>
    projectFiles(projectDirectory(worker, request, settings)).describeStage(file),
  );
  const time = new Date().toISOString();
  appendLog(home, runId, { time, stage, attempt: attempts, message: "changed by retry", data: { with: changes } });
  return grantChanges(home, runId, stage, request.all);
}

function report(home: string, { runId, stage }: PrepareRequest, message: string, data?: Record<string, unknown>): void {
  appendLog(home, runId, { time: new Date().toISOString(), stage, attempt: 0, message, ...(data && { data }) });
}
