import type { Client, WorkflowExecutionDescription } from "@temporalio/client";
import { isOver, queryState, readProgress, taskQueues, type RunState, type RunStatus } from "../../schemas/run.js";
import { PawlError } from "../../platform/errors.js";
import { findRecord } from "../../store/records/runs.js";
import { isRunState } from "../../store/records/shapes.js";
import { describeRun } from "./find-run.js";
import { loggedState } from "./logged-state.js";
import type { RunView } from "./run-view.js";
import type { Progress } from "../../schemas/stage-result.js";
import { pause } from "../../platform/processes/pause.js";

/** The note of a view while no worker answers. */
export const noAnswer = "waiting for a worker to answer (if none runs: pawl worker)";

/** A query waits for a worker, at most this time. */
const queryPatienceMs = 3000;

/**
 * The current state of a run: its state from the workflow, the progress of its running stages from
 * their heartbeats. It has ended once the server reports that; the workflow does so a moment
 * earlier. A run that has ended is read from the store's record if there is one, so that it needs
 * no worker. If no worker answers, the view has the state of the last one.
 * @param before the last view
 * @param toShow the view is only shown: do not wait for workers where the server knows of none, and
 *   read the log instead
 * @throws PawlError RUN_NOT_FOUND
 */
export async function readRun(
  client: Client,
  home: string,
  runId: string,
  before?: RunView,
  toShow = false,
): Promise<RunView> {
  const described = await describeRun(client, home, runId);
  const running = described.status.name === "RUNNING";
  const recorded = running ? undefined : await findRecord(home, runId);
  const endedWith = serverStatus(described);
  const isRecorded = recorded !== undefined && recorded.status === endedWith;
  const fresh = isRecorded ? recorded : await (toShow ? readRunState : queriedState)(client, runId);
  const isSilent = fresh === undefined && running;
  const isLogged = isSilent && toShow && (before === undefined || before.asOf !== undefined);
  const logged = isLogged ? await loggedState(home, runId, described.startTime.getTime()) : undefined;
  const fromLog = logged && { ...logged.state, status: heldStatus(described.memo) ?? logged.state.status };
  const state = fresh ?? fromLog ?? before?.state ?? { pipeline: "", status: "loading", stages: [], outputs: {} };
  return {
    runId,
    state: running && !isOver(state.status) ? state : { ...state, status: endedWith },
    progress: await readStageProgress(described),
    queued: queuedIn(described),
    startedAtMs: described.startTime.getTime(),
    ...(described.closeTime && { endedAtMs: described.closeTime.getTime() }),
    ...(endedWith === "failed" && { failure: await readFailure(client, runId) }),
    ...(running && staleNote(fresh)),
    ...(logged && { asOf: logged.asOf }),
  };
}

/** Why the view of a run under way shows nothing new. @param fresh undefined: no worker answered */
function staleNote(fresh: RunState | undefined): Pick<RunView, "note"> {
  if (fresh === undefined) return { note: noAnswer };
  const waitsFor = fresh.status === "loading" ? fresh.failure : undefined;
  return waitsFor === undefined ? {} : { note: `it waits before it begins: ${waitsFor.code}: ${waitsFor.message}` };
}

/** Number of attempts until a worker answers: a busy worker may answer some too late. */
const looks = { toShow: 3, toAct: 10 };

/**
 * The state of a run at one moment: with the note `noAnswer` if no worker has answered for some
 * seconds.
 * @param toShow as for `readRun`
 * @throws PawlError RUN_NOT_FOUND
 */
export async function readRunPatiently(client: Client, home: string, runId: string, toShow = false): Promise<RunView> {
  let view = await readRun(client, home, runId, undefined, toShow);
  for (let look = 1; look < looks.toShow && view.note === noAnswer; look++) {
    if (toShow && !(await hasWorkers(client))) break;
    view = await readRun(client, home, runId, view, toShow);
  }
  return view;
}

/**
 * The state of a run, from its workflow. Without a worker's answer it is unknown whether a stage
 * waits, so that is an error.
 * @throws PawlError RUN_NOT_FOUND, WORKER_LOST
 */
export async function knownRun(client: Client, home: string, runId: string): Promise<RunView> {
  for (let look = 0; look < looks.toAct; look++) {
    const view = await readRun(client, home, runId);
    if (view.note !== noAnswer) return view;
  }
  throw new PawlError("WORKER_LOST", `no worker answers for run ${runId}, so its state is unknown`, {
    expected: "a running worker, on a machine that is not overloaded",
    next: "run the command again, or start a worker (`pawl worker`)",
  });
}

