import { CancelledFailure, Context } from "@temporalio/activity";
import { hostname } from "node:os";
import { failedToLoad, isBuildReplaced, refuseReplacedBuild } from "../../platform/program/build.js";
import { PawlError } from "../../platform/errors.js";
import type { JsonObject } from "../../platform/json.js";
import type { StageOutcome, StageRequest, StageState } from "../../schemas/run.js";
import { externalInputs, stageDefinitions, type StageType, type StageWith } from "../../schemas/stages/index.js";
import type { StageContext } from "../../activities/stage.js";
import { isCheckpointGone, openCheckpoints } from "../../store/checkpoints.js";
import { recordLatest } from "../../store/records/latest.js";
import { openMetrics, type MetricsHistory } from "../../store/history/metrics.js";
import { damagedText } from "../../store/records/records.js";
import { recordResult, resultAgeMs, stageKey, useResult } from "../../store/records/results.js";
import { findSettings } from "../../store/records/settings.js";
import { checkWith } from "../../compiler/inputs/check-with.js";
import { signReceipt } from "../authority/receipts.js";
import { refuseWithoutTicket } from "../authority/tickets.js";
import { readExternal, refuseChanged, type SourcePlace } from "../keys/external-inputs.js";
import { fixStageCompute } from "./fix-compute.js";
import { thisHardware } from "./hardware.js";
import { identityWith } from "../keys/identity.js";
import { ownStore } from "../bookkeeping/own-store.js";
import { projectDirectory } from "../project/project-directory.js";
import type { StageWorker, StageTable } from "./stage-table.js";
import { openAttempt, type Attempt, type Publication } from "./stage-context.js";
import { asApplicationFailure, asPawlError } from "./stage-failure.js";
import { requestTracking, type Tracking } from "../tracking/request.js";
import type { Progress, StageResult } from "../../schemas/stage-result.js";
import type { StageIdentity } from "../../store/records/record-types.js";

type StageActivities = Record<StageType, (request: StageRequest) => Promise<StageOutcome>>;

/** The stage activities of a worker process: one for each stage type, named after it. */
export function stageActivities(worker: StageWorker): StageActivities {
  const names = Object.keys(worker.stages) as StageType[];
  return Object.fromEntries(names.map((name) => [name, (request) => runStage(worker, request)])) as StageActivities;
}

/**
 * One attempt at a stage, which `prepare` has allowed by its ticket: returns a result that already
 * exists (activities run at least once), else runs the stage from its newest checkpoint, records
 * the result under the stage's key, and removes the checkpoints. A stage that requests choices has
 * no result yet. Every failure leaves as an ApplicationFailure whose type is the error code,
 * cancellation as a CancelledFailure.
 */
export async function runStage(worker: StageWorker, request: StageRequest): Promise<StageOutcome> {
  try {
    refuseWithoutTicket(worker.home, Context.current().info.workflowExecution, request);
  } catch (error) {
    throw asApplicationFailure(asPawlError(error));
  }
  const attempt = openAttempt(worker, request);
  return attempt.deliver(make(worker, request, attempt));
}

