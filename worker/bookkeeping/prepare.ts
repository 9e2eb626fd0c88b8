import type { ChangeRequest, PrepareRequest, PrepareResult, SentSettings, StageRequest } from "../../schemas/run.js";
import type { JsonObject } from "../../platform/json.js";
import { PawlError } from "../../platform/errors.js";
import { checkWith } from "../../compiler/inputs/check-with.js";
import { checkOwnSettings } from "../../compiler/own-stages.js";
import { externalInputs, isBrief, stageDefinitions, unpinnedSettings } from "../../schemas/stages/index.js";
import { recordLatest } from "../../store/records/latest.js";
import { appendLog } from "../../store/history/log.js";
import { damagedText } from "../../store/records/records.js";
import { stageKey, useResult } from "../../store/records/results.js";
import { saveSettings } from "../../store/records/settings.js";
import { grantChanges } from "../authority/changes.js";
import { signReceipt } from "../authority/receipts.js";
import { changedStage, sealedStage } from "../authority/settings.js";
import { ticketFor } from "../authority/tickets.js";
import { refuseForeignCode } from "./code-changes.js";
import { findExternal, readFound } from "../keys/external-inputs.js";
import { identityWith, stageCompute, withNamedSecrets } from "../keys/identity.js";
import { ownStore } from "./own-store.js";
import { projectDirectory, type WorkerPlace } from "../project/project-directory.js";
import { projectFiles } from "../project/project-files.js";
import { reportUnpinned } from "./unpinned.js";

/**
 * Sources with more bytes whose digests are not remembered are read in a worker process, which has
 * no such time limit.
 */
const maxRead = 2 ** 28;

/**
 * Checks a stage's resolved `with`, computes the stage's key, and looks for a result of that key;
 * else it allows an attempt, by a ticket for exactly this. If the stage's sources are too large to
 * be read here, the attempt reads them.
 * @param execution of the run's workflow, for which the ticket is valid
 * @param signal ends the reading of sources
 * @throws PawlError the located error of a `with` that fails its schema; NOT_ALLOWED if the plan in
 *   the store makes another `with`; PROJECT_NOT_FOUND, CODE_NOT_ALLOWED; DATA_UNREADABLE,
 *   DATA_CHANGED, STORE_UNREADABLE; the signal's reason
 */
export async function prepare(
  worker: WorkerPlace,
  request: PrepareRequest,
  execution: string,
  signal?: AbortSignal,
): Promise<PrepareResult> {
  const { home } = worker;
  if (!Number.isSafeInteger(request.attempt) || request.attempt < 1)
    throw new PawlError("OUT_OF_RANGE", "the attempt has no number", { where: `stages.${request.stage}` });
  const store = await ownStore(home, request.store);
  const { run, stage, with: settings, secrets } = await sealedStage(home, request);
  const { plan } = run;
  const { runId, stage: id } = request;
  const checked = checkWith(stage.uses, settings, `stages.${id} (${stage.uses})`);
  const compute = request.compute ?? stageCompute(stage.uses, checked, stage.resources.gpu > 0);
  // People's choices must count, and not those of another run.
  const cache = request.given === undefined && stage.cache;
  const attempt: Omit<StageRequest, "ticket"> = {
    ...{ runId, pipeline: plan.name, stage: id, uses: stage.uses, seed: plan.seed, attempt: request.attempt },
    ...{ store, reuse: cache, checkpoint: stage.checkpoint, plan: run.digest },
    ...(plan.project !== undefined && { project: plan.project }),
    ...(run.mayRunCode && { mayRunCode: true }),
    ...(secrets && { secrets }),
    ...(compute && { compute }),
  };
  const place = { home, workingDirectory: projectDirectory(worker, attempt, checked), ...(signal && { signal }) };
  const toDo = (key?: string): Promise<PrepareResult> => allowed(home, { attempt, checked, request, execution }, key);
  const sources = await findExternal(externalInputs(stage.uses, checked), place);
  if (sources.unreadBytes > maxRead) return toDo();
  const { fingerprint } = await readFound(sources, place);
  const identity = identityWith({ ...attempt, with: checked, compute }, fingerprint);
  const key = stageKey(identity);
  if (cache === false || stageDefinitions[stage.uses].writesOutsideStore) return toDo(key);
  const maxAgeMs = cache === true ? Infinity : cache;
  const found = await useResult(home, key, maxAgeMs, (damaged) => report(home, request, damagedText(damaged)));
  if (found === undefined) return toDo(key);
  await recordLatest(home, plan.name, id, identity);
  // The run's record may be written much later: until then its log says what the run uses
  // (store/collection/reach.ts).
  report(home, request, "cached", { key, run: found.lineage.runId });
  await reportUnpinned(home, request, found, unpinnedSettings(stage.uses, checked));
  const { outputs, metrics } = found;
  const receipt = signReceipt(home, { runId, digest: run.digest }, { id, uses: stage.uses, key, outputs, metrics });
  return { key, store, cached: { outputs, metrics, receipt } };
}

