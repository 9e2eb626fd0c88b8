import { CancelledFailure, Context } from "@temporalio/activity";
import type { Client } from "@temporalio/client";
import { checkAnswers } from "../compiler/check-answers.js";
import { PawlError } from "../platform/errors.js";
import type { Json, JsonObject } from "../platform/json.js";
import type {
  AnswersRequest,
  ChangeRequest,
  ContinuationRequest,
  LoadedPlan,
  OutageQuestion,
  PrepareChildRequest,
  PrepareRequest,
  PrepareResult,
  RecordedState,
  RunRequest,
  StageOutcome,
  StageRequest,
} from "../schemas/run.js";
import type { GroupMember, JoinRequest } from "../schemas/concurrency.js";
import type { Delivery, Undelivered } from "../schemas/notifications.js";
import type { ItemsRequest } from "../schemas/foreach.js";
import type { LocalActivities } from "../workflows/activities.js";
import { checkContinuation, signContinuation } from "./authority/continuations.js";
import { haveEnded, joinGroup } from "./groups.js";
import { loadPlan } from "./load-plan.js";
import { deliver, recordUndelivered } from "./notify.js";
import { prepareChild } from "./prepare-child.js";
import { checkChanges, prepare } from "./prepare.js";
import { readItems } from "./read-items.js";
import type { WorkerPlace } from "./project-directory.js";
import { runStage } from "./run-stage.js";
import { recordState } from "./record-state.js";
import { isListed } from "./search-attributes.js";
import type { ServerOutages } from "./server-outages.js";
import type { StageTable } from "./stage-table.js";
import { asApplicationFailure, asPawlError } from "./stage-failure.js";

export interface LocalActivityContext extends WorkerPlace {
  /** For brief stages. */
  stages: StageTable;
  /** Ends the process after its work; see StageWorker. */
  leave: () => void;
  outages: ServerOutages;
  client: Client;
}

/** What the workflow worker does for workflows outside the sandbox, quickly and in its own process. */
export function localActivities(context: LocalActivityContext): LocalActivities {
  const place = { ...context, gpu: false, preempted: new AbortController().signal };
  return {
    loadPlan: (request: RunRequest | null | undefined, execution: string): Promise<LoadedPlan> =>
      told(() => loadPlan(context, runId(), request, execution)),
    signContinuation: (request: ContinuationRequest): Promise<string> =>
      told(() => Promise.resolve(signContinuation(context.home, request))),
    checkContinuation: (request: ContinuationRequest): Promise<void> =>
      told(() => checkContinuation(context.home, request)),
    prepare: (request: PrepareRequest): Promise<PrepareResult> =>
      // After its timeout of a minute, or when canceled, it does not keep reading beside the next attempt.
      told(() => prepare(context, request, execution().runId, Context.current().cancellationSignal)),
    prepareChild: (request: PrepareChildRequest): Promise<RunRequest> => told(() => prepareChild(context, request)),
    readItems: (request: ItemsRequest): Promise<Json[]> => told(() => readItems(context.home, request)),
    runBrief: (request: StageRequest): Promise<StageOutcome> => runStage(place, request),
    wasServerAway: ({ sinceMs, forMs }: OutageQuestion): Promise<boolean> =>
      Promise.resolve(context.outages.wasAway(sinceMs, forMs)),
    checkChanges: (request: ChangeRequest): Promise<string> => told(() => checkChanges(context, request)),
    checkAnswers: (request: AnswersRequest): Promise<JsonObject> => told(() => checkAnswers(request)),
    recordProgress: (state: RecordedState): Promise<void> => told(() => recordState(context.home, runId(), state)),
    joinGroup: (request: JoinRequest): Promise<void> => told(() => joinGroup(context.client, request)),
    haveEnded: (members: readonly GroupMember[]): Promise<boolean[]> => told(() => haveEnded(context.client, members)),
    isListed: (): Promise<boolean> => told(() => isListed(context.client)),
    deliver: (delivery: Delivery): Promise<void> =>
      told(() => deliver(context.home, Context.current().info.namespace, delivery)),
    recordUndelivered: (undelivered: Undelivered): Promise<void> =>
      told(() => recordUndelivered(context.home, undelivered)),
    recordEnd: (state: RecordedState): Promise<void> => told(() => recordState(context.home, runId(), state, now())),
  };
}

function execution(): { workflowId: string; runId: string } {
  const run = Context.current().info.workflowExecution;
  if (!run) throw new PawlError("INTERNAL", "a local activity outside a workflow");
  return run;
}

const runId = (): string => execution().workflowId;
const now = (): string => new Date().toISOString();

/** Rethrows errors with their code as type and the located facts as details; cancellation unchanged. */
async function told<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof CancelledFailure) throw error;
    throw asApplicationFailure(asPawlError(error));
  }
}