async function make(worker: StageWorker, request: StageRequest, attempt: Attempt): Promise<StageOutcome> {
  const startedAt = new Date();
  const beganAt = performance.now();
  const passedMs = (): number => Math.round(performance.now() - beganAt);
  let metricsHistory: MetricsHistory | undefined;
  let tracking: Tracking | undefined;
  try {
    attempt.begin();
    if (request.store !== undefined) await ownStore(worker.home, request.store, "PREEMPTED");
    const settings = checkWith(
      request.uses,
      await receivedSettings(worker.home, request),
      `stages.${request.stage} (${request.uses})`,
    );
    const compute = fixStageCompute(worker, request, settings, attempt.log);
    const workingDirectory = projectDirectory(worker, request, settings);
    const onProgress = (progress: Progress): void => attempt.progress(progress);
    const place = { home: worker.home, workingDirectory, signal: attempt.signal, onProgress };
    const { identity, refuseOtherSources } = await identify({ ...request, with: settings, compute }, place);
    const key = stageKey(identity);
    const done = await earlierResult(worker.home, key, request, attempt);
    if (done) {
      attempt.log("found its result, left by an earlier attempt", { key });
      // Checkpoints of an attempt that was killed between its result and its end.
      await openCheckpoints(worker.home, key, { keep: 1, onCorrupt: () => undefined }).clear();
      return signed(worker.home, request, key, done);
    }
    attempt.log("started", { key, host: hostname(), pid: process.pid });
    attempt.throwIfStopped();
    const confirm = async (): Promise<void> => {
      await attempt.confirmLease();
      await refuseOtherSources();
    };
    metricsHistory = openMetrics(worker.home, key);
    tracking = await requestTracking(worker.home, { ...request, with: settings, key }, attempt.log);
    const publication = { confirm, metrics: metricsHistory };
    const context = attempt.context(key, workingDirectory, publication);
    const outcome = await work(worker.stages, request.uses, settings, context);
    const workMs = passedMs();
    // Another process continues this history.
    if (!("outputs" in outcome)) await metricsHistory.flush();
    if ("request" in outcome) {
      const { items, target } = outcome.request;
      attempt.log("waits for choices", { items, target });
      return { ...outcome, workMs };
    }
    if ("approval" in outcome) {
      attempt.log("waits for an approval", { message: outcome.approval.message });
      return { ...outcome, workMs };
    }
    if ("call" in outcome) {
      const { activity, taskQueue } = outcome.call;
      attempt.log("calls an activity", { activity, taskQueue });
      return { ...outcome, workMs };
    }
    const { outputs, answers } = outcome;
    const metrics = inOrderOfInterest(request.uses, outcome.metrics);
    await record(worker, request, { identity, key, result: { outputs, metrics }, startedAt }, publication);
    await context.checkpoints.clear();
    await tracking.ended("succeeded", metrics);
    attempt.log("finished", { seconds: passedMs() / 1000, metrics });
    return { ...signed(worker.home, request, key, { outputs, metrics, ...(answers && { answers }) }), workMs };
  } catch (error) {
    // The curve shows what led to the failure.
    await metricsHistory?.flush().catch(() => undefined);
    await tracking?.endedBy(error);
    throw failed(worker, attempt, error, passedMs());
  } finally {
    attempt.close();
  }
}

/** A result with the receipt that later shows that this worker returned it. */
function signed(
  home: string,
  { runId, stage: id, uses, plan: digest }: StageRequest,
  key: string,
  result: StageResult,
): StageResult & Pick<StageState, "receipt"> {
  return { ...result, receipt: signReceipt(home, { runId, digest }, { id, uses, key, ...result }) };
}

/** Orders metrics as in the stage's definition. */
function inOrderOfInterest(uses: StageType, metrics: Record<string, number>): Record<string, number> {
  const names = Object.keys(stageDefinitions[uses].metrics).filter((name) => name in metrics);
  return { ...Object.fromEntries(names.map((name) => [name, metrics[name]!])), ...metrics };
}

/**
 * What the stage's result depends on, and a check that refuses a result of sources that have
 * changed since.
 */
async function identify<T extends StageType>(
  stage: Pick<StageRequest, "secrets" | "seed"> & { uses: T; with: StageWith<T>; compute: StageRequest["compute"] },
  place: SourcePlace,
): Promise<{ identity: StageIdentity; refuseOtherSources: () => Promise<void> }> {
  const inputs = externalInputs(stage.uses, stage.with);
  const external = await readExternal(inputs, place);
  const { home, workingDirectory } = place;
  return {
    identity: identityWith(stage, external.fingerprint),
    // An attempt that is stopped still saves a checkpoint, and checks its sources before.
    refuseOtherSources: () => refuseChanged(external, inputs, { home, workingDirectory }),
  };
}

