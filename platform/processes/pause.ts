import { setTimeout } from "node:timers/promises";

/** Waits; not beyond the signal. It keeps the process alive unless `isIdle`. */
export async function pause(ms: number, signal?: AbortSignal, isIdle = false): Promise<void> {
  await setTimeout(ms, undefined, { ref: !isIdle, ...(signal && { signal }) }).catch(() => undefined);
}
