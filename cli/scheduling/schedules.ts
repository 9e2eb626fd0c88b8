import { readFile } from "node:fs/promises";
import type {
  Client,
  ScheduleDescription,
  ScheduleHandle,
  ScheduleOptionsStartWorkflowAction,
  ScheduleOverlapPolicy,
  Workflow,
} from "@temporalio/client";
import { nearest } from "../../expressions/nearest.js";
import { sha256 } from "../../platform/digests.js";
import { PawlError } from "../../platform/errors.js";
import { resolveFile } from "../../platform/program/shipped.js";
import { taskQueues, workflowType, type RunRequest } from "../../schemas/run.js";
import type { SchedulePlan } from "../../schemas/schedules.js";
import { duration } from "../../report/values.js";

/** Temporal's words for what happens when an earlier run is under way. */
const policies = {
  skip: "SKIP",
  queue: "BUFFER_ALL",
  cancel: "CANCEL_OTHER",
  allow: "ALLOW_ALL",
} as const satisfies Record<SchedulePlan["overlap"], keyof typeof ScheduleOverlapPolicy>;

/** When a schedule starts runs, as text. */
export function whenText({ cron, intervalMs = 0, timeZone }: SchedulePlan): string {
  return cron === undefined ? `every ${duration(intervalMs)}` : `${cron} (${timeZone})`;
}

/**
 * Creates a schedule, or changes the one that has the name; whether it is paused does not change.
 * @param request of each run, signed
 * @throws PawlError NOT_ALLOWED if the name belongs to a schedule that is none of Pawl's
 */
export async function applySchedule(
  client: Client,
  name: string,
  plan: SchedulePlan,
  request: RunRequest,
): Promise<"created" | "updated"> {
  const { cron, intervalMs, timeZone, overlap, catchUpMs } = plan;
  const action: ScheduleOptionsStartWorkflowAction<Workflow> & { type: "startWorkflow" } = {
    type: "startWorkflow",
    workflowType,
    taskQueue: taskQueues.cpu,
    workflowId: name,
    args: [request],
    memo: { when: whenText(plan) },
  };
  const spec =
    cron === undefined ? { intervals: [{ every: intervalMs! }] } : { cronExpressions: [cron], timezone: timeZone };
  const options = { spec, action, policies: { overlap: policies[overlap], catchupWindow: catchUpMs } };
  try {
    await client.schedule.create({ scheduleId: name, ...options });
    return "created";
  } catch (error) {
    if ((error as Error).name !== "ScheduleAlreadyRunning") throw error;
  }
  const known = await knownSchedule(client, name);
  await known.handle.update(({ state }) => ({ ...options, state }));
  return "updated";
}

/** A schedule of Pawl, and what the server knows about it. */
export interface KnownSchedule {
  name: string;
  handle: ScheduleHandle;
  description: ScheduleDescription;
}

/** @throws PawlError SCHEDULE_NOT_FOUND; NOT_ALLOWED if it is none of Pawl's */
export async function knownSchedule(client: Client, name: string): Promise<KnownSchedule> {
  const handle = client.schedule.getHandle(name);
  try {
    const description = await handle.describe();
    if (isOurs(description.action)) return { name, handle, description };
  } catch (error) {
    if ((error as Error).name !== "ScheduleNotFoundError") throw error;
    throw await notFound(client, name);
  }
  throw new PawlError("NOT_ALLOWED", `the schedule ${name} does not start pipelines`, {
    next: "choose another --name; pawl schedule list shows the schedules of pipelines",
  });
}

const isOurs = (action: { workflowType?: string } | undefined): boolean => action?.workflowType === workflowType;

async function notFound(client: Client, name: string): Promise<PawlError> {
  const names = await scheduleNames(client);
  const guess = nearest(name, names);
  return new PawlError("SCHEDULE_NOT_FOUND", `there is no schedule ${name}`, {
    ...(names.length > 0 && { expected: `one of ${names.join(", ")}` }),
    next: guess === undefined ? "pawl schedule list" : `did you mean ${guess}?`,
  });
}

/** Names of all schedules of Pawl, sorted. */
export async function scheduleNames(client: Client): Promise<string[]> {
  const names: string[] = [];
  for await (const { scheduleId, action } of client.schedule.list()) if (isOurs(action)) names.push(scheduleId);
  return names.sort();
}

/** When a schedule starts runs, and what became of the file that it was applied from. */
export async function recordedDefinition({ description }: KnownSchedule): Promise<{
  when: string;
  file: string;
  /** The schedule runs the definition that was applied. */
  state: "applied" | "changed" | "missing";
}> {
  const { args, memo } = description.action;
  const { file = "", project = "", definition = "" } = (args?.[0] ?? {}) as RunRequest;
  const when = typeof memo?.["when"] === "string" ? memo["when"] : "";
  const text = await readFile(resolveFile(file, project), "utf8").catch(() => undefined);
  if (text === undefined) return { when, file, state: "missing" };
  return { when, file, state: sha256(text) === sha256(definition) ? "applied" : "changed" };
}
