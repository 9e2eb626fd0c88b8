let ordered = false;

/**
 * Aborted by Ctrl-C, SIGTERM, or the end of the terminal. Further signals change nothing: the
 * process ends in order.
 */
export function untilStopped(): AbortSignal {
  const stop = new AbortController();
  ordered = true;
  for (const name of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(name, () => stop.abort());
  return stop.signal;
}

/** Whether this process ends in order, by `untilStopped`, and must not end otherwise. */
export function endsInOrder(): boolean {
  return ordered;
}