/** An attempt that may be made, with its ticket. */
async function allowed(
  home: string,
  {
    attempt,
    checked,
    request: { given, approval },
    execution,
  }: {
    attempt: Omit<StageRequest, "ticket">;
    checked: JsonObject;
    request: PrepareRequest;
    execution: string;
  },
  key: string | undefined,
): Promise<PrepareResult> {
  const { runId, uses, store, compute } = attempt;
  const request = { ...attempt, ...(await sent(home, runId, checked)) };
  const ticket = ticketFor(home, execution, { ...request, ...(given && { given }), ...(approval && { approval }) });
  return {
    request: { ...request, ticket },
    ...(store !== undefined && { store }),
    ...(key !== undefined && { key }),
    ...(compute && { compute }),
    ...(isBrief(uses, checked as never) && { brief: true }),
  };
}

/**
 * Largest settings in history itself, UTF-16 code units of JSON; hundreds of stages may start at
 * the same time.
 */
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
 * @throws PawlError the located error of settings that fail the stage's schema; CODE_NOT_ALLOWED if
 *   they name new code without permission; NOT_ALLOWED if an earlier change was accepted by no
 *   worker; ExpressionProblem
 */
export async function checkChanges(worker: WorkerPlace, request: ChangeRequest): Promise<string> {
  const { runId, stage: id, change, changes = [], attempts } = request;
  const { home } = worker;
  const changed = await changedStage(home, request);
  const { run, stage } = changed;
  const { uses } = stage;
  const where = `stages.${id} (${uses})`;
  const settings = checkWith(uses, changed.with, where);
  // Data that looks like a secret may become one by a change only if that is signed.
  const before = changed.before && withNamedSecrets(uses, changed.before.with, changed.before.secrets);
  const named = checkWith(uses, withNamedSecrets(uses, changed.with, changed.secrets), where);
  refuseForeignCode(worker, { ...request, uses, run, ...(before && { before }) }, named);
  const { project } = run.plan;
  const place = { stage: id, uses, mayRunCode: run.mayRunCode, ...(project !== undefined && { project }) };
  await checkOwnSettings(uses, settings, where, (file) =>
    projectFiles(projectDirectory(worker, place, settings)).describeStage(file),
  );
  const time = new Date().toISOString();
  appendLog(home, runId, { time, stage: id, attempt: attempts, message: "changed by retry", data: { with: change } });
  return grantChanges(home, runId, id, [...changes, change]);
}

function report(
  home: string,
  { runId, stage }: Pick<PrepareRequest, "runId" | "stage">,
  message: string,
  data?: Record<string, unknown>,
): void {
  appendLog(home, runId, { time: new Date().toISOString(), stage, attempt: 0, message, ...(data && { data }) });
}
