import { PawlError } from "../../platform/errors.js";
import type { Plan } from "../../schemas/plan.js";
import { readLog } from "../../store/history/log-reader.js";
import { findPlan, findRecord } from "../../store/records/runs.js";
import type { RunRecord } from "../../store/records/record-types.js";

/** A run as the store knows it. */
export interface KnownRun {
  record: RunRecord;
  plan: Plan;
  /** Why the record is not one that the run wrote. */
  note?: string;
}

const recordMissing = "the record of the run is missing or damaged: the states of its stages are not known";

/**
 * A run in the store; undefined if the store has no plan of it. Without a readable record, the
 * states of its stages are unknown, and it began with the first line of its log.
 */
export async function findKnownRun(home: string, runId: string): Promise<KnownRun | undefined> {
  const plan = await findPlan(home, runId);
  if (plan === undefined) return undefined;
  const record = await findRecord(home, runId);
  if (record !== undefined) return { record, plan };
  let startedAt: string | undefined;
  for await (const { time } of readLog(home, runId)) startedAt ??= time;
  return {
    plan,
    note: recordMissing,
    record: {
      ...{ runId, pipeline: plan.name, status: "loading", stages: [], outputs: {} },
      startedAt: startedAt ?? new Date().toISOString(),
    },
  };
}

/**
 * Refuses to write files about a run whose record cannot be read: they would replace right ones.
 * @throws PawlError STORE_UNREADABLE
 */
export function refuseUnrecorded({ record: { runId }, note }: KnownRun): void {
  if (note === undefined) return;
  throw new PawlError("STORE_UNREADABLE", note, {
    where: `run ${runId}`,
    next: `pawl resume ${runId}: it writes the record again, and finished stages come from the cache; then pawl report ${runId}`,
  });
}
