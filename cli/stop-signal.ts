/** Aborted by Ctrl-C, SIGTERM, or the end of the terminal. Further ones change nothing: what was begun is ended in order. */
export function untilStopped(): AbortSignal {
  const stop = new AbortController();
  for (const name of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(name, () => stop.abort());
  return stop.signal;
}
