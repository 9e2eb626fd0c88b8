import type { Client } from "@temporalio/client";
import { errorCodes, PawlError, type FailureClass } from "../platform/errors.js";
import { producedArtifacts } from "../schemas/artifact.js";
import { stagesToRun } from "../schemas/matrix.js";
import type { Plan } from "../schemas/plan.js";
import { taskQueues, workflowType, type RunRequest, type RunState, type StageState } from "../schemas/run.js";
import { findPlan, findRecord, useArtifacts } from "../store/index.js";
import { isGrantedPlan, signRequest } from "../worker/grant.js";
import { initialStates } from "../workflows/board.js";
import { findExecution, unknownRun } from "./find-run.js";
import { readRun, statusOf } from "./read-run.js";
import { prioritized } from "./start-run.js";

/**
 * Restarts a run that ended without success, under its own id and with its own plan. Stages that succeeded are not run again;
 * failed ones resume from their last checkpoint.
 * @param priority instead of the run's own
 * @param onStart called before it starts
 * @throws PawlError RUN_NOT_FOUND, RUN_NOT_RESUMABLE
 */
export async function resumeRun(
  client: Client,
  home: string,
  runId: string,
  priority?: number,
  onStart: (resumed: Resumed) => Promise<void> = () => Promise.resolve(),
): Promise<void> {
  const resumed = await resumedRequest(client, home, runId);
  await onStart(resumed);
  await start(client, runId, signedIfGranted(home, runId, resumed.request), priority ?? resumed.priority);
}

/** What starts a run again. */
export interface Resumed {
  request: RunRequest;
  /** That it had. */
  priority?: number;
  /** The server does not know the run (anymore): it resumes from the store's record. */
  isFromRecord?: true;
}

/** The plan and the stages of the run that ended. @throws PawlError RUN_NOT_FOUND, RUN_NOT_RESUMABLE */
async function resumedRequest(client: Client, home: string, runId: string): Promise<Resumed> {
  const execution = await findExecution(client, runId);
  if (execution === undefined) return { ...(await recordedRequest(client, home, runId)), isFromRecord: true };
  const status = statusOf(execution);
  if (status === "running") throw notResumable(runId, "it is still running", `pawl watch ${runId}`);
  const { state, failure } = await readRun(client, home, runId);
  const plan: Plan | undefined = state.plan ?? (await findPlan(home, runId));
  // No worker has answered: the store's last record holds people's choices.
  const stages = state.plan === undefined ? (await findRecord(home, runId))?.stages : state.stages;
  if (plan === undefined) throw neverLoaded(runId, failure);
  return requestOf(home, runId, plan, { ...state, status, stages: stages ?? [] });
}

/**
 * The same from the store's record. A run whose end was never recorded begins with no finished stage, and finds the results
 * by key.
 */
async function recordedRequest(client: Client, home: string, runId: string): Promise<Resumed> {
  const [plan, record] = [await findPlan(home, runId), await findRecord(home, runId)];
  if (plan === undefined) throw await unknownRun(client, runId);
  return requestOf(home, runId, plan, record ?? { status: "failed", stages: [] });
}

/**
 * The request that resumes a run: its plan, and the states of its stages. A stage whose result is no longer in the store
 * runs again; its choices and its changes are kept.
 * @throws PawlError RUN_NOT_RESUMABLE if the run has succeeded, and its record and all its artifacts are in the store
 */
async function requestOf(
  home: string,
  runId: string,
  plan: Plan,
  { status, stages, store, priority }: Pick<RunState, "status" | "stages" | "store" | "priority">,
): Promise<Resumed> {
  const known: Record<string, StageState> = {};
  let isWhole = true;
  for (const stage of stages) {
    const isThere = useArtifacts(home, producedArtifacts(stage));
    known[stage.id] = isThere ? stage : { ...stage, status: "queued" };
    isWhole &&= isThere;
  }
  // A run whose record was damaged is resumed so that it is written again.
  if (status === "succeeded" && isWhole && (await findRecord(home, runId)) !== undefined) throw nothingLeft(runId);
  const states = initialStates(stagesToRun(plan.stages, stages), known);
  const request = { plan, stages: states, ...(store !== undefined && { store }) };
  return { request, ...(priority !== undefined && { priority }) };
}

/**
 * With a signature, the changes of a run that may run code count as accepted: here they come from the run itself. It gains
 * no rights.
 */
function signedIfGranted(home: string, runId: string, request: RunRequest): RunRequest {
  return request.plan && isGrantedPlan(home, runId, request.plan) ? signRequest(home, runId, request) : request;
}

async function start(client: Client, runId: string, request: RunRequest, priority?: number): Promise<void> {
  const options = { workflowId: runId, taskQueue: taskQueues.cpu, ...prioritized(priority) };
  try {
    await client.workflow.start(workflowType, { ...options, args: [request] });
  } catch (error) {
    // Someone else has resumed it in between.
    if ((error as Error).name === "WorkflowExecutionAlreadyStartedError")
      throw notResumable(runId, "it is still running", `pawl watch ${runId}`);
    throw error;
  }
}

/** @param failure why the run ended */
function neverLoaded(runId: string, failure: { code: string; message: string } | undefined): PawlError {
  const { code, message } = failure ?? { code: "RUN_CANCELED", message: "it was canceled" };
  const isOfDefinition = (errorCodes as Partial<Record<string, FailureClass>>)[code] === "configuration";
  const why = `it ended before its definition was loaded: ${message.split("\n", 1)[0]}`;
  const again = "run it again with `pawl run`, under another id";
  return notResumable(
    runId,
    why,
    isOfDefinition && code !== "RUN_CANCELED" ? `fix the definition, then ${again}` : again,
  );
}

function nothingLeft(runId: string): PawlError {
  return notResumable(runId, "it has succeeded: there is nothing left to do", `pawl status ${runId}`);
}

function notResumable(runId: string, why: string, next: string): PawlError {
  return new PawlError("RUN_NOT_RESUMABLE", `run ${runId} cannot be resumed: ${why}`, { next });
}
