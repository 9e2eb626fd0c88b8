import type { Plan } from "../../schemas/plan.js";
import { findPlan, findRecord, readLog, type RunRecord } from "../../store/index.js";

/** A run as the store knows it. */
export interface KnownRun {
  record: RunRecord;
  plan: Plan;
  /** Why the record is not one that the run wrote. */
  note?: string;
}

/**
 * A run in the store; undefined if the store has no plan of it. Without a readable record, the states of its stages are
 * unknown, and it began with the first line of its log.
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
    note: "the record of the run is missing or damaged: the states of its stages are not known",
    record: {
      ...{ runId, pipeline: plan.name, status: "loading", stages: [], outputs: {} },
      startedAt: startedAt ?? new Date().toISOString(),
    },
  };
}
