import { stagesToRun } from "../../schemas/matrix.js";
import type { PlannedStage } from "../../schemas/plan.js";
import type { RunState, StageState } from "../../schemas/run.js";
import type { LogEntry } from "../../store/history/log.js";
import { readLog } from "../../store/history/log-reader.js";
import { findPlan } from "../../store/records/runs.js";

/** A run's state derived from its log, and the time of the log's last line, ISO 8601. */
export interface LoggedState {
  state: RunState;
  asOf: string;
}

/**
 * The state of a run under way from its plan and log in the store, for when no worker is there to
 * answer. The log says which stages have begun and ended. It does not say what they made, what
 * people are asked, or what was skipped.
 * @param sinceMs when this execution of the run began, epoch ms: of an earlier one only finished
 *   stages count
 * @returns undefined before the log has a line, or if the run's plan cannot be read
 */
export async function loggedState(home: string, runId: string, sinceMs: number): Promise<LoggedState | undefined> {
  const plan = await findPlan(home, runId).catch(() => undefined);
  if (plan === undefined) return undefined;
  const changes: { id: string; change: Change }[] = [];
  let asOf: string | undefined;
  for await (const entry of readLog(home, runId)) {
    asOf = entry.time;
    const change = changeBy(entry);
    const counts = change && (Date.parse(entry.time) >= sinceMs || change.endedAtMs !== undefined);
    if (counts) changes.push({ id: entry.stage, change });
  }
  if (asOf === undefined) return undefined;
  const states = new Map(stagesToRun(plan.stages, itemsIn(changes)).map((stage) => [stage.id, notBegun(stage)]));
  for (const { id, change } of changes) {
    const stage = states.get(id);
    if (stage !== undefined) states.set(id, changed(stage, change));
  }
  const state: RunState = { pipeline: plan.name, status: "running", plan, stages: [...states.values()], outputs: {} };
  return { state, asOf };
}

type Change = Pick<StageState, "status"> & Partial<StageState>;

/** The items of lists, by the ids of the stages that the log names. */
function itemsIn(changes: readonly { id: string }[]): Pick<StageState, "id" | "combination">[] {
  const indexes = changes.flatMap(({ id }) => {
    const [of, number] = id.split(".");
    return number === undefined ? [] : [{ id, of: of!, index: Number(number) - 1 }];
  });
  const sorted = [...new Map(indexes.map((one) => [one.id, one])).values()].sort((a, b) => a.index - b.index);
  return sorted.map(({ id, index }) => ({ id, combination: { index } }));
}

const notBegun = ({ id, uses, member }: PlannedStage): StageState => ({
  ...{ id, uses, status: "queued", attempts: 0, outputs: {}, metrics: {} },
  ...(member && { combination: member.combination }),
});

/** Removes fields that belong to an earlier status. */
function changed({ id, uses, attempts, combination, startedAtMs }: StageState, change: Change): StageState {
  const kept = { id, uses, attempts, ...(combination && { combination }), ...(startedAtMs && { startedAtMs }) };
  return { ...kept, outputs: {}, metrics: {}, ...change };
}

/**
 * What a line of the log says of its stage; undefined for lines that change nothing. Pawl's own
 * lines, of worker/attempts/run-stage.ts and worker/bookkeeping/prepare.ts, are known by their
 * data: a stage's program may log the same words.
 */
function changeBy({ time, attempt, message, data = {} }: LogEntry): Change | undefined {
  const atMs = Date.parse(time);
  const hasKey = typeof data["key"] === "string";
  if (message === "started" && hasKey && typeof data["pid"] === "number")
    return { status: "running", attempts: attempt, startedAtMs: atMs };
  if (message === "cached" && hasKey) return { status: "cached", endedAtMs: atMs };
  if (message.startsWith("found its result, ") && hasKey) return { status: "succeeded", endedAtMs: atMs };
  if (message === "finished" && typeof data["seconds"] === "number")
    return { status: "succeeded", endedAtMs: atMs, metrics: numbersIn(data["metrics"]) };
  if (/^waits for (choices|an approval)$/.test(message)) return { status: "waiting" };
  if (/^canceled: /.test(message)) return { status: "queued" };
  const failed = /^failed: ([A-Z_]+: [^]*)$/.exec(message);
  return failed === null ? undefined : { status: "backingOff", reason: failed[1]! };
}

const numbersIn = (metrics: unknown): Record<string, number> =>
  Object.fromEntries(
    Object.entries(metrics ?? {}).filter((entry): entry is [string, number] => Number.isFinite(entry[1])),
  );
