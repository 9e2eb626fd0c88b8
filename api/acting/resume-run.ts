import type { Client, WorkflowExecutionDescription } from "@temporalio/client";
import { errorCodes, PawlError, type FailureClass } from "../../platform/errors.js";
import { producedArtifacts } from "../../schemas/artifact.js";
import type { Plan } from "../../schemas/plan.js";
import { taskQueues, workflowType, type RunRequest, type RunState } from "../../schemas/run.js";
import { useArtifacts } from "../../store/artifacts/artifacts.js";
import { findPlan, findRecord } from "../../store/records/runs.js";
import { planDigest } from "../../worker/authority/plans.js";
import { findExecution, unknownRun } from "../reading/find-run.js";
import { readRun, serverStatus } from "../reading/read-run.js";
import type { RunView } from "../reading/run-view.js";
import { prioritized } from "./start-run.js";
import type { RunRecord } from "../../store/records/record-types.js";

/**
 * Restarts a run that ended without success, under its own id and with its own plan. Stages that
 * succeeded are not run again; failed ones resume from their last checkpoint. Nothing is signed:
 * the worker takes the plan from its store, and of the states what it can verify.
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
  const resumed = await resumedRun(client, home, runId);
  await onStart(resumed);
  await start(client, runId, resumed.request, priority ?? resumed.priority);
}

/** The options to start a run again. */
export interface Resumed {
  request: RunRequest;
  /** From the store or, without a store, from the run. */
  plan: Plan;
  /** That it had. */
  priority?: number;
  /** The server does not know the run (anymore): it resumes from the store's record. */
  isFromRecord?: true;
}

/** @throws PawlError RUN_NOT_FOUND, RUN_NOT_RESUMABLE */
async function resumedRun(client: Client, home: string, runId: string): Promise<Resumed> {
  const [execution, sealed] = [await findExecution(client, runId), await findPlan(home, runId)];
  if (execution === undefined && sealed === undefined) throw await unknownRun(client, runId);
  if (execution && serverStatus(execution) === "running")
    throw notResumable(runId, "it is still running", `pawl watch ${runId}`);
  const known = await knownState(client, home, runId, execution);
  const plan = sealed ?? known.plan;
  if (plan === undefined) throw neverLoaded(runId, known.failure);
  const { status, stages, store, priority } = known;
  const isWhole = stages.every((stage) => useArtifacts(home, producedArtifacts(stage)));
  // A run whose record was damaged is resumed so that it is written again.
  if (status === "succeeded" && isWhole && (await findRecord(home, runId)) !== undefined) throw nothingLeft(runId);
  return {
    request: {
      planDigest: planDigest(plan),
      stages: Object.fromEntries(stages.map((stage) => [stage.id, stage])),
      ...(store !== undefined && { store }),
    },
    plan,
    ...(priority !== undefined && { priority }),
    ...(execution === undefined && { isFromRecord: true }),
  };
}

type KnownState = Pick<RunState, "plan" | "status" | "stages" | "store" | "priority"> & Pick<RunView, "failure">;

/**
 * How the run ended: as the server knows it or, if that does not know the run, or no worker
 * answers, as the store does. A run whose end was never recorded begins with no finished stage, and
 * finds the results by key.
 */
async function knownState(
  client: Client,
  home: string,
  runId: string,
  execution: WorkflowExecutionDescription | undefined,
): Promise<KnownState> {
  const recorded = (): Promise<RunRecord | undefined> => findRecord(home, runId);
  if (execution === undefined) return (await recorded()) ?? { status: "failed", stages: [] };
  const status = serverStatus(execution);
  const { state, failure } = await readRun(client, home, runId);
  const ended = { ...state, status, ...(failure && { failure }) };
  return state.plan === undefined ? { ...ended, stages: (await recorded())?.stages ?? [] } : ended;
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
  const reason = `it ended before its definition was loaded: ${message.split("\n", 1)[0]}`;
  const again = "run it again with `pawl run`, under another id";
  return notResumable(
    runId,
    reason,
    isOfDefinition && code !== "RUN_CANCELED" ? `fix the definition, then ${again}` : again,
  );
}

function nothingLeft(runId: string): PawlError {
  return notResumable(runId, "it has succeeded: there is nothing left to do", `pawl status ${runId}`);
}

function notResumable(runId: string, reason: string, next: string): PawlError {
  return new PawlError("RUN_NOT_RESUMABLE", `run ${runId} cannot be resumed: ${reason}`, { next });
}
