import { notifyLog } from "../store/history/log.js";
import { readLog } from "../store/history/log-reader.js";

/**
 * Lists a run's undelivered notifications, one per line. The same one may have been recorded twice.
 */
export async function undeliveredNotifications(home: string, runId: string): Promise<string[]> {
  const lines = new Map<unknown, string>();
  for await (const { message, data } of readLog(home, runId, { stage: notifyLog })) lines.set(data?.["key"], message);
  return [...lines.values()];
}
