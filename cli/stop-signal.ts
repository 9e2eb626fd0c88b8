/** Aborted by Ctrl-C, SIGTERM, or the end of the terminal. Further ones change nothing: what was begun is ended in order. */
export function untilStopped(): AbortSignal {
  const stop = new AbortController();
  for (const name of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(name, () => stop.abort());
  return stop.signal;
}

/** Settles once the signal is aborted: at once where it is already, for its event does not come again. */
export function whenAborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    signal.addEventListener("abort", () => resolve(), { once: true });
  });
}
