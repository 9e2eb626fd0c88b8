import { stagesToRun } from "../schemas/matrix.js";
import type { PlannedStage } from "../schemas/plan.js";
import type { RunState, StageState } from "../schemas/run.js";
import type { LogEntry } from "../store/log.js";
import { readLog } from "../store/log-reader.js";
import { findPlan } from "../store/runs.js";

/** A run's state as its log tells it, and the time of the log's last line (ISO 8601; absent: it has none). */
export interface LoggedState {
  state: RunState;
  asOf?: string;
}

/**
 * The state of a run under way from its plan and log in the store, for when no worker answers. The log says which stages have
 * begun and ended, not their outputs, nor the questions to people.
 * @returns undefined before the run has a plan, or if its plan cannot be read
 */
export async function loggedState(home: string, runId: string): Promise<LoggedState | undefined> {
  const plan = await findPlan(home, runId).catch(() => undefined);
  if (plan === undefined) return undefined;
  const stages = new Map(stagesToRun(plan.stages).map((stage) => [stage.id, notBegun(stage)]));
  let asOf: string | undefined;
  for await (const entry of readLog(home, runId)) {
    asOf = entry.time;
    const stage = stages.get(entry.stage);
    if (stage !== undefined) stages.set(entry.stage, { ...stage, ...changeBy(entry) });
  }
  const state: RunState = { pipeline: plan.name, status: "running", plan, stages: [...stages.values()], outputs: {} };
  return { state, ...(asOf !== undefined && { asOf }) };
}

const notBegun = ({ id, uses, member }: PlannedStage): StageState => ({
  id,
  uses,
  status: "queued",
  attempts: 0,
  outputs: {},
  metrics: {},
  ...(member && { combination: member.combination }),
});

/** What a line of the log says of its stage (worker/run-stage.ts and worker/prepare.ts write them). */
function changeBy({ time, attempt, message, data }: LogEntry): Partial<StageState> {
  const atMs = Date.parse(time);
  if (message === "started") return { status: "running", attempts: attempt, startedAtMs: atMs };
  if (message === "cached") return { status: "cached", endedAtMs: atMs };
  if (message === "finished")
    return { status: "succeeded", endedAtMs: atMs, metrics: (data?.["metrics"] ?? {}) as StageState["metrics"] };
  if (message.startsWith("waits for ")) return { status: "waiting" };
  return message.startsWith("failed: ") ? { status: "backingOff", reason: message.slice("failed: ".length) } : {};
}
