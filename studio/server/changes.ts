import { watch } from "node:fs";

/** Changes that come together are one, ms. */
const togetherMs = 80;

/**
 * Waits for a change in one of some directories, for the end of a time or for a signal, and at
 * least a moment. Network file systems send no change events, and not every watch is granted: then
 * the time ends the wait.
 * @param maxWaitMs how long at most
 */
export function changeIn(directories: readonly string[], maxWaitMs: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    let soon: NodeJS.Timeout | undefined;
    const done = (): void => {
      clearTimeout(timer);
      clearTimeout(soon);
      for (const watcher of watchers) watcher?.close();
      signal.removeEventListener("abort", done);
      resolve();
    };
    const notice = (): void => void (soon ??= setTimeout(done, togetherMs));
    const timer = setTimeout(done, maxWaitMs);
    const watchers = directories.map((directory) => tryWatch(directory, notice));
    signal.addEventListener("abort", done);
    if (signal.aborted) done();
  });
}

/** Undefined if the directory does not exist, or the system refuses to watch it. */
function tryWatch(directory: string, notice: () => void): { close: () => void } | undefined {
  try {
    return watch(directory, notice).on("error", () => undefined);
  } catch {
    return undefined;
  }
}
