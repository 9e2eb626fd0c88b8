import { CancelledFailure } from "@temporalio/activity";
import { hostname } from "node:os";
import { PawlError } from "../platform/errors.js";
import type { StageOutcome, StageRequest, StageResult } from "../schemas/run.js";
import { stageDefinitions, type StageType, type StageWith } from "../schemas/stages/index.js";
import type { StageContext } from "../schemas/stage-run.js";
import {
  findResult,
  isCheckpointGone,
  recordLatest,
  recordResult,
  stageKey,
  type ResultRecord,
} from "../store/index.js";
import { checkWith } from "../compiler/check-with.js";
import { fixStageCompute } from "./fix-compute.js";
import { stageIdentity } from "./identity.js";
import type { Slot, StageTable } from "./slot.js";
import { openAttempt, type Attempt } from "./stage-context.js";
import { asApplicationFailure, asPawlError } from "./stage-failure.js";

type StageActivities = Record<StageType, (request: StageRequest) => Promise<StageOutcome>>;

/** The stage activities of a slot: one for each stage type, named after it. */
export function stageActivities(slot: Slot): StageActivities {
  const names = Object.keys(slot.stages) as StageType[];
  return Object.fromEntries(names.map((name) => [name, (request) => runStage(slot, request)])) as StageActivities;
}

/**
 * One attempt at a stage: gives back a result that is there already (activities run at least once), else lets the
 * stage do its work from its newest checkpoint, records the result under the stage's key, and removes the checkpoints.
 * A stage that requests choices has no result yet.
 * Every failure leaves as an ApplicationFailure whose type is the error code, cancellation as a CancelledFailure.
 */
export async function runStage(slot: Slot, request: StageRequest): Promise<StageOutcome> {
  const attempt = openAttempt(slot, request);
  const startedAt = new Date();
  try {
    attempt.begin();
    const compute = fixStageCompute(slot, request, attempt.log);
    const settings = checkWith(request.uses, request.with, `stages.${request.stage} (${request.uses})`);
    const identity = await stageIdentity({ ...request, with: settings, compute }, slot);
    const key = stageKey(identity);
    const done = await earlierResult(slot.home, key, request);
    if (done) {
      attempt.log("found its result, left by an earlier attempt");
      return done;
    }
    attempt.log("started", { key, host: hostname(), pid: process.pid });
    attempt.throwIfStopped();
    const context = attempt.context(key);
    const outcome = await work(slot.stages, request.uses, settings, context);
    if ("request" in outcome) {
      const { items, target } = outcome.request;
      attempt.log("waits for choices", { items, target });
      return outcome;
    }
    const { outputs, metrics } = outcome;
    const lineage = {
      runId: request.runId,
      stage: request.stage,
      startedAt: startedAt.toISOString(),
      endedAt: new Date().toISOString(),
      machine: hostname(),
    };
    const record: ResultRecord = { ...identity, key, outputs, metrics, lineage };
    await recordResult(slot.home, record);
    await recordLatest(slot.home, request.pipeline, request.stage, identity);
    await context.checkpoints.clear();
    attempt.log("finished", { seconds: (Date.now() - startedAt.getTime()) / 1000, metrics });
    return { outputs, metrics };
  } catch (error) {
    throw failed(slot.home, attempt, error);
  } finally {
    attempt.close();
  }
}

async function work<T extends StageType>(
  stages: StageTable,
  uses: T,
  settings: StageWith<T>,
  context: StageContext,
): Promise<StageOutcome> {
  const run = await stages[uses]();
  return run(settings, context);
}

/**
 * With `cache: false` or an age, and where a stage writes outside the store, only a result of the same stage in the same
 * run counts: of an attempt whose end was not heard.
 */
async function earlierResult(home: string, key: string, request: StageRequest): Promise<StageResult | undefined> {
  const record = await findResult(home, key);
  if (record === undefined) return undefined;
  const own = record.lineage.runId === request.runId && record.lineage.stage === request.stage;
  const ofAnyRun = request.reuse && !stageDefinitions[request.uses].writesOutsideStore;
  return ofAnyRun || own ? { outputs: record.outputs, metrics: record.metrics } : undefined;
}

function failed(home: string, attempt: Attempt, error: unknown): Error {
  if (error instanceof CancelledFailure) {
    attempt.log("cancelled");
    return error;
  }
  const told = isCheckpointGone(error, home) ? checkpointGone(error) : asPawlError(error);
  const stack = told.code === "INTERNAL" && error instanceof Error ? { stack: error.stack } : {};
  attempt.log(`failed: ${told.code}: ${told.message}`, { ...told.facts, ...stack });
  return asApplicationFailure(told, attempt.reached());
}

function checkpointGone(cause: unknown): PawlError {
  return new PawlError(
    "STORE_UNREADABLE",
    "a checkpoint was removed while it was read: another run does the same stage",
    { next: "nothing: the stage is retried, and takes the other run's result once that is there" },
    { cause },
  );
}
