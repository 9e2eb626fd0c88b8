import { notifyLog } from "../store/history/log.js";
import { readLog } from "../store/history/log-reader.js";

/** Notifications of a run that were not delivered, a line each. An attempt to record one may have been repeated. */
export async function notDeliveredOf(home: string, runId: string): Promise<string[]> {
  const lines = new Map<unknown, string>();
  for await (const { message, data } of readLog(home, runId, { stage: notifyLog })) lines.set(data?.["key"], message);
  return [...lines.values()];
}
