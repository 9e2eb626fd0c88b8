import { ApplicationFailure, CancelledFailure, Context } from "@temporalio/activity";
import type { Client } from "@temporalio/client";
import { checkAnswers } from "../../compiler/inputs/check-answers.js";
import { PawlError, type ErrorCode } from "../../platform/errors.js";
import type { Json, JsonObject } from "../../platform/json.js";
import {
  type AnswersRequest,
  type AttemptOutcome,
  type ChangeRequest,
  type ContinuationRequest,
  type LoadedPlan,
  type OutageQuestion,
  type PrepareChildRequest,
  type PrepareRequest,
  type PrepareResult,
  type RecordedState,
  type RunRequest,
  type EndedBriefly,
  type StageFailure,
  type StageOutcome,
  type StageRequest,
  unheardMessages,
} from "../../schemas/run.js";
import type { GroupMember, JoinRequest } from "../../schemas/concurrency.js";
import type { Delivery, Undelivered } from "../../schemas/notifications.js";
import type { ItemsRequest } from "../../schemas/foreach.js";
import type { Plan } from "../../schemas/plan.js";
import { appendLog } from "../../store/history/log.js";
import type { LocalActivities } from "../../workflows/activities.js";
import { checkContinuation, signContinuation } from "../authority/continuations.js";
import { haveEnded, joinGroup } from "./groups.js";
import { handBack } from "./hand-back.js";
import { loadPlan } from "./load-plan.js";
import { deliver, recordUndelivered } from "./notify.js";
import { prepareChild } from "./prepare-child.js";
import { checkChanges, prepare } from "./prepare.js";
import { readItems } from "./read-items.js";
import { ownStore } from "./own-store.js";
import type { WorkerPlace } from "../project/project-directory.js";
import { runStage } from "../attempts/run-stage.js";
import { recordState } from "./record-state.js";
import { isListed } from "./search-attributes.js";
import type { ServerOutages } from "../server/server-outages.js";
import type { StageTable, StageWorker } from "../attempts/stage-table.js";
import { asApplicationFailure, asPawlError } from "../attempts/stage-failure.js";
import type { Progress } from "../../schemas/stage-result.js";

export interface LocalActivityContext extends WorkerPlace {
  /** For brief stages. */
  stages: StageTable;
  /** Ends the process after its work; see StageWorker. */
  leave: () => void;
  outages: ServerOutages;
  client: Client;
}

/**
 * What the workflow worker does for workflows outside the sandbox, quickly and in its own process.
 */
export function localActivities(context: LocalActivityContext): LocalActivities {
  const withStoreCheck = <T>(work: () => Promise<T>): Promise<T> => orGivenBack(context, work);
  const atStore = <T>(store: string | undefined, work: () => T | Promise<T>): Promise<T> =>
    withStoreCheck(async () => {
      await ownStore(context.home, store);
      return work();
    });
  return {
    loadPlan: (request: RunRequest | null | undefined, execution: string): Promise<LoadedPlan> =>
      load(context, request, execution),
    signContinuation: (request: ContinuationRequest): Promise<string> =>
      atStore(request.request.store, () => signContinuation(context.home, request)),
    checkContinuation: (request: ContinuationRequest): Promise<void> =>
      withStoreCheck(() => checkContinuation(context.home, request)),
    prepare: (request: PrepareRequest): Promise<PrepareResult> => withStoreCheck(() => prepareOrRun(context, request)),
    prepareChild: (request: PrepareChildRequest): Promise<RunRequest> =>
      withStoreCheck(() => prepareChild(context, request)),
    readItems: (request: ItemsRequest): Promise<Json[]> => withStoreCheck(() => readItems(context.home, request)),
    runBrief: (request: StageRequest): Promise<StageOutcome> => runStage(toStageWorker(context), request),
    wasServerAway: (question: OutageQuestion): Promise<boolean> =>
      atStore(question.store, () => wasServerAway(context, question)),
    checkChanges: (request: ChangeRequest): Promise<string> =>
      atStore(request.store, () => checkChanges(context, request)),
    checkAnswers: (request: AnswersRequest): Promise<JsonObject> => withStoreCheck(() => checkAnswers(request)),
    recordProgress: (state: RecordedState): Promise<void> =>
      withStoreCheck(async () => void (await recordState(context.home, runId(), state))),
    joinGroup: (request: JoinRequest): Promise<void> => withStoreCheck(() => joinGroup(context.client, request)),
    haveEnded: (members: readonly GroupMember[]): Promise<boolean[]> =>
      withStoreCheck(() => haveEnded(context.client, members)),
    isListed: (): Promise<boolean> => withStoreCheck(() => isListed(context.client)),
    deliver: (delivery: Delivery): Promise<void> =>
      withStoreCheck(() => deliver(context.home, Context.current().info.namespace, delivery)),
    recordUndelivered: (undelivered: Undelivered): Promise<void> =>
      withStoreCheck(() => recordUndelivered(context.home, undelivered)),
    recordEnd: (state: RecordedState): Promise<string | undefined> =>
      withStoreCheck(() => recordState(context.home, runId(), state, now())),
  };
}