/** Statuses of a run that is under way but does not get on by itself. */
const held = ["parked", "waiting", "paused"] as const satisfies RunStatus[];

/** Returns such a status if the run last reported it to the server (workflows/listing.ts). */
export function heldStatus(memo: WorkflowExecutionDescription["memo"]): RunStatus | undefined {
  return held.find((status) => status === memo?.["status"]);
}

/** A run's status, as the server reports it. */
export function serverStatus(described: Pick<WorkflowExecutionDescription, "status">): RunStatus {
  const { name } = described.status;
  if (name === "COMPLETED") return "succeeded";
  if (name === "CANCELLED" || name === "TERMINATED") return "cancelled";
  return name === "FAILED" || name === "TIMED_OUT" ? "failed" : "running";
}

/**
 * A run's state from its workflow; undefined if no worker answers in time, or with something else
 * than such a state.
 */
export async function queriedState(client: Client, runId: string): Promise<RunState | undefined> {
  try {
    const deadline = Date.now() + queryPatienceMs;
    const answer: unknown = await client.withDeadline(deadline, () =>
      client.workflow.getHandle(runId).query(queryState),
    );
    return isRunState(answer) ? answer : undefined;
  } catch {
    return undefined;
  }
}

/** The same, but only for a moment where the server knows of no worker. */
export async function readRunState(client: Client, runId: string): Promise<RunState | undefined> {
  const answer = queriedState(client, runId);
  if (await hasWorkers(client)) return answer;
  const answered = new AbortController();
  const passed = pause(momentMs, answered.signal).then(() => undefined);
  return Promise.race([answer, passed]).finally(() => answered.abort());
}

/** A worker that has just started may not have asked for work yet. */
const momentMs = 500;

/**
 * Whether the server knows of a process for workflows: it forgets one some minutes after its last
 * request.
 */
async function hasWorkers(client: Client): Promise<boolean> {
  const { namespace } = client.options;
  const request = { namespace, taskQueue: { name: taskQueues.cpu }, taskQueueType: workflowQueue };
  // If this cannot be read, wait for workers.
  const { pollers } = await client.workflowService.describeTaskQueue(request).catch(() => ({ pollers: undefined }));
  return pollers === undefined || pollers === null || pollers.length > 0;
}

/** TASK_QUEUE_TYPE_WORKFLOW of the server's interface. */
const workflowQueue = 1;

/** Last heartbeat of each pending stage; activities are named `STAGE/ATTEMPT`. */
async function readStageProgress(described: WorkflowExecutionDescription): Promise<Record<string, Progress>> {
  const { defaultPayloadConverter } = await import("../../worker/server/temporal-client.js");
  const pending = described.raw.pendingActivities ?? [];
  const found = pending.flatMap(({ activityId, heartbeatDetails }) => {
    const payload = heartbeatDetails?.payloads?.[0];
    const stage = activityId?.split("/")[0];
    const progress = payload && readProgress(defaultPayloadConverter.fromPayload(payload));
    return progress && stage ? [[stage, progress] as const] : [];
  });
  return Object.fromEntries(found);
}

/** Stages whose activity waits in its task queue (PENDING_ACTIVITY_STATE_SCHEDULED). */
function queuedIn(described: WorkflowExecutionDescription): ReadonlySet<string> {
  const waiting = (described.raw.pendingActivities ?? []).filter(({ state }) => Number(state) === 1);
  return new Set(waiting.flatMap(({ activityId }) => activityId?.split("/")[0] ?? []));
}

/** Returns the workflow's own failure. */
async function readFailure(client: Client, runId: string): Promise<{ code: string; message: string }> {
  try {
    await client.workflow.getHandle(runId).result();
  } catch (error) {
    const { WorkflowFailedError, ApplicationFailure } = await import("../../worker/server/temporal-client.js");
    const cause = error instanceof WorkflowFailedError ? error.cause : undefined;
    if (cause instanceof ApplicationFailure) return { code: cause.type ?? "INTERNAL", message: cause.message };
    if (cause) return { code: "INTERNAL", message: cause.message };
    throw error;
  }
  return { code: "INTERNAL", message: "the run failed and recorded no reason" };
}