/** The settings of a request: its own, or those that `prepare` has saved. */
async function receivedSettings(
  home: string,
  { runId, stage, with: own, withDigest }: StageRequest,
): Promise<JsonObject> {
  const settings = own ?? (withDigest === undefined ? undefined : await findSettings(home, runId, withDigest));
  if (settings !== undefined) return settings;
  throw new PawlError("STORE_UNREADABLE", "the stage's settings are not in the store", {
    where: home,
    expected: `the settings ${withDigest?.slice(0, 12) ?? ""} of run ${runId}, saved when stages.${stage} was prepared`,
    next: "check that this worker has the PAWL_HOME of the process for workflows; the stage is retried",
  });
}

async function work<T extends StageType>(
  stages: StageTable,
  uses: T,
  settings: StageWith<T>,
  context: StageContext,
): Promise<StageOutcome> {
  const run = await stages[uses]().catch(failedToLoad);
  const loaded = loadedStages.get(stages) ?? new Set();
  loadedStages.set(stages, loaded);
  if (!loaded.has(uses)) refuseReplacedBuild();
  loaded.add(uses);
  return run(settings, context);
}

/**
 * Stages whose code this process has loaded from its own build: a later replacement of the files
 * does not affect them.
 */
const loadedStages = new WeakMap<StageTable, Set<StageType>>();

async function record(
  worker: StageWorker,
  request: StageRequest,
  { identity, key, result, startedAt }: { identity: StageIdentity; key: string; result: StageResult; startedAt: Date },
  { confirm, metrics }: Publication,
): Promise<void> {
  const steps = await metrics.finish();
  await confirm();
  const lineage = {
    runId: request.runId,
    stage: request.stage,
    startedAt: startedAt.toISOString(),
    endedAt: new Date().toISOString(),
    machine: hostname(),
    hardware: thisHardware(worker.gpu),
  };
  await recordResult(worker.home, { ...identity, key, ...result, lineage, steps });
  await recordLatest(worker.home, request.pipeline, request.stage, identity);
}

/**
 * With `cache: false`, or if a stage writes outside the store, only a result of the same stage in
 * the same run counts: that of an attempt whose end the server did not learn.
 */
async function earlierResult(
  home: string,
  key: string,
  request: StageRequest,
  { log }: Attempt,
): Promise<StageResult | undefined> {
  const found = await useResult(home, key, Infinity, (damaged) => log(damagedText(damaged)));
  if (found === undefined) return undefined;
  const own = found.lineage.runId === request.runId && found.lineage.stage === request.stage;
  const isYoung = request.reuse === true || (request.reuse !== false && resultAgeMs(found) <= request.reuse);
  const ofAnyRun = isYoung && !stageDefinitions[request.uses].writesOutsideStore;
  if (!ofAnyRun && !own) return undefined;
  // The record of a result has no form values of people.
  const { answer } = request.approval ?? {};
  return { outputs: found.outputs, metrics: found.metrics, ...(answer?.approved && { answers: answer.answers }) };
}

function failed(worker: StageWorker, attempt: Attempt, error: unknown, workMs: number): Error {
  if (error instanceof CancelledFailure) {
    attempt.log(attempt.cancelReason());
    return error;
  }
  const failure = isCheckpointGone(error, worker.home) ? checkpointGone(error) : asPawlError(error);
  const stack = failure.code === "INTERNAL" && error instanceof Error ? { stack: error.stack } : {};
  attempt.log(`failed: ${failure.code}: ${failure.message}`, { ...failure.facts, ...stack });
  // The next attempt runs in a process of the new build.
  if (failure.code === "PREEMPTED" && isBuildReplaced()) worker.leave();
  return asApplicationFailure(failure, { reached: attempt.reached(), workMs });
}

function checkpointGone(cause: unknown): PawlError {
  return new PawlError(
    "STORE_UNREADABLE",
    "a checkpoint was removed while it was read: another run is running the same stage",
    { next: "nothing: the stage is retried, and uses the other run's result once that exists" },
    { cause },
  );
}
