import { setTimeout } from "node:timers/promises";

/**
 * Waits until the time is over or the signal is aborted. Keeps the process alive unless `isIdle`.
 */
export async function pause(ms: number, signal?: AbortSignal, isIdle = false): Promise<void> {
  await setTimeout(ms, undefined, { ref: !isIdle, ...(signal && { signal }) }).catch(() => undefined);
}
