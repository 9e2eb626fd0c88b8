import { findRecord } from "../store/index.js";
import type { RunView } from "./run-view.js";

/**
 * A run from the store's record; undefined if there is none.
 * @param note why the view is not from the server
 */
export async function recordedView(home: string, runId: string, note: string): Promise<RunView | undefined> {
  const record = await findRecord(home, runId);
  if (record === undefined) return undefined;
  const { startedAt, endedAt, ...state } = record;
  const ended = endedAt === undefined ? {} : { endedAtMs: Date.parse(endedAt) };
  return { runId, state, progress: {}, queued: new Set(), startedAtMs: Date.parse(startedAt), note, ...ended };
}