const toStageWorker = (context: LocalActivityContext): StageWorker => ({
  ...context,
  gpu: false,
  preempted: new AbortController().signal,
});

/**
 * Prepares an attempt, and makes it if its work takes milliseconds: one call instead of two, which
 * brief stages consist of.
 */
async function prepareOrRun(context: LocalActivityContext, request: PrepareRequest): Promise<PrepareResult> {
  // After its timeout of a minute, or when canceled, it does not keep reading beside the next
  // attempt.
  const { cancellationSignal } = Context.current();
  const {
    brief,
    request: allowed,
    ...prepared
  } = await prepare(context, request, execution().runId, cancellationSignal);
  if (allowed === undefined) return prepared;
  if (brief !== true) return { ...prepared, request: allowed };
  const { given, approval } = request;
  const stageRequest = { ...allowed, ...(given && { given }), ...(approval && { approval }) };
  return { ...prepared, ended: await endedBriefly(runStage(toStageWorker(context), stageRequest)) };
}

async function endedBriefly(attempt: Promise<StageOutcome>): Promise<EndedBriefly> {
  try {
    // No brief stage calls an activity of the user's.
    return { outcome: (await attempt) as AttemptOutcome };
  } catch (error) {
    if (!(error instanceof ApplicationFailure)) throw error;
    const [failure, reached, workMs] = error.details as [StageFailure, Progress | null, (number | null)?];
    return { failed: { failure, ...(reached && { reached }), ...(typeof workMs === "number" && { workMs }) } };
  }
}

function execution(): { workflowId: string; runId: string } {
  const run = Context.current().info.workflowExecution;
  if (!run) throw new PawlError("INTERNAL", "a local activity outside a workflow");
  return run;
}

const runId = (): string => execution().workflowId;
const now = (): string => new Date().toISOString();

/** Logs the end of the attempt as well: no worker has. */
function wasServerAway({ home, outages }: LocalActivityContext, { sinceMs, forMs, attempt }: OutageQuestion): boolean {
  const wasAway = outages.wasAway(sinceMs, forMs);
  const code: ErrorCode = "WORKER_LOST";
  const message = `failed: ${code}: ${wasAway ? unheardMessages.outage : unheardMessages.lost}`;
  if (attempt) appendLog(home, runId(), { time: now(), stage: attempt.stage, attempt: attempt.number, message });
  return wasAway;
}

/**
 * Loads the plan of a run. If the disk is too full to store it, the failure says how long the plan
 * wants to wait for that.
 */
async function load(
  context: LocalActivityContext,
  request: RunRequest | null | undefined,
  execution: string,
): Promise<LoadedPlan> {
  let diskWaitMs: number | undefined;
  const onPlan = ({ stages }: Plan): void => {
    const waits = stages.flatMap(({ retry }) => retry.diskWaitMs ?? []);
    if (waits.length > 0) diskWaitMs = Math.max(...waits);
  };
  const loaded = (): Promise<LoadedPlan> => loadPlan(context, runId(), request, execution, onPlan);
  return orGivenBack(context, loaded, (error) => asApplicationFailure(error, { diskWaitMs }));
}

/**
 * Rethrows errors with their code as type and the located facts as details; cancellation unchanged.
 * A workflow of another store is given back.
 */
async function orGivenBack<T>(
  { client }: LocalActivityContext,
  work: () => Promise<T>,
  asFailure: (error: PawlError) => Error = (error) => asApplicationFailure(error),
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof CancelledFailure) throw error;
    const failure = asPawlError(error);
    if (failure.code === "OTHER_STORE") void handBack(client, execution());
    throw asFailure(failure);
  }
}
