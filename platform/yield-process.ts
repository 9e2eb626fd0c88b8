/**
 * Lets the process do what is waiting: heartbeats, timers, signals, other work. Call it in every loop that computes for long.
 * @throws the signal's reason, where the signal is aborted
 */
export async function yieldProcess(signal?: AbortSignal): Promise<void> {
  await new Promise(setImmediate);
  signal?.throwIfAborted();
}
