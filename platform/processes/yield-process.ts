/**
 * Yields to the event loop: heartbeats, timers, signals, other work. Call it in every loop that
 * computes for a long time.
 * @throws the signal's reason, if the signal is aborted
 */
export async function yieldProcess(signal?: AbortSignal): Promise<void> {
  await new Promise(setImmediate);
  signal?.throwIfAborted();
}
