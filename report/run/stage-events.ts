import type { StageState } from "../../schemas/run.js";
import type { LogEntry } from "../../store/history/log.js";
import { readLog } from "../../store/history/log-reader.js";

/** What the log of a run says about one of its stages. */
export interface StageEvents {
  /** The key under which its last attempt worked. */
  key?: string;
  /** Attempts that a worker has started. */
  attempts: Attempt[];
  /** Where its checkpoints are on its curves: steps. */
  checkpoints: number[];
  /** The run whose result was taken. */
  cachedFrom?: string;
}

export interface Attempt {
  attempt: number;
  /** ISO 8601. */
  startedAt: string;
  /** The machine's name. */
  host?: string;
  /**
   * Where the checkpoint that it resumed from is on its curves, a step; absent if it began from the
   * start.
   */
  resumedAt?: number;
  /** Why the attempt ended without a result. */
  failure?: string;
}

/**
 * What the log of a run says about each of its stages, by stage id.
 * @param stage only this one
 * @param onDamaged see LogQuery
 */
export async function readStageEvents(
  home: string,
  runId: string,
  stage?: string,
  onDamaged?: (count: number) => void,
): Promise<Map<string, StageEvents>> {
  const stages = new Map<string, ReadEvents>();
  const query = { ...(stage !== undefined && { stage }), ...(onDamaged && { onDamaged }) };
  for await (const entry of readLog(home, runId, query)) {
    const read = stages.get(entry.stage) ?? { events: noEvents(), places: new Map<number, number>() };
    stages.set(entry.stage, read);
    addEntry(read, entry);
  }
  return new Map(Array.from(stages, ([id, { events }]) => [id, events]));
}

interface ReadEvents {
  events: StageEvents;
  /**
   * By the step of a checkpoint, the step of the curves at which it was saved. They differ in PPO
   * and GRPO.
   */
  places: Map<number, number>;
}

function addEntry({ events, places }: ReadEvents, { time, attempt, message, data = {} }: LogEntry): void {
  const { key, host, step, recorded, run } = data;
  // An attempt that the server has given up may end after the next one has begun.
  const current = (): Attempt | undefined => events.attempts.findLast((one) => one.attempt === attempt);
  if (message === "started") {
    if (typeof key === "string") events.key = key;
    events.attempts.push({ attempt, startedAt: time, ...(typeof host === "string" && { host }) });
  } else if (message === "checkpoint" && typeof step === "number") {
    const place = typeof recorded === "number" ? recorded : step;
    places.set(step, place);
    events.checkpoints.push(place);
  } else if (message === "resumes from its checkpoint" && typeof step === "number") {
    const resumed = current();
    if (resumed) resumed.resumedAt = places.get(step) ?? step;
  } else if (message === "cached" && typeof run === "string") events.cachedFrom = run;
  else if (/^(failed|canceled): /.test(message)) {
    const ended = current();
    if (ended) ended.failure ??= message.replace(/^failed: /, "");
  }
}

/** Events with the ends of attempts that only the run's state knows: no worker has logged them. */
export function withEnds(events: StageEvents, { ended = [] }: Pick<StageState, "ended">): StageEvents {
  const attemptFailure = (attempt: number): { failure?: string } => {
    const known = ended.find((one) => one.attempt === attempt);
    return known === undefined ? {} : { failure: `${known.code}: ${known.message}` };
  };
  return { ...events, attempts: events.attempts.map((one) => ({ ...attemptFailure(one.attempt), ...one })) };
}

/** The events of a stage that the log does not mention. */
export const noEvents = (): StageEvents => ({ attempts: [], checkpoints: [] });

/** The key under which each stage has done its work, or has found its result; by stage id. */
export function resultKeys(
  states: readonly StageState[],
  events: ReadonlyMap<string, StageEvents>,
): Map<string, string> {
  const keys = new Map(states.flatMap(({ id, key }) => (key === undefined ? [] : [[id, key] as const])));
  const cached = new Set(states.flatMap(({ id, status }) => (status === "cached" ? [id] : [])));
  // The key that an attempt has logged takes precedence: on a machine with other software it
  // differs.
  for (const [stage, { key }] of events) if (key !== undefined && !cached.has(stage)) keys.set(stage, key);
  return keys;
}
