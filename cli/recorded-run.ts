import { findRecord } from "../store/index.js";
import type { RunView } from "./run-view.js";

/**
 * A run as the store's record tells it; undefined where there is none.
 * @param note why the server could not be asked
 */
export async function recordedView(home: string, runId: string, note: string): Promise<RunView | undefined> {
  const record = await findRecord(home, runId);
  if (record === undefined) return undefined;
  const { startedAt, endedAt, ...state } = record;
  const ended = endedAt === undefined ? {} : { endedAtMs: Date.parse(endedAt) };
  return { runId, state, progress: {}, queued: new Set(), startedAtMs: Date.parse(startedAt), note, ...ended };
}
