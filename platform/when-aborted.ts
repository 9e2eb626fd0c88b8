/** Settles once the signal is aborted: at once where it is already, for its event does not come again. */
export function whenAborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    signal.addEventListener("abort", () => resolve(), { once: true });
  });
}

/**
 * What the work gives, unless the signal is aborted first: what can only be waited for, and not be ended, is left to itself then.
 * @throws the signal's reason
 */
export async function unlessAborted<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  await Promise.race([Promise.allSettled([work]), whenAborted(signal)]);
  signal.throwIfAborted();
  return work;
}
